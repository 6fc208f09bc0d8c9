/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger as files: a receipt of one record, the whole chain, and the check
 * of such a file with nothing else at hand.
 */
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "privacy/ledger-export.h"
#include "privacy/ledger-record.h"
#include "privacy/receipt.h"

static JsonObject *
export_entry (const WattleLedgerRecord *record)
{
  JsonObject *out = json_object_new ();

  json_object_set_int_member (out, "sequence", record->sequence);
  json_object_set_string_member (out, "hash", record->hash);
  json_object_set_string_member (out, "previous", record->previous);
  json_object_set_member (out, "record", json_from_string (record->json, NULL));
  return out;
}

/* What the names in a file mean to a reader of JSON-LD. */
static const struct {
  const char *name, *iri;
} context[] = {
  { "chain", "urn:wattle:terms:chain" },
  { "dct", "http://purl.org/dc/terms/" },
  { "dpv", "https://w3id.org/dpv#" },
  { "format", "urn:wattle:terms:format" },
  { "hash", "urn:wattle:terms:hash" },
  { "head", "urn:wattle:terms:head" },
  { "previous", "urn:wattle:terms:previous" },
  { "record", "https://w3id.org/dpv#hasRecordOfActivity" },
  { "records", "http://purl.org/dc/terms/hasPart" },
  { "sequence", "urn:wattle:terms:sequence" },
  { "wattle", "urn:wattle:terms:" },
};

/* All of a file but its records: it follows from them, and is checked against
 * them.  @first is the sequence of the first, @time and @head are of the last. */
static JsonObject *
envelope_new (const char *format, const char *chain, guint64 first, gint64 time, const char *head)
{
  gboolean receipt = g_str_equal (format, WATTLE_CONSENT_RECEIPT_FORMAT);
  JsonObject *file = json_object_new (), *names = json_object_new ();
  g_autofree char *id = receipt ? g_strdup_printf ("urn:wattle:receipt:%s:%" PRIu64, chain, first)
                                : g_strdup_printf ("urn:wattle:ledger:%s", chain);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *created = date ? g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");

  for (guint i = 0; i < G_N_ELEMENTS (context); i++)
    json_object_set_string_member (names, context[i].name, context[i].iri);
  json_object_set_object_member (file, "@context", names);
  json_object_set_string_member (file, "@type", receipt ? "dpv:ConsentReceipt" : "wattle:Ledger");
  json_object_set_string_member (file, "dpv:hasIdentifier", id);
  json_object_set_string_member (file, "dct:created", created);
  if (receipt)
    json_object_set_string_member (file, "dct:conformsTo", "https://w3id.org/dpv/schema/dpv-27560#receipt");
  json_object_set_string_member (file, "format", format);
  json_object_set_string_member (file, "chain", chain);
  json_object_set_string_member (file, "head", head);
  return file;
}

static JsonArray *
export_entries (WattleLedger *self, guint64 first, guint64 last)
{
  JsonArray *records = json_array_new ();

  for (guint64 i = first; i <= last; i++)
    json_array_add_object_element (records, export_entry (wattle_ledger_get_record (self, i)));
  return records;
}

/* The time of the record at @sequence; 0 if there is none. */
static gint64
time_of (WattleLedger *self, guint64 sequence)
{
  const WattleLedgerRecord *record = wattle_ledger_get_record (self, sequence);
  WattleRecordContent content;
  gint64 time = 0;

  if (!record)
    return 0;
  if (!wattle_record_read (wattle_ledger_get_chain (self), sequence, record->json, strlen (record->json), &content,
                           NULL))
    time = content.time;
  wattle_record_content_clear (&content);
  return time;
}

static char *
export_file (WattleLedger *self, const char *format, guint64 first, guint64 last)
{
  const WattleLedgerRecord *record = wattle_ledger_get_record (self, last);
  g_autoptr (JsonObject) file
      = envelope_new (format, wattle_ledger_get_chain (self), first, time_of (self, last), record ? record->hash : "");
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), file);

  json_object_set_array_member (file, "records", export_entries (self, first, last));
  return wattle_json_canonical (node);
}

