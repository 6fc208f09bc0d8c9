/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading records of the consent ledger, without a tree: a ledger is checked
 * whole whenever it is loaded.  privacy/ledger-write.c writes them.
 */
#include "privacy/ledger-record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "privacy/canonical.h"
#include "privacy/json.h"

#define CHAIN_BYTES (WATTLE_LEDGER_CHAIN_LENGTH / 2)
#define HASH_BYTES 32

static const char *const statuses[] = {
  [WATTLE_CONSENT_GIVEN] = "dpv:ConsentGiven",
  [WATTLE_CONSENT_REFUSED] = "dpv:ConsentRefused",
  [WATTLE_CONSENT_WITHDRAWN] = "dpv:ConsentWithdrawn",
  [WATTLE_CONSENT_EXPIRED] = "dpv:ConsentExpired",
  /* A new decision is asked for; until then there is no consent. */
  [WATTLE_CONSENT_OUTDATED] = "dpv:ConsentRequested",
};

static const char *const confirmers[] = {
  [WATTLE_EVIDENCE_DEVICE] = "device",
  [WATTLE_EVIDENCE_CLOUD] = "cloud",
  [WATTLE_EVIDENCE_LOCAL] = "computer",
};

/* The values of a record that are read; the order of `paths`. */
enum {
  CREATED,
  ID,
  TYPE,
  STATUS,
  DURATION,
  UNTIL,
  NOTICE,
  PURPOSE,
  PASSPORT,
  CONFIRMS,
  BY,
  EVIDENCE,
  N_FIELDS,
};

static const char *const paths[N_FIELDS] = {
  [CREATED] = "dct:created",
  [ID] = "@id",
  [TYPE] = "@type",
  [STATUS] = "dpv:hasConsentStatus/@type",
  [DURATION] = "dpv:hasConsentStatus/dpv:hasDuration/@type",
  [UNTIL] = "dpv:hasConsentStatus/dpv:hasDuration/rdf:value",
  [NOTICE] = "dpv:hasNotice/wattle:sha256",
  [PURPOSE] = "dpv:hasProcess/dpv:hasPurpose/wattle:purpose",
  [PASSPORT] = "wattle:product/wattle:passport",
  [CONFIRMS] = "wattle:confirms",
  [BY] = "wattle:by",
  [EVIDENCE] = "wattle:evidence",
};

const char *
wattle_record_status (WattleConsentState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (statuses), NULL);
  return statuses[state];
}

const char *
wattle_record_confirmer (WattleEvidenceKind by)
{
  g_return_val_if_fail (by < G_N_ELEMENTS (confirmers), NULL);
  return confirmers[by];
}

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
wattle_record_hash (const char *chain, const char *previous, const char *json, gsize length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 start[HASH_BYTES] = { 0 };

  hex_to_bytes (*previous ? previous : chain, start);
  g_checksum_update (checksum, start, sizeof start);
  g_checksum_update (checksum, (const guchar *)json, length);
  return g_strdup (g_checksum_get_string (checksum));
}

/* ------------------------------------------------------------------ reading */

/* The index of what @field holds in @names; -1 if it is not there. */
static int
index_of (const WattleCanonicalField *field, const char *const *names, guint n)
{
  for (guint i = 0; i < n; i++)
    if (names[i] && wattle_canonical_equals (field, names[i]))
      return i;
  return -1;
}

static gboolean
read_time (const WattleCanonicalField *field, gint64 *time)
{
  g_autofree char *text = wattle_canonical_dup (field);
  g_autoptr (GDateTime) date = text ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (date)
    *time = g_date_time_to_unix (date);
  return date != NULL;
}

static gboolean
read_hash (const WattleCanonicalField *field, char **hash)
{
  *hash = wattle_canonical_dup (field);
  return wattle_is_hex (*hash, WATTLE_SHA256_HEX_LENGTH);
}

static gboolean
read_decision (const WattleCanonicalField *fields, WattleRecordContent *content)
{
  int state = index_of (&fields[STATUS], statuses, G_N_ELEMENTS (statuses));

  content->kind = WATTLE_RECORD_DECISION;
  content->state = MAX (state, 0);
  content->purpose = wattle_canonical_dup (&fields[PURPOSE]);
  if (state < 0 || !content->purpose || !read_hash (&fields[NOTICE], &content->notice_sha256)
      || !read_hash (&fields[PASSPORT], &content->passport_sha256))
    return FALSE;
  return !wattle_canonical_equals (&fields[DURATION], "dpv:UntilTimeDuration")
         || read_time (&fields[UNTIL], &content->expires);
}

static gboolean
read_confirmation (const WattleCanonicalField *fields, WattleRecordContent *content, JsonNode **evidence)
{
  int by = index_of (&fields[BY], confirmers, G_N_ELEMENTS (confirmers));
  const WattleCanonicalField *node = &fields[EVIDENCE];

  content->kind = WATTLE_RECORD_CONFIRMATION;
  content->by = MAX (by, 0);
  if (by < 0 || !node->start || !read_hash (&fields[CONFIRMS], &content->confirms))
    return FALSE;
  if (evidence)
    *evidence = wattle_json_parse (node->start, node->length, WATTLE_LEDGER_MAX_RECORD, NULL);
  return !evidence || *evidence;
}

const char *
wattle_record_read (const char *chain, guint64 sequence, const char *json, gsize length, WattleRecordContent *content,
                    JsonNode **evidence)
{
  g_autofree char *id = g_strdup_printf ("urn:wattle:record:%s:%" G_GUINT64_FORMAT, chain, sequence);
  WattleCanonicalField fields[N_FIELDS];
  gboolean ok = FALSE;

  memset (content, 0, sizeof *content);
  for (guint i = 0; i < N_FIELDS; i++)
    fields[i] = (WattleCanonicalField){ .path = paths[i] };
  if (!wattle_canonical_read (json, length, fields, N_FIELDS, NULL))
    return N_ ("it is not written as Wattle writes");
  if (!wattle_canonical_equals (&fields[ID], id))
    return N_ ("it belongs to another place");
  if (!read_time (&fields[CREATED], &content->time))
    return N_ ("it has no time");
  if (wattle_canonical_equals (&fields[TYPE], "dpv:ConsentRecord"))
    ok = read_decision (fields, content);
  else if (wattle_canonical_equals (&fields[TYPE], "wattle:Confirmation"))
    ok = read_confirmation (fields, content, evidence);
  return ok ? NULL : N_ ("parts of it are missing");
}

gboolean
wattle_record_is_meant (WattleEvidence *evidence, const char *record)
{
  const WattleStatement *statement = wattle_evidence_get_statement (evidence);
  JsonObject *claims = wattle_evidence_get_claims (evidence);
  guint8 hash[HASH_BYTES];

  if (wattle_evidence_get_kind (evidence) == WATTLE_EVIDENCE_LOCAL)
    return TRUE; /* its own word, bound by the record it is in */
  if (claims)
    return g_strcmp0 (wattle_json_get_string (claims, "kind"), "consent") == 0
           && g_strcmp0 (wattle_json_get_string (claims, "record_sha256"), record) == 0;
  if (!statement || statement->kind != WATTLE_STATEMENT_CONSENT || statement->reference_len != HASH_BYTES)
    return FALSE;
  hex_to_bytes (record, hash);
  return memcmp (statement->reference, hash, HASH_BYTES) == 0;
}
