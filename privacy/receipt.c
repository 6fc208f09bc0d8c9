/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: composing and verifying.
 */
#include "privacy/receipt.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "common/error.h"
#include "privacy/certificate.h"
#include "privacy/canonical.h"
#include "privacy/json.h"
#include "privacy/ledger-export.h"

#define WIPE_FORMAT "wattle-wipe-receipt-1"

static const char *const confirmations[] = { "confirmed", "outstanding", "not-needed", "given-up" };

const char *
wattle_wipe_confirmation_name (WattleWipeState state)
{
  switch (state) {
    case WATTLE_WIPE_DONE:
      return confirmations[0];
    case WATTLE_WIPE_NOT_NEEDED:
      return confirmations[2];
    case WATTLE_WIPE_GIVEN_UP:
      return confirmations[3];
    default:
      return confirmations[1];
  }
}

/* The checksum over all members but "sha256" itself: notices damage, proves nothing. */
static char *
checksum (JsonObject *receipt)
{
  g_autoptr (JsonObject) rest = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), rest);
  g_autoptr (GList) names = json_object_get_members (receipt);
  g_autofree char *text = NULL;

  for (GList *l = names; l; l = l->next)
    if (!g_str_equal (l->data, "sha256"))
      json_object_set_member (rest, l->data, json_node_copy (json_object_get_member (receipt, l->data)));
  text = wattle_json_canonical (node);
  return wattle_sha256_hex (text, strlen (text));
}

char *
wattle_wipe_receipt_compose (WattleWipePlan *plan, guint32 product, const char *passport_sha256)
{
  g_autoptr (JsonObject) receipt = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), receipt);
  g_autofree char *sha256 = NULL;
  JsonObject *places = json_object_new ();

  json_object_set_string_member (receipt, "format", WIPE_FORMAT);
  json_object_set_string_member (receipt, "id", wattle_wipe_plan_get_id (plan));
  json_object_set_int_member (receipt, "requested_at", wattle_wipe_plan_get_requested_at (plan));
  json_object_set_int_member (receipt, "product", product);
  json_object_set_string_member (receipt, "passport_sha256", passport_sha256);
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++) {
    WattleEvidence *evidence = wattle_wipe_plan_get_evidence (plan, i);
    JsonObject *place;

    if (!wattle_wipe_plan_has_place (plan, i))
      continue;
    place = json_object_new ();
    json_object_set_string_member (place, "state",
                                   wattle_wipe_confirmation_name (wattle_wipe_plan_get_state (plan, i)));
    if (evidence) {
      json_object_set_int_member (place, "done_at", wattle_wipe_plan_get_done_at (plan, i));
      json_object_set_member (place, "evidence", wattle_evidence_to_json (evidence));
    }
    if (wattle_wipe_plan_get_state (plan, i) == WATTLE_WIPE_GIVEN_UP)
      json_object_set_int_member (place, "given_up_at", wattle_wipe_plan_get_done_at (plan, i));
    json_object_set_object_member (places, wattle_wipe_place_name (i), place);
  }
  json_object_set_object_member (receipt, "places", places);
  sha256 = checksum (receipt);
  json_object_set_string_member (receipt, "sha256", sha256);
  return wattle_json_canonical (node);
}

/* ------------------------------------------------------------- verification */

static gboolean
not_genuine (GError **error)
{
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                       _ ("This receipt was changed, or its parts do not belong together."));
  return FALSE;
}

static WattleReceiptSummary *
summary_new (const char *kind)
{
  WattleReceiptSummary *summary = g_new0 (WattleReceiptSummary, 1);

  summary->kind = g_strdup (kind);
  summary->places = g_hash_table_new (g_str_hash, g_str_equal); /* of const strings */
  summary->complete = TRUE;
  for (guint i = 0; i < WATTLE_EVIDENCE_N_KINDS; i++)
    summary->removed[i] = -1;
  return summary;
}

