/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision is one transaction: the ledger's record, what device and cloud
 * are owed, and what is deleted here.
 */
#include "daemon/device/consent-private.h"
#include "daemon/device/consent-receipts.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/store/ledger-store.h"
#include "daemon/store/readings.h"
#include "privacy/notice.h"

#define VERSION_AHEAD_MAX 1000000u /* of a device's consent version above ours */

struct _WattleConsent {
  GObject parent_instance;

  WattleServices *services;
  WattlePassport *passport;
  char *device;
  char *chain;
  char *unit_id;
  guint8 public_key[65];
  WattleLedger *ledger; /* NULL = not loaded */
  gboolean has_account;
  gboolean wiping;
};

G_DEFINE_FINAL_TYPE (WattleConsent, wattle_consent, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const delivery_states[] = { "not-needed", "outstanding", "confirmed" };

typedef struct {
  const char *event;
  const char *sentence; /* %s: the purpose's title */
} DecisionLog;

static const DecisionLog decision_log[] = {
  [WATTLE_CONSENT_GIVEN] = { "consent-given", N_ ("You allowed: %s.") },
  [WATTLE_CONSENT_REFUSED] = { "consent-refused", N_ ("You said no to: %s.") },
  [WATTLE_CONSENT_WITHDRAWN] = { "consent-withdrawn", N_ ("You took back your consent to: %s.") },
};

static WattleLedger *
get_ledger (WattleConsent *self, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database != NULL && self->ledger == NULL)
    self->ledger = wattle_ledger_store_load (database, self->chain, error);
  return database == NULL ? NULL : self->ledger;
}

static void
log_decision (WattleConsent *self, const WattlePurpose *purpose, WattleConsentState state)
{
  const char *title = wattle_purpose_get_title (purpose, wattle_services_get_language (self->services));
  g_autofree char *sentence = g_strdup_printf (gettext (decision_log[state].sentence), title);

  wattle_services_log (self->services, self->device, decision_log[state].event, sentence);
}

/* --- what is owed --- */

static char **
given_ids (WattleConsent *self, WattleLedger *ledger, gboolean cloud_only)
{
  g_auto (GStrv) given = wattle_ledger_get_given (ledger);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; given[i] != NULL; i++) {
    const WattlePurpose *purpose = wattle_passport_find_purpose (self->passport, given[i]);

    if (purpose != NULL && (!cloud_only || wattle_purpose_uses_cloud (purpose)))
      g_strv_builder_add (builder, given[i]);
  }
  return g_strv_builder_end (builder);
}

static gboolean
owe (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, WattlePlace place, guint32 version,
     GError **error)
{
  g_auto (GStrv) ids = given_ids (self, ledger, place == WATTLE_PLACE_CLOUD);
  WattleDelivery delivery = {
    .device = self->device,
    .place = place,
    .version = version,
    .allowed = wattle_ledger_get_allowed (ledger, self->passport),
    .allowed_ids = ids,
    .record_sha256 = (char *)wattle_ledger_get_head (ledger),
    .since = wattle_services_now (self->services),
  };

  return wattle_deliveries_add (database, &delivery, error);
}

/* Part of the caller's transaction. */
static gboolean
owe_all (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, GError **error)
{
  guint32 version = wattle_devices_next_consent_version (database, self->device, error);

  if (version == 0 || !owe (self, ledger, database, WATTLE_PLACE_DEVICE, version, error))
    return FALSE;
  if (!wattle_passport_has_cloud (self->passport) || !(self->has_account || wattle_consent_wants_cloud (self)))
    return TRUE;
  return owe (self, ledger, database, WATTLE_PLACE_CLOUD, version, error);
}

/* --- deciding --- */

static const WattlePurpose *
find_purpose (WattlePassport *passport, const char *id, GError **error)
{
  const WattlePurpose *purpose = wattle_passport_find_purpose (passport, id);

  if (purpose == NULL)
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("This device has no use of data named “%s”."), id);
  else if (!wattle_purpose_needs_consent (purpose))
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                         _ ("The device needs this to do its job, so there is nothing to decide."));
  else
    return purpose;
  return NULL;
}

/* Part of the caller's transaction. */
static gboolean
decide_in_transaction (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database,
                       const WattlePurpose *purpose, WattleConsentState state, gboolean *changed, GError **error)
{
  const char *language = wattle_services_get_language (self->services);
  g_autofree char *shown = wattle_notice_language (self->passport, language);
  guint64 before = wattle_ledger_get_n_records (ledger);
  const WattleLedgerRecord *record;

  record = wattle_ledger_decide (ledger, self->passport, wattle_purpose_get_id (purpose), state, shown,
                                 wattle_services_now (self->services), error);
  if (record == NULL)
    return FALSE;
  *changed = wattle_ledger_get_n_records (ledger) != before;
  if (!*changed)
    return TRUE;
  if (!wattle_consent_receipt_keep (database, self->device, ledger, record->sequence, error))
    return FALSE;
  if (state != WATTLE_CONSENT_GIVEN && wattle_purpose_get_bit (purpose) != 0
      && !wattle_readings_clear_purposes (database, self->device, wattle_purpose_get_bit (purpose), NULL, error))
    return FALSE;
  return TRUE;
}

