/* SPDX-License-Identifier: Apache-2.0 */
/* The wipe plan: every transition from every state it can be in, with a crash
 * before, in and after each journal write; and the receipt at the end. */
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "privacy/receipt.h"
#include "privacy/wipe-plan.h"
#include "support.h"

#define NOW G_GINT64_CONSTANT (1790000000)
#define ALL_OPTIONAL (1u << WATTLE_WIPE_CLOUD_DATA | 1u << WATTLE_WIPE_CLOUD_ACCOUNT | 1u << WATTLE_WIPE_DEVICE)

static struct signer device, cloud;

/* The one entry that a journal keeps. */
typedef struct journal {
  char *json;
  guint step, writes;
  gboolean fail;
} Journal;

static void
journal_clear (Journal *journal)
{
  g_free (journal->json);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Journal, journal_clear)

static gboolean
journal_write (gpointer user_data, const char *wipe_id, guint step, const char *json, GError **error)
{
  struct journal *journal = user_data;

  if (journal->fail) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE, "The disk is full.");
    return FALSE;
  }
  g_assert_true (wattle_is_hex (wipe_id, 32));
  g_assert_cmpuint (step, ==, journal->step + 1);
  journal->step = step;
  journal->writes++;
  g_free (journal->json);
  journal->json = g_strdup (json);
  return TRUE;
}

static WattleWipePlan *
plan_new (guint not_needed, struct journal *journal)
{
  WattleWipePlan *plan = wattle_wipe_plan_new (not_needed, NOW);

  wattle_wipe_plan_set_journal (plan, journal_write, journal);
  return plan;
}

static WattleWipePlan *
plan_from (const char *json, struct journal *journal)
{
  g_autoptr (GError) error = NULL;
  WattleWipePlan *plan = wattle_wipe_plan_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  wattle_wipe_plan_set_journal (plan, journal_write, journal);
  journal->step = wattle_wipe_plan_get_step (plan);
  return plan;
}

/* Evidence that suits @place of @plan. */
static WattleEvidence *
evidence_for (WattleWipePlan *plan, WattleWipePlace place)
{
  g_autofree char *unit = wattle_sha256_hex (TEST_UNIT, strlen (TEST_UNIT));

  switch (place) {
    case WATTLE_WIPE_DEVICE:
      return device_evidence (&device, WATTLE_STATEMENT_WIPE, wattle_wipe_plan_get_id_bytes (plan), 16);
    case WATTLE_WIPE_CLOUD_DATA:
      return cloud_evidence (&cloud, "{\"kind\":\"device-deletion\",\"request\":\"%s\",\"device\":\"%s\"}",
                             wattle_wipe_plan_get_id (plan), unit);
    case WATTLE_WIPE_CLOUD_ACCOUNT:
      return cloud_evidence (&cloud, "{\"kind\":\"account-deletion\",\"request\":\"%s\"}",
                             wattle_wipe_plan_get_id (plan));
    default:
      return wattle_evidence_new_local (2, NOW + 5);
  }
}

/* A transition: which, and of which place. */
enum act { BEGIN, CANCEL, LOSE, GIVE_UP, START, FINISH, SKIP, N_ACTS };

static gboolean
apply (WattleWipePlan *plan, enum act act, WattleWipePlace place, GError **error)
{
  g_autoptr (WattleEvidence) evidence = NULL;

  switch (act) {
    case BEGIN:
      return wattle_wipe_plan_begin (plan, error);
    case CANCEL:
      return wattle_wipe_plan_cancel (plan, error);
    case LOSE:
      return wattle_wipe_plan_declare_lost (plan, error);
    case GIVE_UP:
      return wattle_wipe_plan_give_up_cloud (plan, NOW + 20, error);
    case START:
      return wattle_wipe_plan_start (plan, place, error);
    case SKIP:
      return wattle_wipe_plan_skip (plan, place, error);
    case FINISH:
    default:
      evidence = evidence_for (plan, place);
      return wattle_wipe_plan_finish (plan, place, evidence, NOW + 10, error);
  }
}

