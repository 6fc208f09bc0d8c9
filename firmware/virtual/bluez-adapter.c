/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The adapter that the device plays on.
 */
#include "firmware/virtual/bluez-adapter.h"

#include <glib/gi18n.h>
#include <string.h>

#define RETRY_S 5

struct _BluezAdapter {
  char *name; /* NULL = any */
  const BluezAdapterHandlers *handlers;
  gpointer user_data;
  GCancellable *cancellable;
  GDBusConnection *bus;
  gulong closed_handler;
  GDBusObjectManager *objects;
  guint retry;
  guint look; /* an idle source */
  char *path;
  const char *problem; /* translated, static */
};

static void find_bus (BluezAdapter *self);

/* --- BlueZ's objects --- */

static GDBusProxy *
find_proxy (GDBusObject *object, const char *interface)
{
  return (GDBusProxy *)g_dbus_object_get_interface (object, interface);
}

static gboolean
get_boolean (GDBusProxy *proxy, const char *property)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (proxy, property);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
}

static gboolean
has_interface (GDBusObject *object, const char *interface)
{
  g_autoptr (GDBusInterface) found = g_dbus_object_get_interface (object, interface);

  return found != NULL;
}

/* Why the device cannot be played on @object; NULL where it can. */
static const char *
judge (BluezAdapter *self, GDBusObject *object)
{
  g_autoptr (GDBusProxy) adapter = find_proxy (object, "org.bluez.Adapter1");

  if (!has_interface (object, "org.bluez.GattManager1") || !has_interface (object, "org.bluez.LEAdvertisingManager1"))
    return _ ("the Bluetooth adapter cannot play a device");
  if (!get_boolean (adapter, "Powered"))
    return _ ("the Bluetooth adapter is switched off");
  return NULL;
}

static gboolean
is_adapter (BluezAdapter *self, GDBusObject *object)
{
  const char *path = g_dbus_object_get_object_path (object);
  const char *name = strrchr (path, '/');

  return has_interface (object, "org.bluez.Adapter1") && (self->name == NULL || g_strcmp0 (name + 1, self->name) == 0);
}

/* The first adapter by name that will do, into @path; else why there is none. */
static const char *
choose (BluezAdapter *self, char **path)
{
  const char *problem
      = self->name == NULL ? _ ("there is no Bluetooth adapter") : _ ("there is no such Bluetooth adapter");
  g_autofree char *owner = NULL;
  g_autolist (GDBusObject) objects = NULL;

  if (self->objects == NULL)
    return _ ("the system bus cannot be reached");
  owner = g_dbus_object_manager_client_get_name_owner (G_DBUS_OBJECT_MANAGER_CLIENT (self->objects));
  if (owner == NULL)
    return _ ("the Bluetooth service is not running");
  objects = g_dbus_object_manager_get_objects (self->objects);
  for (GList *l = objects; l != NULL; l = l->next) {
    const char *its_path = g_dbus_object_get_object_path (l->data);
    const char *its_problem;

    if (!is_adapter (self, l->data))
      continue;
    its_problem = judge (self, l->data);
    if (its_problem != NULL) {
      problem = its_problem;
    } else if (*path == NULL || g_strcmp0 (its_path, *path) < 0) {
      g_free (*path);
      *path = g_strdup (its_path);
    }
  }
  return problem;
}

static gboolean
is_running (BluezAdapter *self)
{
  g_autofree char *owner
      = self->objects != NULL
            ? g_dbus_object_manager_client_get_name_owner (G_DBUS_OBJECT_MANAGER_CLIENT (self->objects))
            : NULL;

  return owner != NULL;
}

static gboolean
is_usable (BluezAdapter *self, const char *path)
{
  g_autoptr (GDBusObject) object
      = path != NULL && is_running (self) ? g_dbus_object_manager_get_object (self->objects, path) : NULL;

  return object != NULL && is_adapter (self, object) && judge (self, object) == NULL;
}

static void
look (BluezAdapter *self)
{
  g_autofree char *path = NULL;
  const char *problem = NULL;

  if (is_usable (self, self->path))
    return; /* stays with it */
  problem = choose (self, &path);
  if (path != NULL)
    problem = NULL;
  if (g_strcmp0 (path, self->path) == 0 && problem == self->problem)
    return;
  g_free (self->path);
  self->path = g_steal_pointer (&path);
  self->problem = problem;
  self->handlers->changed (self->user_data);
}

