/* SPDX-License-Identifier: Apache-2.0 */
/* The consent ledger: states, tampering, confirmations, exports, wiping. */
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "privacy/notice.h"
#include "privacy/receipt.h"
#include "support.h"

#define NOW G_GINT64_CONSTANT (1790000000)

static const WattleLedgerRecord *
decide (struct ledger_fixture *f, const char *purpose, WattleConsentState state, gint64 time)
{
  g_autoptr (GError) error = NULL;
  const WattleLedgerRecord *record
      = wattle_ledger_decide (f->ledger, f->passport, purpose, state, "en", 0, time, &error);

  g_assert_no_error (error);
  g_assert_nonnull (record);
  return record;
}

static WattleEvidence *
device_confirmation (struct ledger_fixture *f, const char *record)
{
  guint8 hash[32];

  for (guint i = 0; i < 32; i++)
    hash[i] = g_ascii_xdigit_value (record[2 * i]) << 4 | g_ascii_xdigit_value (record[2 * i + 1]);
  return device_evidence (&f->device, WATTLE_STATEMENT_CONSENT, hash, sizeof hash);
}

static void
confirm (struct ledger_fixture *f, const char *record, gboolean by_device, gint64 time)
{
  g_autoptr (WattleEvidence) evidence
      = by_device ? device_confirmation (f, record)
                  : cloud_evidence (&f->cloud, "{\"kind\":\"consent\",\"record_sha256\":\"%s\"}", record);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (wattle_ledger_confirm (f->ledger, record, evidence, time, &error));
  g_assert_no_error (error);
}

/* Two decisions, a withdrawal, confirmed by both: six records. */
static void
fill (struct ledger_fixture *f)
{
  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
  decide (f, "product-improvement", WATTLE_CONSENT_REFUSED, NOW);
  confirm (f, wattle_ledger_get_head (f->ledger), TRUE, NOW + 1);
  decide (f, "cloud-history", WATTLE_CONSENT_WITHDRAWN, NOW + 100);
  confirm (f, wattle_ledger_get_record (f->ledger, 4)->hash, TRUE, NOW + 101);
  confirm (f, wattle_ledger_get_record (f->ledger, 4)->hash, FALSE, NOW + 102);
  g_assert_cmpuint (wattle_ledger_get_n_records (f->ledger), ==, 6);
}

static WattleLedger *
reload (struct ledger_fixture *f, const char *head, GError **error)
{
  return wattle_ledger_load (&memory_store_vtable, &f->store, f->chain, head, error);
}

/* ------------------------------------------------------------------- states */

static void
test_states (struct ledger_fixture *f, gconstpointer data)
{
  gint64 since = -1;
  g_auto (GStrv) given = NULL;
  g_autoptr (WattleLedger) again = NULL;

  g_assert_cmpint (wattle_ledger_get_state (f->ledger, "cloud-history", NOW + 500, &since), ==,
                   WATTLE_CONSENT_NOT_ASKED);
  g_assert_cmpint (since, ==, 0);
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, f->passport, NOW + 500), ==, 1);
  g_assert_cmpstr (wattle_ledger_get_head (f->ledger), ==, "");

  decide (f, "product-improvement", WATTLE_CONSENT_GIVEN, NOW);
  decide (f, "cloud-history", WATTLE_CONSENT_REFUSED, NOW + 5);
  g_assert_cmpint (wattle_ledger_get_state (f->ledger, "cloud-history", NOW + 500, &since), ==, WATTLE_CONSENT_REFUSED);
  g_assert_cmpint (since, ==, NOW + 5);
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, f->passport, NOW + 500), ==, 5);

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW + 6);
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, f->passport, NOW + 500), ==, 7);
  given = wattle_ledger_get_given (f->ledger, NOW + 500);
  g_assert_true (
      g_strv_equal ((const char *const *)given, (const char *[]){ "product-improvement", "cloud-history", NULL }));

  decide (f, "product-improvement", WATTLE_CONSENT_WITHDRAWN, NOW + 7);
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, f->passport, NOW + 500), ==, 3);

  again = reload (f, wattle_ledger_get_head (f->ledger), NULL);
  g_assert_nonnull (again);
  g_assert_cmpint (wattle_ledger_get_state (again, "product-improvement", NOW + 500, &since), ==,
                   WATTLE_CONSENT_WITHDRAWN);
  g_assert_cmpint (since, ==, NOW + 7);
  g_assert_cmpuint (wattle_ledger_get_n_records (again), ==, 4);
}

