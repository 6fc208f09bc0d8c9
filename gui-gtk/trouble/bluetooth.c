/* SPDX-License-Identifier: Apache-2.0 */
/* Switching this computer's Bluetooth on. */
#include "gui-gtk/trouble/bluetooth.h"

#include <glib/gi18n.h>

#include "common/error.h"

#define BLUEZ "org.bluez"
#define ADAPTER "org.bluez.Adapter1"
#define PATIENCE_MS 20000

static void
fail (GTask *task, const GError *why)
{
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (why));
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_RADIO_OFF,
                             _ ("Bluetooth could not be switched on from here. Switch it on in Settings."));
}

static void
on_powered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    fail (task, error);
}

/* The path of the first adapter that is off; NULL = none is. */
static char *
find_adapter (GVariant *reply)
{
  g_autoptr (GVariant) objects = g_variant_get_child_value (reply, 0);
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
    g_autoptr (GVariant) held = interfaces;
    g_autoptr (GVariant) adapter = g_variant_lookup_value (interfaces, ADAPTER, G_VARIANT_TYPE_VARDICT);
    gboolean powered = FALSE;

    if (adapter != NULL && !(g_variant_lookup (adapter, "Powered", "b", &powered) && powered))
      return g_strdup (path);
  }
  return NULL;
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *path = reply != NULL ? find_adapter (reply) : NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (path == NULL) {
    fail (task, error);
    return;
  }
  g_dbus_connection_call (G_DBUS_CONNECTION (source), BLUEZ, path, "org.freedesktop.DBus.Properties", "Set",
                          g_variant_new ("(ssv)", ADAPTER, "Powered", g_variant_new_boolean (TRUE)), NULL,
                          G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS, cancellable, on_powered, g_steal_pointer (&task));
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (bus == NULL) {
    fail (task, error);
    return;
  }
  g_dbus_connection_call (bus, BLUEZ, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                          G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, PATIENCE_MS, cancellable,
                          on_objects, g_steal_pointer (&task));
}

void
wattle_bluetooth_switch_on (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, on_bus, task);
}

gboolean
wattle_bluetooth_switch_on_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
