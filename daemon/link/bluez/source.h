/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Bluetooth link source: devices that BlueZ sees, over all adapters.
 */
#pragma once

#include "daemon/link/link-source.h"

G_BEGIN_DECLS

#define WATTLE_BLUEZ_PEERS_MAX 256 /* in sight at once; more are not looked at */

#define WATTLE_TYPE_BLUEZ_SOURCE (wattle_bluez_source_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezSource, wattle_bluez_source, WATTLE, BLUEZ_SOURCE, WattleLinkSource)

/* @adapter: use only this one, such as "hci1"; NULL = all. */
WattleLinkSource *wattle_bluez_source_new (const char *adapter);

G_END_DECLS
