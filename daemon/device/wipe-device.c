/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wiping the device itself.
 *
 * With the owner key, while that opens: WipePrepare, the next owner's code into
 * the keyring, the journal, WipeCommit, the signed statement.  Where the answer
 * was lost the owner key opens nothing any more: then the fresh code does, and
 * the device is asked for its receipt.
 *
 * A wiped device does not say who it is, so the fresh code is tried at unowned
 * devices of the same product, once at each: a wrong one costs it a try.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/wipe-private.h"
#include "daemon/device/wire-error.h"
#include "pairing/code.h"
#include "pairing/secret.h"

#define PEER_RETRY_S 10

static gboolean
is_running (WattleWipeJob *self)
{
  return wattle_wipe_plan_get_state (self->plan, WATTLE_WIPE_DEVICE) == WATTLE_WIPE_RUNNING;
}

static void
wait_for_it (WattleWipeJob *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                             _ ("The device is out of range or switched off. It is wiped when it is next near."));

  wattle_wipe_place_waits (self, WATTLE_WIPE_DEVICE, error, FALSE);
}

/* Out of reach, the device says when it is back; within reach, the clock. */
static void
waits (WattleWipeJob *self, const GError *error)
{
  gboolean within_reach
      = self->device != NULL && wattle_session_get_conversation (wattle_device_get_session (self->device)) != NULL;

  wattle_wipe_place_waits (self, WATTLE_WIPE_DEVICE, error, within_reach);
}

/* --- the statement --- */

static gboolean
speaks_of_it (WattleWipeJob *self, WattleEvidence *evidence, GError **error)
{
  const WattleStatement *said = wattle_evidence_get_statement (evidence);

  if (said->kind == WATTLE_STATEMENT_WIPE && strcmp (said->unit_id, wattle_device_get_unit_id (self->device)) == 0)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                       _ ("The device signed for something else than what it was told. Do not trust it."));
  return FALSE;
}

static void
take_statement (WattleWipeJob *self, const wtl_SignedStatement *statement)
{
  const WattleDeviceRecord *record = wattle_device_get_record (self->device);
  g_autoptr (GBytes) bytes = g_bytes_new (statement->statement.bytes, statement->statement.size);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleEvidence) evidence
      = wattle_evidence_new_device (bytes, statement->signature, g_bytes_get_data (record->public_key, NULL), &error);

  if (evidence == NULL || !speaks_of_it (self, evidence, &error)) {
    waits (self, error);
    return;
  }
  if (self->conversation != NULL)
    wattle_conversation_close (self->conversation);
  g_clear_object (&self->conversation);
  /* The owner key is worth nothing now: no more attempts. */
  wattle_session_stop (wattle_device_get_session (self->device));
  if (wattle_device_get_peer (self->device) != NULL)
    wattle_peer_forget (wattle_device_get_peer (self->device));
  wattle_wipe_place_done (self, WATTLE_WIPE_DEVICE, g_steal_pointer (&evidence));
}

/* --- who may be it --- */

static char *
tag_of (WattlePeer *peer)
{
  const struct wtl_advert *advert = wattle_peer_get_advert (peer);
  GString *tag = g_string_new (NULL);

  for (gsize i = 0; i < sizeof advert->tag; i++)
    g_string_append_printf (tag, "%02x", advert->tag[i]);
  return g_string_free (tag, FALSE);
}

static gboolean
may_be_it (WattleWipeJob *self, WattlePeer *peer)
{
  const struct wtl_advert *advert = wattle_peer_get_advert (peer);
  g_autofree char *tag = tag_of (peer);

  return wattle_peer_is_present (peer) && advert->product == self->product
         && (advert->flags & (WTL_ADVERT_OWNED | WTL_ADVERT_WIPING | WTL_ADVERT_LOCKED)) == 0
         && !g_hash_table_contains (self->strangers, tag);
}

/* The next to try of those in sight; NULL = none. */
static WattlePeer *
next_peer (WattleWipeJob *self)
{
  for (guint i = self->peers->len; i-- > 0;)
    if (!may_be_it (self, g_ptr_array_index (self->peers, i)))
      g_ptr_array_remove_index (self->peers, i);
  return self->peers->len > 0 ? g_ptr_array_index (self->peers, 0) : NULL;
}

static void
add_peer (WattleWipeJob *self, WattlePeer *peer)
{
  if (!g_ptr_array_find (self->peers, peer, NULL))
    g_ptr_array_add (self->peers, g_object_ref (peer));
}

/* The owner key may open nothing any more.  The device may have been seen as anybody's
 * before that was known, as what announces it comes but once. */
static void
try_next (WattleWipeJob *self)
{
  if (!self->stopped && wattle_session_get_conversation (wattle_device_get_session (self->device)) == NULL
      && next_peer (self) != NULL)
    wattle_wipe_advance (self);
}

/* --- by the owner key --- */

