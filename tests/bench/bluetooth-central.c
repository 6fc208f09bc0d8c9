/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A companion's side of BlueZ, in blocking calls.
 */
#include "tests/bench/bluetooth-central.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>

#define CALL_MS 60000
#define LOOK_US 20000
#define PATIENCE_US 60000000

static GVariant *
call (Central *central, const char *path, const char *interface, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (central->bus, "org.bluez", path, interface, method, arguments, NULL,
                                                 G_DBUS_CALL_FLAGS_NONE, CALL_MS, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

typedef gboolean (*Match) (const char *path, GVariant *properties, gpointer user_data);

/* The path of the first object under @root whose @interface matches. */
static char *
find_object (Central *central, const char *root, const char *interface, Match match, gpointer user_data)
{
  g_autoptr (GVariant) reply = call (central, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL);
  g_autoptr (GVariant) objects = g_variant_get_child_value (reply, 0);
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
    g_autoptr (GVariant) properties = g_variant_lookup_value (interfaces, interface, G_VARIANT_TYPE_VARDICT);

    if (properties != NULL && g_str_has_prefix (path, root) && match (path, properties, user_data)) {
      char *found = g_strdup (path);

      g_variant_unref (interfaces);
      return found;
    }
  }
  return NULL;
}

static char *
await_object (Central *central, const char *root, const char *interface, Match match, gpointer user_data)
{
  for (gint64 end = g_get_monotonic_time () + PATIENCE_US; g_get_monotonic_time () < end; g_usleep (LOOK_US)) {
    char *found = find_object (central, root, interface, match, user_data);

    if (found != NULL)
      return found;
  }
  g_error ("no %s below %s as wanted", interface, root);
}

static gboolean
has_data (const char *path, GVariant *properties, gpointer service)
{
  g_autoptr (GVariant) data = g_variant_lookup_value (properties, "ServiceData", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) ours = data != NULL ? g_variant_lookup_value (data, service, NULL) : NULL;

  return ours != NULL;
}

static gboolean
is_resolved (const char *path, GVariant *properties, gpointer user_data)
{
  gboolean resolved = FALSE;

  g_variant_lookup (properties, "ServicesResolved", "b", &resolved);
  return resolved;
}

static gboolean
has_uuid (const char *path, GVariant *properties, gpointer uuid)
{
  const char *its;

  return g_variant_lookup (properties, "UUID", "&s", &its) && strcmp (its, uuid) == 0;
}

void
central_init (Central *central, const char *adapter)
{
  g_autoptr (GError) error = NULL;

  *central = (Central){ .adapter = adapter };
  central->bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
}

void
central_clear (Central *central)
{
  g_clear_object (&central->bus);
  g_clear_pointer (&central->device, g_free);
}

/* What is known from before may be at another address by now. */
static void
forget_devices (Central *central, const char *service)
{
  char *path;

  while ((path = find_object (central, central->adapter, "org.bluez.Device1", has_data, (gpointer)service)) != NULL) {
    g_variant_unref (
        call (central, central->adapter, "org.bluez.Adapter1", "RemoveDevice", g_variant_new ("(o)", path)));
    g_free (path);
  }
}

void
central_find (Central *central, const char *service)
{
  GVariantDict filter;

  forget_devices (central, service);

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "Transport", "s", "le");
  g_variant_dict_insert (&filter, "DuplicateData", "b", TRUE);
  g_variant_unref (call (central, central->adapter, "org.bluez.Adapter1", "SetDiscoveryFilter",
                         g_variant_new ("(@a{sv})", g_variant_dict_end (&filter))));
  g_variant_unref (call (central, central->adapter, "org.bluez.Adapter1", "StartDiscovery", NULL));
  g_free (central->device);
  central->device = await_object (central, central->adapter, "org.bluez.Device1", has_data, (gpointer)service);
  g_variant_unref (call (central, central->adapter, "org.bluez.Adapter1", "StopDiscovery", NULL));
}

void
central_connect (Central *central)
{
  g_variant_unref (call (central, central->device, "org.bluez.Device1", "Connect", NULL));
  g_free (await_object (central, central->device, "org.bluez.Device1", is_resolved, NULL));
}

void
central_disconnect (Central *central)
{
  g_variant_unref (call (central, central->device, "org.bluez.Device1", "Disconnect", NULL));
}

int
central_acquire (Central *central, const char *uuid, const char *method, guint16 *mtu)
{
  g_autofree char *path
      = await_object (central, central->device, "org.bluez.GattCharacteristic1", has_uuid, (gpointer)uuid);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_sync (
      central->bus, "org.bluez", path, "org.bluez.GattCharacteristic1", method, g_variant_new ("(a{sv})", NULL),
      G_VARIANT_TYPE ("(hq)"), G_DBUS_CALL_FLAGS_NONE, CALL_MS, NULL, &fds, NULL, &error);
  gint32 handle;
  guint16 att_mtu;
  int fd;

  g_assert_no_error (error);
  g_variant_get (reply, "(hq)", &handle, &att_mtu);
  fd = g_unix_fd_list_get (fds, handle, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_SETFL, 0), ==, 0);
  if (mtu != NULL)
    *mtu = att_mtu;
  return fd;
}
