/* SPDX-License-Identifier: Apache-2.0 */
/* All devices as cards. */
#include "gui-gtk/home/devices-view.h"

#include <glib/gi18n.h>

#include "gui-gtk/home/device-card.h"
#include "gui-gtk/home/device-order.h"
#include "gui-gtk/home/job-row.h"
#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/setup/progress-page.h"

#define HANDFUL 6 /* devices that need no search */

struct _WattleDevicesView {
  AdwBin parent_instance;
  GtkSearchBar *search;
  GtkEditable *entry;
  GtkWidget *jobs_box;
  GtkListBox *jobs;
  GtkStack *stack;
  GtkGridView *grid;
  WattleService *service;
  WattleDeviceOrder *order;
  GtkStringFilter *filter;
  GListModel *shown; /* those that the search has found */
};

G_DEFINE_FINAL_TYPE (WattleDevicesView, wattle_devices_view, ADW_TYPE_BIN)

/* --- cards --- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, WattleDevicesView *self)
{
  gtk_list_item_set_child (item, wattle_device_card_new (self->service));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  wattle_device_card_set_device (WATTLE_DEVICE_CARD (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  wattle_device_card_set_device (WATTLE_DEVICE_CARD (gtk_list_item_get_child (item)), NULL);
}

static void
show_device (WattleDevicesView *self, WattleBusObject *object)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-device", "s",
                              wattle_bus_device_get_id (wattle_bus_object_peek_device (object)));
}

static void
on_activate (WattleDevicesView *self, guint position)
{
  g_autoptr (WattleBusObject) object = g_list_model_get_item (self->shown, position);

  if (object != NULL)
    show_device (self, object);
}

/* Only one place knows how to look the name up: the proxies themselves. */
static GtkExpression *
new_name_expression (void)
{
  GtkExpression *device = gtk_property_expression_new (WATTLE_BUS_TYPE_OBJECT, NULL, "device");

  return gtk_property_expression_new (WATTLE_BUS_TYPE_DEVICE, device, "name");
}

static void
on_search_changed (WattleDevicesView *self)
{
  gtk_string_filter_set_search (self->filter, gtk_editable_get_text (self->entry));
}

/* Its large picture is not loaded before somebody has to see it. */
static void
make_nothing (WattleDevicesView *self)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "edit-find-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("No device of that name"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), _ ("Try a part of the name."));
  gtk_stack_add_named (self->stack, page, "nothing");
}

static void
on_shown_changed (WattleDevicesView *self)
{
  gboolean searched = *gtk_editable_get_text (self->entry) != '\0';
  gboolean nothing = searched && g_list_model_get_n_items (self->shown) == 0;

  if (nothing && gtk_stack_get_child_by_name (self->stack, "nothing") == NULL)
    make_nothing (self);
  gtk_stack_set_visible_child_name (self->stack, nothing ? "nothing" : "devices");
}

/* --- jobs --- */

static gboolean
goes_on (gpointer item, gpointer user_data)
{
  const char *state = wattle_bus_job_get_state (wattle_bus_object_peek_job (WATTLE_BUS_OBJECT (item)));

  return g_strcmp0 (state, "running") == 0 || g_strcmp0 (state, "waiting") == 0;
}

/* A job that has ended is over for this list. */
static void
look_again (GtkFilter *filter)
{
  gtk_filter_changed (filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static GtkWidget *
new_job_row (gpointer item, gpointer user_data)
{
  return wattle_job_row_new (WATTLE_BUS_OBJECT (item));
}

static void
on_job_activated (WattleDevicesView *self, GtkListBoxRow *row)
{
  WattleBusJob *job = wattle_job_row_get_job (WATTLE_JOB_ROW (row));
  g_autoptr (WattleBusObject) subject = wattle_service_dup_object (self->service, wattle_bus_job_get_subject (job));

  if (g_strcmp0 (wattle_bus_job_get_kind (job), "setup") == 0)
    wattle_nav_view_push (wattle_nav_view_of (self), wattle_progress_page_new (self->service, job));
  else if (subject != NULL && wattle_bus_object_peek_device (subject) != NULL)
    show_device (self, subject);
}

static void
on_jobs_changed (WattleDevicesView *self)
{
  gtk_widget_set_visible (self->jobs_box, gtk_list_box_get_row_at_index (self->jobs, 0) != NULL);
}

static void
follow_jobs (WattleDevicesView *self)
{
  GListModel *jobs = wattle_service_get_jobs (self->service);
  g_autoptr (GtkFilter) filter = GTK_FILTER (gtk_custom_filter_new (goes_on, NULL, NULL));
  g_autoptr (GtkFilterListModel) going_on = gtk_filter_list_model_new (g_object_ref (jobs), g_object_ref (filter));

  gtk_list_box_bind_model (self->jobs, G_LIST_MODEL (going_on), new_job_row, NULL, NULL);
  g_signal_connect_object (going_on, "items-changed", G_CALLBACK (on_jobs_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (jobs, "changed", G_CALLBACK (look_again), filter, G_CONNECT_SWAPPED);
  on_jobs_changed (self);
}

/* --- view --- */

gboolean
wattle_devices_view_can_search (WattleDevicesView *self)
{
  return g_list_model_get_n_items (wattle_device_order_get_list (self->order)) > HANDFUL;
}

GtkSearchBar *
wattle_devices_view_get_search (WattleDevicesView *self)
{
  return self->search;
}

static void
wattle_devices_view_dispose (GObject *object)
{
  WattleDevicesView *self = WATTLE_DEVICES_VIEW (object);

  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  g_clear_object (&self->order);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_devices_view_parent_class)->dispose (object);
}

static void
wattle_devices_view_class_init (WattleDevicesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_devices_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/home/devices-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDevicesView, search);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicesView, entry);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicesView, jobs_box);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicesView, jobs);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicesView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleDevicesView, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_job_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
wattle_devices_view_init (WattleDevicesView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search, self->entry);
  wattle_follow_stack (self->stack);
}

static void
follow_devices (WattleDevicesView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;

  self->order = wattle_device_order_new (wattle_service_get_devices (self->service));
  self->filter = gtk_string_filter_new (new_name_expression ());
  self->shown = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (wattle_device_order_get_list (self->order)),
                                                         GTK_FILTER (g_object_ref (self->filter))));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_grid_view_set_factory (self->grid, factory);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (self->shown)));
  gtk_grid_view_set_model (self->grid, selection);
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (on_shown_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
wattle_devices_view_new (WattleService *service)
{
  WattleDevicesView *self = g_object_new (WATTLE_TYPE_DEVICES_VIEW, NULL);

  self->service = g_object_ref (service);
  follow_devices (self);
  follow_jobs (self);
  return GTK_WIDGET (self);
}
