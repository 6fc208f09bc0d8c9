/* SPDX-License-Identifier: Apache-2.0 */
/* One receipt. */
#include "gui-gtk/receipts/receipt-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/receipt.h"
#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/files/print.h"
#include "gui-gtk/files/save.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/receipts/next-code-page.h"
#include "gui-gtk/window.h"
#include "gui-gtk/wipe/place-row.h"
#include "paper/wipe-paper.h"
#include "privacy/receipt.h"

struct _WattleReceiptView {
  AdwBin parent_instance;
  GtkWidget *content;
  GtkImage *icon;
  GtkLabel *heading;
  GtkLabel *sentence;
  GtkLabel *about;
  AdwPreferencesGroup *places;
  AdwPreferencesGroup *remains;
  GtkWidget *next_owner;
  AdwActionRow *verdict;
  GtkImage *verdict_icon;
  AdwActionRow *device_key;
  AdwActionRow *cloud_key;
  GtkWidget *print;
  GtkWidget *save_pdf;
  WattleService *service;
  GCancellable *cancellable;
  char *id;
  char *json;                     /* the document; NULL until it has come */
  WattleCertificate *certificate; /* what it says, verified; NULL where it is none */
};

G_DEFINE_FINAL_TYPE (WattleReceiptView, wattle_receipt_view, ADW_TYPE_BIN)

/* --- what is said --- */

static void
set_head (WattleReceiptView *self, gboolean complete, const char *heading, const char *sentence, const char *about)
{
  g_autofree char *clean = wattle_text_clean (about);

  gtk_image_set_from_icon_name (self->icon, complete ? "emblem-ok-symbolic" : "content-loading-symbolic");
  gtk_label_set_label (self->heading, heading);
  gtk_label_set_label (self->sentence, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), *sentence != '\0');
  gtk_label_set_label (self->about, clean);
  gtk_widget_set_visible (GTK_WIDGET (self->about), *clean != '\0');
}

static void
set_verdict (WattleReceiptView *self, gboolean genuine, const char *sentence)
{
  gtk_image_set_from_icon_name (self->verdict_icon, genuine ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->verdict), sentence);
}

static void
set_key (AdwActionRow *row, const char *fingerprint)
{
  gtk_widget_set_visible (GTK_WIDGET (row), fingerprint != NULL);
  if (fingerprint != NULL)
    adw_action_row_set_subtitle (row, fingerprint);
}

/* By form and by word, never by colour alone. */
static const char *
state_icon (const char *state)
{
  if (g_strcmp0 (state, "given-up") == 0)
    return "dialog-warning-symbolic";
  return g_strcmp0 (state, "outstanding") == 0 ? "content-loading-symbolic" : "emblem-ok-symbolic";
}

/* --- a wipe --- */

static void
add_certificate_places (WattleReceiptView *self)
{
  for (guint i = 0; i < self->certificate->places->len; i++) {
    const WattleCertificatePlace *place = &g_array_index (self->certificate->places, WattleCertificatePlace, i);
    g_autofree char *sentence = wattle_certificate_place_sentence (place);
    GtkWidget *row = wattle_place_row_new (place->place, sentence);

    wattle_place_row_set_state (WATTLE_PLACE_ROW (row), state_icon (place->state),
                                wattle_words (WATTLE_WORDS_DELIVERY, place->state));
    adw_preferences_group_add (self->places, row);
    /* Whose wipe has come as far as the device has given out a fresh code. */
    if (g_str_equal (place->place, "device") && g_str_equal (place->state, "confirmed"))
      gtk_widget_set_visible (self->next_owner, TRUE);
  }
}

static void
show_certificate (WattleReceiptView *self)
{
  const WattleCertificate *certificate = self->certificate;
  g_autofree char *unit
      = certificate->unit_id != NULL ? g_strdup_printf (_ ("Serial number: %s"), certificate->unit_id) : g_strdup ("");
  g_autofree char *about = g_strdup_printf ("%s, %s%s%s", certificate->product, certificate->manufacturer,
                                            *unit != '\0' ? ". " : "", unit);

  if (certificate->complete && !certificate->given_up) /* the heading says it all */
    set_head (self, TRUE, wattle_certificate_state_sentence (certificate), "", about);
  else
    set_head (self, FALSE, certificate->complete ? _ ("The wipe is over") : _ ("Not everything is wiped yet"),
              wattle_certificate_state_sentence (certificate), about);
  add_certificate_places (self);
  for (char **line = certificate->remains; *line != NULL; line++)
    adw_preferences_group_add (self->remains, wattle_place_row_new (NULL, *line));
  gtk_widget_set_visible (GTK_WIDGET (self->remains), certificate->remains[0] != NULL);
  set_verdict (self, certificate->bound,
               certificate->bound
                   ? _ ("Genuine: every signature in it is right, and all of them are for this wipe.")
                   : _ ("Genuine, but another key than the one for this wipe signed the whole. Trust only what the "
                        "device and the cloud signed themselves."));
  set_key (self->device_key, certificate->device_key_sha256);
  set_key (self->cloud_key, certificate->cloud_key_sha256);
}

/* --- a decision, or a wipe from before there were certificates --- */

