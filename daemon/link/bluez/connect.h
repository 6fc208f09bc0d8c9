/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection attempt: from a device that BlueZ sees to a link.
 */
#pragma once

#include "daemon/link/bluez/adapter.h"
#include "daemon/link/bluez/agent.h"
#include "daemon/link/link.h"
#include "wattle-bluez.h"

G_BEGIN_DECLS

/* @device is @adapter's.  Where a device of ours is connected already and no program uses it, that
 * connection is dropped first.  Errors as wattle_peer_connect_async() has them;
 * after one the device may still be connected, and it is the caller's to
 * disconnect it. */
void wattle_bluez_connect_async (GDBusObjectManager *objects, WattleBluezAdapter *adapter, WattleBluezDevice1 *device,
                                 WattleBluezAgent *agent, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
/* @now: (transfer full): what BlueZ has at @device's path, which may have become
 * another object meanwhile; untouched on an error. */
WattleLink *wattle_bluez_connect_finish (WattleBluezDevice1 *device, GAsyncResult *result, WattleBluezDevice1 **now,
                                         GError **error);

/* Whether @changed properties of a device say that its connection has ended.  What
 * they were does not: where BlueZ 5.66 hears of a connection from its socket
 * before it does from the kernel, it never says that there is one. */
gboolean wattle_bluez_says_disconnected (GVariant *changed);

/* What an error of BlueZ's means here; takes @error. */
GError *wattle_bluez_error (GError *error);

G_END_DECLS
