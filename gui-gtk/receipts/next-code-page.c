/* SPDX-License-Identifier: Apache-2.0 */
/* The code for a wiped device's next owner. */
#include "gui-gtk/receipts/next-code-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/secret-handle.h"
#include "client/text.h"
#include "gui-gtk/files/print.h"
#include "gui-gtk/files/save.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/widgets/qr-picture.h"
#include "gui-gtk/widgets/question.h"
#include "gui-gtk/window.h"
#include "paper/wipe-paper.h"

struct _WattleNextCodePage {
  WattleNavPage parent_instance;
  GtkStack *stack;
  AdwStatusPage *none;
  GtkLabel *about;
  GtkLabel *code;
  WattleQrPicture *picture;
  GtkWidget *forget;
  WattleService *service;
  GCancellable *cancellable;
  char *receipt;
  char *product;
  guint32 product_number;
  char *unit_id;
  WattleSecret *digits; /* NULL until they have come */
};

G_DEFINE_FINAL_TYPE (WattleNextCodePage, wattle_next_code_page, WATTLE_TYPE_NAV_PAGE)

/* As on a label; NULL where the certificate names no unit. */
static WattleSecret *
dup_qr_text (WattleNextCodePage *self)
{
  return self->unit_id != NULL ? wattle_next_code_qr_text (self->product_number, self->digits, self->unit_id) : NULL;
}

/* --- the code --- */

static void
show_none (WattleNextCodePage *self, const GError *error)
{
  g_autofree char *sentence = wattle_service_error_sentence (error);
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->none, markup);
  gtk_stack_set_visible_child_name (self->stack, "none");
}

static void
show_code (WattleNextCodePage *self)
{
  g_autofree char *grouped = wattle_text_group_code (self->digits);
  g_autoptr (WattleSecret) qr = dup_qr_text (self);

  gtk_label_set_label (self->code, grouped);
  explicit_bzero (grouped, strlen (grouped));
  wattle_qr_picture_set_text (self->picture, qr);
  gtk_widget_set_visible (GTK_WIDGET (self->picture), wattle_qr_picture_has_picture (self->picture));
  gtk_stack_set_visible_child_name (self->stack, "code");
  wattle_nav_page_content_came (WATTLE_NAV_PAGE (self));
  gtk_label_select_region (self->code, 0, 0); /* GTK selects what has the keyboard */
}

static void
on_revealed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleNextCodePage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GUnixFDList) list = NULL;

  if (wattle_bus_manager_call_reveal_next_code_finish (WATTLE_BUS_MANAGER (source), &handle, &list, result, &error)) {
    self->digits = wattle_secret_from_handle (handle, list, &error);
    if (self->digits != NULL)
      show_code (self);
  }
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_none (self, error);
}

/* --- what to do with it --- */

static GBytes *
make_card (WattleNextCodePage *self, WattleFileTrouble trouble)
{
  g_autofree char *grouped = wattle_text_group_code (self->digits);
  g_autoptr (WattleSecret) qr = dup_qr_text (self);
  g_autoptr (GError) error = NULL;
  GBytes *pdf = wattle_next_code_to_pdf (self->product, grouped, qr, &error);

  explicit_bzero (grouped, strlen (grouped));
  if (error != NULL)
    wattle_file_trouble_tell (self, trouble, error, NULL, NULL, NULL);
  return pdf;
}

static void
on_print (WattleNextCodePage *self)
{
  g_autoptr (GBytes) card = make_card (self, WATTLE_NOT_PRINTED);

  if (card != NULL)
    wattle_print_pdf (GTK_WIDGET (self), _ ("Card for the next owner"), card);
}

static void
on_save (WattleNextCodePage *self)
{
  g_autoptr (GBytes) card = make_card (self, WATTLE_NOT_SAVED);

  if (card != NULL)
    wattle_save_bytes (GTK_WIDGET (self), _ ("Save the card as PDF"), "wattle-card.pdf", card,
                       _ ("Saved. Delete that file when you have printed it."));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleNextCodePage *self = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_bus_manager_call_forget_next_code_finish (WATTLE_BUS_MANAGER (source), result, &error)) {
    wattle_window_say (self, _ ("The code is forgotten here."));
    wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    gtk_widget_set_sensitive (self->forget, TRUE);
    wattle_window_say_error (self, error);
  }
}

static void
on_yes_forget (gpointer data)
{
  WattleNextCodePage *self = data;

  gtk_widget_set_sensitive (self->forget, FALSE);
  wattle_bus_manager_call_forget_next_code (wattle_service_get_manager (self->service), self->receipt,
                                            self->cancellable, on_forgotten, self);
}

static void
on_forget (WattleNextCodePage *self)
{
  WattleQuestion question = {
    .heading = _ ("May Wattle forget the code?"),
    .body = _ ("Without this code the next owner has to reset the device by its button."),
    .no = _ ("Keep it"),
    .yes = _ ("Forget it"),
  };

  wattle_question_ask (self, &question, on_yes_forget);
}

static void
wattle_next_code_page_dispose (GObject *object)
{
  WattleNextCodePage *self = WATTLE_NEXT_CODE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  g_clear_pointer (&self->digits, wattle_secret_free);
  g_clear_pointer (&self->receipt, g_free);
  g_clear_pointer (&self->product, g_free);
  g_clear_pointer (&self->unit_id, g_free);
  G_OBJECT_CLASS (wattle_next_code_page_parent_class)->dispose (object);
}

static void
wattle_next_code_page_class_init (WattleNextCodePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_next_code_page_dispose;
  g_type_ensure (WATTLE_TYPE_QR_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/receipts/next-code-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNextCodePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleNextCodePage, none);
  gtk_widget_class_bind_template_child (widget_class, WattleNextCodePage, about);
  gtk_widget_class_bind_template_child (widget_class, WattleNextCodePage, code);
  gtk_widget_class_bind_template_child (widget_class, WattleNextCodePage, picture);
  gtk_widget_class_bind_template_child (widget_class, WattleNextCodePage, forget);
  gtk_widget_class_bind_template_callback (widget_class, on_print);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
}

static void
wattle_next_code_page_init (WattleNextCodePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_follow_stack (self->stack);
}

WattleNavPage *
wattle_next_code_page_new (WattleService *service, const char *receipt, const char *product, guint32 product_number,
                           const char *unit_id)
{
  WattleNextCodePage *self = g_object_new (WATTLE_TYPE_NEXT_CODE_PAGE, NULL);
  g_autofree char *about = NULL;

  self->service = g_object_ref (service);
  self->receipt = g_strdup (receipt);
  self->product = wattle_text_clean (product);
  self->product_number = product_number;
  self->unit_id = g_strdup (unit_id);
  /* Translators: %s is a product; the code follows below */
  about = g_strdup_printf (_ ("This is the new setup code of %s:"), self->product);
  gtk_label_set_label (self->about, about);
  wattle_bus_manager_call_reveal_next_code (wattle_service_get_manager (service), receipt, NULL, self->cancellable,
                                            on_revealed, self);
  return WATTLE_NAV_PAGE (self);
}
