/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set-up's steps.  Every callback checks that the job still stands where it
 * stood when it asked.
 */
#include "daemon/device/setup.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-private.h"
#include "daemon/device/device-private.h"
#include "daemon/device/random.h"
#include "daemon/device/setup-store.h"
#include "daemon/device/wire-error.h"
#include "pairing/secret.h"
#include "pairing/spake2p.h"

#define SLOT_UNKNOWN 255 /* enrolling: the device has not told yet */
#define FOLLOW_LIMIT 30  /* seconds the job stays to see decisions delivered */
#define STORE_RETRY 30   /* seconds */
#define ENROL_ATTEMPTS 2

enum { STEP_KEYS, STEP_OWN, STEP_DECISIONS, STEP_DEVICE, STEP_CLOUD, N_STEPS };

static const WattleStepSpec steps[N_STEPS] = {
  { "keys", N_ ("Put the device's key into your keyring") },
  { "own", N_ ("Make the device yours") },
  { "decisions", N_ ("Record your decisions") },
  { "device", N_ ("Tell the device your decisions") },
  { "cloud", N_ ("Tell the manufacturer's cloud your decisions") },
};

struct _WattleSetupJob {
  WattleJob parent_instance;

  WattleServices *services;
  WattleDeviceRecord *record;
  WattlePassport *passport;
  GVariant *decisions;
  WattlePeer *peer;
  char *hint; /* resumed: where the device was, "LINK ADDRESS"; NULL = not known */
  WattleConversation *conversation;
  WattleOpenWith with;
  GBytes *secret;   /* to open the device again; NULL where resumed */
  GBytes *password; /* new one; NULL where enrolling or resumed */
  GBytes *owner_key;
  GBytes *advert_key;
  guint enrol_attempts;
  gboolean uncertain; /* the device may have committed */
  gboolean resolving; /* the owner key is being tried */
  gboolean committed;
  gboolean ending;
  GError *reason; /* why it became uncertain, or is rolled back */
  WattleDevice *device;
  guint timer_id;
};

G_DEFINE_FINAL_TYPE (WattleSetupJob, wattle_setup_job, WATTLE_TYPE_JOB)

enum { SIGNAL_COMMITTED, SIGNAL_KEYS_LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void own (WattleSetupJob *self);
static void resolve (WattleSetupJob *self);
static void load_keys (WattleSetupJob *self);
static void record_decisions (WattleSetupJob *self);

static WattleKeyring *
keyring (WattleSetupJob *self)
{
  return wattle_services_get_keyring (self->services);
}

static void
drop_conversation (WattleSetupJob *self)
{
  if (self->conversation != NULL)
    wattle_conversation_close (self->conversation);
  g_clear_object (&self->conversation);
}

/* --- rolling back --- */

static void
on_keys_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  /* Where a key may be left, the row is, too: the next start looks again. */
  if (!wattle_keyring_clear_device_finish (WATTLE_KEYRING (source), result, &error) || database == NULL
      || !wattle_devices_erase (database, self->record->id, &error)
      || !wattle_setup_keep_place (database, self->record->id, NULL, &error))
    g_warning ("A set-up could not be taken back yet: %s", error == NULL ? "no database" : error->message);
  wattle_job_end (WATTLE_JOB (self), self->reason);
}

/* Ends with @error, leaving nothing. */
static void
roll_back (WattleSetupJob *self, const GError *error)
{
  GError *reason; /* @error may be the one kept */

  if (self->ending)
    return;
  self->ending = TRUE;
  reason = wattle_error_own (g_error_copy (error));
  g_clear_error (&self->reason);
  self->reason = reason;
  wattle_job_set_cancellable (WATTLE_JOB (self), FALSE);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  drop_conversation (self);
  wattle_keyring_clear_device_async (keyring (self), self->record->id, WATTLE_KEYRING_QUIET, NULL, on_keys_cleared,
                                     g_object_ref (self));
}

/* --- after the commit point --- */