static void
show_summary (WattleReceiptView *self, const WattleReceiptSummary *summary)
{
  g_autofree char *time = wattle_words_time ((guint64)summary->time);
  gboolean wipe = g_str_equal (summary->kind, "wipe");

  set_head (self, summary->complete, wipe ? _ ("Receipt of a wipe") : _ ("Receipt of a decision"),
            summary->complete ? _ ("All is done.") : _ ("Something is still outstanding."), time);
  for (const char *const *place = wattle_receipt_places; *place != NULL; place++) {
    const char *state = summary->places != NULL ? g_hash_table_lookup (summary->places, *place) : NULL;
    GtkWidget *row;

    if (state == NULL)
      continue;
    row = wattle_place_row_new (*place, "");
    wattle_place_row_set_state (WATTLE_PLACE_ROW (row), state_icon (state),
                                wattle_words (WATTLE_WORDS_DELIVERY, state));
    adw_preferences_group_add (self->places, row);
  }
  set_verdict (self, TRUE, _ ("Genuine: nothing in it was changed, and every signature is right."));
  set_key (self->device_key, summary->device_key_sha256);
  set_key (self->cloud_key, summary->cloud_key_sha256);
}

static void
show_not_genuine (WattleReceiptView *self, const GError *error)
{
  g_autofree char *clean = wattle_text_clean (error->message);

  set_head (self, FALSE, _ ("This receipt proves nothing"), clean, "");
  set_verdict (self, FALSE, clean);
}

static void
show_document (WattleReceiptView *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleReceiptSummary) summary = NULL;
  gsize size = strlen (self->json);
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), WATTLE_TYPE_NAV_PAGE);

  if (wattle_certificate_is_one (self->json, size))
    self->certificate = wattle_certificate_verify (self->json, size, &error);
  else
    summary = wattle_receipt_verify (self->json, size, &error);
  if (self->certificate != NULL)
    show_certificate (self);
  else if (summary != NULL)
    show_summary (self, summary);
  else
    show_not_genuine (self, error);
  gtk_widget_set_visible (self->print, self->certificate != NULL);
  gtk_widget_set_visible (self->save_pdf, self->certificate != NULL);
  gtk_widget_set_visible (self->content, TRUE);
  if (page != NULL)
    wattle_nav_page_content_came (WATTLE_NAV_PAGE (page));
}

static void
on_receipt (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleReceiptView *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  if (wattle_bus_manager_call_get_receipt_finish (WATTLE_BUS_MANAGER (source), &json, result, &error)) {
    if (self->json != NULL) /* asked twice */
      return;
    self->json = g_steal_pointer (&json);
    show_document (self);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    wattle_window_say_error (self, error);
  }
}

/* --- what to do with it --- */

static char *
dup_file_name (WattleReceiptView *self, const char *ending)
{
  return g_strdup_printf ("wattle-%.8s.%s", self->id, ending);
}

static GBytes *
make_pdf (WattleReceiptView *self, WattleFileTrouble trouble)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf = self->certificate != NULL ? wattle_certificate_to_pdf (self->certificate, self->json, &error) : NULL;

  if (error != NULL)
    wattle_file_trouble_tell (self, trouble, error, NULL, NULL, NULL);
  return pdf;
}

static void
on_print (WattleReceiptView *self)
{
  g_autoptr (GBytes) pdf = make_pdf (self, WATTLE_NOT_PRINTED);

  if (pdf != NULL)
    wattle_print_pdf (GTK_WIDGET (self), _ ("Certificate of a wipe"), pdf);
}

static void
on_save_pdf (WattleReceiptView *self)
{
  g_autoptr (GBytes) pdf = make_pdf (self, WATTLE_NOT_SAVED);
  g_autofree char *name = dup_file_name (self, "pdf");

  if (pdf != NULL)
    wattle_save_bytes (GTK_WIDGET (self), _ ("Save as PDF"), name, pdf,
                       _ ("Saved. It holds no name, no account and no reading of yours."));
}

static void
on_save (WattleReceiptView *self)
{
  g_autoptr (GBytes) bytes = self->json != NULL ? g_bytes_new (self->json, strlen (self->json)) : NULL;
  g_autofree char *name = dup_file_name (self, "json");

  if (bytes != NULL)
    wattle_save_bytes (GTK_WIDGET (self), _ ("Save the signed file"), name, bytes,
                       _ ("Saved. Anybody can check its signatures."));
}

static void
on_next_code (WattleReceiptView *self)
{
  if (self->certificate != NULL)
    wattle_nav_view_push (wattle_nav_view_of (self),
                          wattle_next_code_page_new (self->service, self->id, self->certificate->product,
                                                     self->certificate->product_number, self->certificate->unit_id));
}

/* The app may be younger than its connection to the service, where a
 * notification has started it. */
static void
load (WattleReceiptView *self)
{
  if (self->id != NULL && self->json == NULL && wattle_service_get_state (self->service) == WATTLE_SERVICE_READY)
    wattle_bus_manager_call_get_receipt (wattle_service_get_manager (self->service), self->id, self->cancellable,
                                         on_receipt, self);
}

void
wattle_receipt_view_set_id (WattleReceiptView *self, const char *id)
{
  g_return_if_fail (self->id == NULL);
  self->id = g_strdup (id);
  load (self);
}

static void
wattle_receipt_view_dispose (GObject *object)
{
  WattleReceiptView *self = WATTLE_RECEIPT_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  g_clear_pointer (&self->certificate, wattle_certificate_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->json, g_free);
  G_OBJECT_CLASS (wattle_receipt_view_parent_class)->dispose (object);
}

static void
wattle_receipt_view_class_init (WattleReceiptViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_receipt_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/receipts/receipt-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, content);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, icon);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, sentence);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, about);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, places);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, remains);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, next_owner);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, verdict);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, device_key);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, cloud_key);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, print);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptView, save_pdf);
  gtk_widget_class_bind_template_callback (widget_class, on_next_code);
  gtk_widget_class_bind_template_callback (widget_class, on_print);
  gtk_widget_class_bind_template_callback (widget_class, on_save_pdf);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
wattle_receipt_view_init (WattleReceiptView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_receipt_view_new (WattleService *service)
{
  WattleReceiptView *self = g_object_new (WATTLE_TYPE_RECEIPT_VIEW, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
