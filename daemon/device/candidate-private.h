/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A candidate as the registry sees it.
 *
 * Signals:
 *   "job-started" (WattleJob)   a WattleSetupJob
 *   "closed"                    it is not opened any more
 */
#pragma once

#include "daemon/device/candidate.h"

G_BEGIN_DECLS

/* @name: the product's, for a person. */
WattleCandidate *wattle_candidate_new (WattleServices *services, WattlePeer *peer, const char *name);

WattlePeer *wattle_candidate_get_peer (WattleCandidate *self);
/* What the peer advertises is another, or it has vanished. */
void wattle_candidate_peer_changed (WattleCandidate *self, const char *name);

/* Whether a person is in the middle of something with it. */
gboolean wattle_candidate_is_busy (WattleCandidate *self);
/* Ends everything under way; for the end of the service. */
void wattle_candidate_stop (WattleCandidate *self);

G_END_DECLS
