/* SPDX-License-Identifier: Apache-2.0 */
/* All six states of a purpose, from the ledger and the clock; what a record says
 * by ISO/IEC TS 27560; what a file that was changed is told. */
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "privacy/receipt.h"
#include "support.h"

#define NOW G_GINT64_CONSTANT (1790000000)
#define DAY 86400
#define PURPOSE "cloud-history"

static const WattleLedgerRecord *
decide (struct ledger_fixture *f, WattleConsentState state, gint64 expires, gint64 time)
{
  g_autoptr (GError) error = NULL;
  const WattleLedgerRecord *record
      = wattle_ledger_decide (f->ledger, f->passport, PURPOSE, state, "en", expires, time, &error);

  g_assert_no_error (error);
  return record;
}

static const WattleLedgerRecord *
lapse (struct ledger_fixture *f, WattleConsentState state, gint64 time)
{
  return wattle_ledger_lapse (f->ledger, f->passport, PURPOSE, state, "en", time, NULL);
}

static WattleConsentState
state_at (struct ledger_fixture *f, gint64 now)
{
  return wattle_ledger_get_state (f->ledger, PURPOSE, now, NULL);
}

/* Puts the ledger in @state at NOW. */
static void
reach (struct ledger_fixture *f, WattleConsentState state)
{
  switch (state) {
    case WATTLE_CONSENT_NOT_ASKED:
      break;
    case WATTLE_CONSENT_GIVEN:
    case WATTLE_CONSENT_REFUSED:
      decide (f, state, 0, NOW);
      break;
    case WATTLE_CONSENT_WITHDRAWN:
      decide (f, WATTLE_CONSENT_GIVEN, 0, NOW);
      decide (f, state, 0, NOW);
      break;
    case WATTLE_CONSENT_EXPIRED:
      decide (f, WATTLE_CONSENT_GIVEN, NOW, NOW - DAY);
      g_assert_nonnull (lapse (f, state, NOW));
      break;
    case WATTLE_CONSENT_OUTDATED:
    default:
      decide (f, WATTLE_CONSENT_GIVEN, 0, NOW);
      g_assert_nonnull (lapse (f, state, NOW));
  }
  g_assert_cmpint (state_at (f, NOW), ==, state);
}

/* Every wish in every state; NOT_ASKED stands for "not allowed". */
static void
test_every_transition (struct ledger_fixture *f, gconstpointer data)
{
  static const WattleConsentState wishes[] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_WITHDRAWN };
  static const WattleConsentState after[][G_N_ELEMENTS (wishes)] = {
    [WATTLE_CONSENT_NOT_ASKED] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_NOT_ASKED },
    [WATTLE_CONSENT_GIVEN] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_WITHDRAWN },
    [WATTLE_CONSENT_REFUSED] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_NOT_ASKED },
    [WATTLE_CONSENT_WITHDRAWN] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_WITHDRAWN },
    [WATTLE_CONSENT_EXPIRED] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_WITHDRAWN },
    [WATTLE_CONSENT_OUTDATED] = { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_WITHDRAWN },
  };
  guint tried = 0;

  for (guint state = 0; state < G_N_ELEMENTS (after); state++)
    for (guint i = 0; i < G_N_ELEMENTS (wishes); i++, tried++) {
      struct ledger_fixture one;
      g_autoptr (GError) error = NULL;
      const WattleLedgerRecord *record;

      ledger_fixture_set_up (&one, NULL);
      reach (&one, state);
      record = wattle_ledger_decide (one.ledger, one.passport, PURPOSE, wishes[i], "en", 0, NOW + 1, &error);
      g_test_message ("%s, then %s", wattle_consent_state_name (state), wattle_consent_state_name (wishes[i]));
      if (after[state][i] == WATTLE_CONSENT_NOT_ASKED) {
        g_assert_null (record);
        assert_error (error, WATTLE_ERROR_NOT_ALLOWED);
        g_assert_cmpint (state_at (&one, NOW + 1), ==, state);
      } else {
        g_assert_no_error (error);
        g_assert_cmpint (state_at (&one, NOW + 1), ==, after[state][i]);
      }
      g_assert_true (wattle_ledger_verify (one.ledger, NULL));
      ledger_fixture_tear_down (&one, NULL);
    }
  g_assert_cmpuint (tried, ==, 18);
}

