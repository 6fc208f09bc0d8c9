/* SPDX-License-Identifier: Apache-2.0 */
/* Looks after wipes that are under way. */
#include "gui-gtk/wipe/wipe-watch.h"

#include <glib/gi18n.h>

struct _WattleWipeWatch {
  GObject parent_instance;
  GtkApplication *application; /* owns this */
  WattleService *service;
  GHashTable *jobs; /* WattleBusJob to itself: wipes that have not ended */
  gboolean holds;   /* the application */
};

G_DEFINE_FINAL_TYPE (WattleWipeWatch, wattle_wipe_watch, G_TYPE_OBJECT)

static gboolean
is_in_state (WattleBusJob *job, const char *state)
{
  return g_strcmp0 (wattle_bus_job_get_state (job), state) == 0;
}

/* One that waits may do so for years: nobody need stay for that. */
static void
update_hold (WattleWipeWatch *self)
{
  gboolean running = FALSE;
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &job, NULL))
    running = running || is_in_state (job, "running");
  if (running == self->holds)
    return;
  self->holds = running;
  if (running)
    g_application_hold (G_APPLICATION (self->application));
  else
    g_application_release (G_APPLICATION (self->application));
}

static void
tell (WattleWipeWatch *self, WattleBusJob *job)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);
  GVariant *result = wattle_bus_job_get_result (job);
  g_autoptr (GNotification) notification = NULL;
  const char *receipt = NULL;

  if (window != NULL && gtk_window_is_active (window))
    return;
  if (result == NULL || !g_variant_lookup (result, "receipt", "&s", &receipt))
    return;
  notification = g_notification_new (_ ("A wipe is done"));
  g_notification_set_body (notification, _ ("Open Wattle to see its receipt and the code for the next owner."));
  g_notification_set_default_action_and_target (notification, "app.show-receipt", "s", receipt);
  g_application_send_notification (G_APPLICATION (self->application), receipt, notification);
}

static void
on_state (WattleBusJob *job, GParamSpec *pspec, WattleWipeWatch *self)
{
  if (is_in_state (job, "done"))
    tell (self, job);
  if (!is_in_state (job, "running") && !is_in_state (job, "waiting")) {
    g_signal_handlers_disconnect_by_data (job, self);
    g_hash_table_remove (self->jobs, job);
  }
  update_hold (self);
}

static void
take (WattleWipeWatch *self, WattleBusJob *job)
{
  if (g_strcmp0 (wattle_bus_job_get_kind (job), "wipe") != 0 || g_hash_table_contains (self->jobs, job)
      || (!is_in_state (job, "running") && !is_in_state (job, "waiting")))
    return;
  g_hash_table_add (self->jobs, g_object_ref (job));
  g_signal_connect_object (job, "notify::state", G_CALLBACK (on_state), self, 0);
}

/* A service that has gone takes its jobs along; they come back with it. */
static void
drop_gone (WattleWipeWatch *self)
{
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &job, NULL)) {
    g_autofree char *owner = g_dbus_proxy_get_name_owner (job);

    if (owner != NULL)
      continue;
    g_signal_handlers_disconnect_by_data (job, self);
    g_hash_table_iter_remove (&iter);
  }
}

static void
on_jobs (WattleWipeWatch *self)
{
  GListModel *jobs = wattle_service_get_jobs (self->service);

  drop_gone (self);
  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (jobs, i);

    take (self, wattle_bus_object_peek_job (object));
  }
  update_hold (self);
}

static void
wattle_wipe_watch_dispose (GObject *object)
{
  WattleWipeWatch *self = WATTLE_WIPE_WATCH (object);

  g_clear_pointer (&self->jobs, g_hash_table_unref);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_wipe_watch_parent_class)->dispose (object);
}

static void
wattle_wipe_watch_class_init (WattleWipeWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_wipe_watch_dispose;
}

static void
wattle_wipe_watch_init (WattleWipeWatch *self)
{
  self->jobs = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

WattleWipeWatch *
wattle_wipe_watch_new (GtkApplication *application, WattleService *service)
{
  WattleWipeWatch *self = g_object_new (WATTLE_TYPE_WIPE_WATCH, NULL);

  self->application = application;
  self->service = g_object_ref (service);
  g_signal_connect_object (wattle_service_get_jobs (service), "items-changed", G_CALLBACK (on_jobs), self,
                           G_CONNECT_SWAPPED);
  on_jobs (self);
  return self;
}
