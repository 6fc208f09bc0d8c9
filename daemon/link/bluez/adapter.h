/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One Bluetooth adapter of BlueZ's: whether it can be used, and looking for
 * devices with it.
 *
 * How it looks, by activity:
 *   INTERACTIVE  BlueZ's discovery, without a break
 *   BACKGROUND   a passive monitor where BlueZ offers one; else a short
 *                discovery now and then, with growing pauses
 *   QUIET, OFF   not at all
 *
 * Signals:
 *   "changed"   state or error
 */
#pragma once

#include "daemon/link/link-source.h"
#include "wattle-bluez.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_BLUEZ_ADAPTER_READY,
  WATTLE_BLUEZ_ADAPTER_OFF,
  WATTLE_BLUEZ_ADAPTER_BLOCKED,   /* by rfkill: flight mode or a switch */
  WATTLE_BLUEZ_ADAPTER_NO_LE,     /* speaks classic Bluetooth only */
  WATTLE_BLUEZ_ADAPTER_OLD_BLUEZ, /* bluetoothd lacks what we need */
} WattleBluezAdapterState;

#define WATTLE_TYPE_BLUEZ_ADAPTER (wattle_bluez_adapter_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezAdapter, wattle_bluez_adapter, WATTLE, BLUEZ_ADAPTER, GObject)

/* @monitors: NULL where BlueZ offers none. */
WattleBluezAdapter *wattle_bluez_adapter_new (WattleBluezAdapter1 *proxy,
                                              WattleBluezAdvertisementMonitorManager1 *monitors);
/* Ends what it has under way; nothing is said to an adapter that is @gone. */
void wattle_bluez_adapter_stop (WattleBluezAdapter *self, gboolean gone);

const char *wattle_bluez_adapter_get_path (WattleBluezAdapter *self);
WattleBluezAdapterState wattle_bluez_adapter_get_state (WattleBluezAdapter *self);
/* Why BlueZ does not look for devices though it could; NULL = it does. */
const GError *wattle_bluez_adapter_get_error (WattleBluezAdapter *self);

void wattle_bluez_adapter_set_activity (WattleBluezAdapter *self, WattleActivity activity);
/* The adapter's properties have changed. */
void wattle_bluez_adapter_update (WattleBluezAdapter *self);

G_END_DECLS
