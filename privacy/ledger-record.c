/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the consent ledger: JSON-LD with the fields of ISO/IEC TS
 * 27560:2023 as the DPVCG's guide to it maps them to DPV 2 terms.
 * docs/ledger.md shows one.
 */
#include "privacy/ledger-record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "privacy/json.h"
#include "privacy/passport-private.h"

#define CHAIN_BYTES (WATTLE_LEDGER_CHAIN_LENGTH / 2)
#define HASH_BYTES 32

static const struct {
  const char *name, *iri;
} context[] = {
  { "dct", "http://purl.org/dc/terms/" }, { "dpv", "https://w3id.org/dpv#" }, { "loc", "https://w3id.org/dpv/loc#" },
  { "pd", "https://w3id.org/dpv/pd#" },   { "wattle", "urn:wattle:terms:" },
};

static const char *const statuses[] = {
  [WATTLE_CONSENT_GIVEN] = "dpv:ConsentGiven",
  [WATTLE_CONSENT_REFUSED] = "dpv:ConsentRefused",
  [WATTLE_CONSENT_WITHDRAWN] = "dpv:ConsentWithdrawn",
};

static const char *const confirmers[] = {
  [WATTLE_EVIDENCE_DEVICE] = "device",
  [WATTLE_EVIDENCE_CLOUD] = "cloud",
};

void
wattle_record_content_clear (WattleRecordContent *content)
{
  g_clear_pointer (&content->purpose, g_free);
  g_clear_pointer (&content->notice_sha256, g_free);
  g_clear_pointer (&content->passport_sha256, g_free);
  g_clear_pointer (&content->confirms, g_free);
}

/* --------------------------------------------------------------------- hash */

static void
hex_to_bytes (const char *hex, guint8 *out)
{
  for (; hex[0] && hex[1]; hex += 2)
    *out++ = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);
}

char *
wattle_record_hash (const char *chain, const char *previous, const char *json)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 start[HASH_BYTES] = { 0 };

  hex_to_bytes (*previous ? previous : chain, start);
  g_checksum_update (checksum, start, sizeof start);
  g_checksum_update (checksum, (const guchar *)json, strlen (json));
  return g_strdup (g_checksum_get_string (checksum));
}

/* ------------------------------------------------------------------ writing */

static void
set (JsonObject *object, const char *name, const char *value)
{
  if (value)
    json_object_set_string_member (object, name, value);
}

static JsonObject *
set_object (JsonObject *object, const char *name, const char *type)
{
  JsonObject *member = json_object_new ();

  set (member, "@type", type);
  json_object_set_object_member (object, name, member);
  return member;
}

/* A list of strings: @array is copied. */
static void
set_terms (JsonObject *object, const char *name, JsonArray *array)
{
  JsonArray *copy = json_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    json_array_add_string_element (copy, json_array_get_string_element (array, i));
  json_object_set_array_member (object, name, copy);
}

static void
set_time (JsonObject *object, const char *name, gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = date ? g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  set (object, name, text);
}

static JsonObject *
record_new (const char *chain, guint64 sequence, const char *type, gint64 time)
{
  JsonObject *record = json_object_new ();
  JsonObject *names = set_object (record, "@context", NULL);
  g_autofree char *id = g_strdup_printf ("urn:wattle:record:%s:%" G_GUINT64_FORMAT, chain, sequence);

  for (guint i = 0; i < G_N_ELEMENTS (context); i++)
    set (names, context[i].name, context[i].iri);
  set (record, "@id", id);
  set (record, "@type", type);
  set_time (record, "dct:created", time);
  return record;
}

static char *
record_finish (JsonObject *record)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), record);
  char *text = wattle_json_canonical (node);

  json_object_unref (record);
  return text;
}

/* Country codes are locations in DPV's loc extension: loc:AU. */
static void
set_country (JsonObject *object, const char *name, const char *code)
{
  g_autofree char *term = code ? g_strconcat ("loc:", code, NULL) : NULL;

  set (object, name, term);
}

static void
set_party (JsonObject *object, const char *name, const char *type, JsonObject *party)
{
  JsonObject *out = set_object (object, name, type);

  set (out, "dpv:hasName", wattle_json_get_string (party, "name"));
  set (out, "dpv:hasContact", wattle_json_get_string (party, "contact"));
  set_country (out, "dpv:hasCountry", wattle_json_get_string (party, "country"));
}

static JsonArray *
terms_of_data (JsonObject *root, JsonObject *use)
{
  JsonArray *ids = wattle_json_get_array (use, "data"), *all = wattle_json_get_array (root, "data");
  JsonArray *out = json_array_new ();

  for (guint i = 0; i < json_array_get_length (ids); i++) {
    for (guint j = 0; all && j < json_array_get_length (all); j++) {
      JsonObject *data = json_array_get_object_element (all, j);
      JsonArray *terms = wattle_json_get_array (data, "dpv");

      if (g_strcmp0 (json_array_get_string_element (ids, i), wattle_json_get_string (data, "id")) != 0)
        continue;
      for (guint k = 0; k < json_array_get_length (terms); k++)
        json_array_add_string_element (out, json_array_get_string_element (terms, k));
    }
  }
  return out;
}

