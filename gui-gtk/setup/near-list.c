/* SPDX-License-Identifier: Apache-2.0 */
/* The devices near that are not ours. */
#include "gui-gtk/setup/near-list.h"

#include <glib/gi18n.h>

#include "gui-gtk/setup/near-row.h"
#include "gui-gtk/setup/unfinished-group.h"
#include "gui-gtk/setup/wizard.h"

#define HINT_SECONDS 15 /* without any, before it is said what may be wrong */

struct _WattleNearList {
  AdwBin parent_instance;
  GtkBox *box;
  AdwPreferencesGroup *new_group;
  GtkListBox *new_list;
  GtkWidget *owned_group;
  GtkListBox *owned_list;
  GtkSpinner *spinner;
  GtkWidget *hint;
  WattleService *service;
  GtkFilter *new_filter;
  GtkFilter *owned_filter;
  GListModel *near; /* all */
  GListModel *new_devices;
  guint hint_id;
};

G_DEFINE_FINAL_TYPE (WattleNearList, wattle_near_list, ADW_TYPE_BIN)

static gboolean
is_owned (gpointer object)
{
  WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (object);

  return candidate != NULL && g_strcmp0 (wattle_bus_candidate_get_state (candidate), "owned") == 0;
}

static gboolean
filter_owned (gpointer object, gpointer user_data)
{
  return is_owned (object);
}

static gboolean
filter_new (gpointer object, gpointer user_data)
{
  return !is_owned (object);
}

/* The nearest first as they come; later they keep their place, under the
 * finger that is on its way to one. */
static int
by_signal (gconstpointer a, gconstpointer b, gpointer user_data)
{
  WattleBusCandidate *one = wattle_bus_object_peek_candidate ((gpointer)a);
  WattleBusCandidate *other = wattle_bus_object_peek_candidate ((gpointer)b);
  int x = one != NULL ? wattle_bus_candidate_get_signal_strength (one) : 0;
  int y = other != NULL ? wattle_bus_candidate_get_signal_strength (other) : 0;

  return (y != 0 ? y : G_MININT16) - (x != 0 ? x : G_MININT16);
}

/* An owner may have come or gone. */
static void
look_again (WattleNearList *self)
{
  gtk_filter_changed (self->new_filter, GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (self->owned_filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static gboolean
on_hint (gpointer user_data)
{
  WattleNearList *self = user_data;

  self->hint_id = 0;
  gtk_widget_set_visible (self->hint, g_list_model_get_n_items (self->new_devices) == 0);
  return G_SOURCE_REMOVE;
}

static gboolean
has_twins (GListModel *devices)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (devices); i++) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (devices, i);
    WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (object);
    char *name = candidate != NULL ? wattle_bus_candidate_dup_name (candidate) : NULL;

    if (name != NULL && !g_hash_table_add (names, name))
      return TRUE;
  }
  return FALSE;
}

static void
sync_new (WattleNearList *self)
{
  gboolean any = g_list_model_get_n_items (self->new_devices) > 0;
  gboolean twins = has_twins (self->new_devices);

  adw_preferences_group_set_description (
      self->new_group, twins ? _ ("Some are of the same kind. A code opens only the device it is on, and a wrong one "
                                  "costs a try: begin with the nearest.")
                             : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->new_group), any);
  if (any)
    gtk_widget_set_visible (self->hint, FALSE);
}

static void
sync_owned (WattleNearList *self, guint position, guint removed, guint added, GListModel *owned)
{
  gtk_widget_set_visible (self->owned_group, g_list_model_get_n_items (owned) > 0);
}

static GtkWidget *
create_row (gpointer object, gpointer user_data)
{
  return wattle_near_row_new (object);
}

static void
on_row_activated (WattleNearList *self, GtkListBoxRow *row)
{
  wattle_wizard_start (self, self->service, wattle_near_row_get_object (WATTLE_NEAR_ROW (row)));
}

static void
wattle_near_list_map (GtkWidget *widget)
{
  WattleNearList *self = WATTLE_NEAR_LIST (widget);

  GTK_WIDGET_CLASS (wattle_near_list_parent_class)->map (widget);
  wattle_service_hold_discovery (self->service);
  gtk_spinner_start (self->spinner);
  self->hint_id = g_timeout_add_seconds (HINT_SECONDS, on_hint, self);
}

static void
wattle_near_list_unmap (GtkWidget *widget)
{
  WattleNearList *self = WATTLE_NEAR_LIST (widget);

  GTK_WIDGET_CLASS (wattle_near_list_parent_class)->unmap (widget);
  wattle_service_release_discovery (self->service);
  gtk_spinner_stop (self->spinner);
  g_clear_handle_id (&self->hint_id, g_source_remove);
}

static void
wattle_near_list_dispose (GObject *object)
{
  WattleNearList *self = WATTLE_NEAR_LIST (object);

  g_clear_handle_id (&self->hint_id, g_source_remove);
  g_clear_object (&self->new_devices);
  g_clear_object (&self->near);
  g_clear_object (&self->new_filter);
  g_clear_object (&self->owned_filter);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_near_list_parent_class)->dispose (object);
}

static void
wattle_near_list_class_init (WattleNearListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_near_list_dispose;
  widget_class->map = wattle_near_list_map;
  widget_class->unmap = wattle_near_list_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/near-list.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, box);
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, new_group);
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, new_list);
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, owned_group);
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, owned_list);
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, spinner);
  gtk_widget_class_bind_template_child (widget_class, WattleNearList, hint);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
wattle_near_list_init (WattleNearList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->new_filter = GTK_FILTER (gtk_custom_filter_new (filter_new, NULL, NULL));
  self->owned_filter = GTK_FILTER (gtk_custom_filter_new (filter_owned, NULL, NULL));
}

/* Those of @near that pass @filter, in @list, the nearest first. */
static GListModel *
show_some (GListModel *near, GtkFilter *filter, GtkListBox *list)
{
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (by_signal, NULL, NULL));
  GtkFilterListModel *some = gtk_filter_list_model_new (g_object_ref (near), g_object_ref (filter));
  GListModel *sorted = G_LIST_MODEL (gtk_sort_list_model_new (G_LIST_MODEL (some), sorter));

  gtk_list_box_bind_model (list, sorted, create_row, NULL, NULL);
  return sorted;
}

GtkWidget *
wattle_near_list_new (WattleService *service)
{
  WattleNearList *self = g_object_new (WATTLE_TYPE_NEAR_LIST, NULL);
  g_autoptr (GListModel) owned = NULL;

  self->service = g_object_ref (service);
  gtk_box_prepend (self->box, wattle_unfinished_group_new (service));
  self->near = g_object_ref (wattle_service_get_candidates (service));
  self->new_devices = show_some (self->near, self->new_filter, self->new_list);
  owned = show_some (self->near, self->owned_filter, self->owned_list);
  g_signal_connect_object (self->near, "changed", G_CALLBACK (look_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->new_devices, "items-changed", G_CALLBACK (sync_new), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (owned, "items-changed", G_CALLBACK (sync_owned), self, G_CONNECT_SWAPPED);
  sync_new (self);
  sync_owned (self, 0, 0, 0, owned);
  return GTK_WIDGET (self);
}