static gboolean
decide (WattleConsent *self, const char *id, WattleConsentState state, GError **error)
{
  WattleLedger *ledger;
  WattleDatabase *database;
  const WattlePurpose *purpose = find_purpose (self->passport, id, error);
  gboolean changed = FALSE;

  if (purpose == NULL)
    return FALSE;
  if (self->wiping) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                         _ ("This device is being wiped, so there is nothing left to decide."));
    return FALSE;
  }
  ledger = get_ledger (self, error);
  if (ledger == NULL)
    return FALSE;
  database = wattle_services_get_database (self->services, NULL);
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!decide_in_transaction (self, ledger, database, purpose, state, &changed, error)
      || (changed && !owe_all (self, ledger, database, error))) {
    wattle_database_rollback (database);
    g_clear_object (&self->ledger); /* it may be ahead of the store */
    return FALSE;
  }
  if (!wattle_database_commit (database, error)) {
    g_clear_object (&self->ledger);
    return FALSE;
  }
  if (changed) {
    log_decision (self, purpose, state);
    wattle_consent_changed (self);
  }
  return TRUE;
}

/* --- object --- */

static void
wattle_consent_finalize (GObject *object)
{
  WattleConsent *self = WATTLE_CONSENT (object);

  g_clear_object (&self->services);
  g_clear_object (&self->passport);
  g_clear_object (&self->ledger);
  g_free (self->device);
  g_free (self->chain);
  g_free (self->unit_id);
  G_OBJECT_CLASS (wattle_consent_parent_class)->finalize (object);
}

static void
wattle_consent_class_init (WattleConsentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_consent_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_consent_init (WattleConsent *self)
{
}

WattleConsent *
wattle_consent_new (WattleServices *services, const WattleDeviceRecord *record, WattlePassport *passport)
{
  WattleConsent *self = g_object_new (WATTLE_TYPE_CONSENT, NULL);
  gsize len = 0;
  const guint8 *key = g_bytes_get_data (record->public_key, &len);

  self->services = g_object_ref (services);
  self->passport = g_object_ref (passport);
  self->device = g_strdup (record->id);
  self->chain = g_strdup (record->chain);
  self->unit_id = g_strdup (record->unit_id);
  self->has_account = record->cloud_account != NULL;
  if (len == sizeof self->public_key)
    memcpy (self->public_key, key, len);
  return self;
}

const char *
wattle_delivery_state_name (WattleDeliveryState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (delivery_states), NULL);
  return delivery_states[state];
}

WattlePassport *
wattle_consent_get_passport (WattleConsent *self)
{
  return self->passport;
}

static WattleDeliveryState
delivery_state (WattleLedger *ledger, const WattlePurpose *purpose, WattleEvidenceKind by)
{
  return wattle_ledger_is_confirmed (ledger, wattle_purpose_get_id (purpose), by, NULL) ? WATTLE_DELIVERY_CONFIRMED
                                                                                        : WATTLE_DELIVERY_OUTSTANDING;
}

static void
fill_status (WattleConsent *self, WattleLedger *ledger, WattlePurposeStatus *status)
{
  const WattlePurpose *purpose = status->purpose;
  WattleConsentState state;

  if (!wattle_purpose_needs_consent (purpose)) {
    status->state = "needed";
    return;
  }
  state = ledger == NULL ? WATTLE_CONSENT_NOT_ASKED
                         : wattle_ledger_get_state (ledger, wattle_purpose_get_id (purpose), &status->since);
  status->state = wattle_consent_state_name (state);
  if (state == WATTLE_CONSENT_NOT_ASKED)
    return;
  if (wattle_purpose_get_number (purpose) != 0)
    status->device = delivery_state (ledger, purpose, WATTLE_EVIDENCE_DEVICE);
  if (wattle_purpose_uses_cloud (purpose) && (self->has_account || state == WATTLE_CONSENT_GIVEN))
    status->cloud = delivery_state (ledger, purpose, WATTLE_EVIDENCE_CLOUD);
  if (status->device == WATTLE_DELIVERY_OUTSTANDING || status->cloud == WATTLE_DELIVERY_OUTSTANDING)
    status->outstanding_since = status->since;
}

