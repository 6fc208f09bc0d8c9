/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device as the registry, its jobs and its set-up see it.
 *
 * Signals besides those of device.h:
 *   "advert-key"             the key is known now, or may be found out: peers
 *                            may be this device
 *   "job-started" (WattleJob)
 *   "gone"                   wiped: it is no longer ours
 */
#pragma once

#include "daemon/device/cloud.h"
#include "daemon/device/device.h"
#include "daemon/device/session.h"
#include "daemon/device/sync.h"
#include "daemon/store/devices.h"

G_BEGIN_DECLS

/* Takes @record.  PASSPORT where its passport cannot be read. */
WattleDevice *wattle_device_new (WattleServices *services, WattleDeviceRecord *record, GError **error);

/* Begins work: wakes the cloud. */
void wattle_device_start (WattleDevice *self);
/* Ends connections and everything under way. */
void wattle_device_stop (WattleDevice *self);

/* Whether the keyring has not been asked for the key that its advertisements
 * are made with, and what it said: @key, or NULL with @error or, where it holds
 * none, without. */
gboolean wattle_device_wants_advert_key (WattleDevice *self);
void wattle_device_take_advert_key (WattleDevice *self, GBytes *key, const GError *error);

/* Whether @advert is this device's. */
gboolean wattle_device_matches (WattleDevice *self, const struct wtl_advert *advert);
/* Where it is seen; NULL = nowhere. */
void wattle_device_set_peer (WattleDevice *self, WattlePeer *peer);
WattlePeer *wattle_device_get_peer (WattleDevice *self);
/* Whether a session is open and not in use for a wipe. */
gboolean wattle_device_is_connected (WattleDevice *self);
/* An advertisement of the device came, which changes nothing but this: it may say that
 * something is off. */
void wattle_device_heard (WattleDevice *self, const struct wtl_advert *advert);

WattleServices *wattle_device_get_services (WattleDevice *self);
/* Kept up to date. */
const WattleDeviceRecord *wattle_device_get_record (WattleDevice *self);
WattleSession *wattle_device_get_session (WattleDevice *self);
WattleSync *wattle_device_get_sync (WattleDevice *self);
WattleCloud *wattle_device_get_cloud (WattleDevice *self);

/* Enters or leaves (@job NULL) the state in which it refuses all but the wipe. */
void wattle_device_set_wipe_job (WattleDevice *self, WattleJob *job);
/* The update that is under way; NULL = none. */
void wattle_device_set_update_job (WattleDevice *self, WattleJob *job);
/* Leaves of it, here and in the store, only what the wipe of a lost device
 * needs; @name takes the place of the person's own.  May be repeated. */
gboolean wattle_device_reduce (WattleDevice *self, const char *name, GError **error);
/* Wiped. */
void wattle_device_emit_gone (WattleDevice *self);

/* NOT_ALLOWED while it is being wiped. */
gboolean wattle_device_check_usable (WattleDevice *self, GError **error);

G_END_DECLS
