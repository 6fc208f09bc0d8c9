/* SPDX-License-Identifier: Apache-2.0 */
/* What software runs on the device. */
#include "gui-gtk/device/update-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/device/install-row.h"
#include "gui-gtk/device/support-page.h"
#include "gui-gtk/widgets/rows.h"
#include "gui-gtk/window.h"

struct _WattleUpdatePage {
  WattlePartPage parent_instance;
  AdwPreferencesGroup *running;
  GtkWidget *version;
  GtkWidget *until;
  GtkWidget *install;
  AdwPreferencesGroup *wrong;
  GtkWidget *accept;
  AdwPreferencesGroup *told;
  GPtrArray *alerts; /* rows in wrong */
  char *alerted;     /* what they say, to see whether that has changed */
  GPtrArray *facts;  /* rows in told */
  char *stated;
};

G_DEFINE_FINAL_TYPE (WattleUpdatePage, wattle_update_page, WATTLE_TYPE_PART_PAGE)

static void
on_support (WattlePartPage *self)
{
  wattle_part_page_open (self, wattle_support_page_new);
}

/* --- what is off --- */

/* Of image-changed alone: the others the device has to be rid of. */
static gboolean
may_be_accepted (WattleBusUpdate *update)
{
  GVariant *alerts = wattle_bus_update_get_alerts (update);
  const char *id;

  for (gsize i = 0; alerts != NULL && i < g_variant_n_children (alerts); i++) {
    g_variant_get_child (alerts, i, "(&s&s)", &id, NULL);
    if (g_str_equal (id, "image-changed"))
      return TRUE;
  }
  return FALSE;
}

/* The keyboard does not go with what is hidden. */
static void
show_accept (WattleUpdatePage *self, gboolean visible)
{
  if (!visible && gtk_widget_get_focus_child (self->accept) != NULL)
    gtk_widget_grab_focus (self->until);
  gtk_widget_set_visible (self->accept, visible);
}

static void
show_alerts (WattleUpdatePage *self, WattleBusUpdate *update)
{
  GVariant *alerts = wattle_bus_update_get_alerts (update);
  g_autofree char *all = alerts != NULL ? g_variant_print (alerts, FALSE) : g_strdup ("");
  const char *sentence;

  if (g_strcmp0 (all, self->alerted) == 0) /* rows that stay keep the focus */
    return;
  g_free (self->alerted);
  self->alerted = g_steal_pointer (&all);
  wattle_rows_clear (self->wrong, self->alerts);
  for (gsize i = 0; alerts != NULL && i < g_variant_n_children (alerts); i++) {
    g_autofree char *clean = NULL;

    g_variant_get_child (alerts, i, "(&s&s)", NULL, &sentence);
    clean = wattle_text_clean (sentence);
    wattle_rows_add (self->wrong, self->alerts, wattle_text_row_new ("security-low-symbolic", clean));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->wrong), self->alerts->len > 0);
  show_accept (self, may_be_accepted (update));
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleUpdatePage *self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bus_update_call_accept_image_finish (WATTLE_BUS_UPDATE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    wattle_window_say_error (self, error);
  else
    wattle_window_say (wattle_window_of (self), _ ("Accepted. Wattle warns you when other software runs again."));
}

static void
on_answer (WattleUpdatePage *self, const char *response, AdwMessageDialog *dialog)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  WattleBusUpdate *update = wattle_bus_object_peek_update (wattle_part_page_get_object (part));

  if (update == NULL || !g_str_equal (response, "accept"))
    return;
  /* What was read: the service refuses where other software runs by now. */
  wattle_bus_update_call_accept_image (update, g_object_get_data (G_OBJECT (dialog), "image"),
                                       wattle_part_page_get_cancellable (part), on_accepted, self);
}