/* What each wish leads to in each state; NOT_ASKED: it is not allowed. */
static void
test_transitions (struct ledger_fixture *f, gconstpointer data)
{
  static const struct {
    WattleConsentState before, wish, after;
  } rows[] = {
    { WATTLE_CONSENT_NOT_ASKED, WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_GIVEN },
    { WATTLE_CONSENT_NOT_ASKED, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_REFUSED },
    { WATTLE_CONSENT_NOT_ASKED, WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_NOT_ASKED },
    { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_GIVEN },
    { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_WITHDRAWN },
    { WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_WITHDRAWN },
    { WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_GIVEN },
    { WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_REFUSED },
    { WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_NOT_ASKED },
    { WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_GIVEN, WATTLE_CONSENT_GIVEN },
    { WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_REFUSED, WATTLE_CONSENT_WITHDRAWN },
    { WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_WITHDRAWN, WATTLE_CONSENT_WITHDRAWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    struct ledger_fixture one;
    g_autoptr (GError) error = NULL;
    const WattleLedgerRecord *record;
    guint64 before;

    ledger_fixture_set_up (&one, NULL);
    if (rows[i].before == WATTLE_CONSENT_WITHDRAWN)
      decide (&one, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
    if (rows[i].before != WATTLE_CONSENT_NOT_ASKED)
      decide (&one, "cloud-history", rows[i].before, NOW);
    before = wattle_ledger_get_n_records (one.ledger);
    record = wattle_ledger_decide (one.ledger, one.passport, "cloud-history", rows[i].wish, "en", 0, NOW + 1, &error);
    g_test_message ("%s + %s", wattle_consent_state_name (rows[i].before), wattle_consent_state_name (rows[i].wish));
    if (rows[i].after == WATTLE_CONSENT_NOT_ASKED) {
      g_assert_null (record);
      assert_error (error, WATTLE_ERROR_NOT_ALLOWED);
    } else {
      g_assert_no_error (error);
      g_assert_cmpint (wattle_ledger_get_state (one.ledger, "cloud-history", NOW + 500, NULL), ==, rows[i].after);
    }
    g_assert_cmpuint (wattle_ledger_get_n_records (one.ledger), ==,
                      before + (rows[i].after != WATTLE_CONSENT_NOT_ASKED && rows[i].after != rows[i].before));
    ledger_fixture_tear_down (&one, NULL);
  }
}

static void
test_refusals (struct ledger_fixture *f, gconstpointer data)
{
  static const struct {
    const char *purpose;
    WattleConsentState state;
    gint64 time;
    WattleError error;
  } rows[] = {
    { "spying", WATTLE_CONSENT_GIVEN, NOW, WATTLE_ERROR_NOT_FOUND },
    { "local-readings", WATTLE_CONSENT_GIVEN, NOW, WATTLE_ERROR_NOT_ALLOWED },
    { "local-readings", WATTLE_CONSENT_REFUSED, NOW, WATTLE_ERROR_NOT_ALLOWED },
    { "cloud-history", WATTLE_CONSENT_NOT_ASKED, NOW, WATTLE_ERROR_NOT_ALLOWED },
    { "cloud-history", WATTLE_CONSENT_GIVEN, 0, WATTLE_ERROR_INVALID_ARGUMENT },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_null (
        wattle_ledger_decide (f->ledger, f->passport, rows[i].purpose, rows[i].state, "en", 0, rows[i].time, &error));
    g_assert_error (error, WATTLE_ERROR, (int)rows[i].error);
    g_clear_error (&error);
  }
  g_assert_cmpuint (f->store.rows->len, ==, 0);
  g_assert_null (wattle_ledger_load (&memory_store_vtable, &f->store, "../x", NULL, &error));
  assert_error (error, WATTLE_ERROR_INVALID_ARGUMENT);
}

/* A full disk changes nothing, neither in memory nor in the store. */
static void
test_store_fails (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL;

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
  head = g_strdup (wattle_ledger_get_head (f->ledger));
  f->store.fail = TRUE;
  g_assert_null (wattle_ledger_decide (f->ledger, f->passport, "cloud-history", WATTLE_CONSENT_WITHDRAWN, "en", 0,
                                       NOW + 1, &error));
  assert_error (error, WATTLE_ERROR_STORE);
  g_assert_cmpint (wattle_ledger_get_state (f->ledger, "cloud-history", NOW + 500, NULL), ==, WATTLE_CONSENT_GIVEN);
  g_assert_cmpstr (wattle_ledger_get_head (f->ledger), ==, head);
  f->store.fail = FALSE;
  decide (f, "cloud-history", WATTLE_CONSENT_WITHDRAWN, NOW + 1);
  g_assert_true (wattle_ledger_verify (f->ledger, &error));
}

/* What a yes was given to: with another passport or notice it is another yes. */
static void
test_renewed (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *text = sample_edit (THERMOMETER, "purposes/1/uses/0/keep/days", "3650");
  g_autoptr (WattlePassport) longer = passport_from_text (text, NULL);
  const WattleLedgerRecord *first = decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);

  g_assert_true (decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW + 1) == first);
  g_assert_cmpuint (wattle_ledger_get_n_records (f->ledger), ==, 1);
  g_assert_nonnull (
      wattle_ledger_decide (f->ledger, longer, "cloud-history", WATTLE_CONSENT_GIVEN, "en", 0, NOW + 2, NULL));
  g_assert_cmpuint (wattle_ledger_get_n_records (f->ledger), ==, 2);
}

