/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives the plan: what is ready is begun, what fails waits for its occasion,
 * and when all is done the receipt is kept.
 */
#include "daemon/device/wipe.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "daemon/device/wipe-private.h"
#include "daemon/device/wire-error.h"
#include "privacy/receipt.h"

#define PAUSE_FIRST_S 5
#define PAUSE_LAST_S 3600

G_DEFINE_FINAL_TYPE (WattleWipeJob, wattle_wipe_job, WATTLE_TYPE_JOB)

#define CLOUD_DATA_STEP                                                                                                \
  {                                                                                                                    \
    "cloud-data", N_ ("Delete the device's data at the manufacturer's cloud")                                          \
  }
#define CLOUD_ACCOUNT_STEP                                                                                             \
  {                                                                                                                    \
    "cloud-account", N_ ("Delete the account at the manufacturer's cloud")                                             \
  }
#define DEVICE_STEP                                                                                                    \
  {                                                                                                                    \
    "device", N_ ("Wipe the device")                                                                                   \
  }
#define KEYRING_STEP                                                                                                   \
  {                                                                                                                    \
    "keyring", N_ ("Remove its keys from your keyring")                                                                \
  }
#define RECORDS_STEP                                                                                                   \
  {                                                                                                                    \
    "records", N_ ("Delete what this computer knows of it")                                                            \
  }

static const WattleStepSpec ordinary_steps[] = {
  CLOUD_DATA_STEP, CLOUD_ACCOUNT_STEP, DEVICE_STEP, KEYRING_STEP, RECORDS_STEP,
};
/* Of a lost device: in the order in which they come to pass. */
static const WattleStepSpec lost_steps[] = {
  { "traces", N_ ("Delete what this computer knows of you and the device") },
  CLOUD_DATA_STEP,
  CLOUD_ACCOUNT_STEP,
  { "spare-keys", N_ ("Remove all keys but those that wipe the device") },
  DEVICE_STEP,
  KEYRING_STEP,
  RECORDS_STEP,
};
G_STATIC_ASSERT (G_N_ELEMENTS (lost_steps) == WATTLE_WIPE_N_PLACES);

/* By WattleWipePlace: the act, and the step in each table. */
static const struct {
  void (*act) (WattleWipeJob *self);
  guint ordinary, lost;
} acts[WATTLE_WIPE_N_PLACES] = {
  [WATTLE_WIPE_CLOUD_DATA] = { wattle_wipe_cloud_data, 0, 1 },
  [WATTLE_WIPE_CLOUD_ACCOUNT] = { wattle_wipe_cloud_account, 1, 2 },
  [WATTLE_WIPE_DEVICE] = { wattle_wipe_device, 2, 4 },
  [WATTLE_WIPE_KEYRING] = { wattle_wipe_keyring, 3, 5 },
  [WATTLE_WIPE_RECORDS] = { wattle_wipe_records, 4, 6 },
  [WATTLE_WIPE_TRACES] = { wattle_wipe_traces, 0, 0 },
  [WATTLE_WIPE_SPARE_KEYS] = { wattle_wipe_spare_keys, 0, 3 },
};

/* --- what a client sees --- */

static WattleStepState
step_state (WattleWipeJob *self, WattleWipePlace place)
{
  switch (wattle_wipe_plan_get_state (self->plan, place)) {
    case WATTLE_WIPE_DONE:
      return WATTLE_STEP_DONE;
    case WATTLE_WIPE_NOT_NEEDED:
      return WATTLE_STEP_SKIPPED;
    case WATTLE_WIPE_GIVEN_UP:
      return WATTLE_STEP_GIVEN_UP;
    default:
      if (self->busy[place])
        return WATTLE_STEP_RUNNING;
      return self->errors[place] != NULL ? WATTLE_STEP_WAITING : WATTLE_STEP_PENDING;
  }
}

