/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to one device of ours: made with the owner key when the
 * device is in sight, kept, and made again with growing, jittered pauses.
 * With the device out of sight it has no timer.
 *
 * Signals:
 *   "connected"             a conversation is open
 *   "disconnected" (GError) it has ended, or an attempt failed; NULL = on purpose
 *   "state-changed"
 */
#pragma once

#include "daemon/device/conversation.h"
#include "daemon/device/services.h"
#include "daemon/link/peer.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_SESSION_AWAY,
  WATTLE_SESSION_CONNECTING,
  WATTLE_SESSION_CONNECTED,
} WattleSessionState;

#define WATTLE_TYPE_SESSION (wattle_session_get_type ())
G_DECLARE_FINAL_TYPE (WattleSession, wattle_session, WATTLE, SESSION, GObject)

/* @device names the owner key in the keyring. */
WattleSession *wattle_session_new (WattleServices *services, const char *device, guint owner_slot);

WattleSessionState wattle_session_get_state (WattleSession *self);
/* Why the last attempt or conversation ended, where a person can do something
 * about it; NULL = nothing, or it has worked since. */
const GError *wattle_session_get_problem (WattleSession *self);
/* NULL unless connected. */
WattleConversation *wattle_session_get_conversation (WattleSession *self);

/* Where the device is seen; NULL = nowhere. */
void wattle_session_set_peer (WattleSession *self, WattlePeer *peer);
WattlePeer *wattle_session_get_peer (WattleSession *self);

/* For a person who waits.  Succeeds at once where a connection holds, once the
 * device has shown that it does. */
void wattle_session_connect_async (WattleSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean wattle_session_connect_finish (WattleSession *self, GAsyncResult *result, GError **error);

/* Hangs up until connect, or until the device is newly in sight. */
void wattle_session_hang_up (WattleSession *self);

/* Asleep, it has no connection and begins none; awake again it begins at once
 * where the device is in sight.  Not a failure: the pauses do not grow. */
void wattle_session_set_asleep (WattleSession *self, gboolean asleep);

/* Whether a decision of the person's waits for the device: attempts go before
 * those of others. */
void wattle_session_set_urgent (WattleSession *self, gboolean urgent);

/* Takes over a conversation that is open with an owner's rights. */
void wattle_session_adopt (WattleSession *self, WattleConversation *conversation);

/* The device did what it may not: ends the conversation and remembers why. */
void wattle_session_fail (WattleSession *self, const GError *error);

/* Ends everything for good. */
void wattle_session_stop (WattleSession *self);

G_END_DECLS
