/* SPDX-License-Identifier: Apache-2.0 */
/* What the maker says that is new. */
#include "gui-gtk/device/changes-page.h"

#include <glib/gi18n.h>

#include "client/purpose.h"
#include "client/text.h"
#include "gui-gtk/device/purpose-group.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/rows.h"
#include "gui-gtk/window.h"

struct _WattleChangesPage {
  WattlePartPage parent_instance;
  WattleMessage *message;
  AdwPreferencesGroup *again;
  WattlePurposeGroup *decisions;
  AdwPreferencesGroup *also;
  GtkWidget *read;
  GHashTable *widened; /* ids of purposes that need a new decision: they stay here once it is made */
};

G_DEFINE_FINAL_TYPE (WattleChangesPage, wattle_changes_page, WATTLE_TYPE_PART_PAGE)

static void
wattle_changes_page_sync (WattlePartPage *part)
{
  WattleChangesPage *self = WATTLE_CHANGES_PAGE (part);
  WattleBusConsent *consent = wattle_part_page_get_consent (part);
  g_autoptr (GPtrArray) purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (consent));

  for (guint i = purposes->len; i > 0; i--) {
    const WattlePurpose *purpose = purposes->pdata[i - 1];

    if (!g_hash_table_contains (self->widened, purpose->id))
      g_ptr_array_remove_index (purposes, i - 1);
  }
  wattle_purpose_group_show (self->decisions, consent, purposes);
}

static void
add_change (WattleChangesPage *self, const char *purpose, const char *sentence, gboolean decide)
{
  g_autofree char *clean = wattle_text_clean (sentence);
  AdwPreferencesGroup *group = decide ? self->again : self->also;

  adw_preferences_group_add (group, wattle_text_row_new (NULL, clean));
  gtk_widget_set_visible (GTK_WIDGET (group), TRUE);
  if (decide)
    g_hash_table_add (self->widened, g_strdup (purpose));
}

static void
on_changes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleChangesPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) changes = NULL;
  const char *purpose, *sentence;
  GVariantIter iter;
  gboolean decide;

  wattle_bus_device_call_get_notice_changes_finish (WATTLE_BUS_DEVICE (source), &changes, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (changes == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  if (g_variant_n_children (changes) == 0)
    wattle_message_set (self->message, "emblem-ok-symbolic", _ ("Nothing has changed."));
  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "(&s&sb)", &purpose, &sentence, &decide))
    add_change (self, purpose, sentence, decide);
  gtk_widget_set_sensitive (self->read, TRUE);
  wattle_changes_page_sync (WATTLE_PART_PAGE (self));
}

static void
wattle_changes_page_load (WattlePartPage *part)
{
  g_autofree char *language = wattle_say_language ();

  wattle_bus_device_call_get_notice_changes (wattle_part_page_get_device (part), language,
                                             wattle_part_page_get_cancellable (part), on_changes, part);
}

static void
on_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleChangesPage *self = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_bus_device_call_mark_notice_read_finish (WATTLE_BUS_DEVICE (source), result, &error)) {
    wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    gtk_widget_set_sensitive (self->read, TRUE);
    wattle_message_set_error (self->message, error);
  }
}

static void
on_read (WattleChangesPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);

  gtk_widget_set_sensitive (self->read, FALSE);
  wattle_bus_device_call_mark_notice_read (wattle_part_page_get_device (part), wattle_part_page_get_cancellable (part),
                                           on_marked, self);
}

static void
wattle_changes_page_finalize (GObject *object)
{
  g_hash_table_unref (WATTLE_CHANGES_PAGE (object)->widened);
  G_OBJECT_CLASS (wattle_changes_page_parent_class)->finalize (object);
}

static void
wattle_changes_page_class_init (WattleChangesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_changes_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_changes_page_load;
  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_changes_page_sync;
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  g_type_ensure (WATTLE_TYPE_PURPOSE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/changes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleChangesPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleChangesPage, again);
  gtk_widget_class_bind_template_child (widget_class, WattleChangesPage, decisions);
  gtk_widget_class_bind_template_child (widget_class, WattleChangesPage, also);
  gtk_widget_class_bind_template_child (widget_class, WattleChangesPage, read);
  gtk_widget_class_bind_template_callback (widget_class, on_read);
}

static void
wattle_changes_page_init (WattleChangesPage *self)
{
  self->widened = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_changes_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_CHANGES_PAGE, service, device);
}