/* ------------------------------------------------------------------- record */

static void
test_record (struct ledger_fixture *f, gconstpointer data)
{
  const WattleLedgerRecord *record = decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
  g_autoptr (JsonNode) node = wattle_json_parse (record->json, strlen (record->json), 65536, NULL);
  g_autofree char *notice = wattle_notice_sha256 (f->passport, "en");
  g_autofree char *person = g_strconcat ("urn:wattle:person:", f->chain, NULL);
  JsonObject *object = json_node_get_object (node), *process;

  g_assert_cmpstr (wattle_json_get_string (object, "@type"), ==, "dpv:ConsentRecord");
  g_assert_cmpstr (wattle_json_get_string (wattle_json_get_object (object, "dpv:hasConsentStatus"), "@type"), ==,
                   "dpv:ConsentGiven");
  g_assert_cmpstr (wattle_json_get_string (object, "dct:created"), ==, "2026-09-21T14:13:20Z");
  g_assert_cmpstr (wattle_json_get_string (wattle_json_get_object (object, "dpv:hasNotice"), "wattle:sha256"), ==,
                   notice);
  g_assert_cmpstr (wattle_json_get_string (wattle_json_get_object (object, "wattle:product"), "wattle:passport"), ==,
                   wattle_passport_get_sha256 (f->passport));
  g_assert_cmpstr (wattle_json_get_string (wattle_json_get_object (object, "dpv:hasDataSubject"), "@id"), ==, person);
  g_assert_cmpstr (wattle_json_get_string (wattle_json_get_object (object, "dpv:hasDataController"), "dpv:hasName"), ==,
                   "Gumleaf Instruments Pty Ltd");
  process = wattle_json_get_object (object, "dpv:hasProcess");
  g_assert_cmpstr (wattle_json_get_string (process, "dpv:hasLegalBasis"), ==, "dpv:ExplicitlyExpressedConsent");
  g_assert_cmpuint (json_array_get_length (wattle_json_get_array (process, "dpv:hasProcess")), ==, 2);
  g_assert_nonnull (strstr (record->json, "\"dpv:TemporalDuration\",\"rdf:value\":\"P365D\""));
  g_assert_nonnull (strstr (record->json, "Southern Hosting Ltd"));
  g_assert_nonnull (strstr (record->json, "\"dpv:hasLocation\":\"loc:AU\""));
  /* The unit is not in it: the chain's id stands for the device. */
  g_assert_null (strstr (record->json, TEST_UNIT));
}

