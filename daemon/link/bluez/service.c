/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object manager lives exactly as long as one owner of the name: what was
 * known of a bluetoothd that has gone says nothing about its successor.
 */
#include "daemon/link/bluez/service.h"

#include "wattle-bluez.h"

#define LOST_FOR_S 10     /* a restart takes less */
#define BUS_AGAIN_S 30    /* until a system bus that was lost is asked for again */
#define OBJECTS_AGAIN_S 5 /* until BlueZ is asked for its objects again */
#define BLUEZ_ROOT "/"

struct _WattleBluezService {
  GObject parent_instance;

  gboolean running;
  gboolean had_bus; /* what has been there comes back; what never was is not waited for */
  WattleBluezPresence presence;
  GCancellable *cancellable; /* of what is under way; one per start and owner */
  GDBusConnection *connection;
  GDBusObjectManager *objects;
  guint watch_id;
  guint timer_id;
};

G_DEFINE_FINAL_TYPE (WattleBluezService, wattle_bluez_service, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void connect_bus (WattleBluezService *self);
static void load_objects (WattleBluezService *self);

static void
set_presence (WattleBluezService *self, WattleBluezPresence presence)
{
  if (self->presence == presence)
    return;
  self->presence = presence;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
new_cancellable (WattleBluezService *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
set_timer (WattleBluezService *self, guint seconds, GSourceFunc func)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_timeout_add_seconds (seconds, func, self);
}

static gboolean
on_objects_again (gpointer user_data)
{
  WattleBluezService *self = user_data;

  self->timer_id = 0;
  load_objects (self);
  return G_SOURCE_REMOVE;
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusObjectManager) objects = wattle_bluez_object_manager_client_new_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->objects != NULL || !self->running)
    return;
  if (objects == NULL) {
    g_debug ("BlueZ does not list its objects: %s", error->message);
    set_timer (self, OBJECTS_AGAIN_S, on_objects_again);
    set_presence (self, WATTLE_BLUEZ_FAILED);
    return;
  }
  self->objects = g_steal_pointer (&objects);
  set_presence (self, WATTLE_BLUEZ_READY);
}

static void
load_objects (WattleBluezService *self)
{
  new_cancellable (self);
  wattle_bluez_object_manager_client_new (self->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START,
                                          WATTLE_BLUEZ_NAME, BLUEZ_ROOT, self->cancellable, on_objects,
                                          g_object_ref (self));
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  WattleBluezService *self = user_data;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  load_objects (self);
}

static gboolean
on_lost_long (gpointer user_data)
{
  WattleBluezService *self = user_data;

  self->timer_id = 0;
  set_presence (self, WATTLE_BLUEZ_ABSENT);
  return G_SOURCE_REMOVE;
}

/* Also where there has never been an owner. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  WattleBluezService *self = user_data;
  gboolean was_there = self->presence == WATTLE_BLUEZ_READY || self->presence == WATTLE_BLUEZ_FAILED;

  new_cancellable (self);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->objects);
  if (was_there)
    set_timer (self, LOST_FOR_S, on_lost_long);
  set_presence (self, was_there ? WATTLE_BLUEZ_LOST : WATTLE_BLUEZ_ABSENT);
}

static gboolean
on_bus_again (gpointer user_data)
{
  WattleBluezService *self = user_data;

  self->timer_id = 0;
  connect_bus (self);
  return G_SOURCE_REMOVE;
}

static void
drop_bus (WattleBluezService *self)
{
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->objects);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

static void
lose_bus (WattleBluezService *self)
{
  new_cancellable (self);
  drop_bus (self);
  if (self->had_bus)
    set_timer (self, BUS_AGAIN_S, on_bus_again);
  set_presence (self, WATTLE_BLUEZ_NO_BUS);
}

static void
on_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error, gpointer user_data)
{
  lose_bus (user_data);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->connection != NULL || !self->running)
    return;
  if (connection == NULL) {
    g_debug ("There is no system bus: %s", error->message);
    lose_bus (self);
    return;
  }
  /* A restart of the system bus is no reason for a session's service to end. */
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->connection = g_steal_pointer (&connection);
  self->had_bus = TRUE;
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_closed), self, 0);
  self->watch_id = g_bus_watch_name_on_connection (self->connection, WATTLE_BLUEZ_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_appeared, on_vanished, self, NULL);
}

static void
connect_bus (WattleBluezService *self)
{
  new_cancellable (self);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, g_object_ref (self));
}

static void
wattle_bluez_service_dispose (GObject *object)
{
  wattle_bluez_service_stop (WATTLE_BLUEZ_SERVICE (object));
  G_OBJECT_CLASS (wattle_bluez_service_parent_class)->dispose (object);
}

static void
wattle_bluez_service_class_init (WattleBluezServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_bluez_service_dispose;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_bluez_service_init (WattleBluezService *self)
{
}

WattleBluezService *
wattle_bluez_service_new (void)
{
  return g_object_new (WATTLE_TYPE_BLUEZ_SERVICE, NULL);
}

void
wattle_bluez_service_start (WattleBluezService *self)
{
  g_return_if_fail (WATTLE_IS_BLUEZ_SERVICE (self));
  /* Without a bus, somebody who begins to look makes another try. */
  if (self->running && self->presence != WATTLE_BLUEZ_NO_BUS)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->running = TRUE;
  connect_bus (self);
}

void
wattle_bluez_service_stop (WattleBluezService *self)
{
  g_return_if_fail (WATTLE_IS_BLUEZ_SERVICE (self));
  if (!self->running)
    return;
  self->running = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  /* The last connections were just told to end, and this program may, too. */
  if (self->connection != NULL)
    g_dbus_connection_flush_sync (self->connection, NULL, NULL);
  drop_bus (self);
  set_presence (self, WATTLE_BLUEZ_UNKNOWN);
}

WattleBluezPresence
wattle_bluez_service_get_presence (WattleBluezService *self)
{
  g_return_val_if_fail (WATTLE_IS_BLUEZ_SERVICE (self), WATTLE_BLUEZ_UNKNOWN);
  return self->presence;
}

GDBusObjectManager *
wattle_bluez_service_get_objects (WattleBluezService *self)
{
  g_return_val_if_fail (WATTLE_IS_BLUEZ_SERVICE (self), NULL);
  return self->objects;
}

GDBusConnection *
wattle_bluez_service_get_connection (WattleBluezService *self)
{
  g_return_val_if_fail (WATTLE_IS_BLUEZ_SERVICE (self), NULL);
  return self->objects == NULL ? NULL : self->connection;
}
