/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our service among BlueZ's objects of a connected device.
 */
#pragma once

#include "wattle-bluez.h"

G_BEGIN_DECLS

/* The characteristics of a device, of pairing/gatt.h.  TRUE where both are
 * there; references. */
gboolean wattle_bluez_gatt_find (GDBusObjectManager *objects, const char *device_path,
                                 WattleBluezGattCharacteristic1 **in, WattleBluezGattCharacteristic1 **out);

/* Whether some program on this computer uses them now. */
gboolean wattle_bluez_gatt_is_used (GDBusObjectManager *objects, const char *device_path);

/* Whether the device wants an encrypted link before it lets anybody use @it. */
gboolean wattle_bluez_gatt_needs_bond (WattleBluezGattCharacteristic1 *it);

G_END_DECLS