/* States as digits, one per place, then whether it began and was cancelled. */
static char *
signature_of (WattleWipePlan *plan)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    g_string_append_printf (text, "%d", wattle_wipe_plan_get_state (plan, i));
  g_string_append_printf (text, "%s%s", wattle_wipe_plan_get_step (plan) ? "b" : "-",
                          wattle_wipe_plan_is_cancelled (plan) ? "c" : "-");
  return g_string_free (text, FALSE);
}

/* What the rules of wipe-plan.h say about a transition, written down a second
 * time and independently of the code under test. */
static gboolean
should_work (const char *s, enum act act, WattleWipePlace place)
{
#define OVER(i) (s[i] >= '2' && s[i] <= '4')
  gboolean began = s[7] == 'b', cancelled = s[8] == 'c', untouched = TRUE;
  gboolean before[WATTLE_WIPE_N_PLACES]
      = { TRUE, OVER (0), TRUE, OVER (1) && OVER (2) && OVER (5) && OVER (6), OVER (3), TRUE, OVER (1) };

  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    untouched &= s[i] == '0' || s[i] == '3';
  switch (act) {
    case BEGIN:
      return !began;
    case CANCEL:
      return untouched && !cancelled;
    case LOSE:
      return !cancelled && !OVER (2);
    case GIVE_UP:
      return began && !cancelled && !(OVER (0) && OVER (1));
    case START:
      return began && !cancelled && before[place] && (s[place] == '0' || s[place] == '1');
    case FINISH:
      return s[place] == '1';
    case SKIP:
    default:
      return began && !cancelled && place <= WATTLE_WIPE_DEVICE && s[place] == '0';
  }
}

/* No place goes back, and only one moves; but that a device is lost adds two, and a
 * cloud that is given up is given up whole. */
static void
assert_forward (enum act act, const char *before, const char *after)
{
  guint moved = 0;

  if (act == LOSE) {
    g_assert_true (strncmp (before, after, 5) == 0 && g_str_equal (before + 7, after + 7));
    g_assert_true (after[5] != '3' && after[6] != '3' && (before[5] == '3' || g_str_equal (before, after)));
    return;
  }
  if (act == GIVE_UP) {
    for (guint i = 0; i < WATTLE_WIPE_CLOUD_ACCOUNT + 1; i++)
      g_assert_cmpint (after[i], ==, before[i] == '0' || before[i] == '1' ? '4' : before[i]);
    g_assert_cmpstr (before + WATTLE_WIPE_DEVICE, ==, after + WATTLE_WIPE_DEVICE);
    return;
  }

  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++) {
    if (before[i] == after[i])
      continue;
    moved++;
    g_assert_true ((before[i] == '0' && (after[i] == '1' || after[i] == '3')) || (before[i] == '1' && after[i] == '2'));
  }
  g_assert_cmpuint (moved, <=, 1);
}

struct exploration {
  GHashTable *seen; /* signature to journal text */
  GQueue *todo;     /* signatures */
  guint transitions, refused, crashes;
};

static void
discover (struct exploration *x, WattleWipePlan *plan)
{
  char *signature = signature_of (plan);

  if (g_hash_table_contains (x->seen, signature)) {
    g_free (signature);
    return;
  }
  g_hash_table_insert (x->seen, signature, wattle_wipe_plan_to_json (plan));
  g_queue_push_tail (x->todo, signature);
}

/* One transition from the state in @json: as the rules say, and with the journal
 * failing as if it had never been asked for. */