/* ----------------------------------------------------------------- tampering */

/* The hash of a record as docs/ledger.md says; @previous is the chain for the first. */
static char *
hash_of (const char *previous, const char *json)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();

  for (guint i = 0; previous[i]; i += 2)
    g_byte_array_append (
        input, (const guint8[]){ g_ascii_xdigit_value (previous[i]) << 4 | g_ascii_xdigit_value (previous[i + 1]) }, 1);
  while (input->len < 32)
    g_byte_array_append (input, (const guint8[]){ 0 }, 1);
  g_byte_array_append (input, (const guint8 *)json, strlen (json));
  return wattle_sha256_hex (input->data, input->len);
}

static void
assert_tampered (struct ledger_fixture *f, const char *head, guint64 record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLedger) ledger = reload (f, head, &error);
  g_autofree char *named = g_strdup_printf ("Record %" G_GUINT64_FORMAT " ", record);

  g_assert_null (ledger);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED);
  if (record && !strstr (error->message, named))
    g_error ("“%s” does not name record %" G_GUINT64_FORMAT, error->message, record);
}

/* Sanitizers make loading slow; the paths are the same for a part of the bytes. */
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 7
#else
#define STRIDE 1
#endif

/* Every byte of the text, hash and previous hash of each kind of record. */
static void
test_every_byte (struct ledger_fixture *f, gconstpointer data)
{
  guint changed = 0;
  const char *first = decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW)->hash;

  confirm (f, first, TRUE, NOW);
  confirm (f, first, FALSE, NOW);
  for (guint i = 0; i < f->store.rows->len; i++) {
    struct row *row = memory_store_row (&f->store, i);
    char *const texts[] = { row->json, row->hash, row->previous };

    for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
      for (gsize at = 0, length = strlen (texts[t]); at < length; at += STRIDE) {
        char kept = texts[t][at];

        texts[t][at] = kept == 'a' ? 'b' : 'a';
        assert_tampered (f, NULL, i + 1);
        texts[t][at] = kept;
        changed++;
      }
  }
  g_test_message ("%u bytes changed, each found", changed);
  g_assert_cmpuint (changed, >, 4000 / STRIDE);
  g_assert_true (wattle_ledger_verify (f->ledger, NULL));
}

static void
test_rearranged (struct ledger_fixture *f, gconstpointer data)
{
  guint n;

  fill (f);
  n = f->store.rows->len;
  /* Each pair swapped, with the sequence numbers put right again. */
  for (guint i = 0; i + 1 < n; i++)
    for (guint j = i + 1; j < n; j++) {
      gpointer kept = f->store.rows->pdata[i];

      f->store.rows->pdata[i] = f->store.rows->pdata[j];
      f->store.rows->pdata[j] = kept;
      assert_tampered (f, NULL, i + 1);
      memory_store_row (&f->store, i)->sequence = i + 1;
      memory_store_row (&f->store, j)->sequence = j + 1;
      assert_tampered (f, NULL, i + 1);
      memory_store_row (&f->store, i)->sequence = j + 1;
      memory_store_row (&f->store, j)->sequence = i + 1;
      f->store.rows->pdata[j] = f->store.rows->pdata[i];
      f->store.rows->pdata[i] = kept;
    }
  /* Each but the last left out, also with the numbers closed up. */
  for (guint i = 0; i + 1 < n; i++) {
    gpointer kept = g_ptr_array_steal_index (f->store.rows, i);

    assert_tampered (f, NULL, i + 1);
    for (guint j = i; j < f->store.rows->len; j++)
      memory_store_row (&f->store, j)->sequence--;
    assert_tampered (f, NULL, i + 1);
    for (guint j = i; j < f->store.rows->len; j++)
      memory_store_row (&f->store, j)->sequence++;
    g_ptr_array_insert (f->store.rows, i, kept);
  }
  /* One twice. */
  memory_store_vtable.append (&f->store, f->chain, 6, memory_store_row (&f->store, 5)->hash,
                              memory_store_row (&f->store, 5)->previous, memory_store_row (&f->store, 5)->json, NULL);
  assert_tampered (f, NULL, 7);
  memory_store_row (&f->store, 6)->sequence = 7;
  assert_tampered (f, NULL, 7);
}

