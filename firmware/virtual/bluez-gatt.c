/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's GATT service as objects on the system bus.
 */
#include "firmware/virtual/bluez-gatt.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/virtual/packet-socket.h"
#include "pairing/gatt.h"
#include "wattle-bluez-peripheral.h"

#define SERVICE_PATH BLUEZ_GATT_ROOT "/service"
#define IN_PATH SERVICE_PATH "/in"
#define OUT_PATH SERVICE_PATH "/out"
#define CHARACTERISTIC_INTERFACE "org.bluez.GattCharacteristic1"

struct _BluezGatt {
  GDBusConnection *bus;
  const BluezGattHandlers *handlers;
  gpointer user_data;
  GDBusObjectManagerServer *server;
  WattleBluezLocalCharacteristic1 *in;
  WattleBluezLocalCharacteristic1 *out;
  PacketSocket *writes;   /* from AcquireWrite; NULL = none */
  PacketSocket *notifies; /* from AcquireNotify; NULL = none */
  gboolean signalling;    /* notifications go as signals */
  gboolean offered;       /* AcquireWrite */
  gboolean streamed;      /* something came through @writes */
};

/* --- answers to BlueZ --- */

/* Whether @invocation is BlueZ's; answered where not. */
static gboolean
check_caller (BluezGatt *self, GDBusMethodInvocation *invocation)
{
  if (self->handlers->is_bluez (self->user_data, g_dbus_method_invocation_get_sender (invocation)))
    return TRUE;
  g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.NotAuthorized", "Only BlueZ may call this");
  return FALSE;
}

static gboolean
on_write_value (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, GVariant *value,
                GVariant *options, gpointer user_data)
{
  BluezGatt *self = user_data;
  const char *device = NULL;
  guint16 mtu = WTL_GATT_ATT_MTU_MIN;
  guint16 offset = 0;
  gboolean only_asks = FALSE;
  gsize len;
  const guint8 *packet;

  if (!check_caller (self, invocation))
    return TRUE;
  packet = g_variant_get_fixed_array (value, &len, 1);
  g_variant_lookup (options, "device", "&o", &device);
  g_variant_lookup (options, "mtu", "q", &mtu);
  g_variant_lookup (options, "offset", "q", &offset);
  g_variant_lookup (options, "prepare-authorize", "b", &only_asks);
  if (object != self->in || device == NULL) {
    g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.NotPermitted", "Not to be written");
  } else if (offset != 0 || len == 0 || len > PACKET_SOCKET_MAX) {
    g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.InvalidValueLength", "No packet");
  } else {
    wattle_bluez_local_characteristic1_complete_write_value (object, invocation);
    if (!only_asks)
      self->handlers->written (self->user_data, device, mtu, packet, len);
  }
  return TRUE;
}

/* Gives one end of a pair of sockets to BlueZ.  Returns the other, or -1. */
static int
give_socket (GDBusMethodInvocation *invocation, guint16 mtu,
             void (*complete) (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation,
                               GUnixFDList *fds, GVariant *fd, guint16 mtu),
             WattleBluezLocalCharacteristic1 *object)
{
  g_autoptr (GUnixFDList) fds = NULL;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
    g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.Failed", g_strerror (errno));
    return -1;
  }
  fds = g_unix_fd_list_new_from_array (&pair[1], 1); /* takes it */
  complete (object, invocation, fds, g_variant_new_handle (0), mtu);
  return pair[0];
}

static guint16
get_mtu (GVariant *options)
{
  guint16 mtu = WTL_GATT_ATT_MTU_MIN;

  g_variant_lookup (options, "mtu", "q", &mtu);
  return mtu;
}

static void
on_streamed (gpointer user_data, const guint8 *packet, gsize len)
{
  BluezGatt *self = user_data;

  self->streamed = TRUE;
  self->handlers->streamed (self->user_data, packet, len);
}