/* The first confirmation by @by that covers the decision at @sequence; 0 if none.
 * One that names a later record covers it too, by the chain between them. */
static guint64
find_confirmation (WattleLedger *self, guint64 sequence, WattleEvidenceKind by)
{
  guint64 found = 0;

  for (guint64 i = sequence + 1; !found && i <= wattle_ledger_get_n_records (self); i++) {
    const char *json = wattle_ledger_get_record (self, i)->json;
    WattleRecordContent content;
    const char *why = wattle_record_read (wattle_ledger_get_chain (self), i, json, strlen (json), &content, NULL);

    if (!why && content.kind == WATTLE_RECORD_CONFIRMATION && content.by == by
        && wattle_ledger_find_record (self, content.confirms)->sequence >= sequence)
      found = i;
    wattle_record_content_clear (&content);
  }
  return found;
}

char *
wattle_ledger_export_record (WattleLedger *self, guint64 sequence, GError **error)
{
  guint64 last = sequence;

  if (!wattle_ledger_get_record (self, sequence)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("There is no such consent record."));
    return NULL;
  }
  for (guint by = WATTLE_EVIDENCE_DEVICE; by <= WATTLE_EVIDENCE_LOCAL; by++)
    last = MAX (last, find_confirmation (self, sequence, by));
  return export_file (self, WATTLE_CONSENT_RECEIPT_FORMAT, sequence, last);
}

char *
wattle_ledger_export (WattleLedger *self)
{
  return export_file (self, WATTLE_LEDGER_FORMAT, 1, wattle_ledger_get_n_records (self));
}

char *
wattle_ledger_export_records (WattleLedger *self)
{
  g_autoptr (JsonArray) records = export_entries (self, 1, wattle_ledger_get_n_records (self));
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), records);

  return wattle_json_canonical (node);
}

/* ------------------------------------------------------------- verification */

/* Where the verification of a file stands. */
struct verify {
  const char *chain;
  gint64 first;    /* sequence of the first record; 0 = none yet */
  gint64 sequence; /* of the record before; 0 = none */
  char *previous;  /* its hash */
  gint64 time;     /* its time */
  WattleExportFunc func;
  gpointer user_data;
};

static gboolean
not_adding_up (gint64 sequence, const char *why, GError **error)
{
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED,
               /* Translators: the second part says why, such as "it belongs to another place". */
               _ ("This file was changed. Record %" PRId64 " does not add up: %s."), sequence, _ (why));
  return FALSE;
}

/* The evidence of a confirmation, verified. */
static gboolean
check_evidence (struct verify *v, const WattleRecordContent *content, JsonNode *node, WattleEvidence **evidence,
                GError **error)
{
  if (content->kind != WATTLE_RECORD_CONFIRMATION)
    return TRUE;
  *evidence = wattle_evidence_from_json (node, error);
  if (!*evidence) {
    /* Translators: before a sentence about the confirmation in that record. */
    g_prefix_error (error, _ ("Record %" PRId64 ": "), v->sequence);
    return FALSE;
  }
  if (wattle_evidence_get_kind (*evidence) == content->by && wattle_record_is_meant (*evidence, content->confirms))
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
               _ ("Record %" PRId64 ": The answer is about something else."), v->sequence);
  return FALSE;
}

static gboolean
verify_record (struct verify *v, JsonObject *entry, JsonNode *record, GError **error)
{
  g_autofree char *json = wattle_json_canonical (record);
  g_autofree char *hash = wattle_record_hash (v->chain, v->previous, json, strlen (json));
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (WattleEvidence) evidence = NULL;
  WattleRecordContent content;
  const char *why;
  gboolean ok;

  if (g_strcmp0 (wattle_json_get_string (entry, "hash"), hash) != 0)
    return not_adding_up (v->sequence, N_ ("its text does not match its checksum"), error);
  why = wattle_record_read (v->chain, v->sequence, json, strlen (json), &content, &node);
  ok = why ? not_adding_up (v->sequence, why, error) : check_evidence (v, &content, node, &evidence, error);
  if (ok && v->func)
    v->func (hash, &content, json_node_get_object (record), evidence, v->user_data);
  v->time = content.time;
  wattle_record_content_clear (&content);
  g_free (v->previous);
  v->previous = g_steal_pointer (&hash);
  return ok;
}

