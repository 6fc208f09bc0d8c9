/* SPDX-License-Identifier: Apache-2.0 */
/* Until when the maker keeps the device safe. */
#include "gui-gtk/device/support-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/dict.h"
#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/files/save.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/rows.h"
#include "gui-gtk/widgets/support-timeline.h"
#include "gui-gtk/window.h"
#include "gui-gtk/wipe/wipe-page.h"

enum { STOPS, ISOLATE, REPLACE, DISPOSE, N_LISTS };

struct _WattleSupportPage {
  WattlePartPage parent_instance;
  GtkLabel *headline;
  WattleSupportTimeline *timeline;
  GtkLabel *words;
  WattleMessage *message;
  GtkWidget *calendar;
  GtkWidget *snooze;
  GtkWidget *relay_row;
  GtkSwitch *relay;
  AdwPreferencesGroup *lists[N_LISTS];
  GPtrArray *rows[N_LISTS];
};

G_DEFINE_FINAL_TYPE (WattleSupportPage, wattle_support_page, WATTLE_TYPE_PART_PAGE)

static const char *const list_keys[N_LISTS] = { "stops", "isolate", "replace", "dispose" };

/* --- what the service tells --- */

static void
show_list (WattleSupportPage *self, guint list, GVariant *support)
{
  g_autofree const char **lines = NULL;

  wattle_rows_clear (self->lists[list], self->rows[list]);
  g_variant_lookup (support, list_keys[list], "^a&s", &lines);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
    g_autofree char *clean = wattle_text_clean (lines[i]);

    wattle_rows_add (self->lists[list], self->rows[list], wattle_text_row_new (NULL, clean));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->lists[list]), self->rows[list]->len > 0);
}

static char *
join_words (WattleSupportPage *self, GVariant *support)
{
  WattleFacts *facts = wattle_part_page_get_facts (WATTLE_PART_PAGE (self));
  g_autofree char *sentence = wattle_dict_string (support, "sentence");
  g_autofree char *risk = wattle_dict_string (support, "risk");
  const char *const all[]
      = { sentence, risk, wattle_facts_get_support_reason (facts), wattle_facts_get_support_promise (facts) };
  GString *words = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autofree char *clean = wattle_text_clean (all[i]);

    if (*clean != '\0')
      g_string_append_printf (words, "%s%s", words->len > 0 ? "\n\n" : "", clean);
  }
  return g_string_free (words, FALSE);
}

static void
show_reminder (WattleSupportPage *self, GVariant *support)
{
  g_autofree char *stage = wattle_dict_string (support, "stage");
  gboolean warned = !g_str_equal (stage, "going-on") && !g_str_equal (stage, "not-stated");
  g_autofree char *when = NULL;
  g_autofree char *said = NULL;
  guint64 until = 0;

  g_variant_lookup (support, "snoozed-until", "t", &until);
  when = wattle_words_time (until);
  if (until != 0)
    said = g_strdup_printf (_ ("You are reminded again on %s."), when);
  gtk_widget_set_visible (self->snooze, warned);
  wattle_row_set_subtitle (self->snooze, said);
}

static void
on_support (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleSupportPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) support = NULL;
  g_autofree char *headline = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *words = NULL;

  wattle_bus_device_call_get_support_finish (WATTLE_BUS_DEVICE (source), &support, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (support == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  headline = wattle_dict_string (support, "headline");
  clean = wattle_text_clean (headline);
  words = join_words (self, support);
  gtk_label_set_text (self->headline, clean);
  gtk_label_set_text (self->words, words);
  show_reminder (self, support);
  for (guint i = 0; i < N_LISTS; i++)
    show_list (self, i, support);
}

static void
fetch (WattleSupportPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  g_autofree char *language = wattle_say_language ();

  wattle_bus_device_call_get_support (wattle_part_page_get_device (part), language,
                                      wattle_part_page_get_cancellable (part), on_support, self);
}

/* --- the calendar --- */

static void on_calendar (WattleSupportPage *self);

static void
try_calendar_again (gpointer self, gboolean elsewhere)
{
  if (gtk_widget_get_root (self) != NULL) /* the page is still there */
    on_calendar (self);
}

static void
on_calendar_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleSupportPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  wattle_bus_device_call_get_support_calendar_finish (WATTLE_BUS_DEVICE (source), &text, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->calendar, TRUE);
  if (text == NULL) {
    wattle_file_trouble_tell (self, WATTLE_NOT_SAVED, error, try_calendar_again, g_object_ref (self), g_object_unref);
    return;
  }
  bytes = g_bytes_new (text, strlen (text));
  /* Translators: the name that is suggested for a file; keep ".ics" */
  wattle_save_bytes (GTK_WIDGET (self), _ ("Save the dates"), _ ("end of support.ics"), bytes,
                     _ ("Saved. Open the file with your calendar."));
}

