/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection attempt: from a device that BlueZ sees to a link.
 */
#pragma once

#include "daemon/link/bluez/agent.h"
#include "daemon/link/link.h"
#include "wattle-bluez.h"

G_BEGIN_DECLS

/* Where a device of ours is connected already and no program uses it, that
 * connection is dropped first.  Errors as wattle_peer_connect_async() has them;
 * after one the device may still be connected, and it is the caller's to
 * disconnect it. */
void wattle_bluez_connect_async (GDBusObjectManager *objects, WattleBluezDevice1 *device, WattleBluezAgent *agent,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
WattleLink *wattle_bluez_connect_finish (WattleBluezDevice1 *device, GAsyncResult *result, GError **error);

/* What an error of BlueZ's means here; takes @error. */
GError *wattle_bluez_error (GError *error);

G_END_DECLS