/* Keeps the fingerprint of the key behind @evidence.  FALSE if another key of the
 * same kind has signed before: one device and one cloud stand behind a receipt. */
static gboolean
note_key (WattleReceiptSummary *summary, WattleEvidence *evidence)
{
  const char *key = wattle_evidence_get_key_sha256 (evidence);
  char **slot = wattle_evidence_get_kind (evidence) == WATTLE_EVIDENCE_DEVICE ? &summary->device_key_sha256
                                                                              : &summary->cloud_key_sha256;

  if (!key)
    return TRUE;
  if (!*slot)
    *slot = g_strdup (key);
  return g_str_equal (*slot, key);
}

/* Adds to what is known to be deleted. */
static void
note_removed (WattleReceiptSummary *summary, WattleEvidence *evidence)
{
  gint64 removed = wattle_evidence_get_removed (evidence);
  gint64 *sum = &summary->removed[wattle_evidence_get_kind (evidence)];

  if (removed >= 0)
    *sum = MAX (*sum, 0) + removed;
}

/* One place as the journal has it: the same but for the word for its state. */
static JsonNode *
place_for_plan (JsonNode *node)
{
  static const char *const states[] = { "done", "pending", "not-needed", "given-up" };
  JsonObject *place = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *state = place ? wattle_json_get_string (place, "state") : NULL;
  g_autoptr (JsonObject) out = json_object_new ();
  g_autoptr (GList) names = place ? json_object_get_members (place) : NULL;

  for (GList *l = names; l; l = l->next)
    json_object_set_member (out, l->data, json_node_copy (json_object_get_member (place, l->data)));
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (state, confirmations[i]) == 0) {
      json_object_set_string_member (out, "state", states[i]);
      return json_node_init_object (json_node_alloc (), out);
    }
  return json_node_new (JSON_NODE_NULL);
}

/* A plan in the state that the receipt tells, by way of the journal's format: the
 * same rules then hold for both. */
static WattleWipePlan *
plan_of (JsonObject *receipt)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  JsonObject *places = wattle_json_get_object (receipt, "places"), *out = json_object_new ();
  g_autoptr (GList) names = places ? json_object_get_members (places) : NULL;
  g_autofree char *json = NULL;

  json_object_set_string_member (object, "format", WATTLE_WIPE_PLAN_FORMAT);
  json_object_set_member (object, "id", json_node_copy (json_object_get_member (receipt, "id")));
  json_object_set_member (object, "requested_at", json_node_copy (json_object_get_member (receipt, "requested_at")));
  json_object_set_int_member (object, "step", 1);
  json_object_set_boolean_member (object, "cancelled", FALSE);
  for (GList *l = names; l; l = l->next)
    json_object_set_member (out, l->data, place_for_plan (json_object_get_member (places, l->data)));
  json_object_set_object_member (object, "places", out);
  json = wattle_json_canonical (node);
  return wattle_wipe_plan_new_from_json (json, -1, NULL);
}

/* The cloud's receipt names the device by the hash of the serial number that the
 * device itself has signed. */
static gboolean
same_device (WattleWipePlan *plan)
{
  WattleEvidence *device = wattle_wipe_plan_get_evidence (plan, WATTLE_WIPE_DEVICE);
  WattleEvidence *cloud = wattle_wipe_plan_get_evidence (plan, WATTLE_WIPE_CLOUD_DATA);
  g_autofree char *unit = NULL;

  if (!device || !cloud)
    return TRUE;
  unit = wattle_sha256_hex (wattle_evidence_get_statement (device)->unit_id,
                            strlen (wattle_evidence_get_statement (device)->unit_id));
  return g_strcmp0 (wattle_json_get_string (wattle_evidence_get_claims (cloud), "device"), unit) == 0;
}

