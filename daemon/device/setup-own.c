/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking ownership.  Every callback checks that the job still stands where it
 * stood when it asked.
 */
#include "daemon/device/setup-private.h"

#include <string.h>

#include "daemon/device/random.h"
#include "daemon/device/setup-store.h"
#include "daemon/device/wire-error.h"
#include "pairing/secret.h"
#include "pairing/spake2p.h"

#define RESOLVE_AGAIN_S 2 /* while it is in sight */
#define ENROL_ATTEMPTS 2

static void resolve (WattleSetupJob *self);

static void
commit (WattleSetupJob *self)
{
  self->committed = TRUE;
  self->uncertain = FALSE;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  wattle_job_resume (WATTLE_JOB (self));
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_OWN, WATTLE_STEP_DONE);
  wattle_setup_record (self);
}

/* --- not knowing --- */

static void
become_uncertain (WattleSetupJob *self, const GError *error)
{
  self->uncertain = TRUE;
  g_clear_error (&self->reason);
  self->reason = wattle_error_own (g_error_copy (error));
  wattle_setup_drop_conversation (self);
  resolve (self);
}

static gboolean
on_resolve_again (gpointer user_data)
{
  WattleSetupJob *self = user_data;

  self->timer_id = 0;
  if (self->uncertain)
    resolve (self);
  return G_SOURCE_REMOVE;
}

/* Out of sight, it is tried when it is seen. */
void
wattle_setup_wait_for_device (WattleSetupJob *self)
{
  self->resolving = FALSE;
  wattle_setup_drop_conversation (self);
  if (self->timer_id == 0 && self->peer != NULL && wattle_peer_is_present (self->peer))
    self->timer_id = g_timeout_add_seconds (RESOLVE_AGAIN_S, on_resolve_again, self);
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_OWN, WATTLE_STEP_WAITING);
  wattle_job_wait (WATTLE_JOB (self), self->reason);
}

static void
on_owner_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean opened = wattle_conversation_open_finish (WATTLE_CONVERSATION (source), result, &error);

  if (self->ending || !self->resolving)
    return;
  self->resolving = FALSE;
  if (opened)
    commit (self);
  else if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE))
    wattle_setup_roll_back (self, self->reason); /* the device has never taken the key */
  else
    wattle_setup_wait_for_device (self);
}

static void
on_owner_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, NULL);

  g_clear_object (&self->looking);
  if (self->ending || !self->resolving || link == NULL) {
    if (link != NULL)
      wattle_link_close (link);
    else if (self->resolving)
      wattle_setup_wait_for_device (self);
    return;
  }
  self->conversation = wattle_conversation_new (link);
  wattle_conversation_open_async (self->conversation, wtl_SECRET_KIND_OWNER_KEY, self->record->owner_slot,
                                  self->owner_key, NULL, on_owner_opened, g_object_ref (self));
}

/* Finds out whether the device has committed. */
static void
resolve (WattleSetupJob *self)
{
  if (self->resolving || self->ending)
    return;
  if (self->with == WATTLE_OPEN_PASSWORD) {
    /* Enrolling again is harmless, and tells slot and advertising key. */
    if (self->secret != NULL && ++self->enrol_attempts < ENROL_ATTEMPTS && wattle_peer_is_present (self->peer)) {
      self->uncertain = FALSE;
      wattle_setup_own (self);
    } else {
      wattle_setup_roll_back (self, self->reason);
    }
    return;
  }
  if (self->peer == NULL || !wattle_peer_is_present (self->peer)) {
    wattle_setup_wait_for_device (self);
    return;
  }
  self->resolving = TRUE;
  self->looking = g_cancellable_new ();
  wattle_peer_connect_async (self->peer, WATTLE_CONNECT_INTERACTIVE, self->looking, on_owner_linked,
                             g_object_ref (self));
}

gboolean
wattle_setup_job_consider_peer (WattleSetupJob *self, WattlePeer *peer)
{
  const struct wtl_advert *advert = wattle_peer_get_advert (peer);
  gboolean ours = self->advert_key != NULL && (advert->flags & WTL_ADVERT_OWNED)
                  && wtl_advert_matches (advert, g_bytes_get_data (self->advert_key, NULL));

  if (self->committed || self->ending || wattle_job_is_over (WATTLE_JOB (self)))
    return FALSE;
  if (!ours && peer != self->peer && !wattle_setup_is_place (self->hint, peer))
    return FALSE;
  /* It is looked for where it was: there no more. */
  if (ours && peer != self->peer && self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_set_object (&self->peer, peer);
  if (self->uncertain && !self->resolving && self->owner_key != NULL && self->advert_key != NULL)
    resolve (self);
  return ours;
}

void
wattle_setup_job_unit_is_unowned (WattleSetupJob *self, const char *unit_id)
{
  if (self->uncertain && !self->resolving && strcmp (unit_id, self->record->unit_id) == 0)
    wattle_setup_roll_back (self, self->reason);
}

/* --- taking ownership --- */

static void
on_enrol_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error))
    commit (self);
  else
    wattle_setup_roll_back (self, error);
}

