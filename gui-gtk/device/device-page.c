/* SPDX-License-Identifier: Apache-2.0 */
/* A device at a glance. */
#include "gui-gtk/device/device-page.h"

#include <glib/gi18n.h>

#include "client/purpose.h"
#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/device/attention.h"
#include "gui-gtk/device/changes-page.h"
#include "gui-gtk/device/household-page.h"
#include "gui-gtk/device/log-page.h"
#include "gui-gtk/device/name-page.h"
#include "gui-gtk/device/privacy-page.h"
#include "gui-gtk/device/readings-page.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/device/security-page.h"
#include "gui-gtk/device/support-page.h"
#include "gui-gtk/device/update-page.h"
#include "gui-gtk/files/export-row.h"
#include "gui-gtk/widgets/rows.h"
#include "gui-gtk/window.h"
#include "gui-gtk/wipe/wipe-page.h"

struct _WattleDevicePage {
  WattlePartPage parent_instance;
  GtkWidget *reading_box;
  GtkLabel *reading;
  GtkLabel *reading_time;
  AdwPreferencesGroup *attention;
  AdwActionRow *state;
  GtkImage *state_icon;
  GtkButton *connect;
  AdwPreferencesGroup *parts;
  AdwPreferencesGroup *end;
  GPtrArray *needs; /* rows in attention */
  char *needed;     /* what they say, to see whether that has changed */
  GtkWidget **rows; /* one for each of the parts below */
};

G_DEFINE_FINAL_TYPE (WattleDevicePage, wattle_device_page, WATTLE_TYPE_PART_PAGE)

/* --- the ways --- */

static char *
tell_privacy (WattlePartPage *part)
{
  g_autoptr (GPtrArray) purposes
      = wattle_purposes_read (wattle_bus_consent_get_purposes (wattle_part_page_get_consent (part)));
  guint asked = 0, given = 0;

  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    asked += purpose->consent ? 1 : 0;
    given += g_strcmp0 (purpose->state, "given") == 0 ? 1 : 0;
  }
  if (asked == 0)
    return g_strdup (_ ("The device asks for nothing more than it needs to work."));
  /* Translators: of {asked} purposes that the person is asked for */
  return g_strdup_printf (
      ngettext ("You allow %u of %u thing it asks for", "You allow %u of %u things it asks for", asked), given, asked);
}

static char *
tell_support (WattlePartPage *part)
{
  WattleBusDevice *device = wattle_part_page_get_device (part);
  const char *end = wattle_bus_device_get_support_end (device);
  g_autofree char *date = wattle_words_date (end);

  if (end == NULL || *end == '\0')
    return g_strdup (_ ("The manufacturer does not say how long"));
  if (g_strcmp0 (wattle_bus_device_get_support_stage (device), "ended") == 0)
    return g_strdup_printf (_ ("Ended on %s"), date);
  return g_strdup_printf (_ ("Until %s"), date);
}

static char *
tell_version (WattlePartPage *part)
{
  g_autofree char *version
      = wattle_text_clean (wattle_bus_device_get_firmware_version (wattle_part_page_get_device (part)));

  return *version != '\0' ? g_strdup_printf (_ ("It runs version %s"), version) : NULL;
}

static char *
tell_security (WattlePartPage *part)
{
  return g_strdup (_ ("Whom to ask, and what stops without internet"));
}

static char *
tell_household (WattlePartPage *part)
{
  return g_strdup (_ ("Use it from another computer, change its password"));
}

static char *
tell_name (WattlePartPage *part)
{
  return wattle_say_name (wattle_part_page_get_device (part));
}

static const struct {
  const char *icon;
  const char *title;
  WattlePartPageNew new_page;
  /* What the row says of it; NULL for nothing. */
  char *(*tell) (WattlePartPage *self);
  gboolean at_end; /* below what is about parting with the device */
} parts[] = {
  { "view-list-symbolic", N_ ("Readings"), wattle_readings_page_new, NULL, FALSE },
  { "preferences-system-privacy-symbolic", N_ ("Privacy"), wattle_privacy_page_new, tell_privacy, FALSE },
  { "x-office-calendar-symbolic", N_ ("Support"), wattle_support_page_new, tell_support, FALSE },
  { "software-update-available-symbolic", N_ ("Updates"), wattle_update_page_new, tell_version, FALSE },
  { "security-high-symbolic", N_ ("Safety and help"), wattle_security_page_new, tell_security, FALSE },
  { "system-users-symbolic", N_ ("Your household"), wattle_household_page_new, tell_household, FALSE },
  { "document-open-recent-symbolic", N_ ("What Wattle did"), wattle_log_page_new, NULL, FALSE },
  { "document-edit-symbolic", N_ ("Name"), wattle_name_page_new, tell_name, FALSE },
  { "user-trash-symbolic", N_ ("Give away or dispose"), wattle_wipe_page_new, NULL, TRUE },
};