static gboolean
check_wipe_form (JsonObject *receipt)
{
  g_autofree char *sha256 = checksum (receipt);
  gint64 product;

  return json_object_get_size (receipt) == 7 && json_object_has_member (receipt, "id")
         && json_object_has_member (receipt, "requested_at") && wattle_json_get_integer (receipt, "product", &product)
         && wattle_is_hex (wattle_json_get_string (receipt, "passport_sha256"), WATTLE_SHA256_HEX_LENGTH)
         && g_strcmp0 (wattle_json_get_string (receipt, "sha256"), sha256) == 0;
}

static WattleReceiptSummary *
verify_wipe (JsonObject *receipt, GError **error)
{
  g_autoptr (WattleWipePlan) plan = NULL;
  g_autoptr (WattleReceiptSummary) summary = summary_new ("wipe");

  plan = check_wipe_form (receipt) ? plan_of (receipt) : NULL;
  if (!plan || !same_device (plan))
    return not_genuine (error), NULL;
  summary->id = g_strdup (wattle_wipe_plan_get_id (plan));
  summary->time = wattle_wipe_plan_get_requested_at (plan);
  summary->complete = wattle_wipe_plan_is_complete (plan);
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++) {
    WattleEvidence *evidence = wattle_wipe_plan_get_evidence (plan, i);

    if (!wattle_wipe_plan_has_place (plan, i))
      continue;
    g_hash_table_insert (summary->places, (gpointer)wattle_wipe_place_name (i),
                         (gpointer)wattle_wipe_confirmation_name (wattle_wipe_plan_get_state (plan, i)));
    if (evidence && !note_key (summary, evidence))
      return not_genuine (error), NULL;
    if (evidence)
      note_removed (summary, evidence);
  }
  return g_steal_pointer (&summary);
}

/* Notes which places have to confirm, by the record's own text: the device where
 * it has a number for the purpose, the cloud where it takes part.  What was never
 * allowed is nothing that a cloud has to know of. */
static void
note_places (WattleReceiptSummary *summary, const WattleRecordContent *content, JsonObject *record)
{
  JsonObject *process = wattle_json_get_object (record, "dpv:hasProcess");
  JsonObject *purpose = process ? wattle_json_get_object (process, "dpv:hasPurpose") : NULL;
  JsonArray *uses = process ? wattle_json_get_array (process, "dpv:hasProcess") : NULL;
  const char *cloud = content->state == WATTLE_CONSENT_REFUSED ? confirmations[2] : confirmations[1];

  if (purpose && json_object_has_member (purpose, "wattle:number"))
    g_hash_table_insert (summary->places, (gpointer) "device", (gpointer)confirmations[1]);
  for (guint i = 0; uses && i < json_array_get_length (uses); i++) {
    JsonNode *node = json_array_get_element (uses, i);
    const char *place
        = JSON_NODE_HOLDS_OBJECT (node) ? wattle_json_get_string (json_node_get_object (node), "wattle:place") : NULL;

    if (g_strcmp0 (place, "cloud") == 0)
      g_hash_table_insert (summary->places, (gpointer) "cloud", (gpointer)cloud);
  }
}

struct consent {
  WattleReceiptSummary *summary;
  GHashTable *seen; /* hashes of the records so far */
};

/* A WattleExportFunc, of any file with records. */
static void
count_record (const char *hash, const WattleRecordContent *content, JsonObject *record, WattleEvidence *evidence,
              gpointer user_data)
{
  WattleReceiptSummary *summary = user_data;

  summary->n_records++;
  summary->time = content->time;
  if (!evidence)
    return;
  summary->n_confirmations++;
  note_removed (summary, evidence);
  note_key (summary, evidence); /* a later one may have another key */
}