/* Only one of six states allows anything. */
static void
test_allowed (struct ledger_fixture *f, gconstpointer data)
{
  for (guint state = WATTLE_CONSENT_NOT_ASKED; state <= WATTLE_CONSENT_OUTDATED; state++) {
    struct ledger_fixture one;
    g_auto (GStrv) given = NULL;
    gboolean allows = state == WATTLE_CONSENT_GIVEN;

    ledger_fixture_set_up (&one, NULL);
    reach (&one, state);
    given = wattle_ledger_get_given (one.ledger, NOW);
    g_assert_cmpuint (g_strv_length (given), ==, allows);
    g_assert_cmpuint (wattle_ledger_get_allowed (one.ledger, one.passport, NOW), ==, allows ? 3 : 1);
    ledger_fixture_tear_down (&one, NULL);
  }
}

/* A yes until a date is a no at that moment, recorded or not, and after a restart. */
static void
test_expiry (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (WattleLedger) again = NULL;
  gint64 since = 0;

  decide (f, WATTLE_CONSENT_GIVEN, NOW + DAY, NOW);
  g_assert_cmpint (wattle_ledger_get_expiry (f->ledger, PURPOSE), ==, NOW + DAY);
  g_assert_cmpint (state_at (f, NOW + DAY - 1), ==, WATTLE_CONSENT_GIVEN);
  g_assert_cmpint (wattle_ledger_get_state (f->ledger, PURPOSE, NOW + DAY, &since), ==, WATTLE_CONSENT_EXPIRED);
  g_assert_cmpint (since, ==, NOW + DAY);
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, f->passport, NOW + DAY), ==, 1);

  again = wattle_ledger_load (&memory_store_vtable, &f->store, f->chain, NULL, NULL);
  g_assert_cmpint (wattle_ledger_get_state (again, PURPOSE, NOW + 2 * DAY, NULL), ==, WATTLE_CONSENT_EXPIRED);
  g_assert_cmpint (wattle_ledger_get_expiry (again, PURPOSE), ==, NOW + DAY);

  /* Recorded, it stays a no even if the clock is put back. */
  g_assert_null (lapse (f, WATTLE_CONSENT_EXPIRED, NOW + DAY - 1));
  g_assert_nonnull (lapse (f, WATTLE_CONSENT_EXPIRED, NOW + DAY));
  g_assert_null (lapse (f, WATTLE_CONSENT_EXPIRED, NOW + DAY));
  g_assert_cmpint (state_at (f, NOW), ==, WATTLE_CONSENT_EXPIRED);
  g_assert_cmpint (wattle_ledger_get_expiry (f->ledger, PURPOSE), ==, 0);
}

/* Another end, or none, is another yes; the same one is not. */
static void
test_renewed (struct ledger_fixture *f, gconstpointer data)
{
  const WattleLedgerRecord *first = decide (f, WATTLE_CONSENT_GIVEN, NOW + DAY, NOW);

  g_assert_true (decide (f, WATTLE_CONSENT_GIVEN, NOW + DAY, NOW + 1) == first);
  g_assert_true (decide (f, WATTLE_CONSENT_GIVEN, NOW + 2 * DAY, NOW + 1) != first);
  g_assert_cmpint (state_at (f, NOW + DAY), ==, WATTLE_CONSENT_GIVEN);
  decide (f, WATTLE_CONSENT_GIVEN, 0, NOW + 2);
  g_assert_cmpint (state_at (f, NOW + 999 * DAY), ==, WATTLE_CONSENT_GIVEN);
  g_assert_cmpuint (wattle_ledger_get_n_records (f->ledger), ==, 3);
  /* After the end the same words are a new yes. */
  decide (f, WATTLE_CONSENT_GIVEN, NOW + 3 * DAY, NOW + 3);
  decide (f, WATTLE_CONSENT_GIVEN, NOW + 5 * DAY, NOW + 4 * DAY);
  g_assert_cmpint (state_at (f, NOW + 4 * DAY), ==, WATTLE_CONSENT_GIVEN);
}