static void
try_transition (struct exploration *x, const char *before, const char *json, enum act act, WattleWipePlace place)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_from (json, &journal);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  g_autofree char *stored = NULL;
  gboolean expected = should_work (before, act, place);

  /* Crash in the write: nothing durable, nothing done. */
  journal.fail = TRUE;
  if (!apply (plan, act, place, &error)) {
    g_autofree char *unchanged = wattle_wipe_plan_to_json (plan);

    g_assert_cmpstr (unchanged, ==, json);
    x->crashes++;
  } else { /* it asks no journal */
    g_set_object (&plan, NULL);
    plan = plan_from (json, &journal);
  }
  g_clear_error (&error);
  journal.fail = FALSE;
  if (apply (plan, act, place, &error) != expected)
    g_error ("%s, act %d of %s: expected %d", before, act, wattle_wipe_place_name (place), expected);
  after = signature_of (plan);
  if (!expected) {
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
    g_assert_cmpstr (after, ==, before);
    g_assert_cmpuint (journal.writes, ==, 0);
    x->refused++;
    return;
  }
  g_assert_no_error (error);
  assert_forward (act, before, after);
  x->transitions++;
  if (journal.writes > 0) {
    /* Crash right after the write: what is durable is what is in memory. */
    g_autoptr (WattleWipePlan) resumed = plan_from (journal.json, &journal);

    stored = signature_of (resumed);
    g_assert_cmpstr (stored, ==, after);
    g_assert_cmpuint (journal.writes, ==, 1);
    x->crashes++;
  } else {
    /* Only what changes nothing, or was never begun, writes nothing. */
    g_assert_true ((act == START && before[place] == '1') || (act == CANCEL && before[7] == '-')
                   || (act == LOSE && (before[7] == '-' || before[5] != '3')));
  }
  discover (x, plan);
}

/* From every state, carrying on ends in a complete wipe, unless it was cancelled. */
static void
finish_from (const char *json)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_from (json, &journal);

  if (wattle_wipe_plan_is_cancelled (plan))
    return;
  if (wattle_wipe_plan_get_step (plan) == 0)
    g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  for (guint round = 0; !wattle_wipe_plan_is_complete (plan); round++) {
    double progress = wattle_wipe_plan_get_progress (plan);

    g_assert_cmpuint (round, <, WATTLE_WIPE_N_PLACES);
    for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
      if (wattle_wipe_plan_is_ready (plan, i)) {
        g_assert_true (apply (plan, START, i, NULL));
        g_assert_true (apply (plan, FINISH, i, NULL));
      }
    g_assert_cmpfloat (wattle_wipe_plan_get_progress (plan), >, progress);
  }
  g_assert_cmpfloat (wattle_wipe_plan_get_progress (plan), ==, 1.0);
  g_assert_false (wattle_wipe_plan_can_cancel (plan));
}

static void
test_all_states (void)
{
  struct exploration x = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free), g_queue_new () };
  const char *before;

  for (guint not_needed = 0; not_needed <= ALL_OPTIONAL; not_needed++) {
    g_auto (Journal) journal = { 0 };
    g_autoptr (WattleWipePlan) plan = plan_new (not_needed, &journal);

    discover (&x, plan);
  }
  while ((before = g_queue_pop_head (x.todo))) {
    const char *json = g_hash_table_lookup (x.seen, before);

    for (enum act act = 0; act < N_ACTS; act++)
      for (guint place = 0; place < WATTLE_WIPE_N_PLACES; place++)
        if (place == 0 || act >= START)
          try_transition (&x, before, json, act, place);
    finish_from (json);
  }
  g_test_message ("%u states, %u transitions, %u refusals, %u crash points", g_hash_table_size (x.seen), x.transitions,
                  x.refused, x.crashes);
  g_assert_cmpuint (g_hash_table_size (x.seen), >, 80);
  g_hash_table_unref (x.seen);
  g_queue_free (x.todo);
}

/* ----------------------------------------------------------------- evidence */

