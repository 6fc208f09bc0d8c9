/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a device: the handshake, then requests and answers, one
 * after the other.  Whatever the device does that it may not do ends it.
 *
 * Signals:
 *   "reading" (gpointer: const wtl_Reading *)  came by itself; valid in the handler
 *   "alert"   (guint)    a request was refused because something is off with the
 *                        device: WTL_ALERT_* bits, before the request fails
 *   "closed"  (GError)   once, the last signal; NULL where this side closed it
 */
#pragma once

#include "daemon/link/link.h"
#include "pairing/channel.h"

G_BEGIN_DECLS

#define WATTLE_HANDSHAKE_TIMEOUT 20 /* seconds */
#define WATTLE_REQUEST_TIMEOUT 10   /* seconds; set-up and wiping have more */
#define WATTLE_REQUESTS_MAX 16      /* waiting for their turn */

#define WATTLE_TYPE_CONVERSATION (wattle_conversation_get_type ())
G_DECLARE_FINAL_TYPE (WattleConversation, wattle_conversation, WATTLE, CONVERSATION, GObject)

/* Takes over @link: it is closed with the conversation. */
WattleConversation *wattle_conversation_new (WattleLink *link);

/* Runs the handshake; once.  @secret: a setup code's ten digits, a password, or
 * an owner key.  Errors as wattle_error_from_status() makes them, TIMED_OUT,
 * UNREACHABLE, CANCELLED; after any the conversation is closed. */
void wattle_conversation_open_async (WattleConversation *self, wtl_SecretKind kind, guint slot, GBytes *secret,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_conversation_open_finish (WattleConversation *self, GAsyncResult *result, GError **error);

/* What the device said of the secret's tries.  FALSE where it said nothing that
 * still holds: a right secret gives all tries back. */
gboolean wattle_conversation_get_attempts (WattleConversation *self, struct wtl_attempts *attempts);

/* Sends @request, which is copied (and wiped), with an id of its own, when those
 * before it are answered.  A device's Error answer becomes a GError and closes
 * nothing.  An answer of another kind than the request's is a violation. */
void wattle_conversation_request_async (WattleConversation *self, const wtl_Request *request, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_conversation_request_finish (WattleConversation *self, GAsyncResult *result, wtl_Response *response,
                                             GError **error);

gboolean wattle_conversation_is_open (WattleConversation *self);
/* WTL_CAPABILITY_* bits that both ends have; 0 unless open. */
guint32 wattle_conversation_get_capabilities (WattleConversation *self);
/* What is under way fails with CANCELLED. */
void wattle_conversation_close (WattleConversation *self);

G_END_DECLS