static gboolean
verify_entry (struct verify *v, JsonNode *node, GError **error)
{
  JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *previous = entry ? wattle_json_get_string (entry, "previous") : NULL;
  JsonNode *record = entry ? json_object_get_member (entry, "record") : NULL;
  gint64 sequence = 0;

  if (!record || !previous || json_object_get_size (entry) != 4
      || !wattle_json_get_integer (entry, "sequence", &sequence) || sequence < 1)
    return not_adding_up (v->sequence + 1, N_ ("parts of it are missing"), error);
  if (!v->previous) {
    /* A piece from the middle of a chain: what came before it is not told. */
    v->previous = g_strdup (previous);
    v->sequence = sequence - 1;
    if (sequence == 1 ? *previous != '\0' : !wattle_is_hex (previous, WATTLE_SHA256_HEX_LENGTH))
      return not_adding_up (sequence, N_ ("it does not follow the one before"), error);
  }
  v->first = v->first ? v->first : sequence;
  if (sequence != ++v->sequence)
    return not_adding_up (v->sequence, N_ ("a record before it is missing, or there are two"), error);
  if (g_strcmp0 (previous, v->previous) != 0)
    return not_adding_up (v->sequence, N_ ("it does not follow the one before"), error);
  return verify_record (v, entry, record, error);
}

/* What stands around the records is what follows from them, no more and no less. */
static gboolean
verify_envelope (struct verify *v, JsonObject *file, GError **error)
{
  g_autoptr (JsonObject) expected
      = envelope_new (wattle_json_get_string (file, "format"), v->chain, v->first, v->time, v->previous);
  g_autoptr (GList) names = json_object_get_members (file);
  const char *wrong = NULL;

  for (GList *l = names; l && !wrong; l = l->next) {
    JsonNode *node = json_object_get_member (expected, l->data);

    if (!g_str_equal (l->data, "records") && (!node || !json_node_equal (node, json_object_get_member (file, l->data))))
      wrong = l->data;
  }
  if (!wrong && json_object_get_size (file) == json_object_get_size (expected) + 1)
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED,
               _ ("This file was changed. Its part “%s” does not fit its records."), wrong ? wrong : "@context");
  return FALSE;
}

gboolean
wattle_export_verify (JsonObject *file, gboolean whole, WattleExportFunc func, gpointer user_data, GError **error)
{
  JsonArray *records = wattle_json_get_array (file, "records");
  struct verify v = { .chain = wattle_json_get_string (file, "chain"), .func = func, .user_data = user_data };
  gboolean ok = TRUE;

  if (!records || !wattle_is_hex (v.chain, WATTLE_LEDGER_CHAIN_LENGTH)
      || (!whole && json_array_get_length (records) == 0)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This file holds no consent records."));
    return FALSE;
  }
  if (whole)
    v.previous = g_strdup ("");
  for (guint i = 0; ok && i < json_array_get_length (records); i++)
    ok = verify_entry (&v, json_array_get_element (records, i), error);
  v.first = v.first ? v.first : 1;
  ok = ok && verify_envelope (&v, file, error);
  g_free (v.previous);
  return ok;
}

gboolean
wattle_ledger_verify_export (const char *json, gsize length, guint64 *n_records, GError **error)
{
  g_autoptr (WattleReceiptSummary) summary = wattle_receipt_verify (json, length, error);

  if (!summary)
    return FALSE;
  if (!g_str_equal (summary->kind, "ledger")) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This file is not a consent ledger."));
    return FALSE;
  }
  if (n_records)
    *n_records = summary->n_records;
  return TRUE;
}