static gboolean
on_follow_limit (gpointer user_data)
{
  WattleSetupJob *self = user_data;

  self->timer_id = 0;
  g_clear_object (&self->device);
  wattle_job_end (WATTLE_JOB (self), NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
device_owes (WattleSetupJob *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gint64 since = 0;

  return database != NULL
         && wattle_deliveries_outstanding_since (database, self->record->id, WATTLE_PLACE_DEVICE, &since, NULL)
         && since != 0;
}

/* What is not delivered yet goes on by itself after the job. */
static void
follow (WattleSetupJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  WattleCloudState cloud;

  if (self->device == NULL || wattle_job_is_over (job))
    return;
  cloud = wattle_device_get_cloud_state (self->device);
  wattle_job_set_step (job, STEP_DEVICE,
                       wattle_sync_is_settled (wattle_device_get_sync (self->device)) && !device_owes (self)
                           ? WATTLE_STEP_DONE
                           : WATTLE_STEP_RUNNING);
  if (cloud == WATTLE_CLOUD_NONE)
    wattle_job_set_step (job, STEP_CLOUD, WATTLE_STEP_SKIPPED);
  else if (cloud == WATTLE_CLOUD_ACTIVE)
    wattle_job_set_step (job, STEP_CLOUD, WATTLE_STEP_DONE);
  else if (cloud == WATTLE_CLOUD_UNREACHABLE)
    wattle_job_set_step (job, STEP_CLOUD, WATTLE_STEP_WAITING);
  else
    wattle_job_set_step (job, STEP_CLOUD, WATTLE_STEP_RUNNING);
  if (wattle_device_get_state (self->device) == WATTLE_DEVICE_AWAY
      || wattle_device_get_state (self->device) == WATTLE_DEVICE_PROBLEM)
    wattle_job_set_step (job, STEP_DEVICE, WATTLE_STEP_WAITING);
  if (wattle_job_get_step (job, STEP_DEVICE) == WATTLE_STEP_RUNNING
      || wattle_job_get_step (job, STEP_CLOUD) == WATTLE_STEP_RUNNING)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->device, self);
  g_signal_handlers_disconnect_by_data (wattle_device_get_sync (self->device), self);
  g_clear_object (&self->device);
  wattle_job_end (job, NULL);
}

void
wattle_setup_job_attach_device (WattleSetupJob *self, WattleDevice *device)
{
  g_autoptr (WattleConversation) conversation = g_steal_pointer (&self->conversation);

  self->device = g_object_ref (device);
  self->timer_id = g_timeout_add_seconds (FOLLOW_LIMIT, on_follow_limit, self);
  g_signal_connect_object (device, "notify", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_device_get_sync (device), "settled", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  wattle_job_set_step (WATTLE_JOB (self), STEP_DEVICE, WATTLE_STEP_RUNNING);
  wattle_job_set_step (WATTLE_JOB (self), STEP_CLOUD, WATTLE_STEP_RUNNING);
  if (conversation != NULL)
    wattle_session_adopt (wattle_device_get_session (device), conversation);
}

static void
on_password_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_keyring_store_password_check_finish (WATTLE_KEYRING (source), result, &error))
    g_warning ("Reuse of this password cannot be noticed: %s", error->message);
}

static void
keep_password_check (WattleSetupJob *self)
{
  g_autofree char *password = NULL;
  gsize len;

  if (self->password == NULL)
    return;
  len = g_bytes_get_size (self->password);
  password = g_strndup (g_bytes_get_data (self->password, NULL), len);
  wattle_keyring_store_password_check_async (keyring (self), self->record->id, self->record->name, password,
                                             WATTLE_KEYRING_QUIET, NULL, on_password_kept, g_object_ref (self));
  wtl_wipe (password, len);
}

static gboolean
record_in_database (WattleSetupJob *self, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  g_autoptr (WattleConsent) consent = NULL;

  if (database == NULL || !wattle_database_begin (database, error))
    return FALSE;
  consent = wattle_consent_new (self->services, self->record, self->passport);
  if (wattle_devices_put (database, self->record, error)
      && wattle_consent_decide_first (consent, self->decisions, error)
      && wattle_devices_set_up_done (database, self->record->id, wattle_services_now (self->services), error)
      && wattle_setup_keep_place (database, self->record->id, NULL, error))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}

static gboolean
on_store_retry (gpointer user_data)
{
  WattleSetupJob *self = user_data;

  self->timer_id = 0;
  wattle_job_resume (WATTLE_JOB (self));
  record_decisions (self);
  return G_SOURCE_REMOVE;
}