static void
show (WattleWipeJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  const GError *waits = NULL;
  gboolean lost = wattle_wipe_plan_is_lost (self->plan);
  gboolean busy = self->certifying;

  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES; place++) {
    if (wattle_wipe_plan_has_place (self->plan, place))
      wattle_job_set_step (job, lost ? acts[place].lost : acts[place].ordinary, step_state (self, place));
    busy = busy || self->busy[place];
    if (waits == NULL)
      waits = self->errors[place];
  }
  wattle_job_set_cancellable (job, wattle_wipe_plan_can_cancel (self->plan));
  if (busy)
    wattle_job_resume (job);
  else if (waits != NULL)
    wattle_job_wait (job, waits);
}

/* --- the end --- */

static char *
places_to_json (WattleWipeJob *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES; place++)
    if (wattle_wipe_plan_has_place (self->plan, place))
      json_object_set_string_member (object, wattle_wipe_place_name (place),
                                     wattle_wipe_confirmation_name (wattle_wipe_plan_get_state (self->plan, place)));
  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

/* Of the whole wipe: the journal ends with it.  Before, it is of what is wiped
 * so far, and replaced later. */
static gboolean
keep_receipt (WattleWipeJob *self, const char *certificate, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  g_autoptr (WattleReceiptRecord) receipt = wattle_receipt_record_new ();

  if (database == NULL)
    return FALSE;
  receipt->id = g_strdup (wattle_wipe_plan_get_id (self->plan));
  receipt->kind = g_strdup ("wipe");
  receipt->device = g_strdup ("");
  receipt->device_name = g_strdup (self->product_name);
  receipt->time = wattle_services_now (self->services);
  receipt->complete = wattle_wipe_plan_is_complete (self->plan);
  receipt->places = places_to_json (self);
  receipt->json = g_strdup (certificate);
  return receipt->complete ? wattle_wipes_finish (database, receipt->id, receipt, error)
                           : wattle_receipts_put (database, receipt, error);
}

static void
tell_receipt (WattleWipeJob *self)
{
  GVariantDict result;

  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "receipt", "s", wattle_wipe_plan_get_id (self->plan));
  wattle_job_set_result (WATTLE_JOB (self), g_variant_dict_end (&result));
}

static void
let_go (WattleWipeJob *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_handle_id (&self->peer_retry_id, g_source_remove);
  if (self->conversation != NULL)
    wattle_conversation_close (self->conversation);
  g_clear_object (&self->conversation);
  g_clear_object (&self->wiped_peer);
  g_ptr_array_set_size (self->peers, 0);
  if (self->device != NULL)
    g_signal_handlers_disconnect_by_data (wattle_device_get_session (self->device), self);
  self->stopped = TRUE;
}

static void
conclude (WattleWipeJob *self)
{
  g_autoptr (WattleDevice) device = NULL;
  g_autofree char *sentence = NULL;

  let_go (self);
  wattle_wipe_forget_certificate_key (self);
  sentence = g_strdup_printf (_ ("A device was wiped: %s. The receipt is kept."), self->product_name);
  wattle_services_log (self->services, "", "wiped", sentence);
  tell_receipt (self);
  device = g_steal_pointer (&self->device);
  show (self);
  wattle_job_end (WATTLE_JOB (self), NULL);
  if (device != NULL)
    wattle_device_emit_gone (device);
}

static void
on_certified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *certificate = wattle_wipe_certify_finish (self, result, &error);

  self->certifying = FALSE;
  if (self->stopped)
    return;
  if (certificate == NULL || !keep_receipt (self, certificate, &error)) {
    wattle_wipe_place_waits (self, WATTLE_WIPE_RECORDS, error, TRUE);
    return;
  }
  g_clear_error (&self->errors[WATTLE_WIPE_RECORDS]);
  if (wattle_wipe_plan_is_complete (self->plan)) {
    conclude (self);
    return;
  }
  self->interim_kept = TRUE;
  tell_receipt (self);
  wattle_wipe_advance (self);
}

/* Whether there is something to certify now: the end, or, of a lost device, all
 * that need not wait for it. */
static gboolean
is_time_to_certify (WattleWipeJob *self)
{
  if (wattle_wipe_plan_is_complete (self->plan))
    return TRUE;
  return wattle_wipe_plan_is_lost (self->plan) && !self->interim_kept && wattle_wipe_plan_waits_for_device (self->plan);
}