static void
on_part (GtkWidget *row, WattlePartPage *self)
{
  gsize part = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (row), "part"));

  wattle_part_page_open (self, parts[part].new_page);
}

static void
wattle_device_page_load (WattlePartPage *part)
{
  WattleDevicePage *self = WATTLE_DEVICE_PAGE (part);

  adw_preferences_group_add (
      self->end, wattle_export_row_new (wattle_part_page_get_service (part), wattle_part_page_get_object (part)));
  self->rows = g_new0 (GtkWidget *, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    GtkWidget *row = wattle_link_row_new (parts[i].icon, _ (parts[i].title));

    g_object_set_data (G_OBJECT (row), "part", GSIZE_TO_POINTER (i));
    g_signal_connect (row, "activated", G_CALLBACK (on_part), self);
    adw_preferences_group_add (parts[i].at_end ? self->end : self->parts, row);
    self->rows[i] = row;
  }
}

static void
sync_rows (WattleDevicePage *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *told = parts[i].tell != NULL ? parts[i].tell (WATTLE_PART_PAGE (self)) : NULL;

    if (told != NULL)
      wattle_row_set_subtitle (self->rows[i], told);
  }
}

/* --- what needs the person --- */

/* Where each is dealt with; NULL = there is nothing to open. */
static const WattlePartPageNew remedies[WATTLE_ATTENTION_NONE] = {
  [WATTLE_ATTENTION_ALERT] = wattle_update_page_new,          [WATTLE_ATTENTION_UNCONFIRMED] = wattle_update_page_new,
  [WATTLE_ATTENTION_SUPPORT_ENDED] = wattle_support_page_new, [WATTLE_ATTENTION_SUPPORT] = wattle_support_page_new,
  [WATTLE_ATTENTION_OUTSTANDING] = wattle_privacy_page_new,   [WATTLE_ATTENTION_NOTICE] = wattle_changes_page_new,
  [WATTLE_ATTENTION_WIPING] = wattle_wipe_page_new,           [WATTLE_ATTENTION_CLOUD] = wattle_support_page_new,
};

static void
on_need (GtkWidget *row, WattlePartPage *self)
{
  wattle_part_page_open (self, remedies[GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (row), "need"))]);
}

static GtkWidget *
new_need (WattleDevicePage *self, WattleAttention what, const char *sentence)
{
  GtkWidget *row = remedies[what] != NULL ? wattle_link_row_new (wattle_attention_icon (what), sentence)
                                          : wattle_text_row_new (wattle_attention_icon (what), sentence);

  g_object_set_data (G_OBJECT (row), "need", GSIZE_TO_POINTER (what));
  if (remedies[what] != NULL)
    g_signal_connect (row, "activated", G_CALLBACK (on_need), self);
  return row;
}

static void
sync_attention (WattleDevicePage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  WattleBusObject *object = wattle_part_page_get_object (part);
  gboolean told
      = wattle_service_shares_problem (wattle_part_page_get_service (part), wattle_part_page_get_device (part));
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_null_terminated (WATTLE_ATTENTION_NONE, g_free, TRUE);
  g_autofree char *all = NULL;

  for (WattleAttention what = 0; what < WATTLE_ATTENTION_NONE; what++) {
    /* The banner above tells it. */
    char *sentence = what == WATTLE_ATTENTION_PROBLEM && told ? NULL : wattle_attention_say (what, object);

    g_ptr_array_add (sentences, sentence != NULL ? sentence : g_strdup (""));
  }
  all = g_strjoinv ("\n", (char **)sentences->pdata);
  if (g_strcmp0 (all, self->needed) == 0) /* rows that stay keep the focus */
    return;
  g_free (self->needed);
  self->needed = g_steal_pointer (&all);
  wattle_rows_clear (self->attention, self->needs);
  for (WattleAttention what = 0; what < WATTLE_ATTENTION_NONE; what++)
    if (*(char *)sentences->pdata[what] != '\0')
      wattle_rows_add (self->attention, self->needs, new_need (self, what, sentences->pdata[what]));
  gtk_widget_set_visible (GTK_WIDGET (self->attention), self->needs->len > 0);
}

static void
on_problems (WattleDevicePage *self)
{
  if (wattle_part_page_get_device (WATTLE_PART_PAGE (self)) != NULL)
    sync_attention (self);
}

/* --- how it is --- */