static void
record_decisions (WattleSetupJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  g_autoptr (GError) error = NULL;
  GVariantDict result;

  wattle_job_set_step (job, STEP_DECISIONS, WATTLE_STEP_RUNNING);
  if (!record_in_database (self, &error)) {
    /* The device is ours, so there is no way back: a full disk has to be freed. */
    wattle_job_set_step (job, STEP_DECISIONS, WATTLE_STEP_WAITING);
    wattle_job_wait (job, error);
    self->timer_id = g_timeout_add_seconds (STORE_RETRY, on_store_retry, self);
    return;
  }
  wattle_job_set_step (job, STEP_DECISIONS, WATTLE_STEP_DONE);
  wattle_services_log (self->services, self->record->id, "set-up", _ ("The device is yours now."));
  keep_password_check (self);
  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "device", "s", self->record->id);
  wattle_job_set_result (job, g_variant_dict_end (&result));
  g_signal_emit (self, signals[SIGNAL_COMMITTED], 0);
}

static void
commit (WattleSetupJob *self)
{
  self->committed = TRUE;
  self->uncertain = FALSE;
  wattle_job_resume (WATTLE_JOB (self));
  wattle_job_set_step (WATTLE_JOB (self), STEP_OWN, WATTLE_STEP_DONE);
  record_decisions (self);
}

/* --- not knowing --- */

static void
become_uncertain (WattleSetupJob *self, const GError *error)
{
  self->uncertain = TRUE;
  g_clear_error (&self->reason);
  self->reason = wattle_error_own (g_error_copy (error));
  drop_conversation (self);
  resolve (self);
}

static void
wait_for_device (WattleSetupJob *self)
{
  self->resolving = FALSE;
  drop_conversation (self);
  wattle_job_set_step (WATTLE_JOB (self), STEP_OWN, WATTLE_STEP_WAITING);
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
    roll_back (self, self->reason); /* the device has never taken the key */
  else
    wait_for_device (self);
}

static void
on_owner_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, NULL);

  if (self->ending || !self->resolving || link == NULL) {
    if (link != NULL)
      wattle_link_close (link);
    else if (self->resolving)
      wait_for_device (self);
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
      own (self);
    } else {
      roll_back (self, self->reason);
    }
    return;
  }
  if (self->peer == NULL || !wattle_peer_is_present (self->peer)) {
    wait_for_device (self);
    return;
  }
  self->resolving = TRUE;
  wattle_peer_connect_async (self->peer, WATTLE_CONNECT_INTERACTIVE, NULL, on_owner_linked, g_object_ref (self));
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
  g_set_object (&self->peer, peer);
  if (self->uncertain && !self->resolving && self->owner_key != NULL && self->advert_key != NULL)
    resolve (self);
  return ours;
}

void
wattle_setup_job_unit_is_unowned (WattleSetupJob *self, const char *unit_id)
{
  if (self->uncertain && !self->resolving && strcmp (unit_id, self->record->unit_id) == 0)
    roll_back (self, self->reason);
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
    roll_back (self, error);
}

static void
on_enrolled (WattleSetupJob *self, const wtl_EnrolReply *reply)
{
  self->record->owner_slot = reply->owner_slot;
  g_clear_pointer (&self->advert_key, g_bytes_unref);
  self->advert_key = wattle_secret_bytes_new (reply->advert_key, sizeof reply->advert_key);
  wattle_keyring_store_async (keyring (self), self->record->id, WATTLE_SECRET_ADVERT_KEY, self->record->name,
                              self->advert_key, WATTLE_KEYRING_QUIET, NULL, on_enrol_key_kept, g_object_ref (self));
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
    roll_back (self, error); /* it said no: nothing has changed there */
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
    roll_back (self, error);
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
    roll_back (self, error);
}

static void
on_relinked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, &error);

  if (link == NULL) {
    roll_back (self, error);
    return;
  }
  self->conversation = wattle_conversation_new (link);
  wattle_conversation_open_async (
      self->conversation, self->with == WATTLE_OPEN_CODE ? wtl_SECRET_KIND_SETUP_CODE : wtl_SECRET_KIND_PASSWORD, 0,
      self->secret, wattle_job_get_gcancellable (WATTLE_JOB (self)), on_reopened, g_object_ref (self));
}

static void
own (WattleSetupJob *self)
{
  wattle_job_set_step (WATTLE_JOB (self), STEP_OWN, WATTLE_STEP_RUNNING);
  if (self->conversation != NULL && wattle_conversation_is_open (self->conversation)) {
    send_request (self);
    return;
  }
  /* The connection was lost while the person was reading. */
  drop_conversation (self);
  wattle_peer_connect_async (self->peer, WATTLE_CONNECT_INTERACTIVE, wattle_job_get_gcancellable (WATTLE_JOB (self)),
                             on_relinked, g_object_ref (self));
}

