/* SPDX-License-Identifier: Apache-2.0 */
/* The set-up's keys, in the keyring before the device hears of them. */
#include "daemon/device/setup-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/random.h"
#include "daemon/device/setup-store.h"
#include "daemon/device/wire-error.h"
#include "daemon/store/keyring.h"
#include "pairing/secret.h"

static const WattleStepSpec steps[WATTLE_SETUP_N_STEPS] = {
  { "keys", N_ ("Put the device's key into your keyring") },
  { "own", N_ ("Make the device yours") },
  { "decisions", N_ ("Record your decisions") },
  { "device", N_ ("Tell the device your decisions") },
  { "cloud", N_ ("Tell the manufacturer's cloud your decisions") },
};

G_DEFINE_FINAL_TYPE (WattleSetupJob, wattle_setup_job, WATTLE_TYPE_JOB)

enum { SIGNAL_COMMITTED, SIGNAL_KEYS_LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];

WattleKeyring *
wattle_setup_keyring (WattleSetupJob *self)
{
  return wattle_services_get_keyring (self->services);
}

void
wattle_setup_drop_conversation (WattleSetupJob *self)
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
void
wattle_setup_roll_back (WattleSetupJob *self, const GError *error)
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
  wattle_setup_drop_conversation (self);
  wattle_keyring_clear_device_async (wattle_setup_keyring (self), self->record->id, WATTLE_KEYRING_QUIET, NULL,
                                     on_keys_cleared, g_object_ref (self));
}

/* --- keys --- */

static void
on_advert_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error)) {
    wattle_setup_roll_back (self, error);
    return;
  }
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_KEYS, WATTLE_STEP_DONE);
  wattle_setup_own (self);
}

static void
on_owner_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  GCancellable *cancellable = wattle_job_get_gcancellable (WATTLE_JOB (self));
  g_autoptr (GError) error = NULL;

  if (!wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error)) {
    wattle_setup_roll_back (self, error);
    return;
  }
  if (self->advert_key == NULL) { /* enrolling: the device has it */
    wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_KEYS, WATTLE_STEP_DONE);
    wattle_setup_own (self);
    return;
  }
  wattle_keyring_store_async (wattle_setup_keyring (self), self->record->id, WATTLE_SECRET_ADVERT_KEY,
                              self->record->name, self->advert_key, WATTLE_KEYRING_INTERACTIVE, cancellable,
                              on_advert_key_kept, g_object_ref (self));
}

/* With the points that it would otherwise cost at each connection.  The key alone
 * serves as well, should they not be had. */
static GBytes *
make_owner_key (void)
{
  GBytes *key = wattle_random_bytes (WTL_OWNER_KEY_SIZE);
  guint8 full[WTL_OWNER_KEY_FULL_SIZE];

  if (wtl_owner_key_precompute (g_bytes_get_data (key, NULL), wattle_random_port, NULL, full) == WTL_OK) {
    g_bytes_unref (key);
    key = wattle_secret_bytes_new (full, sizeof full);
  }
  wtl_wipe (full, sizeof full);
  return key;
}

void
wattle_setup_job_start (WattleSetupJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  WattleDatabase *database;
  g_autoptr (GError) error = NULL;

  wattle_job_set_step (job, WATTLE_SETUP_KEYS, WATTLE_STEP_RUNNING);
  self->owner_key = make_owner_key ();
  if (self->with == WATTLE_OPEN_CODE)
    self->advert_key = wattle_random_bytes (WTL_ADVERT_KEY_SIZE);
  database = wattle_services_get_database (self->services, &error);
  if (database == NULL || !wattle_setup_begin (database, self->record, self->peer, &error)) {
    self->ending = TRUE;
    wattle_setup_drop_conversation (self);
    wattle_job_end (job, error);
    return;
  }
  wattle_keyring_store_async (wattle_setup_keyring (self), self->record->id, WATTLE_SECRET_OWNER_KEY,
                              self->record->name, self->owner_key, WATTLE_KEYRING_INTERACTIVE,
                              wattle_job_get_gcancellable (job), on_owner_key_kept, g_object_ref (self));
}

/* --- taken up again --- */

static void
fail_to_load (WattleSetupJob *self, const GError *error)
{
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND)) {
    wattle_setup_roll_back (self, self->reason); /* the device was never asked */
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
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_KEYS, WATTLE_STEP_DONE);
  wattle_setup_wait_for_device (self);
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
    wattle_keyring_lookup_async (wattle_setup_keyring (self), self->record->id, WATTLE_SECRET_ADVERT_KEY,
                                 WATTLE_KEYRING_QUIET, NULL, on_advert_key_loaded, g_object_ref (self));
}

static void
load_keys (WattleSetupJob *self)
{
  wattle_keyring_lookup_async (wattle_setup_keyring (self), self->record->id, WATTLE_SECRET_OWNER_KEY,
                               WATTLE_KEYRING_QUIET, NULL, on_owner_key_loaded, g_object_ref (self));
}

static void
on_keyring_state (WattleSetupJob *self)
{
  if (self->uncertain && self->advert_key == NULL && !self->ending
      && wattle_keyring_get_state (wattle_setup_keyring (self)) == WATTLE_KEYRING_AVAILABLE)
    load_keys (self);
}

/* --- object --- */

static void
wattle_setup_job_dispose (GObject *object)
{
  WattleSetupJob *self = WATTLE_SETUP_JOB (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->looking);
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
  record->owner_slot = opened->with == WATTLE_OPEN_CODE ? 0 : WATTLE_SETUP_SLOT_UNKNOWN;
  g_free (record->firmware_version);
  record->firmware_version = g_strdup (opened->info.firmware_version);
  record->consent_version = opened->info.consent_version;
  record->decisions = wattle_setup_decisions_to_json (params->decisions);
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_CANDIDATE, params->candidate, steps, WATTLE_SETUP_N_STEPS);
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
  self->with = record->owner_slot == WATTLE_SETUP_SLOT_UNKNOWN ? WATTLE_OPEN_PASSWORD : WATTLE_OPEN_CODE;
  self->hint = wattle_setup_load_place (wattle_services_get_database (services, NULL), record->id);
  self->uncertain = TRUE;
  self->reason = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                                      _ ("The set-up was interrupted. Bring the device near to finish it."));
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_DEVICE, record->id, steps, WATTLE_SETUP_N_STEPS);
  wattle_job_set_cancellable (WATTLE_JOB (self), FALSE);
  g_signal_connect_object (wattle_setup_keyring (self), "notify::state", G_CALLBACK (on_keyring_state), self,
                           G_CONNECT_SWAPPED);
  if (self->with == WATTLE_OPEN_PASSWORD || self->passport == NULL)
    wattle_setup_roll_back (self, self->reason);
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
