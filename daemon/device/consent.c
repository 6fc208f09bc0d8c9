/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision is one transaction: the ledger's record, what device and cloud
 * are owed, and what is deleted here.
 */
#include "daemon/device/consent-internal.h"
#include "daemon/device/consent-receipts.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/store/ledger-store.h"
#include "daemon/store/readings.h"
#include "privacy/notice.h"

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
  [WATTLE_CONSENT_EXPIRED] = { "consent-expired", N_ ("The time of your yes is over: %s.") },
  [WATTLE_CONSENT_OUTDATED] = { "consent-outdated", N_ ("The notice has changed, so your yes no longer counts: %s.") },
};

static WattleLedger *
get_ledger (WattleConsent *self, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database != NULL && self->ledger == NULL) {
    self->ledger = wattle_ledger_store_load (database, self->chain, error);
    wattle_consent_watch_expiry (self);
  }
  return database == NULL ? NULL : self->ledger;
}

static void
log_decision (WattleConsent *self, const WattlePurpose *purpose, WattleConsentState state)
{
  const char *title = wattle_purpose_get_title (purpose, wattle_services_get_language (self->services));
  g_autofree char *sentence = g_strdup_printf (gettext (decision_log[state].sentence), title);

  wattle_services_log (self->services, self->device, decision_log[state].event, sentence);
}

/* --- deciding --- */

/* Whether there is a decision on it, as on one that was widened. */
static gboolean
is_decided_on (WattleLedger *ledger, const WattlePurpose *purpose)
{
  return ledger != NULL
         && wattle_ledger_get_state (ledger, wattle_purpose_get_id (purpose), 0, NULL) != WATTLE_CONSENT_NOT_ASKED;
}

const WattlePurpose *
wattle_consent_find_purpose (WattlePassport *passport, const char *id, GError **error)
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

/* Deletes what was kept here for @purpose; the ledger says how much. */
static gboolean
delete_here (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, const WattlePurpose *purpose,
             const WattleLedgerRecord *record, GError **error)
{
  gint64 now = wattle_services_now (self->services);
  g_autoptr (WattleEvidence) evidence = NULL;
  guint deleted;

  if (!wattle_readings_clear_purposes (database, self->device, wattle_purpose_get_bit (purpose), &deleted, error))
    return FALSE;
  evidence = wattle_evidence_new_local (deleted, now);
  return wattle_ledger_confirm (ledger, record->hash, evidence, now, error) != NULL;
}

gboolean
wattle_consent_recorded (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database,
                         const WattlePurpose *purpose, const WattleLedgerRecord *record, WattleConsentState state,
                         GError **error)
{
  /* What was never allowed has left nothing here. */
  gboolean ends = state != WATTLE_CONSENT_GIVEN && state != WATTLE_CONSENT_REFUSED;

  /* What the product kept for its job stays with the person, who has not said no. */
  ends = ends && (state != WATTLE_CONSENT_OUTDATED || wattle_purpose_needs_consent (purpose));

  if (ends && wattle_purpose_get_bit (purpose) != 0 && !delete_here (self, ledger, database, purpose, record, error))
    return FALSE;
  log_decision (self, purpose, state);
  return wattle_consent_receipt_keep (database, self->device, ledger, record->sequence, error);
}

/* What the person wishes. */
typedef struct {
  const WattlePurpose *purpose;
  WattleConsentState state;
  gint64 until; /* 0 = no end */
} Wish;

static gboolean
decide_in_transaction (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, gpointer user_data,
                       gboolean *changed, GError **error)
{
  const Wish *wish = user_data;
  const char *id = wattle_purpose_get_id (wish->purpose);
  gint64 now = wattle_services_now (self->services);
  guint64 before = wattle_ledger_get_n_records (ledger);
  const WattleLedgerRecord *record = wattle_ledger_decide (
      ledger, self->passport, id, wish->state, wattle_services_get_language (self->services), wish->until, now, error);

  if (record == NULL)
    return FALSE;
  if (wattle_ledger_get_n_records (ledger) == before)
    return TRUE;
  *changed = TRUE;
  return wattle_consent_recorded (self, ledger, database, wish->purpose, record,
                                  wattle_ledger_get_state (ledger, id, now, NULL), error);
}

/* The ledger may be ahead of the store: whoever has it must get another. */
static gboolean
give_up (WattleConsent *self)
{
  g_clear_object (&self->ledger);
  wattle_consent_changed (self);
  return FALSE;
}

gboolean
wattle_consent_transact (WattleConsent *self, WattleConsentChange change, gpointer user_data, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gboolean changed = FALSE;

  if (ledger == NULL || !wattle_database_begin (database, error))
    return FALSE;
  if (!change (self, ledger, database, user_data, &changed, error)
      || (changed && !wattle_consent_owe (self, ledger, database, error))) {
    wattle_database_rollback (database);
    return give_up (self);
  }
  if (!wattle_database_commit (database, error))
    return give_up (self);
  if (changed) {
    wattle_consent_watch_expiry (self);
    wattle_consent_changed (self);
  }
  return TRUE;
}