/* Where and how long, of one use. */
static void
set_storage (JsonObject *process, JsonObject *use)
{
  JsonObject *storage = set_object (process, "dpv:hasStorageCondition", "dpv:StorageCondition");
  JsonObject *keep = wattle_json_get_object (use, "keep");
  g_autofree char *duration = NULL;
  gint64 days;

  set (storage, "wattle:place", wattle_json_get_string (use, "place"));
  set_country (storage, "dpv:hasLocation", wattle_json_get_string (use, "country"));
  if (keep && wattle_json_get_integer (keep, "days", &days))
    duration = g_strdup_printf ("P%" G_GINT64_FORMAT "D", days);
  set (storage, "dpv:hasDuration", duration);
  set (storage, "wattle:until", keep ? wattle_json_get_string (keep, "until") : NULL);
}

static JsonObject *
use_to_process (const WattlePurpose *purpose, JsonObject *use)
{
  JsonObject *process = json_object_new (), *party;
  const char *id = wattle_json_get_string (use, "party");

  set (process, "@type", "dpv:Process");
  json_object_set_array_member (process, "dpv:hasPersonalData", terms_of_data (purpose->root, use));
  set_storage (process, use);
  if (g_str_equal (id, "owner"))
    return process;
  party = wattle_passport_find_party (purpose->root, id);
  set_party (process, "dpv:hasRecipient", party ? "dpv:Recipient" : "dpv:DataController",
             party ? party : wattle_json_get_object (purpose->root, "manufacturer"));
  return process;
}

static void
set_process (JsonObject *record, const WattlePurpose *purpose, const char *language)
{
  JsonObject *process = set_object (record, "dpv:hasProcess", "dpv:Process");
  JsonObject *what = set_object (process, "dpv:hasPurpose", NULL);
  JsonArray *uses = json_array_new ();

  set (what, "wattle:purpose", wattle_purpose_get_id (purpose));
  set_terms (what, "@type", wattle_json_get_array (purpose->object, "dpv"));
  set (what, "dct:title", wattle_purpose_get_title (purpose, language));
  set (what, "dct:description", wattle_purpose_get_sentence (purpose, language));
  set (process, "dpv:hasLegalBasis", "dpv:ExpressedConsent");
  for (guint i = 0; i < wattle_purpose_get_n_uses (purpose); i++)
    json_array_add_object_element (uses, use_to_process (purpose, wattle_purpose_get_use (purpose, i)));
  json_object_set_array_member (process, "dpv:hasProcess", uses);
}

char *
wattle_record_write_decision (const char *chain, guint64 sequence, WattlePassport *passport,
                              const WattlePurpose *purpose, WattleConsentState state, const char *language,
                              const char *notice_sha256, gint64 time)
{
  JsonObject *record = record_new (chain, sequence, "dpv:ConsentRecord", time);
  g_autofree char *person = g_strconcat ("urn:wattle:person:", chain, NULL);
  g_autofree char *device = g_strconcat ("urn:wattle:device:", chain, NULL);
  JsonObject *part;

  set (record, "dct:conformsTo", "https://w3id.org/dpv/schema/dpv-27560#record");
  part = set_object (record, "dpv:hasDataSubject", "dpv:Consumer");
  set (part, "@id", person);
  set_party (record, "dpv:hasDataController", "dpv:DataController",
             wattle_json_get_object (purpose->root, "manufacturer"));
  part = set_object (record, "wattle:product", NULL);
  set (part, "@id", device);
  json_object_set_int_member (part, "wattle:number", wattle_passport_get_product (passport));
  set (part, "wattle:passport", wattle_passport_get_sha256 (passport));
  part = set_object (record, "dpv:hasNotice", "dpv:ConsentNotice");
  set (part, "dct:language", language);
  set (part, "wattle:sha256", notice_sha256);
  set_process (record, purpose, language);
  set (record, "dpv:hasConsentStatus", statuses[state]);
  set_time (record, "dpv:isIndicatedAtTime", time);
  set (record, "dpv:isIndicatedBy", person);
  set (record, "dpv:hasIndicationMethod", "The person chose yes or no for this purpose alone, in Wattle.");
  part = set_object (record, "dpv:hasRight", "dpv:Right");
  set (part, "dct:description", "The person can take the consent back in Wattle at any time, as easily as giving it.");
  return record_finish (record);
}

char *
wattle_record_write_confirmation (const char *chain, guint64 sequence, const char *hash, WattleEvidence *evidence,
                                  gint64 time)
{
  JsonObject *record = record_new (chain, sequence, "wattle:Confirmation", time);

  set (record, "wattle:confirms", hash);
  set (record, "wattle:by", confirmers[wattle_evidence_get_kind (evidence)]);
  json_object_set_member (record, "wattle:evidence", wattle_evidence_to_json (evidence));
  return record_finish (record);
}

