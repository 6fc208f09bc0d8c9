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
 * Whatever the activity: with discovery while somebody waits to hear a device, and
 * not at all while a connection is made, because a kernel that scans for a list
 * connects only when it is told of the device anew, and with its filter for
 * duplicates that is in its next scan, ten seconds later.
 *
 * Signals:
 *   "changed"   state or error
 */
#pragma once

#include "daemon/link/connect-queue.h"
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
/* Where attempts to connect by this adapter wait for their turn. */
WattleConnectQueue *wattle_bluez_adapter_get_queue (WattleBluezAdapter *self);

/* Keeps the radio free for an attempt to connect: stops looking, for a while, and
 * waits for connections that BlueZ is ending, since the kernel does one thing
 * after the other.  One at a time; wattle_bluez_adapter_release() has to follow,
 * which @callback may wait for no more. */
void wattle_bluez_adapter_reserve_async (WattleBluezAdapter *self, GAsyncReadyCallback callback, gpointer user_data);
void wattle_bluez_adapter_release (WattleBluezAdapter *self);

/* Around a connection's end. */
void wattle_bluez_adapter_begin_disconnect (WattleBluezAdapter *self);
void wattle_bluez_adapter_end_disconnect (WattleBluezAdapter *self);

/* Around waiting to hear a device: discovery begins anew, so that it tells of
 * every device that is there now. */
void wattle_bluez_adapter_begin_listening (WattleBluezAdapter *self);
void wattle_bluez_adapter_end_listening (WattleBluezAdapter *self);

/* The adapter's properties have changed. */
void wattle_bluez_adapter_update (WattleBluezAdapter *self);

G_END_DECLS