static void
on_accept (WattleUpdatePage *self)
{
  WattleBusUpdate *update = wattle_bus_object_peek_update (wattle_part_page_get_object (WATTLE_PART_PAGE (self)));
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (wattle_window_of (self)), _ ("Do you know where it comes from?"),
                                _ ("Wattle did not install the software that runs now. Accept it only if "
                                   "you know where it comes from: an update by its maker, say."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_response (message, "cancel", _ ("Cancel"));
  adw_message_dialog_add_response (message, "accept", _ ("Accept"));
  adw_message_dialog_set_response_appearance (message, "accept", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (message, "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "image", g_strdup (wattle_bus_update_get_image (update)), g_free);
  g_signal_connect_object (message, "response", G_CALLBACK (on_answer), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- what the device told --- */

static char *
say_starts (WattleBusUpdate *update)
{
  return g_strdup_printf ("%u", wattle_bus_update_get_boot_count (update));
}

static char *
say_cause (WattleBusUpdate *update)
{
  return wattle_words_capital (wattle_words (WATTLE_WORDS_RESET_CAUSE, wattle_bus_update_get_reset_cause (update)));
}

static char *
say_port (WattleBusUpdate *update)
{
  return wattle_words_capital (wattle_words (WATTLE_WORDS_DEBUG_PORT, wattle_bus_update_get_debug_port (update)));
}

static char *
say_memory (WattleBusUpdate *update)
{
  guint cycles = wattle_bus_update_get_flash_cycles (update);
  /* Translators: how often a part of the memory was erased, and how often it can be */
  g_autofree char *said
      = g_strdup_printf (_ ("erased %u times of %u"), wattle_bus_update_get_flash_erases (update), cycles);

  return cycles > 0 ? wattle_words_capital (said) : NULL;
}

static char *
say_image (WattleBusUpdate *update)
{
  return wattle_text_clean (wattle_bus_update_get_image (update));
}

static char *
say_when (WattleBusUpdate *update)
{
  return wattle_words_time (wattle_bus_update_get_checked (update));
}

static const struct {
  const char *title;
  char *(*say) (WattleBusUpdate *update); /* NULL or "": nothing to say */
} facts[] = {
  { N_ ("Why it started last"), say_cause },
  { N_ ("Started so often"), say_starts },
  { N_ ("Port for repairs"), say_port },
  { N_ ("Memory"), say_memory },
  { N_ ("Told on"), say_when },
  { N_ ("Fingerprint of the software"), say_image },
};

static void
show_facts (WattleUpdatePage *self, WattleBusUpdate *update)
{
  g_autoptr (GPtrArray) said = g_ptr_array_new_null_terminated (G_N_ELEMENTS (facts), g_free, TRUE);
  gboolean has_told = wattle_bus_update_get_checked (update) != 0;
  g_autofree char *all = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++) {
    char *text = has_told ? facts[i].say (update) : NULL;

    g_ptr_array_add (said, text != NULL ? text : g_strdup (""));
  }
  all = g_strjoinv ("\n", (char **)said->pdata);
  if (g_strcmp0 (all, self->stated) == 0)
    return;
  g_free (self->stated);
  self->stated = g_steal_pointer (&all);
  wattle_rows_clear (self->told, self->facts);
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++) {
    GtkWidget *row;

    if (*(char *)said->pdata[i] == '\0')
      continue;
    row = wattle_text_row_new (NULL, _ (facts[i].title));
    wattle_row_set_subtitle (row, said->pdata[i]);
    wattle_rows_add (self->told, self->facts, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->told), self->facts->len > 0);
}

/* --- page --- */

static void
wattle_update_page_load (WattlePartPage *part)
{
  WattleUpdatePage *self = WATTLE_UPDATE_PAGE (part);

  self->install = wattle_install_row_new (wattle_part_page_get_service (part), wattle_part_page_get_object (part));
  gtk_widget_set_visible (self->install, FALSE);
  adw_preferences_group_add (self->running, self->install);
}

static void
wattle_update_page_sync (WattlePartPage *part)
{
  WattleUpdatePage *self = WATTLE_UPDATE_PAGE (part);
  WattleBusDevice *device = wattle_part_page_get_device (part);
  WattleBusUpdate *update = wattle_bus_object_peek_update (wattle_part_page_get_object (part));
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *version = wattle_text_clean (wattle_bus_device_get_firmware_version (device));
  g_autofree char *until = wattle_words_support_end (wattle_bus_device_get_support_end (device), now);

  wattle_row_set_subtitle (self->version, *version != '\0' ? version : _ ("Not known yet"));
  wattle_row_set_subtitle (self->until, until);
  if (update == NULL) /* an older service */
    return;
  gtk_widget_set_visible (self->install, wattle_bus_update_get_can_install (update));
  show_alerts (self, update);
  show_facts (self, update);
}

static void
wattle_update_page_finalize (GObject *object)
{
  WattleUpdatePage *self = WATTLE_UPDATE_PAGE (object);

  g_ptr_array_unref (self->alerts);
  g_ptr_array_unref (self->facts);
  g_free (self->alerted);
  g_free (self->stated);
  G_OBJECT_CLASS (wattle_update_page_parent_class)->finalize (object);
}

static void
wattle_update_page_class_init (WattleUpdatePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_update_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_update_page_load;
  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_update_page_sync;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/update-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, running);
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, version);
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, until);
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, wrong);
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, accept);
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, told);
  gtk_widget_class_bind_template_callback (widget_class, on_support);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
}

static void
wattle_update_page_init (WattleUpdatePage *self)
{
  self->alerts = g_ptr_array_new ();
  self->facts = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_update_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_UPDATE_PAGE, service, device);
}
