/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a GDBus service with N devices is: what wattled is measured beside. */
#include "tests/bench/floor-fill.h"

static void
on_bus (GDBusConnection *connection, const char *name, gpointer values)
{
  GDBusObjectManagerServer *manager = g_dbus_object_manager_server_new ("/org/wattle/Floor");

  for (int i = 0; i < floor_devices; i++) {
    g_autofree char *path = g_strdup_printf ("/org/wattle/Floor/devices/%016x", i);
    g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

    floor_add (object, G_DBUS_INTERFACE_SKELETON (wattle_bus_device_skeleton_new ()), values);
    floor_add (object, G_DBUS_INTERFACE_SKELETON (wattle_bus_consent_skeleton_new ()), values);
    floor_add (object, G_DBUS_INTERFACE_SKELETON (wattle_bus_wipe_skeleton_new ()), values);
    g_dbus_object_manager_server_export (manager, object);
  }
  g_dbus_object_manager_server_set_connection (manager, connection);
}

int
main (int argc, char **argv)
{
  GVariant *values = floor_read (argc, argv);

  g_bus_own_name (G_BUS_TYPE_SESSION, "org.wattle.Floor", G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, NULL, NULL, values,
                  NULL);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}
