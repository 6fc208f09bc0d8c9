/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done over a connection to a device of ours: checking that it is the
 * right one, setting its clock, delivering decisions, fetching readings.  Then
 * the device's own events drive it.
 *
 * Signals:
 *   "info"                   wattle_sync_get_info() is new
 *   "integrity" (gpointer: const wtl_Integrity *)  the device told what runs on it;
 *                            NULL = it cannot tell
 *                            again every few seconds while new software is on trial
 *   "readings"               readings were kept
 *   "reading" (gpointer: const WattleReading *)  one came live
 *   "settled"                clock, decisions and readings are as they should be
 */
#pragma once

#include "daemon/device/consent.h"
#include "daemon/device/session.h"
#include "daemon/store/devices.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SYNC (wattle_sync_get_type ())
G_DECLARE_FINAL_TYPE (WattleSync, wattle_sync, WATTLE, SYNC, GObject)

/* Works over @session whenever that is connected and the sync is not paused.
 * Fields of @record are copied. */
WattleSync *wattle_sync_new (WattleServices *services, const WattleDeviceRecord *record, WattleSession *session,
                             WattleConsent *consent);

/* NULL until the device has told. */
const wtl_Info *wattle_sync_get_info (WattleSync *self);
gboolean wattle_sync_is_settled (WattleSync *self);

/* Asks once more what runs on the device, where it can tell and was not asked just
 * now: it may be that something is off. */
void wattle_sync_look (WattleSync *self);

/* Nothing more is asked of the device, or again. */
void wattle_sync_set_paused (WattleSync *self, gboolean paused);

G_END_DECLS