/* --- keys --- */

static void
on_advert_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error)) {
    roll_back (self, error);
    return;
  }
  wattle_job_set_step (WATTLE_JOB (self), STEP_KEYS, WATTLE_STEP_DONE);
  own (self);
}

static void
on_owner_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  GCancellable *cancellable = wattle_job_get_gcancellable (WATTLE_JOB (self));
  g_autoptr (GError) error = NULL;

  if (!wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error)) {
    roll_back (self, error);
    return;
  }
  if (self->advert_key == NULL) { /* enrolling: the device has it */
    wattle_job_set_step (WATTLE_JOB (self), STEP_KEYS, WATTLE_STEP_DONE);
    own (self);
    return;
  }
  wattle_keyring_store_async (keyring (self), self->record->id, WATTLE_SECRET_ADVERT_KEY, self->record->name,
                              self->advert_key, WATTLE_KEYRING_INTERACTIVE, cancellable, on_advert_key_kept,
                              g_object_ref (self));
}

void
wattle_setup_job_start (WattleSetupJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  WattleDatabase *database;
  g_autoptr (GError) error = NULL;

  wattle_job_set_step (job, STEP_KEYS, WATTLE_STEP_RUNNING);
  self->owner_key = wattle_random_bytes (32);
  if (self->with == WATTLE_OPEN_CODE)
    self->advert_key = wattle_random_bytes (WTL_ADVERT_KEY_SIZE);
  database = wattle_services_get_database (self->services, &error);
  if (database == NULL || !wattle_setup_begin (database, self->record, self->peer, &error)) {
    self->ending = TRUE;
    drop_conversation (self);
    wattle_job_end (job, error);
    return;
  }
  wattle_keyring_store_async (keyring (self), self->record->id, WATTLE_SECRET_OWNER_KEY, self->record->name,
                              self->owner_key, WATTLE_KEYRING_INTERACTIVE, wattle_job_get_gcancellable (job),
                              on_owner_key_kept, g_object_ref (self));
}

/* --- taken up again --- */

static void
fail_to_load (WattleSetupJob *self, const GError *error)
{
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND)) {
    roll_back (self, self->reason); /* the device was never asked */
    return;
  }
  wattle_job_wait (WATTLE_JOB (self), error);
}

static void
on_advert_key_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  self->advert_key = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);
  if (self->advert_key == NULL) {
    fail_to_load (self, error);
    return;
  }
  wattle_job_set_step (WATTLE_JOB (self), STEP_KEYS, WATTLE_STEP_DONE);
  wait_for_device (self);
  g_signal_emit (self, signals[SIGNAL_KEYS_LOADED], 0); /* it may be in sight already */
}

static void
on_owner_key_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->owner_key, g_bytes_unref);
  self->owner_key = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);
  if (self->owner_key == NULL)
    fail_to_load (self, error);
  else
    wattle_keyring_lookup_async (keyring (self), self->record->id, WATTLE_SECRET_ADVERT_KEY, WATTLE_KEYRING_QUIET, NULL,
                                 on_advert_key_loaded, g_object_ref (self));
}

static void
load_keys (WattleSetupJob *self)
{
  wattle_keyring_lookup_async (keyring (self), self->record->id, WATTLE_SECRET_OWNER_KEY, WATTLE_KEYRING_QUIET, NULL,
                               on_owner_key_loaded, g_object_ref (self));
}

static void
on_keyring_state (WattleSetupJob *self)
{
  if (self->uncertain && self->advert_key == NULL && !self->ending
      && wattle_keyring_get_state (keyring (self)) == WATTLE_KEYRING_AVAILABLE)
    load_keys (self);
}

/* --- object --- */

static void
wattle_setup_job_dispose (GObject *object)
{
  WattleSetupJob *self = WATTLE_SETUP_JOB (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->conversation);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (wattle_setup_job_parent_class)->dispose (object);
}