static void
sync_reading (WattleDevicePage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  WattleFacts *facts = wattle_part_page_get_facts (part);
  GVariant *last = wattle_bus_device_get_last_reading (wattle_part_page_get_device (part));
  g_autofree char *name = wattle_text_clean (wattle_facts_get_reading_name (facts));
  g_autofree char *value = NULL;
  g_autofree char *when = NULL;
  g_autofree char *said = NULL;
  guint64 time = 0;
  double number;
  const char *unit;

  if (last != NULL)
    g_variant_get (last, "(td&s)", &time, &number, &unit);
  gtk_widget_set_visible (self->reading_box, time != 0);
  if (time == 0)
    return;
  value = wattle_words_value (number, unit, wattle_facts_get_decimals (facts));
  when = wattle_words_time (time);
  /* Translators: what is measured ("Temperature"), and a date with time */
  said = *name != '\0' ? g_strdup_printf (_ ("%s on %s"), name, when) : g_strdup (when);
  gtk_label_set_text (self->reading, value);
  gtk_label_set_text (self->reading_time, said);
}

static gboolean
is_connected (WattleBusDevice *device)
{
  const char *state = wattle_bus_device_get_state (device);

  return g_strcmp0 (state, "connected") == 0 || g_strcmp0 (state, "connecting") == 0;
}

static void
sync_state (WattleDevicePage *self)
{
  WattleBusDevice *device = wattle_part_page_get_device (WATTLE_PART_PAGE (self));
  gboolean wiping = g_strcmp0 (wattle_bus_device_get_state (device), "wiping") == 0;
  g_autofree char *state = wattle_say_state (device);
  g_autofree char *seen = wattle_words_time (wattle_bus_device_get_last_seen (device));
  /* Translators: a date and time */
  g_autofree char *last_seen = g_strdup_printf (_ ("Last seen: %s"), seen);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state), state);
  wattle_row_set_subtitle (GTK_WIDGET (self->state), last_seen);
  gtk_image_set_from_icon_name (self->state_icon, wattle_say_state_icon (device));
  gtk_button_set_label (self->connect, is_connected (device) ? _ ("Disconnect") : _ ("Connect"));
  gtk_widget_set_visible (GTK_WIDGET (self->connect), !wiping);
}

static void
called (WattleDevicePage *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->connect), TRUE);
  if (error != NULL)
    wattle_window_say_error (self, error);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer self)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_device_call_connect_finish (WATTLE_BUS_DEVICE (source), result, &error);
  called (self, error);
}

static void
on_disconnected (GObject *source, GAsyncResult *result, gpointer self)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_device_call_disconnect_finish (WATTLE_BUS_DEVICE (source), result, &error);
  called (self, error);
}

static void
on_connect (WattleDevicePage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  WattleBusDevice *device = wattle_part_page_get_device (part);

  gtk_widget_set_sensitive (GTK_WIDGET (self->connect), FALSE);
  if (is_connected (device))
    wattle_bus_device_call_disconnect (device, wattle_part_page_get_cancellable (part), on_disconnected, self);
  else
    wattle_bus_device_call_connect (device, wattle_part_page_get_cancellable (part), on_connected, self);
}

/* --- page --- */

static void
wattle_device_page_sync (WattlePartPage *part)
{
  WattleDevicePage *self = WATTLE_DEVICE_PAGE (part);
  g_autofree char *name = wattle_say_name (wattle_part_page_get_device (part));

  wattle_nav_page_set_title (WATTLE_NAV_PAGE (self), name);
  sync_reading (self);
  sync_attention (self);
  sync_state (self);
  sync_rows (self);
}

static void
wattle_device_page_finalize (GObject *object)
{
  WattleDevicePage *self = WATTLE_DEVICE_PAGE (object);

  g_ptr_array_unref (self->needs);
  g_free (self->needed);
  g_free (self->rows);
  G_OBJECT_CLASS (wattle_device_page_parent_class)->finalize (object);
}

static void
wattle_device_page_class_init (WattleDevicePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_device_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_device_page_load;
  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_device_page_sync;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/device-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, reading_box);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, reading);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, reading_time);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, attention);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, state);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, connect);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, parts);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicePage, end);
  gtk_widget_class_bind_template_callback (widget_class, on_connect);
}

static void
wattle_device_page_init (WattleDevicePage *self)
{
  self->needs = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_device_page_new (WattleService *service, WattleBusObject *device)
{
  WattleNavPage *page = wattle_part_page_new (WATTLE_TYPE_DEVICE_PAGE, service, device);

  g_signal_connect_object (service, "notify::problems", G_CALLBACK (on_problems), page, G_CONNECT_SWAPPED);
  return page;
}