/* --- places --- */

static gboolean
on_retry (gpointer user_data)
{
  WattleWipeJob *self = user_data;

  self->retry_id = 0;
  wattle_wipe_advance (self);
  return G_SOURCE_REMOVE;
}

void
wattle_wipe_place_done (WattleWipeJob *self, WattleWipePlace place, WattleEvidence *evidence)
{
  g_autoptr (GError) error = NULL;
  gboolean kept = wattle_wipe_plan_finish (self->plan, place, evidence, wattle_services_now (self->services), &error);

  wattle_evidence_unref (evidence);
  self->busy[place] = FALSE;
  g_clear_error (&self->errors[place]);
  if (!kept) {
    wattle_wipe_place_waits (self, place, error, TRUE);
    return;
  }
  self->failures = 0;
  wattle_wipe_advance (self);
}

void
wattle_wipe_place_waits (WattleWipeJob *self, WattleWipePlace place, const GError *error, gboolean retry)
{
  guint pause = MIN (PAUSE_FIRST_S << MIN (self->failures, 10u), PAUSE_LAST_S);

  self->busy[place] = FALSE;
  g_clear_error (&self->errors[place]);
  self->errors[place] = wattle_error_own (g_error_copy (error));
  if (self->stopped)
    return;
  self->tries[place]++;
  if (retry && self->retry_id == 0) {
    self->failures++;
    self->retry_id = g_timeout_add ((guint)(pause * 1000.0 * g_random_double_range (0.5, 1.5)), on_retry, self);
  }
  show (self);
}

gboolean
wattle_wipe_place_start (WattleWipeJob *self, WattleWipePlace place)
{
  g_autoptr (GError) error = NULL;

  if (wattle_wipe_plan_start (self->plan, place, &error)) {
    wattle_job_set_cancellable (WATTLE_JOB (self), wattle_wipe_plan_can_cancel (self->plan));
    return TRUE;
  }
  wattle_wipe_place_waits (self, place, error, TRUE);
  return FALSE;
}

void
wattle_wipe_place_skip (WattleWipeJob *self, WattleWipePlace place)
{
  g_autoptr (GError) error = NULL;

  self->busy[place] = FALSE;
  g_clear_error (&self->errors[place]);
  if (wattle_wipe_plan_skip (self->plan, place, &error))
    wattle_wipe_advance (self);
  else
    wattle_wipe_place_waits (self, place, error, TRUE);
}

void
wattle_wipe_advance (WattleWipeJob *self)
{
  g_autoptr (WattleWipeJob) ref = g_object_ref (self);

  if (self->stopped || !self->started || wattle_job_is_over (WATTLE_JOB (self)))
    return;
  if (!self->certifying && is_time_to_certify (self)) {
    self->certifying = TRUE;
    wattle_wipe_certify_async (self, on_certified, g_object_ref (self));
  }
  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES && !self->stopped; place++) {
    if (self->busy[place] || !wattle_wipe_plan_is_ready (self->plan, place))
      continue;
    self->busy[place] = TRUE;
    acts[place].act (self);
  }
  if (!self->stopped)
    show (self);
}

/* --- object --- */

static gboolean
wattle_wipe_job_cancel (WattleJob *job, GError **error)
{
  WattleWipeJob *self = WATTLE_WIPE_JOB (job);
  g_autoptr (WattleDevice) device = NULL;
  g_autoptr (GError) cancelled = wattle_error_cancelled ();
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL || !wattle_wipe_plan_cancel (self->plan, error)
      || !wattle_wipes_finish (database, wattle_wipe_plan_get_id (self->plan), NULL, error))
    return FALSE;
  let_go (self);
  wattle_keyring_clear_async (wattle_services_get_keyring (self->services), wattle_wipe_plan_get_id (self->plan),
                              WATTLE_SECRET_NEXT_CODE, WATTLE_KEYRING_QUIET, NULL, NULL, NULL);
  wattle_wipe_forget_certificate_key (self);
  device = g_steal_pointer (&self->device);
  wattle_job_end (job, cancelled);
  if (device != NULL)
    wattle_device_set_wipe_job (device, NULL);
  return TRUE;
}

