/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parting with a device.  The job on the bus, found by the device's path, says
 * which view is shown: whoever began it, this page, another program or last
 * year's run of the app.
 */
#include "gui-gtk/wipe/wipe-page.h"

#include <glib/gi18n.h>

#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/receipts/receipt-page.h"
#include "gui-gtk/receipts/receipt-view.h"
#include "gui-gtk/trouble/trouble-view.h"
#include "gui-gtk/window.h"
#include "gui-gtk/wipe/wipe-plan-view.h"
#include "gui-gtk/wipe/wipe-progress-view.h"

struct _WattleWipePage {
  WattleNavPage parent_instance;
  GtkStack *stack;
  WattleWipePlanView *plan;
  WattleWipeProgressView *progress;
  WattleReceiptView *receipt;
  WattleService *service;
  WattleBusObject *device;
  WattleBusJob *job; /* the wipe; NULL = not begun, or out of sight */
  GCancellable *cancellable;
  gboolean done;
};

G_DEFINE_FINAL_TYPE (WattleWipePage, wattle_wipe_page, WATTLE_TYPE_NAV_PAGE)

static const char *
path_of (WattleWipePage *self)
{
  return g_dbus_object_get_object_path (G_DBUS_OBJECT (self->device));
}

static gboolean
is_over (WattleBusJob *job)
{
  const char *state = wattle_bus_job_get_state (job);

  return g_strcmp0 (state, "failed") == 0 || g_strcmp0 (state, "cancelled") == 0;
}

/* The wipe of this device that goes on or has just been done, or NULL. */
static WattleBusJob *
find_job (WattleWipePage *self)
{
  GListModel *jobs = wattle_service_get_jobs (self->service);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (jobs, i);
    WattleBusJob *job = wattle_bus_object_peek_job (object);

    if (g_strcmp0 (wattle_bus_job_get_kind (job), "wipe") == 0
        && g_strcmp0 (wattle_bus_job_get_subject (job), path_of (self)) == 0 && !is_over (job))
      return job;
  }
  return NULL;
}

static gboolean
device_is_there (WattleWipePage *self)
{
  g_autoptr (WattleBusObject) object = wattle_service_dup_object (self->service, path_of (self));

  return object != NULL;
}

/* --- which view --- */

static void
show_receipt (WattleWipePage *self)
{
  GVariant *result = wattle_bus_job_get_result (self->job);
  const char *id = "";

  self->done = TRUE;
  if (result != NULL)
    g_variant_lookup (result, "receipt", "&s", &id);
  wattle_receipt_view_set_id (self->receipt, id);
  gtk_stack_set_visible_child_name (self->stack, "receipt");
  wattle_nav_page_set_title (WATTLE_NAV_PAGE (self), _ ("Wiped"));
}

/* The job was not seen to its end: its receipt is among the others. */
static void
leave_for_home (WattleWipePage *self)
{
  WattleNavView *view = wattle_nav_view_of (self);

  wattle_window_say (self, _ ("This wipe has ended. You find its receipt in the menu."));
  if (view != NULL)
    wattle_nav_view_pop_to_root (view);
}

static void
sync_view (WattleWipePage *self)
{
  if (self->done)
    return;
  if (wattle_service_get_state (self->service) != WATTLE_SERVICE_READY)
    gtk_stack_set_visible_child_name (self->stack, "trouble");
  else if (self->job != NULL && g_strcmp0 (wattle_bus_job_get_state (self->job), "done") == 0)
    show_receipt (self);
  else if (self->job != NULL)
    gtk_stack_set_visible_child_name (self->stack, "progress");
  else if (device_is_there (self))
    gtk_stack_set_visible_child_name (self->stack, "plan");
  else if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    leave_for_home (self);
}

/* The log of what Wattle did knows; it goes with the records, so it may not. */
static void
on_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleWipePage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) entries = NULL;
  const char *event;
  GVariantIter iter;
  guint64 time;

  if (!wattle_bus_manager_call_get_log_finish (WATTLE_BUS_MANAGER (source), &entries, result, &error))
    return;
  g_variant_iter_init (&iter, entries); /* the newest first */
  while (g_variant_iter_next (&iter, "(t&s&s&s)", &time, NULL, &event, NULL))
    if (g_str_equal (event, "wipe-started")) {
      wattle_wipe_progress_view_set_begun (self->progress, time);
      return;
    }
}

static void
ask_since_when (WattleWipePage *self)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (self->device);

  if (device != NULL)
    wattle_bus_manager_call_get_log (wattle_service_get_manager (self->service), wattle_bus_device_get_id (device), 0,
                                     self->cancellable, on_log, self);
}

static void on_job_state (WattleWipePage *self);

static void
set_job (WattleWipePage *self, WattleBusJob *job)
{
  if (self->job == job)
    return;
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  wattle_wipe_progress_view_set_job (self->progress, job);
  if (job == NULL)
    return;
  wattle_wipe_plan_view_set_busy (self->plan, FALSE);
  ask_since_when (self);
  g_signal_connect_object (job, "notify::state", G_CALLBACK (on_job_state), self, G_CONNECT_SWAPPED);
}