/* The end of a chain: only who knows the head notices, and that is why the daemon
 * keeps it apart. */
static void
test_truncated (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *head = NULL;

  fill (f);
  head = g_strdup (wattle_ledger_get_head (f->ledger));
  for (guint n = f->store.rows->len; n > 0; n--) {
    g_autoptr (WattleLedger) without = NULL;
    g_autofree char *last = g_strdup (memory_store_row (&f->store, n - 1)->hash);

    without = reload (f, NULL, NULL);
    g_assert_nonnull (without);
    g_assert_cmpuint (wattle_ledger_get_n_records (without), ==, n);
    if (n < 6)
      assert_tampered (f, head, n + 1);
    /* And records that the caller does not know of. */
    if (n > 1)
      assert_tampered (f, memory_store_row (&f->store, n - 2)->hash, n);
    assert_tampered (f, "", 0);
    g_clear_object (&without);
    without = reload (f, last, NULL);
    g_assert_nonnull (without);
    g_ptr_array_remove_index (f->store.rows, n - 1);
  }
  assert_tampered (f, head, 1);
  /* The ledger in memory notices too. */
  g_assert_false (wattle_ledger_verify (f->ledger, NULL));
}

/* A whole chain written anew by somebody who knows how: the chain itself cannot
 * tell, but its head is another, and no old confirmation fits. */
static void
test_rewritten (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *head = NULL;
  g_autofree char *confirmed = NULL;
  g_autoptr (WattleLedger) forged = NULL;

  fill (f);
  head = g_strdup (wattle_ledger_get_head (f->ledger));
  confirmed = g_strdup (wattle_ledger_get_record (f->ledger, 4)->hash);
  g_ptr_array_set_size (f->store.rows, 0);
  forged = reload (f, "", NULL);
  wattle_ledger_decide (forged, f->passport, "cloud-history", WATTLE_CONSENT_GIVEN, "en", 0, NOW, NULL);
  g_assert_true (wattle_ledger_verify (forged, NULL));
  assert_tampered (f, head, 2);
  g_assert_null (wattle_ledger_find_record (forged, confirmed));
}

/* Records whose hashes are right and that Wattle would never have written. */
static void
test_odd_records (struct ledger_fixture *f, gconstpointer data)
{
  static const char *const edits[][2] = {
    { "{\"@context\"", "{ \"@context\"" },        { "\"@type\":\"dpv:ConsentRecord\"", "\"@type\":\"dpv:Something\"" },
    { ":1\",\"@type\"", ":2\",\"@type\"" },       { "\"dct:created\":\"2026", "\"dct:created\":\"once" },
    { "dpv:ConsentGiven", "dpv:ConsentUnknown" }, { "\"wattle:purpose\":\"cloud-history\"", "\"wattle:purpose\":1" },
    { "\"dpv:hasNotice\"", "\"dpv:hasNote\"" },
  };
  struct row *row;
  g_autofree char *expected = NULL;
  g_autofree char *original = NULL;

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
  row = memory_store_row (&f->store, 0);
  expected = hash_of (f->chain, row->json);
  g_assert_cmpstr (row->hash, ==, expected);
  original = g_strdup (row->json);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++) {
    g_auto (GStrv) parts = g_strsplit (original, edits[i][0], 2);

    g_test_message ("%s", edits[i][1]);
    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    g_free (row->json);
    row->json = g_strjoinv (edits[i][1], parts);
    g_free (row->hash);
    row->hash = hash_of (f->chain, row->json);
    assert_tampered (f, NULL, 1);
  }
}

