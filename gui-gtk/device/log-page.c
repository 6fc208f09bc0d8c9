/* SPDX-License-Identifier: Apache-2.0 */
/* What Wattle did with the device. */
#include "gui-gtk/device/log-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/rows.h"

#define MOST 200 /* entries */

struct _WattleLogPage {
  WattlePartPage parent_instance;
  AdwPreferencesGroup *entries;
  WattleMessage *message;
};

G_DEFINE_FINAL_TYPE (WattleLogPage, wattle_log_page, WATTLE_TYPE_PART_PAGE)

static void
on_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleLogPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) entries = NULL;
  const char *sentence;
  GVariantIter iter;
  guint64 time;

  wattle_bus_manager_call_get_log_finish (WATTLE_BUS_MANAGER (source), &entries, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (entries == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  if (g_variant_n_children (entries) == 0)
    wattle_message_set (self->message, NULL, _ ("Nothing has happened yet."));
  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_next (&iter, "(t&s&s&s)", &time, NULL, NULL, &sentence)) {
    g_autofree char *clean = wattle_text_clean (sentence);
    g_autofree char *when = wattle_words_time (time);
    GtkWidget *row = wattle_text_row_new (NULL, clean);

    wattle_row_set_subtitle (row, when);
    adw_preferences_group_add (self->entries, row);
  }
}

static void
wattle_log_page_load (WattlePartPage *part)
{
  WattleBusManager *manager = wattle_service_get_manager (wattle_part_page_get_service (part));

  wattle_bus_manager_call_get_log (manager, wattle_bus_device_get_id (wattle_part_page_get_device (part)), MOST,
                                   wattle_part_page_get_cancellable (part), on_log, part);
}

static void
wattle_log_page_class_init (WattleLogPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_log_page_load;
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/log-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleLogPage, entries);
  gtk_widget_class_bind_template_child (widget_class, WattleLogPage, message);
}

static void
wattle_log_page_init (WattleLogPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_log_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_LOG_PAGE, service, device);
}