static void
on_job_state (WattleWipePage *self)
{
  if (self->job != NULL && is_over (self->job)) {
    wattle_window_say (self, _ ("Stopped. Nothing was wiped."));
    set_job (self, NULL);
  }
  sync_view (self);
}

static void
look_again (WattleWipePage *self)
{
  if (self->done)
    return;
  set_job (self, find_job (self));
  sync_view (self);
}

/* --- what the person decides --- */

/* What was decided is done even where the window is closed just then: the app
 * stays until the service has answered. */
static gpointer
begin (WattleWipePage *self)
{
  wattle_wipe_plan_view_set_busy (self->plan, TRUE);
  g_application_hold (g_application_get_default ());
  return g_object_ref (self);
}

static void
begun (gpointer taken, const GError *error)
{
  g_autoptr (WattleWipePage) self = taken;

  g_application_release (g_application_get_default ());
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  wattle_wipe_plan_view_set_busy (self->plan, FALSE);
  if (error == NULL)
    look_again (self);
  else
    wattle_window_say_error (self, error);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_wipe_call_start_finish (WATTLE_BUS_WIPE (source), NULL, result, &error);
  begun (user_data, error);
}

static void
on_declared_lost (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_wipe_call_declare_lost_finish (WATTLE_BUS_WIPE (source), NULL, result, &error);
  begun (user_data, error);
}

/* The service asks our own agent back, which knows that the person has been
 * asked here. */
static void
on_decided (WattleWipePage *self, gboolean lost)
{
  WattleBusWipe *wipe = wattle_bus_object_peek_wipe (self->device);

  if (wipe == NULL)
    return;
  if (lost)
    wattle_bus_wipe_call_declare_lost (wipe, NULL, on_declared_lost, begin (self));
  else
    wattle_bus_wipe_call_start (wipe, g_variant_new ("a{sv}", NULL), NULL, on_started, begin (self));
}

static void
on_lost (WattleWipePage *self)
{
  on_decided (self, TRUE);
}

static void
on_given_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_wipe_call_give_up_cloud_finish (WATTLE_BUS_WIPE (source), NULL, result, &error);
  begun (user_data, error);
}

static void
on_give_up (WattleWipePage *self)
{
  WattleBusWipe *wipe = wattle_bus_object_peek_wipe (self->device);

  if (wipe != NULL)
    wattle_bus_wipe_call_give_up_cloud (wipe, NULL, on_given_up, begin (self));
}

static void
on_show_receipt (WattleWipePage *self, const char *id)
{
  wattle_nav_view_push (wattle_nav_view_of (self), wattle_receipt_page_new (self->service, id));
}

/* Below it is the page of a device that is not there any more. */
static void
wattle_wipe_page_back (WattleNavPage *page)
{
  WattleWipePage *self = WATTLE_WIPE_PAGE (page);

  if (self->done)
    wattle_nav_view_pop_to_root (wattle_nav_view_of (self));
  else
    wattle_nav_page_leave (page);
}

static void
wattle_wipe_page_dispose (GObject *object)
{
  WattleWipePage *self = WATTLE_WIPE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->device);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_wipe_page_parent_class)->dispose (object);
}

static void
wattle_wipe_page_class_init (WattleWipePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_wipe_page_dispose;
  WATTLE_NAV_PAGE_CLASS (klass)->back = wattle_wipe_page_back;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/wipe/wipe-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWipePage, stack);
}

static void
wattle_wipe_page_init (WattleWipePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_wipe_page_new (WattleService *service, WattleBusObject *device)
{
  WattleWipePage *self = g_object_new (WATTLE_TYPE_WIPE_PAGE, NULL);

  self->service = g_object_ref (service);
  self->device = g_object_ref (device);
  self->plan = WATTLE_WIPE_PLAN_VIEW (wattle_wipe_plan_view_new (service, device));
  self->progress = WATTLE_WIPE_PROGRESS_VIEW (wattle_wipe_progress_view_new ());
  self->receipt = WATTLE_RECEIPT_VIEW (wattle_receipt_view_new (service));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->plan), "plan");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->progress), "progress");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->receipt), "receipt");
  gtk_stack_add_named (self->stack, wattle_trouble_view_new (service), "trouble");
  wattle_follow_stack (self->stack);
  g_signal_connect_object (self->plan, "decided", G_CALLBACK (on_decided), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->progress, "lost", G_CALLBACK (on_lost), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->progress, "give-up", G_CALLBACK (on_give_up), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->progress, "show-receipt", G_CALLBACK (on_show_receipt), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (look_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_service_get_jobs (service), "items-changed", G_CALLBACK (look_again), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_service_get_devices (service), "items-changed", G_CALLBACK (look_again), self,
                           G_CONNECT_SWAPPED);
  look_again (self);
  return WATTLE_NAV_PAGE (self);
}
