/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing records of the consent ledger: JSON-LD with the fields of ISO/IEC TS
 * 27560:2023 in DPV 2 terms, by the DPVCG's guide "Consent Records and Receipts
 * as per ISO/IEC TS 27560:2023 using DPV".  docs/ledger.md lists the fields.
 */
#include "privacy/ledger-record.h"

#include "privacy/json.h"
#include "privacy/passport-private.h"

#define COMPANION "urn:wattle:companion"

static const struct {
  const char *name, *iri;
} context[] = {
  { "dct", "http://purl.org/dc/terms/" },
  { "dpv", "https://w3id.org/dpv#" },
  { "loc", "https://w3id.org/dpv/loc#" },
  { "pd", "https://w3id.org/dpv/pd#" },
  { "rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#" },
  { "schema", "https://schema.org/" },
  { "wattle", "urn:wattle:terms:" },
};

/* Who made a record of a state, how, and for how long it holds if no date ends it. */
static const struct {
  gboolean person;
  const char *method, *until;
} events[] = {
  [WATTLE_CONSENT_GIVEN] = { TRUE, "The person chose yes for this purpose alone, in Wattle.",
                             "The person takes the consent back, or the notice changes." },
  [WATTLE_CONSENT_REFUSED]
  = { TRUE, "The person chose no for this purpose alone, in Wattle.", "The person decides again." },
  [WATTLE_CONSENT_WITHDRAWN]
  = { TRUE, "The person took the consent to this purpose alone back, in Wattle.", "The person decides again." },
  [WATTLE_CONSENT_EXPIRED]
  = { FALSE, "The time for which the consent was given is over.", "The person decides again." },
  [WATTLE_CONSENT_OUTDATED]
  = { FALSE, "The notice now says more than the person consented to.", "The person decides again." },
};

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