static void
on_writes_closed (gpointer user_data)
{
  BluezGatt *self = user_data;

  g_clear_pointer (&self->writes, packet_socket_close);
}

static const PacketSocketHandlers writes_handlers = { on_streamed, on_writes_closed };

static gboolean
on_acquire_write (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fd_list,
                  GVariant *options, gpointer user_data)
{
  BluezGatt *self = user_data;
  const char *device = NULL;
  int fd;

  if (!check_caller (self, invocation))
    return TRUE;
  g_variant_lookup (options, "device", "&o", &device);
  if (object != self->in || !self->offered || device == NULL || !self->handlers->may_stream (self->user_data, device)) {
    /* A message that is no error code of ATT makes BlueZ take WriteValue. */
    g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.Failed", "0");
    if (object == self->in && device != NULL)
      self->handlers->refused (self->user_data, device);
    return TRUE;
  }
  g_clear_pointer (&self->writes, packet_socket_close);
  fd = give_socket (invocation, get_mtu (options), wattle_bluez_local_characteristic1_complete_acquire_write, object);
  self->streamed = FALSE;
  if (fd >= 0)
    self->writes = packet_socket_new (fd, &writes_handlers, self);
  return TRUE;
}

static void
on_spoken (gpointer user_data, const guint8 *packet, gsize len)
{
  /* Nothing is said at the far end of notifications. */
}

static void
on_notifies_closed (gpointer user_data)
{
  BluezGatt *self = user_data;

  g_clear_pointer (&self->notifies, packet_socket_close);
  self->handlers->unheard (self->user_data);
}

static const PacketSocketHandlers notifies_handlers = { on_spoken, on_notifies_closed };

static gboolean
on_acquire_notify (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fd_list,
                   GVariant *options, gpointer user_data)
{
  BluezGatt *self = user_data;
  int fd;

  if (!check_caller (self, invocation))
    return TRUE;
  if (object != self->out) {
    g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.NotSupported", "No notifications");
    return TRUE;
  }
  g_clear_pointer (&self->notifies, packet_socket_close);
  fd = give_socket (invocation, get_mtu (options), wattle_bluez_local_characteristic1_complete_acquire_notify, object);
  if (fd >= 0)
    self->notifies = packet_socket_new (fd, &notifies_handlers, self);
  return TRUE;
}

static gboolean
on_start_notify (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  BluezGatt *self = user_data;

  if (!check_caller (self, invocation))
    return TRUE;
  self->signalling = object == self->out;
  wattle_bluez_local_characteristic1_complete_start_notify (object, invocation);
  return TRUE;
}

static gboolean
on_stop_notify (WattleBluezLocalCharacteristic1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  BluezGatt *self = user_data;

  if (!check_caller (self, invocation))
    return TRUE;
  wattle_bluez_local_characteristic1_complete_stop_notify (object, invocation);
  if (object == self->out && self->signalling) {
    self->signalling = FALSE;
    self->handlers->unheard (self->user_data);
  }
  return TRUE;
}

/* --- what BlueZ is told --- */

static void
emit_properties (BluezGatt *self, const char *path, GVariant *changed, const char *const *gone)
{
  g_dbus_connection_emit_signal (self->bus, NULL, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 g_variant_new ("(s@a{sv}^as)", CHARACTERISTIC_INTERFACE, changed, gone), NULL);
}

void
bluez_gatt_notify (BluezGatt *self, const guint8 *packet, gsize len)
{
  static const char *const none[] = { NULL };
  GVariantDict changed;

  if (self->notifies != NULL) {
    packet_socket_send (self->notifies, packet, len);
  } else if (self->signalling) {
    /* Not by the skeleton, which would leave out all but the last. */
    g_variant_dict_init (&changed, NULL);
    g_variant_dict_insert_value (&changed, "Value", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, packet, len, 1));
    emit_properties (self, OUT_PATH, g_variant_dict_end (&changed), none);
  }
}

gboolean
bluez_gatt_is_full (const BluezGatt *self)
{
  return self->notifies != NULL && packet_socket_is_full (self->notifies);
}