GPtrArray *
wattle_consent_list (WattleConsent *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  WattleLedger *ledger = get_ledger (self, NULL);

  for (guint i = 0; i < wattle_passport_get_n_purposes (self->passport); i++) {
    WattlePurposeStatus *status = g_new0 (WattlePurposeStatus, 1);

    status->purpose = wattle_passport_get_purpose (self->passport, i);
    fill_status (self, ledger, status);
    g_ptr_array_add (list, status);
  }
  return list;
}

gboolean
wattle_consent_give (WattleConsent *self, const char *purpose, GError **error)
{
  return decide (self, purpose, WATTLE_CONSENT_GIVEN, error);
}

gboolean
wattle_consent_withdraw (WattleConsent *self, const char *purpose, GError **error)
{
  return decide (self, purpose, WATTLE_CONSENT_WITHDRAWN, error);
}

char *
wattle_consent_get_records (WattleConsent *self, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);

  return ledger == NULL ? NULL : wattle_ledger_export_records (ledger);
}

char *
wattle_consent_export (WattleConsent *self, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);

  return ledger == NULL ? NULL : wattle_ledger_export (ledger);
}

gboolean
wattle_consent_verify (WattleConsent *self, guint *records, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);

  if (ledger == NULL || !wattle_ledger_verify (ledger, error))
    return FALSE;
  *records = wattle_ledger_get_n_records (ledger);
  return TRUE;
}