static void
test_wrong_evidence (void)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (0, &journal);
  g_autoptr (WattleWipePlan) other = wattle_wipe_plan_new (0, NOW);
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  for (guint place = 0; place < WATTLE_WIPE_TRACES; place++) {
    g_assert_true (wattle_wipe_plan_start (plan, place, NULL));
    /* That of every other place, but for those that are the computer's own word. */
    for (guint from = 0; from < WATTLE_WIPE_N_PLACES; from++) {
      g_autoptr (WattleEvidence) evidence = evidence_for (plan, from);

      if (from == place || (from >= WATTLE_WIPE_KEYRING && place >= WATTLE_WIPE_KEYRING))
        continue;
      g_assert_false (wattle_wipe_plan_finish (plan, place, evidence, NOW, &error));
      assert_error (error, WATTLE_ERROR_NOT_GENUINE);
    }
    /* That of another wipe, and a consent statement with this wipe's id. */
    if (place < WATTLE_WIPE_KEYRING) {
      g_autoptr (WattleEvidence) replayed = evidence_for (other, place);

      g_assert_false (wattle_wipe_plan_finish (plan, place, replayed, NOW, &error));
      assert_error (error, WATTLE_ERROR_NOT_GENUINE);
    }
    if (place == WATTLE_WIPE_DEVICE) {
      g_autoptr (WattleEvidence) consent
          = device_evidence (&device, WATTLE_STATEMENT_CONSENT, wattle_wipe_plan_get_id_bytes (plan), 16);
      g_autoptr (WattleEvidence) longer
          = device_evidence (&device, WATTLE_STATEMENT_WIPE, wattle_wipe_plan_get_id_bytes (plan), 15);

      g_assert_false (wattle_wipe_plan_finish (plan, place, consent, NOW, NULL));
      g_assert_false (wattle_wipe_plan_finish (plan, place, longer, NOW, NULL));
    }
    g_assert_true (apply (plan, FINISH, place, NULL));
    g_assert_cmpint (wattle_wipe_plan_get_done_at (plan, place), ==, NOW + 10);
    g_assert_nonnull (wattle_wipe_plan_get_evidence (plan, place));
  }
  g_assert_true (wattle_wipe_plan_is_complete (plan));
}

/* ------------------------------------------------------------------- journal */

static char *
complete_plan (guint not_needed, WattleWipePlan **out)
{
  g_auto (Journal) journal = { 0 };
  WattleWipePlan *plan = plan_new (not_needed, &journal);

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if (wattle_wipe_plan_is_ready (plan, i)) {
      g_assert_true (apply (plan, START, i, NULL));
      g_assert_true (apply (plan, FINISH, i, NULL));
    }
  if (out)
    *out = plan;
  else
    g_object_unref (plan);
  return g_steal_pointer (&journal.json);
}

static void
assert_corrupt (const char *json)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wattle_wipe_plan_new_from_json (json, -1, &error));
  assert_error (error, WATTLE_ERROR_STORE_CORRUPT);
}

static void
test_journal (void)
{
  static const char *const edits[][2] = {
    { "\"format\":\"wattle-wipe-plan-1\"", "\"format\":\"wattle-wipe-plan-9\"" },
    { "\"step\":", "\"stop\":" },
    { "\"cancelled\":false", "\"cancelled\":true" },
    { "\"cancelled\":false", "\"cancelled\":0" },
    { "\"state\":\"done\"", "\"state\":\"over\"" },
    { "\"keyring\":", "\"pocket\":" },
  };
  g_autofree char *json = complete_plan (0, NULL);
  gsize length = strlen (json);

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++) {
    g_auto (GStrv) parts = g_strsplit (json, edits[i][0], 2);
    g_autofree char *changed = g_strjoinv (edits[i][1], parts);

    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    assert_corrupt (changed);
  }
  for (gsize cut = 0; cut < length; cut += 37) {
    g_autofree char *part = g_strndup (json, cut);

    assert_corrupt (part);
  }
  /* Evidence in the journal is verified again: no character of it can be another.
   * What it says about times is this computer's own word. */
  for (gsize i = 0; i < length; i += 11) {
    char kept = json[i];

    json[i] = g_ascii_isdigit (kept) ? kept : kept == 'x' ? 'y' : 'x';
    if (json[i] != kept)
      assert_corrupt (json);
    json[i] = kept;
  }
}

/* What was done out of order was never done by us. */
static void
test_journal_order (void)
{
  static const char *const places[] = { "cloud-data", "cloud-account", "device", "keyring" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *json = complete_plan (0, NULL);
    g_autoptr (JsonNode) node = json_from_string (json, NULL);
    JsonObject *all = json_object_get_object_member (json_node_get_object (node), "places");
    g_autofree char *changed = NULL;

    json_object_set_member (all, places[i], json_from_string ("{\"state\":\"pending\"}", NULL));
    changed = wattle_json_canonical (node);
    assert_corrupt (changed);
  }
}

/* ------------------------------------------------------------------- receipt */

static char *
compose (WattleWipePlan *plan)
{
  g_autofree char *passport = g_strnfill (64, 'a');

  return wattle_wipe_receipt_compose (plan, 0x00010001, passport);
}

