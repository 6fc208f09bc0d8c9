/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a device that is not ours: connection, handshake, what it says of
 * itself, its passport.  Nothing is kept anywhere.
 */
#pragma once

#include "daemon/device/conversation.h"
#include "daemon/link/peer.h"
#include "pairing/pairing.pb.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

#define WATTLE_ATTEMPTS_UNKNOWN 255

/* What the person holds. */
typedef enum {
  WATTLE_OPEN_CODE,
  WATTLE_OPEN_PASSWORD,
} WattleOpenWith;

/* A device that has opened. */
typedef struct {
  WattleConversation *conversation; /* may be closed since */
  WattleOpenWith with;
  GBytes *secret; /* ten digits, or the password */
  wtl_Info info;
  WattlePassport *passport;
  GBytes *passport_bytes;
} WattleOpened;

/* The conversation is not closed. */
void wattle_opened_free (WattleOpened *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleOpened, wattle_opened_free)

/* @secret is in wiped memory (pairing/secret.h).  Whether it fails or is
 * cancelled, no connection stays. */
void wattle_opening_run_async (WattlePeer *peer, WattleOpenWith with, GBytes *secret, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* @attempts: what the device told, after a wrong secret too; "left" is
 * WATTLE_ATTEMPTS_UNKNOWN where it did not.  Errors as in Candidate.Open of the
 * D-Bus interface. */
WattleOpened *wattle_opening_run_finish (WattlePeer *peer, GAsyncResult *result, struct wtl_attempts *attempts,
                                         GError **error);

G_END_DECLS