/* A WattleExportFunc, of a receipt: the first confirmation of each kind counts. */
static void
note_record (const char *hash, const WattleRecordContent *content, JsonObject *record, WattleEvidence *evidence,
             gpointer user_data)
{
  struct consent *consent = user_data;
  WattleReceiptSummary *summary = consent->summary;

  summary->n_records++;
  summary->n_confirmations += evidence != NULL;
  if (!summary->id) {
    summary->id = g_strdup (hash);
    summary->time = content->time;
    if (content->kind == WATTLE_RECORD_DECISION)
      note_places (summary, content, record);
  }
  if (evidence && g_hash_table_contains (consent->seen, content->confirms)) {
    static const char *const names[] = { "device", "cloud", "computer" };

    if (g_strcmp0 (g_hash_table_lookup (summary->places, names[content->by]), confirmations[0]) != 0)
      note_removed (summary, evidence);
    g_hash_table_insert (summary->places, (gpointer)names[content->by], (gpointer)confirmations[0]);
    note_key (summary, evidence);
  }
  g_hash_table_add (consent->seen, g_strdup (hash));
}

static WattleReceiptSummary *
verify_consent (JsonObject *receipt, GError **error)
{
  g_autoptr (WattleReceiptSummary) summary = summary_new ("consent");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  struct consent consent = { .summary = summary, .seen = seen };
  GHashTableIter iter;
  gpointer state;

  if (!wattle_export_verify (receipt, FALSE, note_record, &consent, error))
    return NULL;
  g_hash_table_iter_init (&iter, summary->places);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    summary->complete &= !g_str_equal (state, confirmations[1]);
  return g_steal_pointer (&summary);
}

static WattleReceiptSummary *
verify_ledger (JsonObject *ledger, GError **error)
{
  g_autoptr (WattleReceiptSummary) summary = summary_new ("ledger");

  if (!wattle_export_verify (ledger, TRUE, count_record, summary, error))
    return NULL;
  summary->id = g_strdup (wattle_json_get_string (ledger, "chain"));
  return g_steal_pointer (&summary);
}

/* That the text is the one way to write what it says: no byte may be another. */
static gboolean
check_canonical (const char *json, gsize length, GError **error)
{
  gsize at;

  if (wattle_canonical_read (json, length, NULL, 0, &at))
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED,
               _ ("This file was changed. Byte %zu is not as Wattle writes it."), at + 1);
  return FALSE;
}

/* The certificate of a wipe tells what the receipt in it tells. */
static WattleReceiptSummary *
verify_certificate (JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = wattle_json_canonical (node);
  g_autoptr (WattleCertificate) certificate = wattle_certificate_verify (text, strlen (text), error);

  return certificate ? verify_wipe (wattle_json_get_object (object, "receipt"), error) : NULL;
}

WattleReceiptSummary *
wattle_receipt_verify (const char *json, gsize length, GError **error)
{
  static const struct {
    const char *format;
    WattleReceiptSummary *(*verify) (JsonObject *receipt, GError **error);
  } kinds[] = {
    { WIPE_FORMAT, verify_wipe },
    { WATTLE_CERTIFICATE_FORMAT, verify_certificate },
    { WATTLE_CONSENT_RECEIPT_FORMAT, verify_consent },
    { WATTLE_LEDGER_FORMAT, verify_ledger },
  };
  g_autoptr (JsonNode) node = wattle_json_parse (json, length, WATTLE_RECEIPT_MAX_SIZE, error);
  JsonObject *object;

  if (!node)
    return NULL;
  object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  for (guint i = 0; object && i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (wattle_json_get_string (object, "format"), kinds[i].format) == 0)
      return check_canonical (json, length - (json[length - 1] == '\n'), error) ? kinds[i].verify (object, error)
                                                                                : NULL;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                       _ ("This file is not a receipt of Wattle’s: its part “format” is unknown."));
  return NULL;
}

void
wattle_receipt_summary_free (WattleReceiptSummary *summary)
{
  g_free (summary->id);
  g_free (summary->kind);
  g_hash_table_unref (summary->places);
  g_free (summary->device_key_sha256);
  g_free (summary->cloud_key_sha256);
  g_free (summary);
}