static void
test_receipt (void)
{
  g_autoptr (WattleWipePlan) plan = NULL;
  g_autofree char *journal = complete_plan (1u << WATTLE_WIPE_CLOUD_ACCOUNT, &plan);
  g_autofree char *json = compose (plan);
  g_autofree char *key = wattle_sha256_hex (device.public_key, 65);
  g_autofree char *cloud_key = wattle_sha256_hex (cloud.public_key, 65);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleReceiptSummary) summary = wattle_receipt_verify (json, strlen (json), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (summary->kind, ==, "wipe");
  g_assert_cmpstr (summary->id, ==, wattle_wipe_plan_get_id (plan));
  g_assert_cmpint (summary->time, ==, NOW);
  g_assert_true (summary->complete);
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "device"), ==, "confirmed");
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "cloud-account"), ==, "not-needed");
  g_assert_cmpstr (summary->device_key_sha256, ==, key);
  g_assert_cmpstr (summary->cloud_key_sha256, ==, cloud_key);
}

/* The device is lost: what need not wait for it does not. */
static void
test_lost (void)
{
  static const WattleWipePlace now[]
      = { WATTLE_WIPE_TRACES, WATTLE_WIPE_CLOUD_DATA, WATTLE_WIPE_CLOUD_ACCOUNT, WATTLE_WIPE_SPARE_KEYS };
  static const WattleWipePlace later[] = { WATTLE_WIPE_DEVICE, WATTLE_WIPE_KEYRING, WATTLE_WIPE_RECORDS };
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (0, &journal);
  g_autofree char *json = NULL;
  g_autofree char *after = NULL;
  g_autoptr (WattleReceiptSummary) interim = NULL;
  g_autoptr (WattleReceiptSummary) end = NULL;

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_false (wattle_wipe_plan_is_lost (plan));
  g_assert_true (wattle_wipe_plan_declare_lost (plan, NULL));
  g_assert_true (wattle_wipe_plan_is_lost (plan));
  for (guint i = 0; i < G_N_ELEMENTS (now); i++) {
    g_assert_false (wattle_wipe_plan_waits_for_device (plan));
    g_assert_false (wattle_wipe_plan_is_ready (plan, WATTLE_WIPE_KEYRING));
    g_assert_true (apply (plan, START, now[i], NULL) && apply (plan, FINISH, now[i], NULL));
  }
  g_assert_true (wattle_wipe_plan_waits_for_device (plan));
  json = compose (plan);
  interim = wattle_receipt_verify (json, strlen (json), NULL);
  g_assert_nonnull (interim);
  g_assert_false (interim->complete);
  g_assert_cmpstr (g_hash_table_lookup (interim->places, "traces"), ==, "confirmed");
  g_assert_cmpstr (g_hash_table_lookup (interim->places, "spare-keys"), ==, "confirmed");
  g_assert_cmpstr (g_hash_table_lookup (interim->places, "device"), ==, "outstanding");
  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    g_assert_true (apply (plan, START, later[i], NULL) && apply (plan, FINISH, later[i], NULL));
  g_assert_false (wattle_wipe_plan_waits_for_device (plan));
  after = compose (plan);
  end = wattle_receipt_verify (after, strlen (after), NULL);
  g_assert_nonnull (end);
  g_assert_true (end->complete);
  g_assert_cmpuint (g_hash_table_size (end->places), ==, WATTLE_WIPE_N_PLACES);
}

