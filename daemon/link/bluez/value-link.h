/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link over BlueZ's method calls and signals, a message on the bus for each
 * packet: for where BlueZ hands out no sockets.
 */
#pragma once

#include "daemon/link/link.h"
#include "wattle-bluez.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BLUEZ_VALUE_LINK (wattle_bluez_value_link_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezValueLink, wattle_bluez_value_link, WATTLE, BLUEZ_VALUE_LINK, WattleLink)

/* @out notifies already. */
WattleLink *wattle_bluez_value_link_new (WattleBluezGattCharacteristic1 *in, WattleBluezGattCharacteristic1 *out,
                                         gsize mtu);

G_END_DECLS