/* The same rows under the name of another chain. */
static void
test_other_chain (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *other = wattle_ledger_new_chain ();
  g_autoptr (GError) error = NULL;

  fill (f);
  for (guint i = 0; i < f->store.rows->len; i++) {
    struct row *row = memory_store_row (&f->store, i);

    g_free (row->chain);
    row->chain = g_strdup (other);
  }
  g_assert_null (wattle_ledger_load (&memory_store_vtable, &f->store, other, NULL, &error));
  g_assert_nonnull (strstr (error->message, "Record 1 "));
  assert_error (error, WATTLE_ERROR_TAMPERED);
}

/* ------------------------------------------------------------- confirmations */

static void
test_confirmations (struct ledger_fixture *f, gconstpointer data)
{
  gint64 since;

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
  decide (f, "product-improvement", WATTLE_CONSENT_GIVEN, NOW);
  g_assert_false (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_DEVICE, &since));
  g_assert_cmpint (since, ==, 0);
  /* A confirmation of the last record covers those before. */
  confirm (f, wattle_ledger_get_head (f->ledger), TRUE, NOW + 10);
  g_assert_true (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_DEVICE, &since));
  g_assert_cmpint (since, ==, NOW + 10);
  g_assert_false (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_CLOUD, &since));
  /* A new decision is not covered by an old confirmation, not even by one that comes late. */
  decide (f, "cloud-history", WATTLE_CONSENT_WITHDRAWN, NOW + 20);
  g_assert_false (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_DEVICE, &since));
  g_assert_true (wattle_ledger_is_confirmed (f->ledger, "product-improvement", WATTLE_EVIDENCE_DEVICE, &since));
  confirm (f, wattle_ledger_get_record (f->ledger, 2)->hash, FALSE, NOW + 30);
  g_assert_false (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_CLOUD, &since));
  g_assert_true (wattle_ledger_is_confirmed (f->ledger, "product-improvement", WATTLE_EVIDENCE_CLOUD, &since));
  confirm (f, wattle_ledger_get_record (f->ledger, 4)->hash, FALSE, NOW + 40);
  g_assert_true (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_CLOUD, &since));
  g_assert_cmpint (since, ==, NOW + 40);
  g_assert_false (wattle_ledger_is_confirmed (f->ledger, "nothing", WATTLE_EVIDENCE_CLOUD, &since));
  g_assert_true (wattle_ledger_verify (f->ledger, NULL));
}

static void
test_wrong_confirmations (struct ledger_fixture *f, gconstpointer data)
{
  const char *first = decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW)->hash;
  const char *second = decide (f, "product-improvement", WATTLE_CONSENT_GIVEN, NOW)->hash;
  guint8 zeros[32] = { 0 };
  g_autoptr (WattleEvidence) other = device_confirmation (f, first);
  g_autoptr (WattleEvidence) wipe = device_evidence (&f->device, WATTLE_STATEMENT_WIPE, zeros, 32);
  g_autoptr (WattleEvidence) deletion
      = cloud_evidence (&f->cloud, "{\"kind\":\"device-deletion\",\"record_sha256\":\"%s\"}", second);
  g_autoptr (WattleEvidence) unrelated = cloud_evidence (&f->cloud, "{\"kind\":\"consent\"}");
  WattleEvidence *const wrong[] = { other, wipe, deletion, unrelated };
  g_autofree char *unknown = g_strnfill (64, '0');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_null (wattle_ledger_confirm (f->ledger, second, wrong[i], NOW, &error));
    assert_error (error, WATTLE_ERROR_NOT_GENUINE);
  }
  g_assert_null (wattle_ledger_confirm (f->ledger, unknown, wipe, NOW, &error));
  assert_error (error, WATTLE_ERROR_NOT_FOUND);
  g_assert_cmpuint (wattle_ledger_get_n_records (f->ledger), ==, 2);
}

