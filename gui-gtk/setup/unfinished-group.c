/* SPDX-License-Identifier: Apache-2.0 */
/* The set-ups that the service has not finished yet. */
#include "gui-gtk/setup/unfinished-group.h"

#include <glib/gi18n.h>

#include "gui-gtk/home/job-row.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/setup/progress-page.h"

struct _WattleUnfinishedGroup {
  AdwPreferencesGroup parent_instance;
  GtkListBox *list;
  WattleService *service;
  GtkFilter *filter;
  GListModel *unfinished;
};

G_DEFINE_FINAL_TYPE (WattleUnfinishedGroup, wattle_unfinished_group, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
is_unfinished (gpointer object, gpointer user_data)
{
  WattleBusJob *job = wattle_bus_object_peek_job (object);
  const char *state = job != NULL ? wattle_bus_job_get_state (job) : NULL;

  return job != NULL && g_strcmp0 (wattle_bus_job_get_kind (job), "setup") == 0
         && (g_strcmp0 (state, "running") == 0 || g_strcmp0 (state, "waiting") == 0);
}

static void
look_again (WattleUnfinishedGroup *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_unfinished (WattleUnfinishedGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), g_list_model_get_n_items (self->unfinished) > 0);
}

static GtkWidget *
create_row (gpointer object, gpointer user_data)
{
  return wattle_job_row_new (object);
}

static void
on_row_activated (WattleUnfinishedGroup *self, GtkListBoxRow *row)
{
  WattleBusJob *job = wattle_job_row_get_job (WATTLE_JOB_ROW (row));

  wattle_nav_view_push (wattle_nav_view_of (self), wattle_progress_page_new (self->service, job));
}

static void
wattle_unfinished_group_dispose (GObject *object)
{
  WattleUnfinishedGroup *self = WATTLE_UNFINISHED_GROUP (object);

  g_clear_object (&self->unfinished);
  g_clear_object (&self->filter);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_unfinished_group_parent_class)->dispose (object);
}

static void
wattle_unfinished_group_class_init (WattleUnfinishedGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_unfinished_group_dispose;
}

static void
wattle_unfinished_group_init (WattleUnfinishedGroup *self)
{
  const char *title = _ ("Not finished yet");

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), title);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->list));
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self, G_CONNECT_SWAPPED);
}

GtkWidget *
wattle_unfinished_group_new (WattleService *service)
{
  WattleUnfinishedGroup *self = g_object_new (WATTLE_TYPE_UNFINISHED_GROUP, NULL);
  GListModel *jobs = wattle_service_get_jobs (service);

  self->service = g_object_ref (service);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_unfinished, NULL, NULL));
  self->unfinished = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (jobs), g_object_ref (self->filter)));
  gtk_list_box_bind_model (self->list, self->unfinished, create_row, NULL, NULL);
  g_signal_connect_object (jobs, "changed", G_CALLBACK (look_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->unfinished, "items-changed", G_CALLBACK (on_unfinished), self, G_CONNECT_SWAPPED);
  on_unfinished (self);
  return GTK_WIDGET (self);
}