static void
on_enrolled (WattleSetupJob *self, const wtl_EnrolReply *reply)
{
  self->record->owner_slot = reply->owner_slot;
  g_clear_pointer (&self->advert_key, g_bytes_unref);
  self->advert_key = wattle_secret_bytes_new (reply->advert_key, sizeof reply->advert_key);
  wattle_keyring_store_async (wattle_setup_keyring (self), self->record->id, WATTLE_SECRET_ADVERT_KEY,
                              self->record->name, self->advert_key, WATTLE_KEYRING_QUIET, NULL, on_enrol_key_kept,
                              g_object_ref (self));
}

static void
on_owned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  WattleConversation *conversation = WATTLE_CONVERSATION (source);
  g_autoptr (GError) error = NULL;
  wtl_Response response;
  gboolean answered = wattle_conversation_request_finish (conversation, result, &response, &error);

  if (self->ending)
    return;
  if (!answered && wattle_conversation_is_open (conversation))
    wattle_setup_roll_back (self, error); /* it said no: nothing has changed there */
  else if (!answered)
    become_uncertain (self, error);
  else if (self->with == WATTLE_OPEN_PASSWORD)
    on_enrolled (self, &response.body.enrol);
  else
    commit (self);
}

static gboolean
make_verifier (WattleSetupJob *self, wtl_Verifier *out, GError **error)
{
  struct wtl_prover prover;
  struct wtl_verifier verifier;
  enum wtl_status status = wtl_prover_from_owner_key (g_bytes_get_data (self->owner_key, NULL), &prover);

  if (status == WTL_OK)
    status = wtl_verifier_from_prover (&prover, wattle_random_port, NULL, &verifier);
  wtl_wipe (&prover, sizeof prover);
  if (status != WTL_OK) {
    g_propagate_error (error, wattle_error_from_status (status, wtl_SECRET_KIND_OWNER_KEY, NULL, NULL));
    return FALSE;
  }
  memcpy (out->w0, verifier.w0, sizeof out->w0);
  memcpy (out->l, verifier.l, sizeof out->l);
  wtl_wipe (&verifier, sizeof verifier);
  return TRUE;
}

static gboolean
fill_request (WattleSetupJob *self, wtl_Request *request, GError **error)
{
  wtl_SetUpRequest *set_up = &request->body.set_up;

  if (self->with == WATTLE_OPEN_PASSWORD) {
    request->which_body = wtl_Request_enrol_tag;
    request->body.enrol.has_owner = true;
    return make_verifier (self, &request->body.enrol.owner, error);
  }
  request->which_body = wtl_Request_set_up_tag;
  set_up->has_owner = true;
  memcpy (set_up->password, g_bytes_get_data (self->password, NULL), g_bytes_get_size (self->password));
  memcpy (set_up->advert_key, g_bytes_get_data (self->advert_key, NULL), sizeof set_up->advert_key);
  set_up->time = wattle_services_now (self->services);
  return make_verifier (self, &set_up->owner, error);
}

/* Over the open conversation: from here on it cannot be stopped. */
static void
send_request (WattleSetupJob *self)
{
  wtl_Request request = wtl_Request_init_zero;
  g_autoptr (GError) error = NULL;

  wattle_job_set_cancellable (WATTLE_JOB (self), FALSE);
  if (fill_request (self, &request, &error))
    wattle_conversation_request_async (self->conversation, &request, NULL, on_owned, g_object_ref (self));
  else
    wattle_setup_roll_back (self, error);
  wtl_wipe (&request, sizeof request);
}

static void
on_reopened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_conversation_open_finish (WATTLE_CONVERSATION (source), result, &error))
    send_request (self);
  else
    wattle_setup_roll_back (self, error);
}

static void
on_relinked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, &error);

  if (link == NULL) {
    wattle_setup_roll_back (self, error);
    return;
  }
  self->conversation = wattle_conversation_new (link);
  wattle_conversation_open_async (
      self->conversation, self->with == WATTLE_OPEN_CODE ? wtl_SECRET_KIND_SETUP_CODE : wtl_SECRET_KIND_PASSWORD, 0,
      self->secret, wattle_job_get_gcancellable (WATTLE_JOB (self)), on_reopened, g_object_ref (self));
}

void
wattle_setup_own (WattleSetupJob *self)
{
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_OWN, WATTLE_STEP_RUNNING);
  if (self->conversation != NULL && wattle_conversation_is_open (self->conversation)) {
    send_request (self);
    return;
  }
  /* The connection was lost while the person was reading. */
  wattle_setup_drop_conversation (self);
  wattle_peer_connect_async (self->peer, WATTLE_CONNECT_INTERACTIVE, wattle_job_get_gcancellable (WATTLE_JOB (self)),
                             on_relinked, g_object_ref (self));
}