/* A cloud that is gone for good: over, and nobody says that it is confirmed. */
static void
test_given_up (void)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (0, &journal);
  g_autoptr (WattleEvidence) late = NULL;
  g_autoptr (WattleReceiptSummary) summary = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  g_assert_false (wattle_wipe_plan_give_up_cloud (plan, NOW, &error)); /* not begun */
  assert_error (error, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_true (wattle_wipe_plan_start (plan, WATTLE_WIPE_CLOUD_DATA, NULL));
  g_assert_true (wattle_wipe_plan_give_up_cloud (plan, NOW + 20, NULL));
  g_assert_cmpint (wattle_wipe_plan_get_done_at (plan, WATTLE_WIPE_CLOUD_ACCOUNT), ==, NOW + 20);
  g_assert_null (wattle_wipe_plan_get_evidence (plan, WATTLE_WIPE_CLOUD_DATA));
  g_assert_true (wattle_wipe_plan_has_given_up (plan));
  g_assert_false (wattle_wipe_plan_can_cancel (plan));
  late = evidence_for (plan, WATTLE_WIPE_CLOUD_DATA);
  g_assert_false (wattle_wipe_plan_finish (plan, WATTLE_WIPE_CLOUD_DATA, late, NOW, NULL));
  for (WattleWipePlace place = WATTLE_WIPE_DEVICE; place <= WATTLE_WIPE_RECORDS; place++)
    g_assert_true (apply (plan, START, place, NULL) && apply (plan, FINISH, place, NULL));
  g_assert_true (wattle_wipe_plan_is_complete (plan));
  json = compose (plan);
  summary = wattle_receipt_verify (json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_true (summary->complete);
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "cloud-data"), ==, "given-up");
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "cloud-account"), ==, "given-up");
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "device"), ==, "confirmed");
}

/* Only a cloud can be given up, and only whole. */
static void
test_given_up_journal (void)
{
  static const char *const wrong[][2] = { { "device", "{\"given_up_at\":1,\"state\":\"given-up\"}" },
                                          { "keyring", "{\"given_up_at\":1,\"state\":\"given-up\"}" },
                                          { "cloud-data", "{\"state\":\"given-up\"}" },
                                          { "cloud-data", "{\"done_at\":1,\"state\":\"given-up\"}" },
                                          { "cloud-account", "{\"state\":\"pending\"}" } };
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (0, &journal);

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_true (wattle_wipe_plan_give_up_cloud (plan, NOW, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (JsonNode) node = json_from_string (journal.json, NULL);
    g_autofree char *changed = NULL;

    json_object_set_member (json_object_get_object_member (json_node_get_object (node), "places"), wrong[i][0],
                            json_from_string (wrong[i][1], NULL));
    changed = wattle_json_canonical (node);
    assert_corrupt (changed);
  }
}

static void
test_receipt_outstanding (void)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (0, &journal);
  g_autofree char *json = NULL;
  g_autoptr (WattleReceiptSummary) summary = NULL;

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_true (wattle_wipe_plan_start (plan, WATTLE_WIPE_DEVICE, NULL));
  json = compose (plan);
  summary = wattle_receipt_verify (json, strlen (json), NULL);
  g_assert_nonnull (summary);
  g_assert_false (summary->complete);
  g_assert_cmpstr (g_hash_table_lookup (summary->places, "device"), ==, "outstanding");
  g_assert_null (summary->device_key_sha256);
}

static void
test_receipt_forged (void)
{
  g_autoptr (WattleWipePlan) plan = NULL;
  g_autofree char *journal = complete_plan (0, &plan);
  g_autofree char *json = compose (plan);
  gsize length = strlen (json);
  guint tried = 0;
  static const char *const files[]
      = { "", "{}", "[]", "{\"format\":\"wattle-wipe-receipt-1\"}", "{\"format\":\"wattle-consent-receipt-1\"}" };

  for (gsize i = 0; i < length; i++, tried++) {
    char kept = json[i];

    json[i] = kept == 'e' ? 'f' : 'e';
    g_assert_null (wattle_receipt_verify (json, length, NULL));
    json[i] = kept;
  }
  g_test_message ("%u bytes changed, each found", tried);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_null (wattle_receipt_verify (files[i], strlen (files[i]), NULL));
}

/* Somebody who can compute the checksum still cannot put parts of different wipes,
 * devices or clouds together. */
