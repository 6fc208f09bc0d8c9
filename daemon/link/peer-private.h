/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between a peer and its source.
 */
#pragma once

#include "daemon/link/connect-queue.h"

/* Its source's queue while the peer is in sight; NULL once it has vanished. */
void wattle_peer_set_queue (WattlePeer *self, WattleConnectQueue *queue);
