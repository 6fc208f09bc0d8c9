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

/* Whether the device asks for a bond before it lets anybody use them.  BlueZ says of
 * no characteristic that it is for encrypted links; to try one that is would have
 * it bond by the desktop's agent, or hang where there is none. */
gboolean wattle_bluez_gatt_needs_bond (GDBusObjectManager *objects, const char *device_path);

G_END_DECLS