/* ------------------------------------------------------------------- exports */

static void
test_export (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *json = NULL;
  g_autofree char *records = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) array = NULL;
  guint64 n = 0;
  guint found = 0, all = 0;

  json = wattle_ledger_export (f->ledger);
  g_assert_true (wattle_ledger_verify_export (json, strlen (json), &n, &error));
  g_assert_cmpuint (n, ==, 0);
  g_free (json);
  fill (f);
  json = wattle_ledger_export (f->ledger);
  g_assert_true (wattle_ledger_verify_export (json, strlen (json), &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 6);
  /* Every byte counts; one in five is tried. */
  for (gsize i = 0, length = strlen (json); i < length; i += 5 * STRIDE) {
    char kept = json[i];

    json[i] = kept == 'e' ? 'f' : 'e';
    found += !wattle_ledger_verify_export (json, strlen (json), NULL, NULL);
    json[i] = kept;
    all++;
  }
  g_test_message ("%u of %u found", found, all);
  g_assert_cmpuint (found, ==, all);
  records = wattle_ledger_export_records (f->ledger);
  array = wattle_json_parse (records, strlen (records), 1000000, NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (array)), ==, 6);
}

/* Evidence in a file is verified too: a sound chain around a forged receipt. */
static void
test_export_forged_evidence (struct ledger_fixture *f, gconstpointer data)
{
  const char *first = decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW)->hash;
  g_autofree char *claims = g_strdup_printf ("{\"kind\":\"consent\",\"record_sha256\":\"%s\"}", first);
  g_autofree char *of_another = signer_jws (&f->device, JWS_HEADER, claims);
  g_autofree char *about_another = signer_jws (&f->cloud, JWS_HEADER, "{\"kind\":\"consent\"}");
  const char *const forgeries[] = { NULL, of_another, about_another };
  g_autofree char *json = NULL;
  g_autofree char *record_json = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *forged = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *entry, *record;

  confirm (f, first, FALSE, NOW);
  json = wattle_ledger_export (f->ledger);
  node = json_from_string (json, NULL);
  entry = json_array_get_object_element (json_object_get_array_member (json_node_get_object (node), "records"), 1);
  record = json_object_get_object_member (entry, "record");
  for (guint i = 0; i < G_N_ELEMENTS (forgeries); i++) {
    if (forgeries[i])
      json_object_set_string_member (json_object_get_object_member (record, "wattle:evidence"), "jws", forgeries[i]);
    g_free (record_json);
    record_json = wattle_json_canonical (json_object_get_member (entry, "record"));
    g_free (hash);
    hash = hash_of (first, record_json);
    json_object_set_string_member (entry, "hash", hash);
    g_free (forged);
    forged = wattle_json_canonical (node);
    g_assert_cmpint (wattle_ledger_verify_export (forged, strlen (forged), NULL, &error), ==, i == 0);
    if (i > 0)
      assert_error (error, WATTLE_ERROR_NOT_GENUINE);
  }
}

