/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/property.h"

#include "cli/loop.h"

gboolean
wattle_property_set (WattleCli *cli, gpointer proxy, const char *name, GVariant *value, GError **error)
{
  GDBusConnection *bus = g_dbus_proxy_get_connection (proxy);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_dbus_connection_call (bus, g_dbus_proxy_get_name (proxy), g_dbus_proxy_get_object_path (proxy),
                          "org.freedesktop.DBus.Properties", "Set",
                          g_variant_new ("(ssv)", g_dbus_proxy_get_interface_name (proxy), name, value), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  reply = g_dbus_connection_call_finish (bus, result, error);
  return reply != NULL;
}