/* What a request of this place is handed: what it was asked over may be gone
 * when the answer comes. */
static void
ask (WattleWipeJob *self, WattleConversation *conversation, const wtl_Request *request, GAsyncReadyCallback callback)
{
  wattle_conversation_request_async (conversation, request, wattle_job_get_gcancellable (WATTLE_JOB (self)), callback,
                                     g_object_ref (self));
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  wtl_Response response;
  gboolean answered = wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error);

  if (self->stopped)
    return;
  if (answered) {
    take_statement (self, &response.body.statement);
    return;
  }
  waits (self, error);
  /* One that was never out of the connection since its set-up looks as it did before. */
  if (wattle_device_get_peer (self->device) != NULL)
    add_peer (self, wattle_device_get_peer (self->device));
  try_next (self);
}

static void
commit (WattleWipeJob *self)
{
  WattleConversation *conversation = wattle_session_get_conversation (wattle_device_get_session (self->device));
  wtl_Request request = { .which_body = wtl_Request_wipe_commit_tag };

  if (conversation == NULL) {
    wait_for_it (self);
    return;
  }
  if (!wattle_wipe_place_start (self, WATTLE_WIPE_DEVICE))
    return;
  memcpy (request.body.wipe_commit.wipe_id, wattle_wipe_plan_get_id_bytes (self->plan),
          sizeof request.body.wipe_commit.wipe_id);
  /* Not with the job's cancellable: there is no way back. */
  wattle_conversation_request_async (conversation, &request, NULL, on_committed, g_object_ref (self));
}

static void
on_code_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean kept = wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error);

  if (self->stopped)
    return;
  if (kept)
    commit (self);
  else
    waits (self, error);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GBytes) digits = NULL;
  g_autofree char *label = NULL;
  g_autoptr (GError) error = NULL;
  struct wtl_code code;
  wtl_Response response;
  gboolean answered = wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error);

  if (self->stopped)
    return;
  if (!answered) {
    waits (self, error);
    try_next (self);
    return;
  }
  if (wtl_code_parse (response.body.wipe_prepare.next_code, strlen (response.body.wipe_prepare.next_code), &code)
      != WTL_OK) {
    g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL,
                         _ ("The device made a code that cannot be. Ask its manufacturer."));
    wattle_session_fail (wattle_device_get_session (self->device), error);
    waits (self, error);
    return;
  }
  digits = wattle_secret_bytes_new (code.digits, WTL_CODE_DIGITS);
  wtl_wipe (&code, sizeof code);
  wtl_wipe (&response, sizeof response);
  label = g_strdup_printf (_ ("Code for the next owner: %s"), self->product_name);
  wattle_keyring_store_async (wattle_services_get_keyring (self->services), wattle_wipe_plan_get_id (self->plan),
                              WATTLE_SECRET_NEXT_CODE, label, digits, WATTLE_KEYRING_QUIET,
                              wattle_job_get_gcancellable (WATTLE_JOB (self)), on_code_kept, g_object_ref (self));
}

static void
prepare (WattleWipeJob *self, WattleConversation *conversation)
{
  wtl_Request request = { .which_body = wtl_Request_wipe_prepare_tag };

  memcpy (request.body.wipe_prepare.wipe_id, wattle_wipe_plan_get_id_bytes (self->plan),
          sizeof request.body.wipe_prepare.wipe_id);
  request.body.wipe_prepare.time = wattle_wipe_plan_get_requested_at (self->plan);
  ask (self, conversation, &request, on_prepared);
}

/* --- by the fresh code --- */

static gboolean
on_peer_retry (gpointer user_data)
{
  WattleWipeJob *self = user_data;

  self->peer_retry_id = 0;
  wattle_wipe_advance (self);
  return G_SOURCE_REMOVE;
}

/* What a try with the fresh code says of a peer. */
typedef enum {
  UNKNOWN,  /* nothing: it is tried again */
  STRANGER, /* it is another device, and is never tried again */
  OWNED,    /* it is not wiped, whatever it looked like */
} Verdict;

static Verdict
verdict_of (const GError *error)
{
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_ALREADY_OWNED))
    return OWNED;
  return g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_WRONG_CODE)
                 || g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED)
             ? STRANGER
             : UNKNOWN;
}

static void
not_this_one (WattleWipeJob *self, Verdict verdict, const GError *error)
{
  g_autoptr (WattlePeer) peer = g_steal_pointer (&self->wiped_peer);

  if (self->conversation != NULL)
    wattle_conversation_close (self->conversation);
  g_clear_object (&self->conversation);
  if (peer != NULL)
    g_ptr_array_remove (self->peers, peer);
  if (peer != NULL && verdict == STRANGER)
    g_hash_table_add (self->strangers, tag_of (peer));
  if (peer != NULL && verdict == UNKNOWN)
    add_peer (self, peer); /* behind the others */
  waits (self, error);
  if (verdict == UNKNOWN) {
    if (self->peer_retry_id == 0)
      self->peer_retry_id = g_timeout_add_seconds (PEER_RETRY_S, on_peer_retry, self);
    return;
  }
  if (peer != NULL)
    g_signal_emit_by_name (self, "stranger", peer);
  try_next (self);
}

