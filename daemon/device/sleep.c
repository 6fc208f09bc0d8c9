/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A "delay" lock of logind's is held while awake.  When sleep is announced the
 * connections are ended, and the lock is let go when they are, or when logind
 * will not wait any longer (5 seconds, by default).
 *
 * A connection that sleeps with the computer is the worst of both: the device
 * holds it as long as its supervision time-out, and this side believes in it
 * after waking up.
 */
#include "daemon/device/sleep.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define QUIET_AGAIN_MS 100
#define QUIET_WITHIN_MS 4000

struct _WattleSleep {
  GObject parent_instance;

  WattleRegistry *registry;
  GCancellable *cancellable;
  GDBusConnection *connection;
  guint watch_id;
  guint signal_id;
  int lock; /* -1 = none */
  guint quiet_id;
  guint waited_ms;
};

G_DEFINE_FINAL_TYPE (WattleSleep, wattle_sleep, G_TYPE_OBJECT)

static void
release_lock (WattleSleep *self)
{
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
}

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSleep) self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result, &error);
  gint32 handle;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL || fds == NULL) {
    g_debug ("No lock against sleep: %s", error == NULL ? "without a file" : error->message);
    return;
  }
  release_lock (self);
  g_variant_get (reply, "(h)", &handle);
  self->lock = g_unix_fd_list_get (fds, handle, NULL);
}

static void
take_lock (WattleSleep *self)
{
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE, "Inhibit",
      g_variant_new ("(ssss)", "sleep", "Wattle", _ ("Ends the connections to your devices"), "delay"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, self->cancellable, on_locked,
      g_object_ref (self));
}

static gboolean
on_quiet_again (gpointer user_data)
{
  WattleSleep *self = user_data;

  self->waited_ms += QUIET_AGAIN_MS;
  if (!wattle_registry_is_quiet (self->registry) && self->waited_ms < QUIET_WITHIN_MS)
    return G_SOURCE_CONTINUE;
  self->quiet_id = 0;
  wattle_registry_set_wakefulness (self->registry, WATTLE_ASLEEP);
  release_lock (self);
  return G_SOURCE_REMOVE;
}

static void
fall_asleep (WattleSleep *self)
{
  if (self->quiet_id != 0)
    return;
  wattle_registry_set_wakefulness (self->registry, WATTLE_DROWSY);
  self->waited_ms = 0;
  self->quiet_id = g_timeout_add (QUIET_AGAIN_MS, on_quiet_again, self);
}

static void
wake_up (WattleSleep *self)
{
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  wattle_registry_set_wakefulness (self->registry, WATTLE_AWAKE);
  take_lock (self);
}

static void
on_prepare_for_sleep (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                      const char *signal, GVariant *parameters, gpointer user_data)
{
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (begins)
    fall_asleep (user_data);
  else
    wake_up (user_data);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  take_lock (user_data);
}

/* Whoever announced a sleep will not announce its end. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  WattleSleep *self = user_data;

  release_lock (self);
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  wattle_registry_set_wakefulness (self->registry, WATTLE_AWAKE);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSleep) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->connection = g_steal_pointer (&connection);
  self->signal_id = g_dbus_connection_signal_subscribe (self->connection, LOGIND_NAME, LOGIND_INTERFACE,
                                                        "PrepareForSleep", LOGIND_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                        on_prepare_for_sleep, self, NULL);
  self->watch_id = g_bus_watch_name_on_connection (self->connection, LOGIND_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_appeared, on_vanished, self, NULL);
}

static void
wattle_sleep_dispose (GObject *object)
{
  WattleSleep *self = WATTLE_SLEEP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signal_id);
  self->signal_id = 0;
  release_lock (self);
  g_clear_object (&self->connection);
  g_clear_object (&self->registry);
  G_OBJECT_CLASS (wattle_sleep_parent_class)->dispose (object);
}

static void
wattle_sleep_finalize (GObject *object)
{
  g_object_unref (WATTLE_SLEEP (object)->cancellable);
  G_OBJECT_CLASS (wattle_sleep_parent_class)->finalize (object);
}

static void
wattle_sleep_class_init (WattleSleepClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_sleep_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_sleep_finalize;
}

static void
wattle_sleep_init (WattleSleep *self)
{
  self->cancellable = g_cancellable_new ();
  self->lock = -1;
}

WattleSleep *
wattle_sleep_new (WattleRegistry *registry)
{
  WattleSleep *self = g_object_new (WATTLE_TYPE_SLEEP, NULL);

  self->registry = g_object_ref (registry);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, g_object_ref (self));
  return self;
}