static void
test_wrong_ends (struct ledger_fixture *f, gconstpointer data)
{
  static const gint64 ends[] = { NOW, NOW - 1, 1, G_MAXINT64 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_assert_null (
        wattle_ledger_decide (f->ledger, f->passport, PURPOSE, WATTLE_CONSENT_GIVEN, "en", ends[i], NOW, &error));
    assert_error (error, WATTLE_ERROR_INVALID_ARGUMENT);
  }
  g_assert_null (lapse (f, WATTLE_CONSENT_OUTDATED, NOW));
  decide (f, WATTLE_CONSENT_REFUSED, 0, NOW);
  g_assert_null (lapse (f, WATTLE_CONSENT_OUTDATED, NOW));
}

/* ------------------------------------------------------------------- record */

/* The member at @path ("a/b") of @object as JSON; NULL if there is none. */
static char *
at (JsonObject *object, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  JsonNode *node = NULL;

  for (guint i = 0; names[i]; i++) {
    if (JSON_NODE_HOLDS_ARRAY (node ? node : (node = json_object_get_member (object, names[0]))) && i > 0)
      node = json_array_get_element (json_node_get_array (node), atoi (names[i]));
    else if (i > 0)
      node = json_object_get_member (json_node_get_object (node), names[i]);
    if (!node)
      return NULL;
  }
  return wattle_json_canonical (node);
}

/* The fields of ISO/IEC TS 27560:2023, clause 6.3, mandatory ones and those of the
 * optional that a passport can fill. */
