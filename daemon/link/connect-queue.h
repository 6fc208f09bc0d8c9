/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue of connection attempts: one at a time, since a radio that is asked for
 * two at once often makes neither.
 */
#pragma once

#include "daemon/link/peer.h"

G_BEGIN_DECLS

WattleConnectQueue *wattle_connect_queue_new (void);
WattleConnectQueue *wattle_connect_queue_ref (WattleConnectQueue *self);
void wattle_connect_queue_unref (WattleConnectQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleConnectQueue, wattle_connect_queue_unref)

/* Takes over @task, whose source object is a WattlePeer, and completes it with
 * a WattleLink or an error. */
void wattle_connect_queue_push (WattleConnectQueue *self, GTask *task, WattleConnectPriority priority);

G_END_DECLS
