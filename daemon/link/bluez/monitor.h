/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A passive watch for our advertisements on one adapter, by BlueZ's (still
 * experimental) advertisement monitors: the controller or bluetoothd compares
 * every advertisement with a pattern, asks nobody anything over the air, and
 * wakes nobody for others.
 *
 * Signals:
 *   "failed"   BlueZ refused it or gave it up
 */
#pragma once

#include "wattle-bluez.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BLUEZ_MONITOR (wattle_bluez_monitor_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezMonitor, wattle_bluez_monitor, WATTLE, BLUEZ_MONITOR, GObject)

/* Whether the adapter's @manager knows patterns.  NULL = no manager. */
gboolean wattle_bluez_monitor_is_supported (WattleBluezAdvertisementMonitorManager1 *manager);

/* Registers at once, under a root of its own. */
WattleBluezMonitor *wattle_bluez_monitor_new (WattleBluezAdvertisementMonitorManager1 *manager);
/* Active from the start; without being so it costs nothing. */
void wattle_bluez_monitor_set_active (WattleBluezMonitor *self, gboolean active);
/* Ends it for good. */
void wattle_bluez_monitor_stop (WattleBluezMonitor *self);

G_END_DECLS
