/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a set-up while it is open, so that a crash loses nothing.
 */
#pragma once

#include "daemon/link/peer.h"
#include "daemon/store/devices.h"

G_BEGIN_DECLS

/* Keeps the row, of stage setting-up, and where the device is, in one
 * transaction. */
gboolean wattle_setup_begin (WattleDatabase *database, const WattleDeviceRecord *record, WattlePeer *peer,
                             GError **error);

/* Where the device of set-up @id was seen: an unowned one there is asked at once
 * whether it has committed.  @peer NULL forgets. */
gboolean wattle_setup_keep_place (WattleDatabase *database, const char *id, WattlePeer *peer, GError **error);
/* NULL where it is not known. */
char *wattle_setup_load_place (WattleDatabase *database, const char *id);
/* Whether @peer is at @place, which may be NULL. */
gboolean wattle_setup_is_place (const char *place, WattlePeer *peer);

/* The decisions (a{sb}) as WattleDeviceRecord keeps them, and back; new
 * references. */
char *wattle_setup_decisions_to_json (GVariant *decisions);
GVariant *wattle_setup_decisions_from_json (const char *json);

G_END_DECLS