static void
test_receipt_mixed (void)
{
  g_autoptr (WattleWipePlan) plan = NULL;
  g_autoptr (WattleWipePlan) other = NULL;
  g_autofree char *journal = complete_plan (0, &plan);
  g_autofree char *other_journal = complete_plan (0, &other);
  g_autofree char *json = compose (plan);
  g_autofree char *other_json = compose (other);
  static const char *const places[] = { "cloud-data", "cloud-account", "device" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (JsonNode) mine = json_from_string (json, NULL);
    g_autoptr (JsonNode) theirs = json_from_string (other_json, NULL);
    JsonObject *receipt = json_node_get_object (mine);
    JsonObject *from = json_object_get_object_member (json_node_get_object (theirs), "places");
    g_autofree char *text = NULL;
    g_autofree char *sum = NULL;
    g_autofree char *mixed = NULL;

    json_object_set_member (json_object_get_object_member (receipt, "places"), places[i],
                            json_node_copy (json_object_get_member (from, places[i])));
    json_object_remove_member (receipt, "sha256");
    text = wattle_json_canonical (mine);
    sum = wattle_sha256_hex (text, strlen (text));
    json_object_set_string_member (receipt, "sha256", sum);
    mixed = wattle_json_canonical (mine);
    g_assert_null (wattle_receipt_verify (mixed, strlen (mixed), NULL));
  }
}

/* Two clouds behind one receipt. */
static void
test_receipt_two_clouds (void)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (1u << WATTLE_WIPE_DEVICE, &journal);
  g_autoptr (WattleEvidence) evidence = NULL;
  g_autofree char *json = NULL;

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_true (apply (plan, START, WATTLE_WIPE_CLOUD_DATA, NULL));
  g_assert_true (apply (plan, FINISH, WATTLE_WIPE_CLOUD_DATA, NULL));
  g_assert_true (apply (plan, START, WATTLE_WIPE_CLOUD_ACCOUNT, NULL));
  evidence
      = cloud_evidence (&device, "{\"kind\":\"account-deletion\",\"request\":\"%s\"}", wattle_wipe_plan_get_id (plan));
  g_assert_true (wattle_wipe_plan_finish (plan, WATTLE_WIPE_CLOUD_ACCOUNT, evidence, NOW, NULL));
  json = compose (plan);
  g_assert_null (wattle_receipt_verify (json, strlen (json), NULL));
}

/* The cloud deleted another unit than the one that wiped itself. */
static void
test_receipt_other_unit (void)
{
  g_auto (Journal) journal = { 0 };
  g_autoptr (WattleWipePlan) plan = plan_new (1u << WATTLE_WIPE_CLOUD_ACCOUNT, &journal);
  g_autofree char *zeros = g_strnfill (64, '0');
  g_autoptr (WattleEvidence) evidence = NULL;
  g_autofree char *json = NULL;

  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_true (wattle_wipe_plan_start (plan, WATTLE_WIPE_CLOUD_DATA, NULL));
  evidence = cloud_evidence (&cloud, "{\"kind\":\"device-deletion\",\"request\":\"%s\",\"device\":\"%s\"}",
                             wattle_wipe_plan_get_id (plan), zeros);
  g_assert_true (wattle_wipe_plan_finish (plan, WATTLE_WIPE_CLOUD_DATA, evidence, NOW, NULL));
  g_assert_true (apply (plan, START, WATTLE_WIPE_DEVICE, NULL));
  g_assert_true (apply (plan, FINISH, WATTLE_WIPE_DEVICE, NULL));
  json = compose (plan);
  g_assert_null (wattle_receipt_verify (json, strlen (json), NULL));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  signer_init (&device);
  signer_init (&cloud);
  g_test_add_func ("/wipe-plan/all-states", test_all_states);
  g_test_add_func ("/wipe-plan/wrong-evidence", test_wrong_evidence);
  g_test_add_func ("/wipe-plan/journal", test_journal);
  g_test_add_func ("/wipe-plan/journal-order", test_journal_order);
  g_test_add_func ("/wipe-plan/lost", test_lost);
  g_test_add_func ("/wipe-plan/given-up", test_given_up);
  g_test_add_func ("/wipe-plan/given-up-journal", test_given_up_journal);
  g_test_add_func ("/receipt/wipe", test_receipt);
  g_test_add_func ("/receipt/outstanding", test_receipt_outstanding);
  g_test_add_func ("/receipt/forged", test_receipt_forged);
  g_test_add_func ("/receipt/mixed", test_receipt_mixed);
  g_test_add_func ("/receipt/two-clouds", test_receipt_two_clouds);
  g_test_add_func ("/receipt/other-unit", test_receipt_other_unit);
  status = g_test_run ();
  signer_clear (&device);
  signer_clear (&cloud);
  return status;
}