gboolean
wattle_consent_check_decisions (WattlePassport *passport, GVariant *decisions, GError **error)
{
  GVariantIter iter;
  const char *id;
  gboolean yes;

  g_variant_iter_init (&iter, decisions);
  while (g_variant_iter_next (&iter, "{&sb}", &id, &yes)) {
    g_autoptr (GError) why = NULL;

    if (find_purpose (passport, id, &why) == NULL) {
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, why->message);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
wattle_consent_decide_first (WattleConsent *self, GVariant *decisions, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gboolean any = FALSE;

  if (ledger == NULL)
    return FALSE;
  for (guint i = 0; i < wattle_passport_get_n_purposes (self->passport); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (self->passport, i);
    gboolean yes = FALSE;
    gboolean changed;
    WattleConsentState state;

    if (!wattle_purpose_needs_consent (purpose))
      continue;
    g_variant_lookup (decisions, wattle_purpose_get_id (purpose), "b", &yes);
    state = yes ? WATTLE_CONSENT_GIVEN : WATTLE_CONSENT_REFUSED;
    if (!decide_in_transaction (self, ledger, database, purpose, state, &changed, error))
      return FALSE;
    if (changed)
      log_decision (self, purpose, state);
    any = TRUE;
  }
  return !any || owe_all (self, ledger, database, error);
}

guint32
wattle_consent_get_allowed (WattleConsent *self)
{
  g_autoptr (GError) error = NULL;
  WattleLedger *ledger = get_ledger (self, &error);

  if (ledger != NULL)
    return wattle_ledger_get_allowed (ledger, self->passport);
  g_warning ("The record of decisions cannot be read: %s", error->message);
  return wattle_passport_get_needed_mask (self->passport);
}

gboolean
wattle_consent_wants_cloud (WattleConsent *self)
{
  WattleLedger *ledger = get_ledger (self, NULL);
  g_auto (GStrv) ids = ledger == NULL ? NULL : given_ids (self, ledger, TRUE);

  return ids != NULL && ids[0] != NULL && wattle_passport_has_cloud (self->passport);
}

WattleLedger *
wattle_consent_get_ledger (WattleConsent *self, GError **error)
{
  return get_ledger (self, error);
}

void
wattle_consent_set_has_account (WattleConsent *self, gboolean has_account)
{
  if (self->has_account == has_account)
    return;
  self->has_account = has_account;
  wattle_consent_changed (self);
}

void
wattle_consent_forget (WattleConsent *self)
{
  g_clear_object (&self->ledger);
  wattle_consent_changed (self);
}

void
wattle_consent_set_wiping (WattleConsent *self, gboolean wiping)
{
  self->wiping = wiping;
}

void
wattle_consent_confirmed_by_cloud (WattleConsent *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  WattleLedger *ledger = get_ledger (self, NULL);
  g_autoptr (GError) error = NULL;

  if (ledger != NULL && !wattle_consent_receipts_refresh (database, self->device, ledger, &error))
    g_warning ("Receipts of %s: %s", self->device, error->message);
  wattle_services_log (self->services, self->device, "consent-confirmed-by-cloud",
                       _ ("The cloud confirmed your decisions."));
  wattle_consent_changed (self);
}

void
wattle_consent_changed (WattleConsent *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- answers --- */

/* Owes the same decisions under a version above @applied, which the device has
 * from another computer of the household. */
static WattleDelivery *
owe_above (WattleConsent *self, WattleDatabase *database, WattleDelivery *delivery, guint32 applied, GError **error)
{
  g_autoptr (WattleDeviceRecord) record = wattle_devices_get (database, self->device, error);

  if (record == NULL)
    return NULL;
  if (applied > record->consent_version && applied - record->consent_version > VERSION_AHEAD_MAX) {
    g_set_error_literal (
        error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL,
        _ ("The device sent something that it may not send. Try again; if it goes on, do not use it."));
    return NULL;
  }
  record->consent_version = MAX (record->consent_version, applied) + 1;
  delivery->version = record->consent_version;
  if (!wattle_database_begin (database, error))
    return NULL;
  if (!wattle_devices_put (database, record, error) || !wattle_deliveries_add (database, delivery, error)) {
    wattle_database_rollback (database);
    return NULL;
  }
  return wattle_database_commit (database, error) ? delivery : NULL;
}

WattleDelivery *
wattle_consent_next_delivery (WattleConsent *self, const wtl_Info *info, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  g_autoptr (WattleDelivery) delivery = NULL;

  if (database == NULL)
    return NULL;
  delivery = wattle_deliveries_outstanding (database, self->device, WATTLE_PLACE_DEVICE, error);
  if (delivery == NULL)
    return NULL;
  /* The same version means that only its answer was lost. */
  if (info->consent_version < delivery->version
      || (info->consent_version == delivery->version && info->consent == delivery->allowed))
    return g_steal_pointer (&delivery);
  return owe_above (self, database, delivery, info->consent_version, error) == NULL ? NULL
                                                                                    : g_steal_pointer (&delivery);
}

static gboolean
says_so (WattleConsent *self, const WattleStatement *said, const WattleDelivery *delivery)
{
  return said->kind == WATTLE_STATEMENT_CONSENT && strcmp (said->unit_id, self->unit_id) == 0
         && said->allowed == delivery->allowed && said->consent_version == delivery->version;
}

static gboolean
is_of_record (const WattleStatement *said, const char *record_sha256)
{
  g_autofree char *hex = g_malloc0 (2 * sizeof said->reference + 1);

  if (said->reference_len != sizeof said->reference)
    return FALSE;
  for (gsize i = 0; i < said->reference_len; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", said->reference[i]);
  return strcmp (hex, record_sha256) == 0;
}

static gboolean
keep_confirmation (WattleConsent *self, const WattleDelivery *delivery, WattleEvidence *evidence, GBytes *bytes,
                   GBytes *signature, guint64 deleted, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gint64 now = wattle_services_now (self->services);

  if (ledger == NULL || !wattle_database_begin (database, error))
    return FALSE;
  if (wattle_ledger_confirm (ledger, delivery->record_sha256, evidence, now, error) == NULL
      || !wattle_deliveries_confirm (database, self->device, delivery->place, delivery->version, now, bytes, signature,
                                     deleted, error)
      || !wattle_consent_receipts_refresh (database, self->device, ledger, error)) {
    wattle_database_rollback (database);
    g_clear_object (&self->ledger);
    return FALSE;
  }
  if (wattle_database_commit (database, error))
    return TRUE;
  g_clear_object (&self->ledger);
  return FALSE;
}

gboolean
wattle_consent_confirm_by_device (WattleConsent *self, const WattleDelivery *delivery,
                                  const wtl_SignedStatement *statement, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (statement->statement.bytes, statement->statement.size);
  g_autoptr (GBytes) signature = g_bytes_new (statement->signature, sizeof statement->signature);
  g_autoptr (WattleEvidence) evidence
      = wattle_evidence_new_device (bytes, statement->signature, self->public_key, error);
  const WattleStatement *said;

  if (evidence == NULL)
    return FALSE;
  said = wattle_evidence_get_statement (evidence);
  if (!says_so (self, said, delivery)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                         _ ("The device signed for something else than what it was told. Do not trust it."));
    return FALSE;
  }
  if (!is_of_record (said, delivery->record_sha256)) {
    WattleDatabase *database = wattle_services_get_database (self->services, error);

    if (database != NULL && owe_above (self, database, (WattleDelivery *)delivery, delivery->version, error) != NULL)
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("Another computer decided at the same time."));
    return FALSE;
  }
  if (!keep_confirmation (self, delivery, evidence, bytes, signature, said->records_deleted, error))
    return FALSE;
  wattle_services_log (self->services, self->device, "consent-confirmed-by-device",
                       _ ("The device confirmed your decisions."));
  wattle_consent_changed (self);
  return TRUE;
}
