/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the default keyring, by the Secret Service API's own D-Bus interfaces. */
#include "daemon/store/keyring-watch.h"

#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define NO_COLLECTION "/" /* what ReadAlias says where there is none */

struct _WattleKeyringWatch {
  GObject parent_instance;

  GDBusConnection *connection;
  WattleKeyringState state;
  char *collection; /* path of the default one; NULL = none, or not known */
  guint changes;    /* subscription to its properties */
  guint name;       /* watch of the service */
  gboolean present; /* the service is on the bus */
  gboolean wanted;  /* somebody wants to know the state */
};

G_DEFINE_FINAL_TYPE (WattleKeyringWatch, wattle_keyring_watch, G_TYPE_OBJECT)

enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

void
wattle_keyring_watch_set_state (WattleKeyringWatch *self, WattleKeyringState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_locked (WattleKeyringWatch *self, gboolean locked)
{
  wattle_keyring_watch_set_state (self, locked ? WATTLE_KEYRING_LOCKED : WATTLE_KEYRING_AVAILABLE);
}

static void
on_properties_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) changed = NULL;
  gboolean locked;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  if (g_variant_lookup (changed, "Locked", "b", &locked))
    set_locked (user_data, locked);
}

/* @path NULL: nothing. */
static void
follow (WattleKeyringWatch *self, const char *path)
{
  if (g_strcmp0 (self->collection, path) == 0)
    return;
  if (self->changes != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->changes);
  self->changes = 0;
  g_free (self->collection);
  self->collection = g_strdup (path);
  if (path != NULL)
    self->changes = g_dbus_connection_signal_subscribe (self->connection, SERVICE_NAME, PROPERTIES_INTERFACE,
                                                        "PropertiesChanged", path, COLLECTION_INTERFACE,
                                                        G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self, NULL);
}

/* --- looking --- */

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_variant_get (reply, "(v)", &value);
  set_locked (g_task_get_source_object (task),
              !g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) || g_variant_get_boolean (value));
  g_task_return_boolean (task, TRUE);
}

static void
call (GTask *task, const char *path, const char *interface, const char *method, GVariant *arguments,
      const char *reply_type, GAsyncReadyCallback callback)
{
  WattleKeyringWatch *self = g_task_get_source_object (task);

  g_dbus_connection_call (self->connection, SERVICE_NAME, path, interface, method, arguments,
                          G_VARIANT_TYPE (reply_type), GPOINTER_TO_UINT (g_task_get_task_data (task)), -1,
                          g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
on_alias (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleKeyringWatch *self = g_task_get_source_object (task);
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;
  const char *path;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_variant_get (reply, "(&o)", &path);
  if (g_str_equal (path, NO_COLLECTION)) {
    follow (self, NULL);
    set_locked (self, TRUE);
    g_task_return_boolean (task, TRUE);
    return;
  }
  follow (self, path);
  call (task, path, PROPERTIES_INTERFACE, "Get", g_variant_new ("(ss)", COLLECTION_INTERFACE, "Locked"), "(v)",
        on_locked);
}

static void
look (WattleKeyringWatch *self, GDBusCallFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback,
      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->wanted = TRUE;
  g_task_set_source_tag (task, look);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, GUINT_TO_POINTER (flags), NULL);
  call (task, SERVICE_PATH, SERVICE_INTERFACE, "ReadAlias", g_variant_new ("(s)", "default"), "(o)", on_alias);
}

void
wattle_keyring_watch_look_async (WattleKeyringWatch *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  look (self, G_DBUS_CALL_FLAGS_NONE, cancellable, callback, user_data);
}

gboolean
wattle_keyring_watch_look_finish (WattleKeyringWatch *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
look_quietly (WattleKeyringWatch *self)
{
  look (self, G_DBUS_CALL_FLAGS_NO_AUTO_START, NULL, NULL, NULL);
}

void
wattle_keyring_watch_expect (WattleKeyringWatch *self)
{
  self->wanted = TRUE;
  if (self->present && self->state == WATTLE_KEYRING_UNKNOWN)
    look_quietly (self);
}

/* --- coming and going --- */

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  WattleKeyringWatch *self = user_data;

  self->present = TRUE;
  if (self->wanted)
    look_quietly (self);
}

/* It may be started by the next call, but is not started to find that out: a
 * keyring that dies at once would be started for ever. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  WattleKeyringWatch *self = user_data;

  self->present = FALSE;
  follow (self, NULL);
  if (self->state != WATTLE_KEYRING_UNKNOWN)
    wattle_keyring_watch_set_state (self, WATTLE_KEYRING_MISSING);
}

/* --- object --- */

static void
wattle_keyring_watch_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, WATTLE_KEYRING_WATCH (object)->state);
}

static void
wattle_keyring_watch_dispose (GObject *object)
{
  WattleKeyringWatch *self = WATTLE_KEYRING_WATCH (object);

  if (self->name != 0)
    g_bus_unwatch_name (self->name);
  self->name = 0;
  follow (self, NULL);
  G_OBJECT_CLASS (wattle_keyring_watch_parent_class)->dispose (object);
}

static void
wattle_keyring_watch_finalize (GObject *object)
{
  g_clear_object (&WATTLE_KEYRING_WATCH (object)->connection);
  G_OBJECT_CLASS (wattle_keyring_watch_parent_class)->finalize (object);
}

static void
wattle_keyring_watch_class_init (WattleKeyringWatchClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wattle_keyring_watch_get_property;
  object_class->dispose = wattle_keyring_watch_dispose;
  object_class->finalize = wattle_keyring_watch_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, WATTLE_KEYRING_UNKNOWN, WATTLE_KEYRING_MISSING,
                                         WATTLE_KEYRING_UNKNOWN, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_keyring_watch_init (WattleKeyringWatch *self)
{
}

WattleKeyringWatch *
wattle_keyring_watch_new (void)
{
  return g_object_new (WATTLE_TYPE_KEYRING_WATCH, NULL);
}

void
wattle_keyring_watch_connect (WattleKeyringWatch *self, GDBusConnection *connection)
{
  g_return_if_fail (self->connection == NULL);
  self->connection = g_object_ref (connection);
  self->name = g_bus_watch_name_on_connection (connection, SERVICE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                               on_vanished, self, NULL);
}

WattleKeyringState
wattle_keyring_watch_get_state (WattleKeyringWatch *self)
{
  return self->state;
}

const char *
wattle_keyring_watch_get_collection (WattleKeyringWatch *self)
{
  return self->collection;
}

GDBusConnection *
wattle_keyring_watch_get_connection (WattleKeyringWatch *self)
{
  return self->connection;
}