void
bluez_gatt_offer_stream (BluezGatt *self, gboolean offer)
{
  static const char *const none[] = { NULL };
  static const char *const gone[] = { "WriteAcquired", NULL };
  GVariantDict changed;

  if (offer == self->offered)
    return;
  self->offered = offer;
  g_variant_dict_init (&changed, NULL);
  if (offer)
    g_variant_dict_insert (&changed, "WriteAcquired", "b", FALSE);
  emit_properties (self, IN_PATH, g_variant_dict_end (&changed), offer ? none : gone);
  if (!offer)
    g_clear_pointer (&self->writes, packet_socket_close);
}

gboolean
bluez_gatt_is_stuck (const BluezGatt *self)
{
  return self->writes != NULL && !self->streamed;
}

void
bluez_gatt_reset (BluezGatt *self)
{
  g_clear_pointer (&self->writes, packet_socket_close);
  g_clear_pointer (&self->notifies, packet_socket_close);
  self->signalling = self->offered = FALSE;
}

/* --- life --- */

static WattleBluezLocalCharacteristic1 *
new_characteristic (BluezGatt *self, const char *uuid, const char *const *flags)
{
  WattleBluezLocalCharacteristic1 *object = wattle_bluez_local_characteristic1_skeleton_new ();

  wattle_bluez_local_characteristic1_set_uuid (object, uuid);
  wattle_bluez_local_characteristic1_set_service (object, SERVICE_PATH);
  wattle_bluez_local_characteristic1_set_flags (object, flags);
  g_signal_connect (object, "handle-write-value", G_CALLBACK (on_write_value), self);
  g_signal_connect (object, "handle-acquire-write", G_CALLBACK (on_acquire_write), self);
  g_signal_connect (object, "handle-acquire-notify", G_CALLBACK (on_acquire_notify), self);
  g_signal_connect (object, "handle-start-notify", G_CALLBACK (on_start_notify), self);
  g_signal_connect (object, "handle-stop-notify", G_CALLBACK (on_stop_notify), self);
  return object;
}

static void
export_object (BluezGatt *self, const char *path, gpointer interface)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (interface));
  g_dbus_object_manager_server_export (self->server, object);
}

BluezGatt *
bluez_gatt_new (GDBusConnection *bus, const BluezGattHandlers *handlers, gpointer user_data)
{
  static const char *const in_flags[] = { "write-without-response", "write", NULL };
  static const char *const out_flags[] = { "notify", NULL };
  g_autoptr (WattleBluezLocalService1) service = wattle_bluez_local_service1_skeleton_new ();
  BluezGatt *self = g_new0 (BluezGatt, 1);

  self->bus = g_object_ref (bus);
  self->handlers = handlers;
  self->user_data = user_data;
  self->server = g_dbus_object_manager_server_new (BLUEZ_GATT_ROOT);
  self->in = new_characteristic (self, WTL_GATT_IN_UUID, in_flags);
  self->out = new_characteristic (self, WTL_GATT_OUT_UUID, out_flags);
  wattle_bluez_local_service1_set_uuid (service, WTL_GATT_SERVICE_UUID);
  wattle_bluez_local_service1_set_primary (service, TRUE);
  export_object (self, SERVICE_PATH, service);
  export_object (self, IN_PATH, self->in);
  export_object (self, OUT_PATH, self->out);
  g_dbus_object_manager_server_set_connection (self->server, bus);
  return self;
}

void
bluez_gatt_free (BluezGatt *self)
{
  bluez_gatt_reset (self);
  g_signal_handlers_disconnect_by_data (self->in, self);
  g_signal_handlers_disconnect_by_data (self->out, self);
  g_dbus_object_manager_server_set_connection (self->server, NULL);
  g_object_unref (self->server);
  g_object_unref (self->in);
  g_object_unref (self->out);
  g_object_unref (self->bus);
  g_free (self);
}