static void
wattle_wipe_job_finalize (GObject *object)
{
  WattleWipeJob *self = WATTLE_WIPE_JOB (object);

  let_go (self);
  g_clear_object (&self->device);
  g_clear_object (&self->services);
  g_clear_object (&self->plan);
  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES; place++)
    g_clear_error (&self->errors[place]);
  g_hash_table_unref (self->strangers);
  g_ptr_array_unref (self->peers);
  g_free (self->device_id);
  g_free (self->product_name);
  g_free (self->passport_sha256);
  g_free (self->about);
  g_clear_pointer (&self->certificate_key, g_bytes_unref);
  G_OBJECT_CLASS (wattle_wipe_job_parent_class)->finalize (object);
}

static void
wattle_wipe_job_class_init (WattleWipeJobClass *klass)
{
  g_signal_new ("stranger", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                WATTLE_TYPE_PEER);

  G_OBJECT_CLASS (klass)->finalize = wattle_wipe_job_finalize;
  WATTLE_JOB_CLASS (klass)->kind = "wipe";
  WATTLE_JOB_CLASS (klass)->cancel = wattle_wipe_job_cancel;
}

static void
wattle_wipe_job_init (WattleWipeJob *self)
{
  self->strangers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
}

/* What is common to a new one and one taken up again; @plan is taken. */
static WattleWipeJob *
job_new (WattleServices *services, WattleDevice *device, const WattleWipeRecord *about, WattleWipePlan *plan)
{
  WattleWipeJob *self = g_object_new (WATTLE_TYPE_WIPE_JOB, NULL);
  gboolean lost = wattle_wipe_plan_is_lost (plan);
  const char *name = device != NULL && !lost ? wattle_device_get_name (device) : about->product_name;
  g_autofree char *title = g_strdup_printf (_ ("Wiping %s"), name);

  self->services = g_object_ref (services);
  g_set_object (&self->device, device);
  self->device_id = g_strdup (about->device);
  self->product_name = g_strdup (about->product_name);
  self->passport_sha256 = g_strdup (about->passport_sha256);
  self->about = g_strdup (about->about);
  self->product = about->product;
  self->plan = plan;
  self->journal = (WattleWipeJournal){
    .database = wattle_services_get_database (services, NULL),
    .device = self->device_id,
    .product = self->product,
    .product_name = self->product_name,
    .passport_sha256 = self->passport_sha256,
    .about = self->about,
  };
  wattle_wipe_plan_set_journal (plan, wattle_wipe_journal_write, &self->journal);
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_DEVICE, self->device_id,
                    lost ? lost_steps : ordinary_steps,
                    lost ? G_N_ELEMENTS (lost_steps) : G_N_ELEMENTS (ordinary_steps));
  wattle_job_set_cancellable (WATTLE_JOB (self), wattle_wipe_plan_can_cancel (plan));
  return self;
}

gboolean
wattle_wipe_job_begin (WattleDevice *device, gboolean lost, GError **error)
{
  const WattleDeviceRecord *record = wattle_device_get_record (device);
  WattleServices *services = wattle_device_get_services (device);
  WattlePassport *passport = wattle_device_get_passport (device);
  gboolean account = wattle_cloud_has_account (wattle_device_get_cloud (device));
  guint not_needed = account ? 0 : 1 << WATTLE_WIPE_CLOUD_DATA | 1 << WATTLE_WIPE_CLOUD_ACCOUNT;
  g_autofree char *certificate_about = wattle_wipe_about (passport, wattle_services_get_language (services), account);
  g_autofree char *sha256 = wattle_device_record_passport_sha256 (record);
  WattleWipeRecord about = {
    .device = record->id,
    .product = record->product,
    .product_name = (char *)wattle_passport_get_name (passport, "en"),
    .passport_sha256 = sha256,
    .about = certificate_about,
  };
  g_autoptr (WattleWipeJob) self = NULL;
  WattleWipePlan *plan;

  if (wattle_services_get_database (services, error) == NULL)
    return FALSE;
  plan = wattle_wipe_plan_new (not_needed, wattle_services_now (services));
  if (lost)
    wattle_wipe_plan_declare_lost (plan, NULL);
  self = job_new (services, device, &about, plan);
  self->certificate_key = wattle_wipe_certificate_key_new (plan);
  if (!wattle_wipe_plan_begin (self->plan, error))
    return FALSE;
  wattle_services_log (services, record->id, "wipe-started", _ ("You started to wipe the device."));
  wattle_device_set_wipe_job (device, WATTLE_JOB (self));
  wattle_wipe_job_start (self);
  return TRUE;
}