/* A list of strings: @array is copied, with @more (or NULL) behind it. */
static void
set_terms (JsonObject *object, const char *name, JsonArray *array, const char *more)
{
  JsonArray *copy = json_array_new ();

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    json_array_add_string_element (copy, json_array_get_string_element (array, i));
  if (more)
    json_array_add_string_element (copy, more);
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
  set (record, "dpv:hasIdentifier", id);
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

/* The party fields: id, name, address, contact, site, country and role. */
static void
set_party (JsonObject *object, const char *name, const char *role, const char *id, JsonObject *party)
{
  JsonObject *out = set_object (object, name, role);

  set (out, "dct:identifier", id);
  set (out, "dpv:hasName", wattle_json_get_string (party, "name"));
  set (out, "dpv:hasAddress", wattle_json_get_string (party, "address"));
  set (out, "dpv:hasContact", wattle_json_get_string (party, "contact"));
  set (out, "schema:url", wattle_json_get_string (party, "website"));
  set_country (out, "dpv:hasCountry", wattle_json_get_string (party, "country"));
}

/* The kind of data with @id in the passport @root; NULL if it has none. */
static JsonObject *
find_data (JsonObject *root, const char *id)
{
  JsonArray *all = wattle_json_get_array (root, "data");

  for (guint i = 0; all && i < json_array_get_length (all); i++) {
    JsonObject *data = json_array_get_object_element (all, i);

    if (g_strcmp0 (id, wattle_json_get_string (data, "id")) == 0)
      return data;
  }
  return NULL;
}

static void
set_personal_data (JsonObject *process, JsonObject *root, JsonObject *use, const char *language)
{
  JsonArray *ids = wattle_json_get_array (use, "data"), *out = json_array_new ();

  for (guint i = 0; ids && i < json_array_get_length (ids); i++) {
    const char *id = json_array_get_string_element (ids, i);
    JsonObject *data = find_data (root, id), *item;

    if (!data)
      continue;
    item = json_object_new ();
    set_terms (item, "@type", wattle_json_get_array (data, "dpv"),
               json_object_get_boolean_member_with_default (data, "sensitive", FALSE) ? "dpv:SensitivePersonalData"
                                                                                      : NULL);
    set (item, "dct:identifier", id);
    set (item, "dct:title", wattle_text_get (wattle_json_get_object (data, "name"), language));
    set (item, "dpv:hasNecessity", "dpv:Optional");
    json_array_add_object_element (out, item);
  }
  json_object_set_array_member (process, "dpv:hasPersonalData", out);
}

/* Where: a country, or what is the person's own. */
static void
set_location (JsonObject *object, JsonObject *use)
{
  const char *country = wattle_json_get_string (use, "country");

  if (country)
    set_country (object, "dpv:hasLocation", country);
  else
    set (object, "dpv:hasLocation",
         g_strcmp0 (wattle_json_get_string (use, "place"), "device") == 0 ? "dpv:WithinDevice" : "dpv:LocalLocation");
}

static void
set_duration (JsonObject *object, const char *type, const char *value)
{
  set (set_object (object, "dpv:hasDuration", type), "rdf:value", value);
}

/* Where and how long, of one use. */
static void
set_storage (JsonObject *process, JsonObject *use)
{
  JsonArray *conditions = json_array_new ();
  JsonObject *keep = wattle_json_get_object (use, "keep"), *where = json_object_new (), *how_long;
  gint64 days;

  set (where, "@type", "dpv:StorageLocation");
  set_location (where, use);
  json_array_add_object_element (conditions, where);
  if (keep) {
    how_long = json_object_new ();
    set (how_long, "@type", "dpv:StorageDuration");
    if (wattle_json_get_integer (keep, "days", &days)) {
      g_autofree char *period = g_strdup_printf ("P%" G_GINT64_FORMAT "D", days);

      set_duration (how_long, "dpv:TemporalDuration", period);
    } else {
      set_duration (how_long, "dpv:UntilEventDuration", wattle_json_get_string (keep, "until"));
    }
    json_array_add_object_element (conditions, how_long);
  }
  json_object_set_array_member (process, "dpv:hasStorageCondition", conditions);
}

static void
set_recipient (JsonObject *process, const WattlePurpose *purpose, const char *id)
{
  JsonObject *party = wattle_passport_find_party (purpose->root, id);

  if (!party)
    set_party (process, "dpv:hasRecipient", "dpv:DataController", id,
               wattle_json_get_object (purpose->root, "manufacturer"));
  else
    set_party (process, "dpv:hasRecipient",
               g_strcmp0 (wattle_json_get_string (party, "role"), "service") == 0 ? "dpv:DataProcessor"
                                                                                  : "dpv:ThirdParty",
               id, party);
}

static JsonObject *
use_to_process (const WattlePurpose *purpose, JsonObject *use, const char *device, const char *language)
{
  JsonObject *process = json_object_new ();
  const char *id = wattle_json_get_string (use, "party");
  gboolean own = g_str_equal (id, "owner");
  JsonArray *processing = json_array_new ();

  set (process, "@type", "dpv:Process");
  set (process, "wattle:place", wattle_json_get_string (use, "place"));
  set_personal_data (process, purpose->root, use, language);
  set (process, "dpv:hasDataSource", device);
  json_array_add_string_element (processing, own ? "dpv:Collect" : "dpv:Transfer");
  json_array_add_string_element (processing, "dpv:Store");
  json_object_set_array_member (process, "dpv:hasProcessing", processing);
  set_location (process, use);
  set_storage (process, use);
  if (!own)
    set_recipient (process, purpose, id);
  return process;
}

static void
set_process (JsonObject *record, const WattleDecision *decision, const char *device)
{
  const WattlePurpose *purpose = decision->purpose;
  JsonObject *process = set_object (record, "dpv:hasProcess", "dpv:Process");
  JsonObject *what = set_object (process, "dpv:hasPurpose", NULL);
  JsonArray *uses = json_array_new ();

  set (what, "wattle:purpose", wattle_purpose_get_id (purpose));
  if (wattle_purpose_get_number (purpose)) /* the device has to be told */
    json_object_set_int_member (what, "wattle:number", wattle_purpose_get_number (purpose));
  set_terms (what, "@type", wattle_json_get_array (purpose->object, "dpv"), NULL);
  set (what, "dct:title", wattle_purpose_get_title (purpose, decision->language));
  set (what, "dct:description", wattle_purpose_get_sentence (purpose, decision->language));
  set (process, "dpv:hasLegalBasis", "dpv:ExplicitlyExpressedConsent");
  set (set_object (process, "dpv:hasService", "dpv:Service"), "dct:title",
       wattle_passport_get_name (decision->passport, decision->language));
  for (guint i = 0; i < wattle_purpose_get_n_uses (purpose); i++)
    json_array_add_object_element (
        uses, use_to_process (purpose, wattle_purpose_get_use (purpose, i), device, decision->language));
  json_object_set_array_member (process, "dpv:hasProcess", uses);
}

/* The event fields: state, time, who, how, how long. */
static void
set_event (JsonObject *record, const WattleDecision *decision, const char *person)
{
  JsonObject *event = set_object (record, "dpv:hasConsentStatus", wattle_record_status (decision->state));
  JsonObject *duration;

  set_time (event, "dpv:isIndicatedAtTime", decision->time);
  set (event, "dpv:isIndicatedBy", events[decision->state].person ? person : COMPANION);
  set (event, "dpv:hasIndicationMethod", events[decision->state].method);
  if (!decision->expires) {
    set_duration (event, "dpv:UntilEventDuration", events[decision->state].until);
    return;
  }
  duration = set_object (event, "dpv:hasDuration", "dpv:UntilTimeDuration");
  set_time (duration, "rdf:value", decision->expires);
}

/* Withdrawal, and the person's other rights. */
static void
set_rights (JsonObject *record)
{
  JsonObject *part = set_object (record, "dpv:hasConsentControl", NULL);
  JsonArray *controls = json_array_new ();

  json_array_add_string_element (controls, "dpv:ProvideConsent");
  json_array_add_string_element (controls, "dpv:WithdrawConsent");
  json_object_set_array_member (part, "@type", controls);
  set (part, "dpv:isExercisedAt", COMPANION);
  set (part, "dct:description", "The person can take the consent back in Wattle at any time, as easily as giving it.");
  part = set_object (record, "dpv:hasRight", "dpv:DataSubjectRight");
  set (part, "dpv:isExercisedAt", COMPANION);
  set (part, "dct:description", "The person can export and delete what was collected, in Wattle at any time.");
}

char *
wattle_record_write_decision (const char *chain, guint64 sequence, const WattleDecision *decision)
{
  JsonObject *record = record_new (chain, sequence, "dpv:ConsentRecord", decision->time);
  JsonObject *maker = wattle_json_get_object (decision->purpose->root, "manufacturer");
  g_autofree char *person = g_strconcat ("urn:wattle:person:", chain, NULL);
  g_autofree char *device = g_strconcat ("urn:wattle:device:", chain, NULL);
  JsonObject *part;

  set (record, "dct:conformsTo", "https://w3id.org/dpv/schema/dpv-27560#record");
  part = set_object (record, "dpv:hasDataSubject", "dpv:Consumer");
  set (part, "@id", person);
  set_party (record, "dpv:hasDataController", "dpv:DataController", "manufacturer", maker);
  set_country (record, "dpv:hasJurisdiction", wattle_json_get_string (maker, "country"));
  part = set_object (record, "wattle:product", NULL);
  set (part, "@id", device);
  json_object_set_int_member (part, "wattle:number", wattle_passport_get_product (decision->passport));
  set (part, "wattle:passport", wattle_passport_get_sha256 (decision->passport));
  part = set_object (record, "dpv:hasNotice", "dpv:ConsentNotice");
  set (part, "dct:language", decision->language);
  set (part, "wattle:sha256", decision->notice_sha256);
  set_process (record, decision, device);
  set_event (record, decision, person);
  set_rights (record);
  return record_finish (record);
}

char *
wattle_record_write_confirmation (const char *chain, guint64 sequence, const char *hash, WattleEvidence *evidence,
                                  gint64 time)
{
  JsonObject *record = record_new (chain, sequence, "wattle:Confirmation", time);

  set (record, "wattle:confirms", hash);
  set (record, "wattle:by", wattle_record_confirmer (wattle_evidence_get_kind (evidence)));
  json_object_set_member (record, "wattle:evidence", wattle_evidence_to_json (evidence));
  return record_finish (record);
}
