/* SPDX-License-Identifier: Apache-2.0 */
/* Programs on the bus that we do something for. */
#include "daemon/bus/callers.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"

typedef struct {
  guint holds;
  guint watch_id;
} Caller;

struct _WattleCallers {
  GObject parent_instance;
  GDBusConnection *connection;
  GHashTable *callers; /* unique name -> Caller */
};

G_DEFINE_TYPE (WattleCallers, wattle_callers, G_TYPE_OBJECT)

enum { GONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
caller_free (Caller *caller)
{
  g_bus_unwatch_name (caller->watch_id);
  g_free (caller);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (WattleCallers) self = g_object_ref (user_data);
  g_autofree char *sender = g_strdup (name);

  g_signal_emit (self, signals[GONE], 0, sender);
}

void
wattle_callers_hold (WattleCallers *self, const char *sender)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);

  if (caller == NULL) {
    caller = g_new0 (Caller, 1);
    caller->watch_id = g_bus_watch_name_on_connection (self->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                       on_vanished, self, NULL);
    g_hash_table_insert (self->callers, g_strdup (sender), caller);
  }
  caller->holds++;
}

void
wattle_callers_release (WattleCallers *self, const char *sender)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);

  g_return_if_fail (caller != NULL);
  if (--caller->holds == 0)
    g_hash_table_remove (self->callers, sender);
}

gboolean
wattle_cgroup_is_sandbox (const char *cgroup)
{
  return strstr (cgroup, "/app-flatpak-") != NULL || strstr (cgroup, "/snap.") != NULL;
}

/* Flatpak's bus proxy, which is the caller we see, carries .flatpak-info at its
 * root.  That may be unreadable from our own sandbox; the control group is
 * readable to all. */
static gboolean
process_is_sandboxed (guint32 pid)
{
  g_autofree char *info = g_strdup_printf ("/proc/%u/root/.flatpak-info", pid);
  g_autofree char *path = g_strdup_printf ("/proc/%u/cgroup", pid);
  g_autofree char *cgroup = NULL;

  if (access (info, F_OK) == 0)
    return TRUE;
  return g_file_get_contents (path, &cgroup, NULL, NULL) && wattle_cgroup_is_sandbox (cgroup);
}

static void
on_pid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;
  guint32 pid;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_variant_get (reply, "(u)", &pid);
  g_task_return_boolean (task, process_is_sandboxed (pid));
}

void
wattle_callers_sandboxed_async (WattleCallers *self, const char *sender, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionUnixProcessID", g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_pid, task);
}

gboolean
wattle_callers_sandboxed_finish (WattleCallers *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
wattle_callers_finalize (GObject *object)
{
  WattleCallers *self = WATTLE_CALLERS (object);

  g_hash_table_unref (self->callers);
  g_object_unref (self->connection);
  G_OBJECT_CLASS (wattle_callers_parent_class)->finalize (object);
}

static void
wattle_callers_class_init (WattleCallersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_callers_finalize;
  signals[GONE] = g_signal_new ("gone", WATTLE_TYPE_CALLERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
wattle_callers_init (WattleCallers *self)
{
  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)caller_free);
}

WattleCallers *
wattle_callers_new (GDBusConnection *connection)
{
  WattleCallers *self = g_object_new (WATTLE_TYPE_CALLERS, NULL);

  self->connection = g_object_ref (connection);
  return self;
}
