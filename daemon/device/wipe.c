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

/* By WattleWipePlace. */
static const WattleStepSpec steps[WATTLE_WIPE_N_PLACES] = {
  { "cloud-data", N_ ("Delete the device's data at the manufacturer's cloud") },
  { "cloud-account", N_ ("Delete the account at the manufacturer's cloud") },
  { "device", N_ ("Wipe the device") },
  { "keyring", N_ ("Remove its keys from your keyring") },
  { "records", N_ ("Delete what this computer knows of it") },
};

static void (*const acts[WATTLE_WIPE_N_PLACES]) (WattleWipeJob *self) = {
  wattle_wipe_cloud_data, wattle_wipe_cloud_account, wattle_wipe_device, wattle_wipe_keyring, wattle_wipe_records,
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
  gboolean busy = FALSE;

  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES; place++) {
    wattle_job_set_step (job, place, step_state (self, place));
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
    json_object_set_string_member (object, wattle_wipe_place_name (place),
                                   wattle_wipe_plan_get_state (self->plan, place) == WATTLE_WIPE_DONE ? "confirmed"
                                                                                                      : "not-needed");
  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

static gboolean
keep_receipt (WattleWipeJob *self, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  g_autoptr (WattleReceiptRecord) receipt = wattle_receipt_record_new ();

  if (database == NULL)
    return FALSE;
  g_free (receipt->id);
  receipt->id = g_strdup (wattle_wipe_plan_get_id (self->plan));
  g_free (receipt->kind);
  receipt->kind = g_strdup ("wipe");
  g_free (receipt->device);
  receipt->device = g_strdup (self->device_id);
  g_free (receipt->device_name);
  receipt->device_name = g_strdup (self->product_name);
  receipt->time = wattle_services_now (self->services);
  receipt->complete = TRUE;
  g_free (receipt->places);
  receipt->places = places_to_json (self);
  g_free (receipt->json);
  receipt->json = wattle_wipe_receipt_compose (self->plan, self->product, self->passport_sha256);
  return wattle_wipes_finish (database, receipt->id, receipt, error);
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
  if (self->device != NULL)
    g_signal_handlers_disconnect_by_data (wattle_device_get_session (self->device), self);
  self->stopped = TRUE;
}

static void
conclude (WattleWipeJob *self)
{
  g_autoptr (WattleDevice) device = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  GVariantDict result;

  if (!keep_receipt (self, &error)) {
    wattle_wipe_place_waits (self, WATTLE_WIPE_RECORDS, error, TRUE);
    return;
  }
  let_go (self);
  sentence = g_strdup_printf (_ ("A device was wiped: %s. The receipt is kept."), self->product_name);
  wattle_services_log (self->services, "", "wiped", sentence);
  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "receipt", "s", wattle_wipe_plan_get_id (self->plan));
  wattle_job_set_result (WATTLE_JOB (self), g_variant_dict_end (&result));
  device = g_steal_pointer (&self->device);
  show (self);
  wattle_job_end (WATTLE_JOB (self), NULL);
  if (device != NULL)
    wattle_device_emit_gone (device);
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
  if (wattle_wipe_plan_is_complete (self->plan)) {
    conclude (self);
    return;
  }
  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES && !self->stopped; place++) {
    if (self->busy[place] || !wattle_wipe_plan_is_ready (self->plan, place))
      continue;
    self->busy[place] = TRUE;
    acts[place](self);
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
  g_free (self->device_id);
  g_free (self->product_name);
  g_free (self->passport_sha256);
  G_OBJECT_CLASS (wattle_wipe_job_parent_class)->finalize (object);
}

static void
wattle_wipe_job_class_init (WattleWipeJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_wipe_job_finalize;
  WATTLE_JOB_CLASS (klass)->kind = "wipe";
  WATTLE_JOB_CLASS (klass)->cancel = wattle_wipe_job_cancel;
}

static void
wattle_wipe_job_init (WattleWipeJob *self)
{
  self->strangers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* What is common to a new one and one taken up again; @plan is taken. */
static WattleWipeJob *
job_new (WattleServices *services, WattleDevice *device, const WattleWipeRecord *about, WattleWipePlan *plan)
{
  WattleWipeJob *self = g_object_new (WATTLE_TYPE_WIPE_JOB, NULL);
  const char *name = device != NULL ? wattle_device_get_name (device) : about->product_name;
  g_autofree char *title = g_strdup_printf (_ ("Wiping %s"), name);

  self->services = g_object_ref (services);
  g_set_object (&self->device, device);
  self->device_id = g_strdup (about->device);
  self->product_name = g_strdup (about->product_name);
  self->passport_sha256 = g_strdup (about->passport_sha256);
  self->product = about->product;
  self->plan = plan;
  self->journal = (WattleWipeJournal){
    .database = wattle_services_get_database (services, NULL),
    .device = self->device_id,
    .product = self->product,
    .product_name = self->product_name,
    .passport_sha256 = self->passport_sha256,
  };
  wattle_wipe_plan_set_journal (plan, wattle_wipe_journal_write, &self->journal);
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_DEVICE, self->device_id, steps, WATTLE_WIPE_N_PLACES);
  wattle_job_set_cancellable (WATTLE_JOB (self), wattle_wipe_plan_can_cancel (plan));
  return self;
}

gboolean
wattle_wipe_job_begin (WattleDevice *device, GError **error)
{
  const WattleDeviceRecord *record = wattle_device_get_record (device);
  WattleServices *services = wattle_device_get_services (device);
  WattlePassport *passport = wattle_device_get_passport (device);
  guint not_needed = wattle_cloud_has_account (wattle_device_get_cloud (device))
                         ? 0
                         : 1 << WATTLE_WIPE_CLOUD_DATA | 1 << WATTLE_WIPE_CLOUD_ACCOUNT;
  g_autofree char *sha256 = wattle_device_record_passport_sha256 (record);
  WattleWipeRecord about = {
    .device = record->id,
    .product = record->product,
    .product_name = (char *)wattle_passport_get_name (passport, "en"),
    .passport_sha256 = sha256,
  };
  g_autoptr (WattleWipeJob) self = NULL;

  if (wattle_services_get_database (services, error) == NULL)
    return FALSE;
  self = job_new (services, device, &about, wattle_wipe_plan_new (not_needed, wattle_services_now (services)));
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

void
wattle_wipe_job_start (WattleWipeJob *self)
{
  self->started = TRUE;
  if (self->device != NULL)
    g_signal_connect_swapped (wattle_device_get_session (self->device), "connected", G_CALLBACK (wattle_wipe_advance),
                              self);
  g_signal_connect_object (wattle_services_get_keyring (self->services), "notify::state",
                           G_CALLBACK (wattle_wipe_advance), self, G_CONNECT_SWAPPED);
  wattle_wipe_advance (self);
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
    N_ ("The manufacturer's cloud deletes the account that was made for the device, and its backups become "
        "unreadable."),
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
    if (account || (place != WATTLE_WIPE_CLOUD_DATA && place != WATTLE_WIPE_CLOUD_ACCOUNT))
      g_variant_builder_add (&builder, "(ss)", wattle_wipe_place_name (place), gettext (sentences[place]));
  if (account)
    for (guint i = 0; third[i] != NULL; i++)
      g_strv_builder_add (rest, third[i]);
  g_strv_builder_add (rest, _ ("Files that you exported yourself stay where you put them."));
  *places = g_variant_ref_sink (g_variant_builder_end (&builder));
  *remains = g_strv_builder_end (rest);
}