static void
on_receipt (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  wtl_Response response;
  gboolean answered = wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error);

  if (self->stopped)
    return;
  if (answered)
    take_statement (self, &response.body.statement);
  else
    not_this_one (self, UNKNOWN, error);
}

static void
on_code_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  wtl_Request request = { .which_body = wtl_Request_wipe_receipt_tag };
  gboolean opened = wattle_conversation_open_finish (WATTLE_CONVERSATION (source), result, &error);

  if (self->stopped)
    return;
  if (!opened) {
    not_this_one (self, verdict_of (error), error);
    return;
  }
  memcpy (request.body.wipe_receipt.wipe_id, wattle_wipe_plan_get_id_bytes (self->plan),
          sizeof request.body.wipe_receipt.wipe_id);
  ask (self, WATTLE_CONVERSATION (source), &request, on_receipt);
}

typedef struct {
  WattleWipeJob *self;
  GBytes *code;
} Linking;

static void
on_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Linking *linking = user_data;
  g_autoptr (WattleWipeJob) self = linking->self;
  g_autoptr (GBytes) code = linking->code;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, &error);

  if (self->stopped) {
    if (link != NULL)
      wattle_link_close (link);
    return;
  }
  if (link == NULL) {
    not_this_one (self, UNKNOWN, error);
    return;
  }
  self->conversation = wattle_conversation_new (link);
  wattle_conversation_open_async (self->conversation, wtl_SECRET_KIND_SETUP_CODE, 0, code,
                                  wattle_job_get_gcancellable (WATTLE_JOB (self)), on_code_opened, g_object_ref (self));
}

static void
on_next_code (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) code = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);
  Linking *linking;

  if (self->stopped)
    return;
  if (code == NULL) {
    waits (self, error);
    return;
  }
  if (next_peer (self) == NULL) {
    wait_for_it (self);
    return;
  }
  g_set_object (&self->wiped_peer, next_peer (self));
  linking = g_new0 (Linking, 1);
  linking->self = g_object_ref (self);
  linking->code = g_steal_pointer (&code);
  wattle_peer_connect_async (self->wiped_peer, WATTLE_CONNECT_BACKGROUND,
                             wattle_job_get_gcancellable (WATTLE_JOB (self)), on_linked, linking);
}

static void
ask_for_receipt (WattleWipeJob *self)
{
  wattle_keyring_lookup_async (wattle_services_get_keyring (self->services), wattle_wipe_plan_get_id (self->plan),
                               WATTLE_SECRET_NEXT_CODE, WATTLE_KEYRING_QUIET,
                               wattle_job_get_gcancellable (WATTLE_JOB (self)), on_next_code, g_object_ref (self));
}

/* --- which way --- */

/* Whether the unit was reset by its button and set up here again since: then it
 * holds nothing of this ownership. */
static gboolean
is_superseded (WattleWipeJob *self)
{
  const WattleDeviceRecord *mine = wattle_device_get_record (self->device);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GPtrArray) all = wattle_devices_list (database, NULL);

  for (guint i = 0; all != NULL && i < all->len; i++) {
    const WattleDeviceRecord *other = g_ptr_array_index (all, i);

    if (strcmp (other->id, mine->id) != 0 && strcmp (other->unit_id, mine->unit_id) == 0
        && other->stage == WATTLE_STAGE_OURS && other->owner_slot == mine->owner_slot
        && other->set_up_at >= mine->set_up_at && g_bytes_equal (other->public_key, mine->public_key))
      return TRUE;
  }
  return FALSE;
}

void
wattle_wipe_device (WattleWipeJob *self)
{
  WattleConversation *conversation;

  if (self->device == NULL) {
    g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT,
                                                    _ ("The records of this wipe do not fit together."));

    waits (self, error);
    return;
  }
  if (!is_running (self) && is_superseded (self)) {
    wattle_wipe_place_skip (self, WATTLE_WIPE_DEVICE);
    return;
  }
  conversation = wattle_session_get_conversation (wattle_device_get_session (self->device));
  if (conversation != NULL)
    prepare (self, conversation);
  else if (is_running (self) && next_peer (self) != NULL)
    ask_for_receipt (self);
  else
    wait_for_it (self);
}

gboolean
wattle_wipe_job_consider_peer (WattleWipeJob *self, WattlePeer *peer)
{
  if (self->stopped || self->device == NULL || !is_running (self) || !may_be_it (self, peer))
    return FALSE;
  add_peer (self, peer);
  if (!self->busy[WATTLE_WIPE_DEVICE])
    wattle_wipe_advance (self);
  return TRUE;
}