static void
on_calendar (WattleSupportPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  g_autofree char *language = wattle_say_language ();

  gtk_widget_set_sensitive (self->calendar, FALSE);
  wattle_bus_device_call_get_support_calendar (wattle_part_page_get_device (part), language,
                                               wattle_part_page_get_cancellable (part), on_calendar_ready, self);
}

/* --- reminders --- */

static void
on_snoozed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint64 until = 0;

  wattle_bus_device_call_snooze_support_warning_finish (WATTLE_BUS_DEVICE (source), &until, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    wattle_window_say_error (user_data, error);
  else
    fetch (user_data); /* it says until when */
}

static const struct {
  const char *response;
  const char *label;
  guint days;
} pauses[] = {
  { "week", N_ ("In 7 days"), 7 },
  { "fortnight", N_ ("In 14 days"), 14 },
  { "month", N_ ("In 30 days"), 30 },
};

static void
on_pause (WattleSupportPage *self, const char *response)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);

  for (gsize i = 0; i < G_N_ELEMENTS (pauses); i++)
    if (g_str_equal (pauses[i].response, response))
      wattle_bus_device_call_snooze_support_warning (wattle_part_page_get_device (part), pauses[i].days,
                                                     wattle_part_page_get_cancellable (part), on_snoozed, self);
}

static void
on_snooze (WattleSupportPage *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (wattle_window_of (self)), _ ("When shall Wattle remind you?"),
                                              _ ("It reminds you earlier where there is something new to tell."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  for (gsize i = 0; i < G_N_ELEMENTS (pauses); i++)
    adw_message_dialog_add_response (message, pauses[i].response, _ (pauses[i].label));
  adw_message_dialog_add_response (message, "cancel", _ ("Cancel"));
  adw_message_dialog_set_default_response (message, "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (message, "response", G_CALLBACK (on_pause), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- the cloud --- */

static void
show_relay (WattleSupportPage *self)
{
  WattleBusDevice *device = wattle_part_page_get_device (WATTLE_PART_PAGE (self));
  gboolean relays = wattle_bus_device_get_relay_to_cloud (device);
  g_autofree char *cloud
      = wattle_words_capital (wattle_words (WATTLE_WORDS_CLOUD, wattle_bus_device_get_cloud (device)));
  g_autofree char *said = g_strdup_printf (
      "%s.\n%s", cloud,
      relays ? _ ("Your decisions and, where you allow it, readings go there.")
             : _ ("Nothing about the device leaves this computer. A wipe alone still reaches the cloud."));

  g_signal_handlers_block_matched (self->relay, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  gtk_switch_set_active (self->relay, relays);
  gtk_switch_set_state (self->relay, relays);
  g_signal_handlers_unblock_matched (self->relay, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  wattle_row_set_subtitle (self->relay_row, said);
}

static void
on_relay_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  show_relay (user_data);
  wattle_window_say_error (user_data, error);
}

static gboolean
on_relay (WattleSupportPage *self, gboolean on)
{
  wattle_part_page_set (WATTLE_PART_PAGE (self), "RelayToCloud", g_variant_new_boolean (on), on_relay_set, self);
  return TRUE; /* until it is so */
}

static void
on_wipe (WattlePartPage *self)
{
  wattle_part_page_open (self, wattle_wipe_page_new);
}

/* --- page --- */

static void
wattle_support_page_sync (WattlePartPage *part)
{
  WattleSupportPage *self = WATTLE_SUPPORT_PAGE (part);
  const char *end = wattle_bus_device_get_support_end (wattle_part_page_get_device (part));

  wattle_support_timeline_set_dates (self->timeline, wattle_facts_get_support_start (wattle_part_page_get_facts (part)),
                                     end);
  gtk_widget_set_visible (self->calendar, end != NULL && *end != '\0');
  show_relay (self);
  fetch (self);
}

static void
wattle_support_page_finalize (GObject *object)
{
  for (guint i = 0; i < N_LISTS; i++)
    g_ptr_array_unref (WATTLE_SUPPORT_PAGE (object)->rows[i]);
  G_OBJECT_CLASS (wattle_support_page_parent_class)->finalize (object);
}

static void
wattle_support_page_class_init (WattleSupportPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_support_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_support_page_sync;
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  g_type_ensure (WATTLE_TYPE_SUPPORT_TIMELINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/support-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, headline);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, words);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, calendar);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, snooze);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, relay_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSupportPage, relay);
  for (guint i = 0; i < N_LISTS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, list_keys[i], FALSE,
                                               G_STRUCT_OFFSET (WattleSupportPage, lists)
                                                   + (gssize)(i * sizeof (AdwPreferencesGroup *)));
  gtk_widget_class_bind_template_callback (widget_class, on_calendar);
  gtk_widget_class_bind_template_callback (widget_class, on_snooze);
  gtk_widget_class_bind_template_callback (widget_class, on_relay);
  gtk_widget_class_bind_template_callback (widget_class, on_wipe);
}

static void
wattle_support_page_init (WattleSupportPage *self)
{
  for (guint i = 0; i < N_LISTS; i++)
    self->rows[i] = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_support_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_SUPPORT_PAGE, service, device);
}