static void
test_fields (struct ledger_fixture *f, gconstpointer data)
{
  static const struct {
    const char *field, *path, *value; /* NULL: any */
  } rows[] = {
    { "schema_version", "dct:conformsTo", "\"https://w3id.org/dpv/schema/dpv-27560#record\"" },
    { "record_id", "dpv:hasIdentifier", NULL },
    { "pii_principal_id", "dpv:hasDataSubject/@id", NULL },
    { "privacy_notice", "dpv:hasNotice/wattle:sha256", NULL },
    { "language", "dpv:hasNotice/dct:language", "\"en\"" },
    { "purposes", "dpv:hasProcess/dpv:hasPurpose/wattle:purpose", "\"cloud-history\"" },
    { "purpose_type", "dpv:hasProcess/dpv:hasPurpose/@type", "[\"dpv:RequestedServiceProvision\"]" },
    { "lawful_basis", "dpv:hasProcess/dpv:hasLegalBasis", "\"dpv:ExplicitlyExpressedConsent\"" },
    { "service", "dpv:hasProcess/dpv:hasService/dct:title", "\"Gumleaf room thermometer\"" },
    { "pii_information", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasPersonalData/0/@type",
      "[\"dpv:CollectedPersonalData\",\"pd:DeviceBased\"]" },
    { "pii_attribute_id", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasPersonalData/0/dct:identifier", "\"temperature\"" },
    { "pii_optional", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasPersonalData/0/dpv:hasNecessity", "\"dpv:Optional\"" },
    { "pii_controllers", "dpv:hasDataController/dpv:hasName", "\"Gumleaf Instruments Pty Ltd\"" },
    { "collection_method", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasDataSource", NULL },
    { "processing_method", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasProcessing", "[\"dpv:Transfer\",\"dpv:Store\"]" },
    { "storage_locations", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasStorageCondition/0/dpv:hasLocation", "\"loc:AU\"" },
    { "retention_period", "dpv:hasProcess/dpv:hasProcess/0/dpv:hasStorageCondition/1/dpv:hasDuration/rdf:value",
      "\"P365D\"" },
    { "processing_locations", "dpv:hasProcess/dpv:hasProcess/1/dpv:hasLocation", "\"loc:NZ\"" },
    { "jurisdiction", "dpv:hasJurisdiction", "\"loc:AU\"" },
    { "recipient_third_parties", "dpv:hasProcess/dpv:hasProcess/1/dpv:hasRecipient/dpv:hasName",
      "\"Southern Hosting Ltd\"" },
    { "withdrawal_method", "dpv:hasConsentControl/@type", "[\"dpv:ProvideConsent\",\"dpv:WithdrawConsent\"]" },
    { "privacy_rights", "dpv:hasRight/dct:description", NULL },
    { "party_id", "dpv:hasDataController/dct:identifier", "\"manufacturer\"" },
    { "party_address", "dpv:hasDataController/dpv:hasAddress", NULL },
    { "party_contact", "dpv:hasDataController/dpv:hasContact", "\"mailto:care@gumleaf.example\"" },
    { "party_url", "dpv:hasDataController/schema:url", "\"https://gumleaf.example\"" },
    { "party_role", "dpv:hasProcess/dpv:hasProcess/1/dpv:hasRecipient/@type", "\"dpv:DataProcessor\"" },
    { "event_time", "dpv:hasConsentStatus/dpv:isIndicatedAtTime", "\"2026-09-21T14:13:20Z\"" },
    { "validity_duration", "dpv:hasConsentStatus/dpv:hasDuration/rdf:value", "\"2026-09-22T14:13:20Z\"" },
    { "entity_id", "dpv:hasConsentStatus/dpv:isIndicatedBy", NULL },
    { "event_type", "dpv:hasProcess/dpv:hasLegalBasis", NULL },
    { "event_state", "dpv:hasConsentStatus/@type", "\"dpv:ConsentGiven\"" },
  };
  const WattleLedgerRecord *record = decide (f, WATTLE_CONSENT_GIVEN, NOW + DAY, NOW);
  g_autoptr (JsonNode) node = wattle_json_parse (record->json, strlen (record->json), 65536, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *value = at (json_node_get_object (node), rows[i].path);

    if (!value || (rows[i].value && !g_str_equal (value, rows[i].value)))
      g_error ("%s is %s at %s", rows[i].field, value, rows[i].path);
  }
}

/* Who ended a consent that the person did not. */
static void
test_lapse_record (struct ledger_fixture *f, gconstpointer data)
{
  const WattleLedgerRecord *record;

  reach (f, WATTLE_CONSENT_EXPIRED);
  record = wattle_ledger_get_record (f->ledger, 2);
  g_assert_nonnull (strstr (record->json, "\"@type\":\"dpv:ConsentExpired\""));
  g_assert_nonnull (strstr (record->json, "\"dpv:isIndicatedBy\":\"urn:wattle:companion\""));
  record = wattle_ledger_get_record (f->ledger, 1);
  g_assert_null (strstr (record->json, "\"dpv:isIndicatedBy\":\"urn:wattle:companion\""));
}

/* -------------------------------------------------------------------- files */

/* How much each place says it has deleted. */
static void
test_removed (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (WattleEvidence) here = wattle_evidence_new_local (12, NOW);
  g_autoptr (WattleEvidence) cloud = NULL;
  g_autoptr (WattleReceiptSummary) summary = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  const WattleLedgerRecord *record;

  decide (f, WATTLE_CONSENT_GIVEN, 0, NOW);
  record = decide (f, WATTLE_CONSENT_WITHDRAWN, 0, NOW);
  g_assert_nonnull (wattle_ledger_confirm (f->ledger, record->hash, here, NOW, NULL));
  cloud = cloud_evidence (&f->cloud, "{\"kind\":\"consent\",\"record_sha256\":\"%s\",\"records_deleted\":7}",
                          wattle_ledger_get_head (f->ledger));
  g_assert_nonnull (wattle_ledger_confirm (f->ledger, wattle_ledger_get_head (f->ledger), cloud, NOW, NULL));
  json = wattle_ledger_export_record (f->ledger, 2, NULL);
  summary = wattle_receipt_verify (json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_cmpint (summary->removed[WATTLE_EVIDENCE_LOCAL], ==, 12);
  g_assert_cmpint (summary->removed[WATTLE_EVIDENCE_CLOUD], ==, 7);
  g_assert_cmpint (summary->removed[WATTLE_EVIDENCE_DEVICE], ==, -1);
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "computer"), ==, "confirmed");
}

/* A file that was changed is told where: the byte, the part or the record. */
static void
test_told_where (struct ledger_fixture *f, gconstpointer data)
{
  static const struct {
    const char *from, *to, *where;
  } edits[] = {
    { "{\"@context\"", "{ \"@context\"", "Byte 2 " },
    { "\"@type\":\"wattle:Ledger\"", "\"@type\":\"wattle:Badger\"", "“@type”" },
    { "\"dct:created\":\"2026-09-21T14:13:20Z\",\"dpv:hasId", "\"dct:created\":\"2026-09-21T14:13:21Z\",\"dpv:hasId",
      "“dct:created”" },
    { "dpv:ConsentRefused", "dpv:ConsentGiven", "Record 2 " },
    { "\"sequence\":2", "\"sequence\":3", "Record 2 " },
    { "-1\",\"head\":\"", "-1\",\"head\":\"0", "“head”" },
  };
  g_autofree char *json = NULL;
  g_autoptr (WattleReceiptSummary) summary = NULL;

  decide (f, WATTLE_CONSENT_GIVEN, 0, NOW);
  g_assert_nonnull (
      wattle_ledger_decide (f->ledger, f->passport, "product-improvement", WATTLE_CONSENT_REFUSED, "en", 0, NOW, NULL));
  json = wattle_ledger_export (f->ledger);
  summary = wattle_receipt_verify (json, strlen (json), NULL);
  g_assert_cmpstr (summary->kind, ==, "ledger");
  g_assert_cmpuint (summary->n_records, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++) {
    g_auto (GStrv) parts = g_strsplit (json, edits[i].from, 2);
    g_autofree char *changed = g_strjoinv (edits[i].to, parts);
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    g_assert_null (wattle_receipt_verify (changed, strlen (changed), &error));
    if (error->code != WATTLE_ERROR_TAMPERED || !strstr (error->message, edits[i].where))
      g_error ("“%s” does not say %s", error->message, edits[i].where);
  }
}

/* The passport says how long a yes holds at most: it ends by then, asked for or not. */
static void
test_end_of_the_passport (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *text = sample_edit (THERMOMETER, "purposes/1/consent_days", "30");
  g_autoptr (GError) error = NULL;

  g_set_object (&f->passport, NULL);
  f->passport = passport_from_text (text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wattle_purpose_get_consent_days (wattle_passport_find_purpose (f->passport, PURPOSE)), ==, 30);
  g_assert_null (
      wattle_ledger_decide (f->ledger, f->passport, PURPOSE, WATTLE_CONSENT_GIVEN, "en", NOW + 31 * DAY, NOW, &error));
  assert_error (error, WATTLE_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (wattle_ledger_get_n_records (f->ledger), ==, 0);
  decide (f, WATTLE_CONSENT_GIVEN, 0, NOW);
  g_assert_cmpint (wattle_ledger_get_expiry (f->ledger, PURPOSE), ==, NOW + 30 * DAY);
  g_assert_nonnull (strstr (wattle_ledger_get_record (f->ledger, 1)->json, "dpv:UntilTimeDuration"));
  g_assert_cmpint (state_at (f, NOW + 30 * DAY - 1), ==, WATTLE_CONSENT_GIVEN);
  g_assert_cmpint (state_at (f, NOW + 30 * DAY), ==, WATTLE_CONSENT_EXPIRED);
  /* Asked again: another thirty days, or fewer where the person wants that. */
  decide (f, WATTLE_CONSENT_GIVEN, 0, NOW + 5 * DAY);
  g_assert_cmpint (wattle_ledger_get_expiry (f->ledger, PURPOSE), ==, NOW + 35 * DAY);
  decide (f, WATTLE_CONSENT_GIVEN, NOW + 7 * DAY, NOW + 6 * DAY);
  g_assert_cmpint (state_at (f, NOW + 7 * DAY), ==, WATTLE_CONSENT_EXPIRED);
  g_assert_nonnull (lapse (f, WATTLE_CONSENT_EXPIRED, NOW + 7 * DAY));
  /* A no ends with nothing. */
  decide (f, WATTLE_CONSENT_REFUSED, 0, NOW + 8 * DAY);
  g_assert_cmpint (wattle_ledger_get_expiry (f->ledger, PURPOSE), ==, 0);
}

#define ADD(path, func)                                                                                                \
  g_test_add (path, struct ledger_fixture, NULL, ledger_fixture_set_up, func, ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/states/end-of-the-passport", test_end_of_the_passport);
  ADD ("/states/every-transition", test_every_transition);
  ADD ("/states/allowed", test_allowed);
  ADD ("/states/expiry", test_expiry);
  ADD ("/states/renewed", test_renewed);
  ADD ("/states/wrong-ends", test_wrong_ends);
  ADD ("/states/fields", test_fields);
  ADD ("/states/lapse-record", test_lapse_record);
  ADD ("/states/removed", test_removed);
  ADD ("/states/told-where", test_told_where);
  return g_test_run ();
}
