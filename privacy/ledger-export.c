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

#define EXPORT_MAX_SIZE (256 * 1024 * 1024) /* bytes */

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

static JsonObject *
file_new (const char *format, const char *chain)
{
  JsonObject *file = json_object_new ();

  json_object_set_string_member (file, "format", format);
  json_object_set_string_member (file, "chain", chain);
  return file;
}

static char *
file_finish (JsonObject *file)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), file);
  char *text = wattle_json_canonical (node);

  json_object_unref (file);
  return text;
}

static JsonArray *
export_entries (WattleLedger *self, guint64 first, guint64 last)
{
  JsonArray *records = json_array_new ();

  for (guint64 i = first; i <= last; i++)
    json_array_add_object_element (records, export_entry (wattle_ledger_get_record (self, i)));
  return records;
}

/* The first confirmation by @by that covers the decision at @sequence; 0 if none.
 * One that names a later record covers it too, by the chain between them. */
static guint64
find_confirmation (WattleLedger *self, guint64 sequence, WattleEvidenceKind by)
{
  guint64 found = 0;

  for (guint64 i = sequence + 1; !found && i <= wattle_ledger_get_n_records (self); i++) {
    WattleRecordContent content;
    const char *why = wattle_record_read (wattle_ledger_get_chain (self), i, wattle_ledger_get_record (self, i)->json,
                                          &content, NULL);

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
  JsonObject *file;

  if (!wattle_ledger_get_record (self, sequence)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("There is no such consent record."));
    return NULL;
  }
  last = MAX (last, find_confirmation (self, sequence, WATTLE_EVIDENCE_DEVICE));
  last = MAX (last, find_confirmation (self, sequence, WATTLE_EVIDENCE_CLOUD));
  file = file_new (WATTLE_CONSENT_RECEIPT_FORMAT, wattle_ledger_get_chain (self));
  json_object_set_array_member (file, "records", export_entries (self, sequence, last));
  return file_finish (file);
}

char *
wattle_ledger_export (WattleLedger *self)
{
  JsonObject *file = file_new (WATTLE_LEDGER_FORMAT, wattle_ledger_get_chain (self));

  json_object_set_array_member (file, "records", export_entries (self, 1, wattle_ledger_get_n_records (self)));
  return file_finish (file);
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
  gint64 sequence; /* of the record before; 0 = none */
  char *previous;  /* its hash */
  WattleExportFunc func;
  gpointer user_data;
};

static gboolean
not_adding_up (gint64 sequence, GError **error)
{
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED,
               _ ("This file was changed: record %" PRId64 " does not add up."), sequence);
  return FALSE;
}

/* The evidence of a confirmation, verified. */
static gboolean
check_evidence (const WattleRecordContent *content, JsonNode *node, WattleEvidence **evidence, GError **error)
{
  if (content->kind != WATTLE_RECORD_CONFIRMATION)
    return TRUE;
  *evidence = wattle_evidence_from_json (node, error);
  if (!*evidence)
    return FALSE;
  if (wattle_evidence_get_kind (*evidence) == content->by && wattle_record_is_meant (*evidence, content->confirms))
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                       _ ("A confirmation in this file is about something else."));
  return FALSE;
}

static gboolean
verify_record (struct verify *v, JsonObject *entry, JsonNode *record, GError **error)
{
  g_autofree char *json = wattle_json_canonical (record);
  g_autofree char *hash = wattle_record_hash (v->chain, v->previous, json);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (WattleEvidence) evidence = NULL;
  WattleRecordContent content;
  gboolean ok;

  if (g_strcmp0 (wattle_json_get_string (entry, "hash"), hash) != 0)
    return not_adding_up (v->sequence, error);
  ok = wattle_record_read (v->chain, v->sequence, json, &content, &node) == NULL
           ? check_evidence (&content, node, &evidence, error)
           : not_adding_up (v->sequence, error);
  if (ok && v->func)
    v->func (hash, &content, json_node_get_object (record), evidence, v->user_data);
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
    return not_adding_up (v->sequence + 1, error);
  if (!v->previous) {
    /* A piece from the middle of a chain: what came before it is not told. */
    v->previous = g_strdup (previous);
    v->sequence = sequence - 1;
    if (sequence == 1 ? *previous != '\0' : !wattle_is_hex (previous, WATTLE_SHA256_HEX_LENGTH))
      return not_adding_up (sequence, error);
  }
  if (sequence != ++v->sequence || g_strcmp0 (previous, v->previous) != 0)
    return not_adding_up (v->sequence, error);
  return verify_record (v, entry, record, error);
}

gboolean
wattle_export_verify (JsonObject *file, gboolean whole, WattleExportFunc func, gpointer user_data, GError **error)
{
  JsonArray *records = wattle_json_get_array (file, "records");
  struct verify v = { .chain = wattle_json_get_string (file, "chain"), .func = func, .user_data = user_data };
  gboolean ok = TRUE;

  if (!records || !wattle_is_hex (v.chain, WATTLE_LEDGER_CHAIN_LENGTH) || json_object_get_size (file) != 3
      || (!whole && json_array_get_length (records) == 0)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This file holds no consent records."));
    return FALSE;
  }
  if (whole)
    v.previous = g_strdup ("");
  for (guint i = 0; ok && i < json_array_get_length (records); i++)
    ok = verify_entry (&v, json_array_get_element (records, i), error);
  g_free (v.previous);
  return ok;
}

gboolean
wattle_ledger_verify_export (const char *json, gsize length, guint64 *n_records, GError **error)
{
  g_autoptr (JsonNode) node = wattle_json_parse (json, length, EXPORT_MAX_SIZE, error);
  JsonObject *file;

  if (!node)
    return FALSE;
  file = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (!file || g_strcmp0 (wattle_json_get_string (file, "format"), WATTLE_LEDGER_FORMAT) != 0) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This file is not a consent ledger."));
    return FALSE;
  }
  if (!wattle_export_verify (file, TRUE, NULL, NULL, error))
    return FALSE;
  if (n_records)
    *n_records = json_array_get_length (wattle_json_get_array (file, "records"));
  return TRUE;
}
