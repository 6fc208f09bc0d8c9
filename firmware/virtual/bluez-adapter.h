/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The adapter that the device plays on: waits for bluetoothd, for the adapter
 * and for its power, and knows who is connected to it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  /* bluez_adapter_get_path() is another, or why there is none. */
  void (*changed) (gpointer user_data);
  /* Somebody connected to the adapter, for whatever purpose, or is not any more. */
  void (*device) (gpointer user_data, const char *device, gboolean connected);
} BluezAdapterHandlers;

typedef struct _BluezAdapter BluezAdapter;

/* @name: such as "hci1", or NULL for the first that can play a device.
 * Connects to the system bus by itself, again and again.  @handlers must
 * outlive it. */
BluezAdapter *bluez_adapter_new (const char *name, const BluezAdapterHandlers *handlers, gpointer user_data);
void bluez_adapter_free (BluezAdapter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BluezAdapter, bluez_adapter_free)

/* The system bus; NULL where it is not there. */
GDBusConnection *bluez_adapter_get_bus (BluezAdapter *self);

/* Its object path while it can be used; else NULL. */
const char *bluez_adapter_get_path (BluezAdapter *self);

/* Why it cannot be used: a sentence. */
const char *bluez_adapter_get_problem (BluezAdapter *self);

/* Whether @name is bluetoothd's on the bus. */
gboolean bluez_adapter_is_bluez (BluezAdapter *self, const char *name);

/* Whether @device, an object path, is connected to the adapter. */
gboolean bluez_adapter_is_connected (BluezAdapter *self, const char *device);

/* How many are connected to the adapter. */
guint bluez_adapter_count_connected (BluezAdapter *self);

/* Ends the connection to @device, an object path.  "device" tells when it is done. */
void bluez_adapter_disconnect (BluezAdapter *self, const char *device);

G_END_DECLS