static void
test_receipts (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *device_key = wattle_sha256_hex (f->device.public_key, 65);
  g_autofree char *cloud_key = wattle_sha256_hex (f->cloud.public_key, 65);
  g_autoptr (GError) error = NULL;

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN, NOW);
  decide (f, "product-improvement", WATTLE_CONSENT_REFUSED, NOW);
  confirm (f, wattle_ledger_get_head (f->ledger), TRUE, NOW + 1);
  for (guint done = 0; done < 2; done++) {
    g_autofree char *json = wattle_ledger_export_record (f->ledger, 1, &error);
    g_autoptr (WattleReceiptSummary) summary = wattle_receipt_verify (json, strlen (json), &error);

    g_assert_no_error (error);
    g_assert_cmpstr (summary->kind, ==, "consent");
    g_assert_cmpstr (summary->id, ==, wattle_ledger_get_record (f->ledger, 1)->hash);
    g_assert_cmpint (summary->time, ==, NOW);
    g_assert_cmpstr (g_hash_table_lookup (summary->places, "cloud"), ==, done ? "confirmed" : "outstanding");
    g_assert_cmpstr (g_hash_table_lookup (summary->places, "device"), ==, "confirmed");
    g_assert_cmpint (summary->complete, ==, done == 1);
    g_assert_cmpstr (summary->device_key_sha256, ==, device_key);
    g_assert_cmpstr (summary->cloud_key_sha256, ==, done ? cloud_key : NULL);
    if (!done)
      confirm (f, wattle_ledger_get_record (f->ledger, 2)->hash, FALSE, NOW + 2);
    for (gsize i = 0, length = strlen (json); i < length; i += 7 * STRIDE) {
      char kept = json[i];

      json[i] = kept == 'e' ? 'f' : 'e';
      if (wattle_receipt_verify (json, strlen (json), NULL))
        g_error ("not found: %s", json + MAX (0, (gssize)i - 20));
      json[i] = kept;
    }
  }
  g_assert_null (wattle_ledger_export_record (f->ledger, 9, &error));
  assert_error (error, WATTLE_ERROR_NOT_FOUND);
  g_assert_null (wattle_ledger_export_record (f->ledger, 0, &error));
  assert_error (error, WATTLE_ERROR_NOT_FOUND);
}

/* A wipe takes a device's chain whole; the others verify as before. */
static void
test_wiped_device (struct ledger_fixture *f, gconstpointer data)
{
  g_autofree char *other_chain = wattle_ledger_new_chain ();
  g_autoptr (WattleLedger) other = wattle_ledger_load (&memory_store_vtable, &f->store, other_chain, NULL, NULL);
  g_autoptr (WattleLedger) empty = NULL;

  fill (f);
  wattle_ledger_decide (other, f->passport, "cloud-history", WATTLE_CONSENT_GIVEN, "en", 0, NOW, NULL);
  g_assert_cmpstr (f->chain, !=, other_chain);
  memory_store_remove_chain (&f->store, f->chain);
  g_assert_cmpuint (f->store.rows->len, ==, 1);
  g_assert_true (wattle_ledger_verify (other, NULL));
  empty = reload (f, "", NULL);
  g_assert_cmpuint (wattle_ledger_get_n_records (empty), ==, 0);
  g_assert_null (strstr (memory_store_row (&f->store, 0)->json, f->chain));
}

#define ADD(path, func)                                                                                                \
  g_test_add (path, struct ledger_fixture, NULL, ledger_fixture_set_up, func, ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/states", test_states);
  ADD ("/ledger/transitions", test_transitions);
  ADD ("/ledger/refusals", test_refusals);
  ADD ("/ledger/store-fails", test_store_fails);
  ADD ("/ledger/renewed", test_renewed);
  ADD ("/ledger/record", test_record);
  ADD ("/ledger/every-byte", test_every_byte);
  ADD ("/ledger/rearranged", test_rearranged);
  ADD ("/ledger/truncated", test_truncated);
  ADD ("/ledger/rewritten", test_rewritten);
  ADD ("/ledger/odd-records", test_odd_records);
  ADD ("/ledger/other-chain", test_other_chain);
  ADD ("/ledger/confirmations", test_confirmations);
  ADD ("/ledger/wrong-confirmations", test_wrong_confirmations);
  ADD ("/ledger/export", test_export);
  ADD ("/ledger/export-forged-evidence", test_export_forged_evidence);
  ADD ("/ledger/receipts", test_receipts);
  ADD ("/ledger/wiped-device", test_wiped_device);
  return g_test_run ();
}