static gboolean
on_look (gpointer user_data)
{
  BluezAdapter *self = user_data;

  self->look = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

/* Soon: an adapter comes as several interfaces one by one. */
static void
look_soon (BluezAdapter *self)
{
  if (self->look == 0)
    self->look = g_idle_add_full (G_PRIORITY_DEFAULT, on_look, self, NULL);
}

static gboolean
is_ours (BluezAdapter *self, const char *device)
{
  gsize len = self->path != NULL ? strlen (self->path) : 0;

  return len > 0 && strncmp (device, self->path, len) == 0 && device[len] == '/';
}

static void
on_properties_changed (GDBusObjectManagerClient *objects, GDBusObjectProxy *object, GDBusProxy *proxy,
                       GVariant *changed, char **invalidated, gpointer user_data)
{
  BluezAdapter *self = user_data;
  const char *path = g_dbus_proxy_get_object_path (proxy);
  const char *interface = g_dbus_proxy_get_interface_name (proxy);
  gboolean on;

  if (strcmp (interface, "org.bluez.Adapter1") == 0 && g_variant_lookup (changed, "Powered", "b", &on)) {
    /* At once where it was lost: what we keep there is no good any more. */
    if (on)
      look_soon (self);
    else
      look (self);
  }
  if (strcmp (interface, "org.bluez.Device1") == 0 && is_ours (self, path)
      && g_variant_lookup (changed, "Connected", "b", &on))
    self->handlers->device (self->user_data, path, on);
}

static void
on_object_removed (GDBusObjectManager *objects, GDBusObject *object, gpointer user_data)
{
  BluezAdapter *self = user_data;
  const char *path = g_dbus_object_get_object_path (object);

  /* First: where bluetoothd has gone, its devices are not all that has. */
  if (g_strcmp0 (path, self->path) == 0 || !is_running (self))
    look (self);
  else
    look_soon (self); /* an adapter may lose its interfaces one by one */
  if (is_ours (self, path) && has_interface (object, "org.bluez.Device1"))
    self->handlers->device (self->user_data, path, FALSE);
}

/* --- the bus --- */

static void
lose_bus (BluezAdapter *self)
{
  if (self->objects != NULL)
    g_signal_handlers_disconnect_by_data (self->objects, self);
  g_clear_object (&self->objects);
  if (self->bus != NULL)
    g_clear_signal_handler (&self->closed_handler, self->bus);
  g_clear_object (&self->bus);
}

static gboolean
on_retry (gpointer user_data)
{
  BluezAdapter *self = user_data;

  self->retry = 0;
  find_bus (self);
  return G_SOURCE_REMOVE;
}

static void
try_later (BluezAdapter *self)
{
  lose_bus (self);
  look (self);
  self->retry = g_timeout_add_seconds (RETRY_S, on_retry, self);
}

static void
on_bus_closed (GDBusConnection *bus, gboolean vanished, GError *error, gpointer user_data)
{
  BluezAdapter *self = user_data;

  try_later (self);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusObjectManager *objects = g_dbus_object_manager_client_new_finish (result, &error);
  BluezAdapter *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (objects == NULL) {
    try_later (self);
    return;
  }
  self->objects = objects;
  g_signal_connect_swapped (objects, "notify::name-owner", G_CALLBACK (look_soon), self);
  g_signal_connect_swapped (objects, "object-added", G_CALLBACK (look_soon), self);
  g_signal_connect_swapped (objects, "interface-added", G_CALLBACK (look_soon), self);
  g_signal_connect_swapped (objects, "interface-removed", G_CALLBACK (look_soon), self);
  g_signal_connect (objects, "object-removed", G_CALLBACK (on_object_removed), self);
  g_signal_connect (objects, "interface-proxy-properties-changed", G_CALLBACK (on_properties_changed), self);
  look (self);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  BluezAdapter *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL) {
    try_later (self);
    return;
  }
  self->bus = g_steal_pointer (&bus);
  g_dbus_connection_set_exit_on_close (self->bus, FALSE);
  self->closed_handler = g_signal_connect (self->bus, "closed", G_CALLBACK (on_bus_closed), self);
  g_dbus_object_manager_client_new (self->bus, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, "org.bluez", "/",
                                    NULL, NULL, NULL, self->cancellable, on_objects, self);
}

static void
find_bus (BluezAdapter *self)
{
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, self);
}

/* --- public --- */

GDBusConnection *
bluez_adapter_get_bus (BluezAdapter *self)
{
  return self->bus;
}

const char *
bluez_adapter_get_path (BluezAdapter *self)
{
  return self->path;
}

const char *
bluez_adapter_get_problem (BluezAdapter *self)
{
  return self->problem;
}

gboolean
bluez_adapter_is_bluez (BluezAdapter *self, const char *name)
{
  g_autofree char *owner
      = self->objects != NULL
            ? g_dbus_object_manager_client_get_name_owner (G_DBUS_OBJECT_MANAGER_CLIENT (self->objects))
            : NULL;

  return name != NULL && g_strcmp0 (owner, name) == 0;
}

static gboolean
is_connected (BluezAdapter *self, GDBusObject *object)
{
  g_autoptr (GDBusProxy) device = find_proxy (object, "org.bluez.Device1");

  return device != NULL && is_ours (self, g_dbus_object_get_object_path (object)) && get_boolean (device, "Connected");
}

gboolean
bluez_adapter_is_connected (BluezAdapter *self, const char *device)
{
  g_autoptr (GDBusObject) object
      = self->objects != NULL ? g_dbus_object_manager_get_object (self->objects, device) : NULL;

  return object != NULL && is_connected (self, object);
}

guint
bluez_adapter_count_connected (BluezAdapter *self)
{
  g_autolist (GDBusObject) objects = self->objects != NULL ? g_dbus_object_manager_get_objects (self->objects) : NULL;
  guint count = 0;

  for (GList *l = objects; l != NULL; l = l->next)
    if (is_connected (self, l->data))
      count++;
  return count;
}

void
bluez_adapter_disconnect (BluezAdapter *self, const char *device)
{
  if (self->bus != NULL)
    g_dbus_connection_call (self->bus, "org.bluez", device, "org.bluez.Device1", "Disconnect", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

BluezAdapter *
bluez_adapter_new (const char *name, const BluezAdapterHandlers *handlers, gpointer user_data)
{
  BluezAdapter *self = g_new0 (BluezAdapter, 1);

  self->name = g_strdup (name);
  self->handlers = handlers;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  find_bus (self);
  return self;
}

void
bluez_adapter_free (BluezAdapter *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_handle_id (&self->look, g_source_remove);
  lose_bus (self);
  g_object_unref (self->cancellable);
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}
