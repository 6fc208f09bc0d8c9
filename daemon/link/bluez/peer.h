/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that BlueZ sees, by one adapter or several; and what has to be done
 * about it when nobody uses it.
 */
#pragma once

#include "daemon/link/bluez/adapter.h"
#include "daemon/link/bluez/agent.h"
#include "daemon/link/bluez/service.h"
#include "daemon/link/peer.h"
#include "wattle-bluez.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BLUEZ_PEER (wattle_bluez_peer_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezPeer, wattle_bluez_peer, WATTLE, BLUEZ_PEER, WattlePeer)

/* @address: as BlueZ writes it. */
WattlePeer *wattle_bluez_peer_new (const char *address, WattleBluezService *service, WattleBluezAgent *agent);

/* Whether @device advertises our service data; @advert is what it says. */
gboolean wattle_bluez_peer_read_advert (WattleBluezDevice1 *device, struct wtl_advert *advert);

/* @device, which is at this peer's address, was seen by @adapter just now.  TRUE
 * where the advertisement or the signal strength has changed, or where it is the
 * first time since a connection. */
gboolean wattle_bluez_peer_sight (WattleBluezPeer *self, WattleBluezAdapter *adapter, WattleBluezDevice1 *device);
/* What was just seen is only what BlueZ remembers: it has to be heard. */
void wattle_bluez_peer_doubt (WattleBluezPeer *self);
/* BlueZ does not know @device any more.  TRUE where no other is left. */
gboolean wattle_bluez_peer_lose (WattleBluezPeer *self, WattleBluezDevice1 *device);
/* TRUE where it was not seen since @before (g_get_monotonic_time()), and
 * nothing holds it. */
gboolean wattle_bluez_peer_is_stale (WattleBluezPeer *self, gint64 before);
/* Whether we are connected, connecting or disconnecting. */
gboolean wattle_bluez_peer_is_engaged (WattleBluezPeer *self);

/* Has BlueZ forget what it keeps without a bond; called when the peer vanishes. */
void wattle_bluez_peer_tidy (WattleBluezPeer *self);

G_END_DECLS
