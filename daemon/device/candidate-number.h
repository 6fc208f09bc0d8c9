/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a candidate is called while the service runs.
 */
#pragma once

#include "daemon/link/peer.h"

G_BEGIN_DECLS

/* The same peer keeps its number when it is looked for again: what a person
 * read in one search they use in the next. */
guint wattle_candidate_number (WattlePeer *peer);

G_END_DECLS