WattleJob *
wattle_wipe_job_new_resumed (WattleServices *services, const WattleWipeRecord *record, WattleDevice *device,
                             GError **error)
{
  WattleWipePlan *plan = wattle_wipe_plan_new_from_json (record->plan, -1, error);

  return plan == NULL ? NULL : WATTLE_JOB (job_new (services, device, record, plan));
}

gboolean
wattle_wipe_job_declare_lost (WattleWipeJob *self, GError **error)
{
  if (wattle_wipe_plan_is_lost (self->plan))
    return TRUE;
  if (!wattle_wipe_plan_declare_lost (self->plan, error))
    return FALSE;
  wattle_job_set_steps (WATTLE_JOB (self), lost_steps, G_N_ELEMENTS (lost_steps));
  wattle_wipe_advance (self);
  return TRUE;
}

static void
go (WattleWipeJob *self)
{
  self->started = TRUE;
  wattle_wipe_advance (self);
}

void
wattle_wipe_job_start (WattleWipeJob *self)
{
  if (self->device != NULL)
    g_signal_connect_swapped (wattle_device_get_session (self->device), "connected", G_CALLBACK (wattle_wipe_advance),
                              self);
  g_signal_connect_object (wattle_services_get_keyring (self->services), "notify::state",
                           G_CALLBACK (wattle_wipe_advance), self, G_CONNECT_SWAPPED);
  if (self->certificate_key != NULL)
    wattle_wipe_keep_certificate_key (self, go);
  else
    go (self);
}

void
wattle_wipe_job_stop (WattleWipeJob *self)
{
  g_cancellable_cancel (wattle_job_get_gcancellable (WATTLE_JOB (self)));
  let_go (self);
  g_clear_object (&self->device);
}

/* --- what it would do --- */

void
wattle_wipe_describe (WattleDevice *device, GVariant **places, char ***remains)
{
  static const char *const sentences[WATTLE_WIPE_N_PLACES] = {
    N_ ("The manufacturer's cloud deletes every reading of the device and confirms it."),
    N_ ("The manufacturer's cloud deletes the account that was made for the device. Nobody can read its backups after "
        "that."),
    N_ ("The device forgets you: readings, settings, password and keys. It shows a fresh code for its next owner."),
    N_ ("The device's keys are removed from your keyring. The next owner's code stays until you have handed it on."),
    N_ ("This computer deletes the device's readings, your decisions and its log. The receipt stays."),
  };
  WattlePassport *passport = wattle_device_get_passport (device);
  gboolean account = wattle_cloud_has_account (wattle_device_get_cloud (device));
  const char *language = wattle_services_get_language (wattle_device_get_services (device));
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();
  g_auto (GStrv) third = wattle_passport_get_third_parties (passport, language);

  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES; place++)
    if (sentences[place] != NULL
        && (account || (place != WATTLE_WIPE_CLOUD_DATA && place != WATTLE_WIPE_CLOUD_ACCOUNT)))
      g_variant_builder_add (&builder, "(ss)", wattle_wipe_place_name (place), gettext (sentences[place]));
  if (account)
    for (guint i = 0; third[i] != NULL; i++)
      g_strv_builder_add (rest, third[i]);
  g_strv_builder_add (rest, _ ("Files that you exported yourself stay where you put them."));
  *places = g_variant_ref_sink (g_variant_builder_end (&builder));
  *remains = g_strv_builder_end (rest);
}
