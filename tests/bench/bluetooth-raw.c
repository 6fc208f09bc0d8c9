/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A raw peer at adapter ARGV[1]: says "ready" and then what bluetooth-raw.h
 * tells, by AcquireWrite and AcquireNotify alone.
 */
#include "tests/bench/bluetooth-raw.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wattle-bluez-peripheral.h"

#define ROOT "/raw"
#define SERVICE_PATH ROOT "/service"
#define IN_PATH SERVICE_PATH "/in"
#define OUT_PATH SERVICE_PATH "/out"
#define PACKET_MAX 512

static int out_fd = -1;

static void
say (const guint8 *packet, gsize len)
{
  /* BlueZ takes it out of the socket: waiting is all the flow control there is. */
  g_assert_cmpint (send (out_fd, packet, len, MSG_NOSIGNAL), ==, (gssize)len);
}

static gpointer
serve (gpointer user_data)
{
  int in_fd = GPOINTER_TO_INT (user_data);
  guint8 packet[PACKET_MAX];
  ssize_t n;

  while ((n = recv (in_fd, packet, sizeof packet, 0)) > 0) {
    if (packet[0] == RAW_ECHO)
      say (packet, (gsize)n);
    else if (packet[0] == RAW_GIVE && n >= 4)
      for (int i = 0; i < packet[1]; i++)
        say (packet, (gsize)(packet[2] << 8 | packet[3]));
  }
  close (in_fd);
  return NULL;
}

static int
give_socket (GUnixFDList **fds)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
  *fds = g_unix_fd_list_new_from_array (&pair[1], 1);
  return pair[0];
}

static guint16
get_mtu (GVariant *options)
{
  guint16 mtu = 23;

  g_variant_lookup (options, "mtu", "q", &mtu);
  return mtu;
}

static gboolean
on_acquire_write (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, GUnixFDList *none,
                  GVariant *options, gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  int fd = give_socket (&fds);

  wattle_bluez_local_characteristic1_complete_acquire_write (object, invocation, fds, g_variant_new_handle (0),
                                                             get_mtu (options));
  g_thread_unref (g_thread_new ("raw", serve, GINT_TO_POINTER (fd)));
  return TRUE;
}

static gboolean
on_acquire_notify (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, GUnixFDList *none,
                   GVariant *options, gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;

  out_fd = give_socket (&fds);
  wattle_bluez_local_characteristic1_complete_acquire_notify (object, invocation, fds, g_variant_new_handle (0),
                                                              get_mtu (options));
  return TRUE;
}

static void
export_object (GDBusObjectManagerServer *server, const char *path, gpointer interface)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (interface));
  g_dbus_object_manager_server_export (server, object);
  g_object_unref (interface);
}

static WattleBluezLocalCharacteristic1 *
new_characteristic (const char *uuid, const char *flag)
{
  WattleBluezLocalCharacteristic1 *object = wattle_bluez_local_characteristic1_skeleton_new ();
  const char *const flags[] = { flag, NULL };

  wattle_bluez_local_characteristic1_set_uuid (object, uuid);
  wattle_bluez_local_characteristic1_set_service (object, SERVICE_PATH);
  wattle_bluez_local_characteristic1_set_flags (object, flags);
  g_signal_connect (object, "handle-acquire-write", G_CALLBACK (on_acquire_write), NULL);
  g_signal_connect (object, "handle-acquire-notify", G_CALLBACK (on_acquire_notify), NULL);
  return object;
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  GVariantDict changed;

  g_assert_no_error (error);
  g_variant_dict_init (&changed, NULL);
  g_variant_dict_insert (&changed, "WriteAcquired", "b", FALSE);
  g_dbus_connection_emit_signal (
      G_DBUS_CONNECTION (source), NULL, IN_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      g_variant_new ("(s@a{sv}as)", "org.bluez.GattCharacteristic1", g_variant_dict_end (&changed), NULL), NULL);
  g_print ("ready\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusObjectManagerServer) server = g_dbus_object_manager_server_new (ROOT);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_autofree char *adapter = g_strconcat ("/org/bluez/", argc == 2 ? argv[1] : "", NULL);
  WattleBluezLocalService1 *service = wattle_bluez_local_service1_skeleton_new ();

  g_assert_no_error (error);
  wattle_bluez_local_service1_set_uuid (service, RAW_SERVICE_UUID);
  wattle_bluez_local_service1_set_primary (service, TRUE);
  export_object (server, SERVICE_PATH, service);
  export_object (server, IN_PATH, new_characteristic (RAW_IN_UUID, "write-without-response"));
  export_object (server, OUT_PATH, new_characteristic (RAW_OUT_UUID, "notify"));
  g_dbus_object_manager_server_set_connection (server, bus);
  g_dbus_connection_call (bus, "org.bluez", adapter, "org.bluez.GattManager1", "RegisterApplication",
                          g_variant_new ("(oa{sv})", ROOT, NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_registered,
                          NULL);
  g_main_loop_run (loop);
  return 0;
}
