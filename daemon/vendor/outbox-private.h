/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the outbox and its tests.
 */
#pragma once

#include "daemon/vendor/outbox.h"

G_BEGIN_DECLS

/* The pauses after failures, in milliseconds: the first and the longest. */
void wattle_outbox_set_pauses (WattleOutbox *self, guint first, guint longest);

/* The pause before try number @failures + 1, of which between a half and the
 * whole is waited. */
guint wattle_outbox_pause (guint first, guint longest, guint failures);

/* The network has come back. */
void wattle_outbox_network_is_back (WattleOutbox *self);

G_END_DECLS
