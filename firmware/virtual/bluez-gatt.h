/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's GATT service (pairing/gatt.h) as objects on the system bus,
 * which BlueZ puts into an adapter's database once it is told to (GattManager1).
 *
 * Packets come as WriteValue() calls, which say who wrote.  AcquireWrite() is
 * offered only while one companion alone is connected, because BlueZ 5.66
 * puts what all of them write into the one socket, and only between two messages
 * of a companion, because until it has the socket it keeps no copy of what was
 * written (acquire_write() in its src/gatt-database.c).
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BLUEZ_GATT_ROOT "/org/wattle/device"

typedef struct {
  /* Whether a call of @sender is to be carried out: it is bluetoothd. */
  gboolean (*is_bluez) (gpointer user_data, const char *sender);
  /* @device, an object path, wrote a packet; its ATT_MTU is @mtu. */
  void (*written) (gpointer user_data, const char *device, guint16 mtu, const guint8 *packet, gsize len);
  /* Who was given the socket wrote a packet. */
  void (*streamed) (gpointer user_data, const guint8 *packet, gsize len);
  /* Whether @device may have the socket. */
  gboolean (*may_stream) (gpointer user_data, const char *device);
  /* @device asked for the socket and did not get it. */
  void (*refused) (gpointer user_data, const char *device);
  /* Nobody listens any more. */
  void (*unheard) (gpointer user_data);
} BluezGattHandlers;

typedef struct _BluezGatt BluezGatt;

/* @handlers must outlive it. */
BluezGatt *bluez_gatt_new (GDBusConnection *bus, const BluezGattHandlers *handlers, gpointer user_data);
void bluez_gatt_free (BluezGatt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BluezGatt, bluez_gatt_free)

/* Sends to all who listen; dropped where nobody does. */
void bluez_gatt_notify (BluezGatt *self, const guint8 *packet, gsize len);

/* Whether bluetoothd has stopped taking packets. */
gboolean bluez_gatt_is_full (const BluezGatt *self);

/* Offers the socket, or takes the offer and the socket back. */
void bluez_gatt_offer_stream (BluezGatt *self, gboolean offer);

/* TRUE where the socket was given away and nothing has come through it: then
 * BlueZ 5.66 may wait for ever for an answer it has had, if the companion
 * disconnected meanwhile, and the service is to be registered anew. */
gboolean bluez_gatt_is_stuck (const BluezGatt *self);

/* BlueZ has dropped the service, and all sockets with it. */
void bluez_gatt_reset (BluezGatt *self);

G_END_DECLS