static void
wattle_setup_job_finalize (GObject *object)
{
  WattleSetupJob *self = WATTLE_SETUP_JOB (object);

  g_clear_object (&self->services);
  g_clear_pointer (&self->record, wattle_device_record_free);
  g_clear_object (&self->passport);
  g_clear_pointer (&self->decisions, g_variant_unref);
  g_clear_object (&self->peer);
  g_free (self->hint);
  g_clear_pointer (&self->secret, g_bytes_unref);
  g_clear_pointer (&self->password, g_bytes_unref);
  g_clear_pointer (&self->owner_key, g_bytes_unref);
  g_clear_pointer (&self->advert_key, g_bytes_unref);
  g_clear_error (&self->reason);
  G_OBJECT_CLASS (wattle_setup_job_parent_class)->finalize (object);
}

static void
wattle_setup_job_class_init (WattleSetupJobClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_setup_job_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_setup_job_finalize;
  WATTLE_JOB_CLASS (klass)->kind = "setup";
  signals[SIGNAL_COMMITTED]
      = g_signal_new ("committed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_KEYS_LOADED]
      = g_signal_new ("keys-loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_setup_job_init (WattleSetupJob *self)
{
}

WattleJob *
wattle_setup_job_new (WattleServices *services, const WattleSetupParams *params)
{
  WattleSetupJob *self = g_object_new (WATTLE_TYPE_SETUP_JOB, NULL);
  const WattleOpened *opened = params->opened;
  WattleDeviceRecord *record = wattle_device_record_new ();
  g_autofree char *title = g_strdup_printf (_ ("Setting up %s"), params->name);

  self->services = g_object_ref (services);
  self->record = record;
  self->passport = g_object_ref (opened->passport);
  self->decisions = g_variant_ref (params->decisions);
  self->peer = g_object_ref (params->peer);
  g_set_object (&self->conversation, opened->conversation);
  self->with = opened->with;
  self->secret = g_bytes_ref (opened->secret);
  if (opened->with == WATTLE_OPEN_CODE)
    self->password = wattle_secret_bytes_new (params->password, strlen (params->password));
  record->stage = WATTLE_STAGE_SETTING_UP;
  g_free (record->name);
  record->name = g_strdup (params->name);
  g_free (record->unit_id);
  record->unit_id = g_strdup (opened->info.unit_id);
  record->product = opened->info.product;
  record->public_key = g_bytes_new (opened->info.public_key, sizeof opened->info.public_key);
  record->passport = g_bytes_ref (opened->passport_bytes);
  record->owner_slot = opened->with == WATTLE_OPEN_CODE ? 0 : SLOT_UNKNOWN;
  g_free (record->firmware_version);
  record->firmware_version = g_strdup (opened->info.firmware_version);
  record->consent_version = opened->info.consent_version;
  record->decisions = wattle_setup_decisions_to_json (params->decisions);
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_CANDIDATE, params->candidate, steps, N_STEPS);
  return WATTLE_JOB (self);
}

WattleJob *
wattle_setup_job_new_resumed (WattleServices *services, WattleDeviceRecord *record)
{
  WattleSetupJob *self = g_object_new (WATTLE_TYPE_SETUP_JOB, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Setting up %s"), record->name);

  self->services = g_object_ref (services);
  self->record = record;
  self->passport = wattle_passport_new_from_bytes (record->passport, NULL);
  self->decisions = wattle_setup_decisions_from_json (record->decisions);
  self->with = record->owner_slot == SLOT_UNKNOWN ? WATTLE_OPEN_PASSWORD : WATTLE_OPEN_CODE;
  self->hint = wattle_setup_load_place (wattle_services_get_database (services, NULL), record->id);
  self->uncertain = TRUE;
  self->reason = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                                      _ ("The set-up was interrupted. Bring the device near to finish it."));
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_DEVICE, record->id, steps, N_STEPS);
  wattle_job_set_cancellable (WATTLE_JOB (self), FALSE);
  g_signal_connect_object (keyring (self), "notify::state", G_CALLBACK (on_keyring_state), self, G_CONNECT_SWAPPED);
  if (self->with == WATTLE_OPEN_PASSWORD || self->passport == NULL)
    roll_back (self, self->reason);
  else
    load_keys (self);
  return WATTLE_JOB (self);
}

const char *
wattle_setup_job_get_device_id (WattleSetupJob *self)
{
  return self->record->id;
}

GBytes *
wattle_setup_job_get_advert_key (WattleSetupJob *self)
{
  return self->advert_key;
}

WattlePeer *
wattle_setup_job_get_peer (WattleSetupJob *self)
{
  return self->peer;
}