static gboolean
decide (WattleConsent *self, const char *id, WattleConsentState state, gint64 until, GError **error)
{
  const WattlePurpose *widened = wattle_passport_find_purpose (self->passport, id);
  gboolean decidable = widened != NULL && is_decided_on (get_ledger (self, NULL), widened);
  Wish wish = { decidable ? widened : wattle_consent_find_purpose (self->passport, id, error), state, until };

  if (wish.purpose == NULL)
    return FALSE;
  if (self->wiping) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                         _ ("This device is being wiped, so there is nothing left to decide."));
    return FALSE;
  }
  return wattle_consent_transact (self, decide_in_transaction, &wish, error);
}

/* --- object --- */

static void
wattle_consent_finalize (GObject *object)
{
  WattleConsent *self = WATTLE_CONSENT (object);

  g_clear_handle_id (&self->lapse_id, g_source_remove);
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

/* Whether @by has confirmed the last decision, and since when that is so. */
static WattleDeliveryState
delivery_state (WattleLedger *ledger, const WattlePurposeStatus *status, WattleEvidenceKind by, gint64 *since)
{
  if (wattle_ledger_is_confirmed (ledger, wattle_purpose_get_id (status->purpose), by, since))
    return WATTLE_DELIVERY_CONFIRMED;
  *since = status->since;
  return WATTLE_DELIVERY_OUTSTANDING;
}

static void
fill_status (WattleConsent *self, WattleLedger *ledger, WattlePurposeStatus *status)
{
  const WattlePurpose *purpose = status->purpose;
  const char *id = wattle_purpose_get_id (purpose);
  WattleConsentState state = WATTLE_CONSENT_NOT_ASKED;

  if (!wattle_purpose_needs_consent (purpose)
      && (ledger == NULL || wattle_ledger_is_allowed (ledger, purpose, wattle_services_now (self->services)))) {
    status->state = "needed";
    return;
  }
  if (ledger != NULL)
    state = wattle_ledger_get_state (ledger, id, wattle_services_now (self->services), &status->since);
  status->state = wattle_consent_state_name (state);
  if (state == WATTLE_CONSENT_NOT_ASKED)
    return;
  status->until = state == WATTLE_CONSENT_GIVEN ? wattle_ledger_get_expiry (ledger, id) : 0;
  if (wattle_purpose_get_number (purpose) != 0)
    status->device = delivery_state (ledger, status, WATTLE_EVIDENCE_DEVICE, &status->device_since);
  if (wattle_purpose_uses_cloud (purpose) && (self->has_account || state == WATTLE_CONSENT_GIVEN))
    status->cloud = delivery_state (ledger, status, WATTLE_EVIDENCE_CLOUD, &status->cloud_since);
  /* A yes whose time has just run out: what was confirmed is the yes. */
  if (state == WATTLE_CONSENT_EXPIRED && wattle_ledger_get_expiry (ledger, id) != 0) {
    status->device = MIN (status->device, WATTLE_DELIVERY_OUTSTANDING);
    status->cloud = MIN (status->cloud, WATTLE_DELIVERY_OUTSTANDING);
    status->device_since = status->cloud_since = status->since;
  }
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
wattle_consent_give (WattleConsent *self, const char *purpose, gint64 until, GError **error)
{
  return decide (self, purpose, WATTLE_CONSENT_GIVEN, until, error);
}

gboolean
wattle_consent_refuse (WattleConsent *self, const char *purpose, GError **error)
{
  return decide (self, purpose, WATTLE_CONSENT_REFUSED, 0, error);
}

gboolean
wattle_consent_withdraw (WattleConsent *self, const char *purpose, GError **error)
{
  return decide (self, purpose, WATTLE_CONSENT_WITHDRAWN, 0, error);
}

char *
wattle_consent_get_records (WattleConsent *self, GError **error)
{
  WattleLedger *ledger = get_ledger (self, error);

  return ledger == NULL ? NULL : wattle_ledger_export_records (ledger);
}

char *
wattle_consent_get_ledger_json (WattleConsent *self, GError **error)
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

    if (wattle_consent_find_purpose (passport, id, &why) == NULL) {
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
    Wish wish = { wattle_passport_get_purpose (self->passport, i), WATTLE_CONSENT_REFUSED, 0 };
    gboolean yes = FALSE;

    if (!wattle_purpose_needs_consent (wish.purpose))
      continue;
    g_variant_lookup (decisions, wattle_purpose_get_id (wish.purpose), "b", &yes);
    if (yes)
      wish.state = WATTLE_CONSENT_GIVEN;
    if (!decide_in_transaction (self, ledger, database, &wish, &any, error))
      return FALSE;
  }
  return !any || wattle_consent_owe (self, ledger, database, error);
}

guint32
wattle_consent_get_allowed (WattleConsent *self)
{
  g_autoptr (GError) error = NULL;
  WattleLedger *ledger = get_ledger (self, &error);

  if (ledger != NULL)
    return wattle_ledger_get_allowed (ledger, self->passport, wattle_services_now (self->services));
  g_warning ("The record of decisions cannot be read: %s", error->message);
  return wattle_passport_get_needed_mask (self->passport);
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
wattle_consent_changed (WattleConsent *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