/* ------------------------------------------------------------------ reading */

/* The index of @text in @names; -1 if it is not there. */
static int
index_of (const char *text, const char *const *names, guint n)
{
  for (guint i = 0; i < n; i++)
    if (names[i] && g_strcmp0 (text, names[i]) == 0)
      return i;
  return -1;
}

static gboolean
read_time (JsonObject *record, const char *name, gint64 *time)
{
  const char *text = wattle_json_get_string (record, name);
  g_autoptr (GDateTime) date = text ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (date)
    *time = g_date_time_to_unix (date);
  return date != NULL;
}

static gboolean
read_decision (JsonObject *record, WattleRecordContent *content)
{
  JsonObject *process = wattle_json_get_object (record, "dpv:hasProcess");
  JsonObject *purpose = process ? wattle_json_get_object (process, "dpv:hasPurpose") : NULL;
  JsonObject *notice = wattle_json_get_object (record, "dpv:hasNotice");
  JsonObject *product = wattle_json_get_object (record, "wattle:product");
  int state = index_of (wattle_json_get_string (record, "dpv:hasConsentStatus"), statuses, G_N_ELEMENTS (statuses));

  if (!purpose || !notice || !product || state < 0)
    return FALSE;
  content->kind = WATTLE_RECORD_DECISION;
  content->state = state;
  content->purpose = g_strdup (wattle_json_get_string (purpose, "wattle:purpose"));
  content->notice_sha256 = g_strdup (wattle_json_get_string (notice, "wattle:sha256"));
  content->passport_sha256 = g_strdup (wattle_json_get_string (product, "wattle:passport"));
  return content->purpose && wattle_is_hex (content->notice_sha256, WATTLE_SHA256_HEX_LENGTH)
         && wattle_is_hex (content->passport_sha256, WATTLE_SHA256_HEX_LENGTH);
}

static gboolean
read_confirmation (JsonObject *record, WattleRecordContent *content, JsonNode **evidence)
{
  int by = index_of (wattle_json_get_string (record, "wattle:by"), confirmers, G_N_ELEMENTS (confirmers));
  JsonNode *node = json_object_get_member (record, "wattle:evidence");

  content->kind = WATTLE_RECORD_CONFIRMATION;
  content->by = by;
  content->confirms = g_strdup (wattle_json_get_string (record, "wattle:confirms"));
  if (evidence && node)
    *evidence = json_node_ref (node);
  return by >= 0 && node && wattle_is_hex (content->confirms, WATTLE_SHA256_HEX_LENGTH);
}

static const char *
read_object (const char *chain, guint64 sequence, JsonObject *record, WattleRecordContent *content, JsonNode **evidence)
{
  g_autofree char *id = g_strdup_printf ("urn:wattle:record:%s:%" G_GUINT64_FORMAT, chain, sequence);
  const char *type = wattle_json_get_string (record, "@type");
  gboolean ok = FALSE;

  if (g_strcmp0 (wattle_json_get_string (record, "@id"), id) != 0)
    return N_ ("it belongs to another place");
  if (!read_time (record, "dct:created", &content->time))
    return N_ ("it has no time");
  if (g_strcmp0 (type, "dpv:ConsentRecord") == 0)
    ok = read_decision (record, content);
  else if (g_strcmp0 (type, "wattle:Confirmation") == 0)
    ok = read_confirmation (record, content, evidence);
  return ok ? NULL : N_ ("parts of it are missing");
}

const char *
wattle_record_read (const char *chain, guint64 sequence, const char *json, WattleRecordContent *content,
                    JsonNode **evidence)
{
  g_autoptr (JsonNode) node = wattle_json_parse (json, strlen (json), WATTLE_LEDGER_MAX_RECORD, NULL);
  g_autofree char *canonical = node ? wattle_json_canonical (node) : NULL;

  memset (content, 0, sizeof *content);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node) || g_strcmp0 (canonical, json) != 0)
    return N_ ("it is not written as Wattle writes");
  return read_object (chain, sequence, json_node_get_object (node), content, evidence);
}

gboolean
wattle_record_is_meant (WattleEvidence *evidence, const char *record)
{
  const WattleStatement *statement = wattle_evidence_get_statement (evidence);
  JsonObject *claims = wattle_evidence_get_claims (evidence);
  guint8 hash[HASH_BYTES];

  if (claims)
    return g_strcmp0 (wattle_json_get_string (claims, "kind"), "consent") == 0
           && g_strcmp0 (wattle_json_get_string (claims, "record_sha256"), record) == 0;
  if (!statement || statement->kind != WATTLE_STATEMENT_CONSENT || statement->reference_len != HASH_BYTES)
    return FALSE;
  hex_to_bytes (record, hash);
  return memcmp (statement->reference, hash, HASH_BYTES) == 0;
}
