/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WattleLedger: one hash-chained consent ledger over a store.
 */
#include "privacy/ledger.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "privacy/ledger-record.h"
#include "privacy/notice.h"

/* A record and what it says. */
struct entry {
  WattleLedgerRecord record;
  WattleRecordContent content;
};

struct _WattleLedger {
  GObject parent_instance;
  const WattleLedgerStore *vtable;
  gpointer store;
  char *chain;
  GPtrArray *entries;  /* struct entry, by sequence */
  GHashTable *by_hash; /* of entries, as many as it was asked for; NULL = not yet */
  guint n_by_hash;
};

G_DEFINE_FINAL_TYPE (WattleLedger, wattle_ledger, G_TYPE_OBJECT)

static const char *const state_names[] = {
  [WATTLE_CONSENT_NOT_ASKED] = "not-asked", [WATTLE_CONSENT_GIVEN] = "given",
  [WATTLE_CONSENT_REFUSED] = "refused",     [WATTLE_CONSENT_WITHDRAWN] = "withdrawn",
  [WATTLE_CONSENT_EXPIRED] = "expired",     [WATTLE_CONSENT_OUTDATED] = "outdated",
};

const char *
wattle_consent_state_name (WattleConsentState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);
  return state_names[state];
}

static void
entry_free (struct entry *entry)
{
  g_free (entry->record.hash);
  g_free (entry->record.previous);
  g_free (entry->record.json);
  wattle_record_content_clear (&entry->content);
  g_free (entry);
}

/* ------------------------------------------------------------------ loading */

static void
set_tampered (GError **error, guint64 sequence, const char *why)
{
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED,
               /* Translators: the second part says why, such as "it belongs to another place". */
               _ ("Your consent records were changed outside Wattle. Record %" PRIu64 " does not add up: %s."),
               sequence, _ (why));
}

/* The record with this hash; NULL if there is none. */
static struct entry *
find_entry (WattleLedger *self, const char *hash)
{
  if (!self->by_hash)
    self->by_hash = g_hash_table_new (g_str_hash, g_str_equal);
  for (; self->n_by_hash < self->entries->len; self->n_by_hash++) {
    struct entry *entry = g_ptr_array_index (self->entries, self->n_by_hash);

    g_hash_table_insert (self->by_hash, entry->record.hash, entry);
  }
  return hash ? g_hash_table_lookup (self->by_hash, hash) : NULL;
}

/* What is wrong with the record as the next of the chain; NULL if nothing is.
 * What it says is read into @content either way. */
static const char *
check_next (WattleLedger *self, guint64 sequence, const char *hash, const char *previous, const char *json,
            WattleRecordContent *content)
{
  g_autofree char *expected = NULL;
  gsize length = strlen (json);
  const char *why;

  if (sequence != (guint64)self->entries->len + 1)
    return N_ ("a record before it is missing, or there are two");
  if (g_strcmp0 (previous, wattle_ledger_get_head (self)) != 0)
    return N_ ("it does not follow the one before");
  if (length > WATTLE_LEDGER_MAX_RECORD || sequence > WATTLE_LEDGER_MAX_RECORDS)
    return N_ ("it is too large");
  expected = wattle_record_hash (self->chain, previous, json, length);
  if (g_strcmp0 (hash, expected) != 0)
    return N_ ("its text does not match its checksum");
  why = wattle_record_read (self->chain, sequence, json, length, content, NULL);
  if (!why && content->kind == WATTLE_RECORD_CONFIRMATION && !find_entry (self, content->confirms))
    return N_ ("it confirms a record that is not there");
  return why;
}

/* A WattleLedgerRecordFunc that verifies and keeps each record. */
static gboolean
adopt (guint64 sequence, const char *hash, const char *previous, const char *json, gpointer user_data, GError **error)
{
  WattleLedger *self = user_data;
  struct entry *entry;
  WattleRecordContent content = { 0 };
  const char *why = hash && previous && json ? check_next (self, sequence, hash, previous, json, &content)
                                             : N_ ("parts of it are missing");

  if (why) {
    wattle_record_content_clear (&content);
    set_tampered (error, self->entries->len + 1, why);
    return FALSE;
  }
  entry = g_new0 (struct entry, 1);
  entry->record = (WattleLedgerRecord){ sequence, g_strdup (hash), g_strdup (previous), g_strdup (json) };
  entry->content = content;
  g_ptr_array_add (self->entries, entry);
  return TRUE;
}

static WattleLedger *
ledger_new (const WattleLedgerStore *vtable, gpointer store, const char *chain)
{
  WattleLedger *self = g_object_new (WATTLE_TYPE_LEDGER, NULL);

  self->vtable = vtable;
  self->store = store;
  self->chain = g_strdup (chain);
  return self;
}

char *
wattle_ledger_new_chain (void)
{
  guint8 bytes[WATTLE_LEDGER_CHAIN_LENGTH / 2];
  char *chain = g_malloc (WATTLE_LEDGER_CHAIN_LENGTH + 1);

  if (gnutls_rnd (GNUTLS_RND_RANDOM, bytes, sizeof bytes) < 0)
    g_error ("The system has no randomness to give");
  for (guint i = 0; i < sizeof bytes; i++)
    g_snprintf (chain + 2 * i, 3, "%02x", bytes[i]);
  return chain;
}

WattleLedger *
wattle_ledger_load (const WattleLedgerStore *vtable, gpointer store, const char *chain, const char *head,
                    GError **error)
{
  g_autoptr (WattleLedger) self = NULL;

  if (!wattle_is_hex (chain, WATTLE_LEDGER_CHAIN_LENGTH)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("This is no name of a consent ledger."));
    return NULL;
  }
  self = ledger_new (vtable, store, chain);
  if (!vtable->foreach (store, chain, adopt, self, error))
    return NULL;
  if (head && g_strcmp0 (head, wattle_ledger_get_head (self)) != 0) {
    gboolean shorter = *head == '\0' || find_entry (self, head) == NULL;

    set_tampered (error, self->entries->len + (shorter ? 1 : 0),
                  shorter ? N_ ("records at the end are missing") : N_ ("nobody knows of the records at the end"));
    return NULL;
  }
  return g_steal_pointer (&self);
}

static void
wattle_ledger_finalize (GObject *object)
{
  WattleLedger *self = WATTLE_LEDGER (object);

  g_clear_pointer (&self->by_hash, g_hash_table_unref);
  g_ptr_array_unref (self->entries);
  g_free (self->chain);
  G_OBJECT_CLASS (wattle_ledger_parent_class)->finalize (object);
}

static void
wattle_ledger_class_init (WattleLedgerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_ledger_finalize;
}

static void
wattle_ledger_init (WattleLedger *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)entry_free);
}

const char *
wattle_ledger_get_chain (WattleLedger *self)
{
  return self->chain;
}

guint64
wattle_ledger_get_n_records (WattleLedger *self)
{
  return self->entries->len;
}

const WattleLedgerRecord *
wattle_ledger_get_record (WattleLedger *self, guint64 sequence)
{
  struct entry *entry;

  if (sequence < 1 || sequence > self->entries->len)
    return NULL;
  entry = g_ptr_array_index (self->entries, sequence - 1);
  return &entry->record;
}

const WattleLedgerRecord *
wattle_ledger_find_record (WattleLedger *self, const char *hash)
{
  struct entry *entry = find_entry (self, hash);

  return entry ? &entry->record : NULL;
}

const char *
wattle_ledger_get_head (WattleLedger *self)
{
  const WattleLedgerRecord *last = wattle_ledger_get_record (self, self->entries->len);

  return last ? last->hash : "";
}

gboolean
wattle_ledger_verify (WattleLedger *self, GError **error)
{
  g_autoptr (WattleLedger) again
      = wattle_ledger_load (self->vtable, self->store, self->chain, wattle_ledger_get_head (self), error);

  return again != NULL;
}

/* ------------------------------------------------------------------- adding */

/* Stores @json (taken) as the next record, then adopts it. */
static const WattleLedgerRecord *
append (WattleLedger *self, char *json, GError **error)
{
  g_autofree char *text = json;
  g_autofree char *previous = g_strdup (wattle_ledger_get_head (self));
  g_autofree char *hash = wattle_record_hash (self->chain, previous, text, strlen (text));
  guint64 sequence = self->entries->len + 1;
  WattleRecordContent content = { 0 };

  /* Never write what would not be read again. */
  if (check_next (self, sequence, hash, previous, text, &content)) {
    wattle_record_content_clear (&content);
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("This decision cannot be recorded."));
    return NULL;
  }
  wattle_record_content_clear (&content);
  if (!self->vtable->append (self->store, self->chain, sequence, hash, previous, text, error))
    return NULL;
  if (!adopt (sequence, hash, previous, text, self, error))
    return NULL;
  return wattle_ledger_get_record (self, sequence);
}

/* The last decision on @purpose; NULL if there is none. */
static struct entry *
last_decision (WattleLedger *self, const char *purpose)
{
  for (guint i = self->entries->len; i > 0; i--) {
    struct entry *entry = g_ptr_array_index (self->entries, i - 1);

    if (entry->content.kind == WATTLE_RECORD_DECISION && g_strcmp0 (entry->content.purpose, purpose) == 0)
      return entry;
  }
  return NULL;
}

/* What @decision (NULL = none) means at @now. */
static WattleConsentState
state_at (const struct entry *decision, gint64 now)
{
  if (!decision)
    return WATTLE_CONSENT_NOT_ASKED;
  if (decision->content.state == WATTLE_CONSENT_GIVEN && decision->content.expires && now >= decision->content.expires)
    return WATTLE_CONSENT_EXPIRED;
  return decision->content.state;
}

/* The state that asking for @wanted leads to; NOT_ASKED if it cannot be had. */
static WattleConsentState
next_state (WattleConsentState now, WattleConsentState wanted)
{
  gboolean given = now == WATTLE_CONSENT_GIVEN || now == WATTLE_CONSENT_WITHDRAWN;
  gboolean lapsed = now == WATTLE_CONSENT_EXPIRED || now == WATTLE_CONSENT_OUTDATED;

  switch (wanted) {
    case WATTLE_CONSENT_GIVEN:
      return WATTLE_CONSENT_GIVEN;
    case WATTLE_CONSENT_REFUSED:
      /* A no to what was given, or once was, is a withdrawal; one to a new question is not. */
      return given ? WATTLE_CONSENT_WITHDRAWN : WATTLE_CONSENT_REFUSED;
    case WATTLE_CONSENT_WITHDRAWN:
      return given || lapsed ? WATTLE_CONSENT_WITHDRAWN : WATTLE_CONSENT_NOT_ASKED;
    case WATTLE_CONSENT_NOT_ASKED:
    case WATTLE_CONSENT_EXPIRED:
    case WATTLE_CONSENT_OUTDATED:
    default:
      return WATTLE_CONSENT_NOT_ASKED;
  }
}

/* One that is decided on: it needs consent, or has been widened since it was
 * allowed without. */
static const WattlePurpose *
find_asked_purpose (WattleLedger *self, WattlePassport *passport, const char *id, GError **error)
{
  const WattlePurpose *purpose = wattle_passport_find_purpose (passport, id);

  if (!purpose)
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("This product has no purpose “%s”."), id);
  else if (!wattle_purpose_needs_consent (purpose) && !last_decision (self, id))
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                 _ ("“%s” is needed for the product to work, so there is no choice to make."),
                 wattle_purpose_get_title (purpose, NULL));
  else
    return purpose;
  return NULL;
}

static gboolean
not_allowed (GError **error, WattleError code, const char *sentence)
{
  g_set_error_literal (error, WATTLE_ERROR, code, sentence);
  return FALSE;
}

static const WattleLedgerRecord *
append_decision (WattleLedger *self, WattleDecision *decision, const char *language, GError **error)
{
  g_autofree char *notice = wattle_notice_sha256 (decision->passport, language);
  g_autofree char *shown = wattle_notice_language (decision->passport, language);

  decision->notice_sha256 = notice;
  decision->language = shown;
  return append (self, wattle_record_write_decision (self->chain, self->entries->len + 1, decision), error);
}

/* Whether @last says the same already; a yes to another text or until another
 * day is another yes. */
static gboolean
says_so (const struct entry *last, const WattleDecision *decision, const char *language)
{
  g_autofree char *notice = NULL;

  if (!last || last->content.state != decision->state)
    return FALSE;
  if (decision->state != WATTLE_CONSENT_GIVEN)
    return TRUE;
  notice = wattle_notice_sha256 (decision->passport, language);
  return last->content.expires == decision->expires && g_strcmp0 (last->content.notice_sha256, notice) == 0
         && g_strcmp0 (last->content.passport_sha256, wattle_passport_get_sha256 (decision->passport)) == 0;
}

static gboolean
check_times (gint64 expires, gint64 time, GError **error)
{
  if (time <= 0)
    return not_allowed (error, WATTLE_ERROR_INVALID_ARGUMENT, _ ("The computer’s clock is not set."));
  if (expires && (expires <= time || expires > WATTLE_LEDGER_LATEST))
    return not_allowed (error, WATTLE_ERROR_INVALID_ARGUMENT, _ ("Choose a day to come for the end of your yes."));
  return TRUE;
}

/* When a yes to @purpose that is given at @time ends: at @wanted (0 = not asked for), but
 * not later than the passport lets it hold. */
static gboolean
find_end (const WattlePurpose *purpose, gint64 wanted, gint64 time, gint64 *expires, GError **error)
{
  guint days = wattle_purpose_get_consent_days (purpose);
  gint64 latest = time + (gint64)days * 24 * 3600;

  *expires = wanted;
  if (days == 0)
    return TRUE;
  if (wanted > latest) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                 ngettext ("The maker lets a yes to this hold for %u day. Choose an earlier end.",
                           "The maker lets a yes to this hold for %u days. Choose an earlier end.", days),
                 days);
    return FALSE;
  }
  if (wanted == 0)
    *expires = latest;
  return TRUE;
}

const WattleLedgerRecord *
wattle_ledger_decide (WattleLedger *self, WattlePassport *passport, const char *purpose_id, WattleConsentState state,
                      const char *language, gint64 expires, gint64 time, GError **error)
{
  const WattlePurpose *purpose = find_asked_purpose (self, passport, purpose_id, error);
  struct entry *last = last_decision (self, purpose_id);
  WattleDecision decision = { .passport = passport, .purpose = purpose, .time = time };

  if (!purpose)
    return NULL;
  decision.state = next_state (state_at (last, time), state);
  if (decision.state == WATTLE_CONSENT_NOT_ASKED) {
    not_allowed (error, WATTLE_ERROR_NOT_ALLOWED, _ ("You have not said yes to this purpose."));
    return NULL;
  }
  if (decision.state == WATTLE_CONSENT_GIVEN && !find_end (purpose, expires, time, &decision.expires, error))
    return NULL;
  if (!check_times (decision.expires, time, error))
    return NULL;
  if (says_so (last, &decision, language) && state_at (last, time) == decision.state)
    return &last->record;
  return append_decision (self, &decision, language, error);
}

const WattleLedgerRecord *
wattle_ledger_lapse (WattleLedger *self, WattlePassport *passport, const char *purpose_id, WattleConsentState state,
                     const char *language, gint64 time, GError **error)
{
  struct entry *last = last_decision (self, purpose_id);
  const WattlePurpose *purpose = wattle_passport_find_purpose (passport, purpose_id);
  WattleDecision decision = { .passport = passport, .purpose = purpose, .state = state, .time = time };
  WattleConsentState now = state_at (last, time);

  g_return_val_if_fail (state == WATTLE_CONSENT_EXPIRED || state == WATTLE_CONSENT_OUTDATED, NULL);
  if (!purpose) {
    find_asked_purpose (self, passport, purpose_id, error);
    return NULL;
  }
  /* What was allowed without a yes ends, too, where the notice says more. */
  if (!last && state == WATTLE_CONSENT_OUTDATED && !wattle_purpose_needs_consent (purpose))
    return append_decision (self, &decision, language, error);
  if (!last || last->content.state != WATTLE_CONSENT_GIVEN
      || (state == WATTLE_CONSENT_EXPIRED && now != WATTLE_CONSENT_EXPIRED)) {
    not_allowed (error, WATTLE_ERROR_NOT_ALLOWED, _ ("There is no yes to this purpose that could end."));
    return NULL;
  }
  return append_decision (self, &decision, language, error);
}

const WattleLedgerRecord *
wattle_ledger_confirm (WattleLedger *self, const char *record, WattleEvidence *evidence, gint64 time, GError **error)
{
  if (!find_entry (self, record)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("There is no such consent record."));
    return NULL;
  }
  if (!wattle_record_is_meant (evidence, record)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                         _ ("This answer is about something else than what you chose."));
    return NULL;
  }
  return append (self, wattle_record_write_confirmation (self->chain, self->entries->len + 1, record, evidence, time),
                 error);
}

/* ------------------------------------------------------------------- states */

WattleConsentState
wattle_ledger_get_state (WattleLedger *self, const char *purpose, gint64 now, gint64 *since)
{
  struct entry *last = last_decision (self, purpose);
  WattleConsentState state = state_at (last, now);

  if (since)
    *since = !last ? 0 : state == last->content.state ? last->content.time : last->content.expires;
  return state;
}

gint64
wattle_ledger_get_expiry (WattleLedger *self, const char *purpose)
{
  struct entry *last = last_decision (self, purpose);

  return last && last->content.state == WATTLE_CONSENT_GIVEN ? last->content.expires : 0;
}

gboolean
wattle_ledger_is_allowed (WattleLedger *self, const WattlePurpose *purpose, gint64 now)
{
  struct entry *last = last_decision (self, wattle_purpose_get_id (purpose));

  if (!last)
    return !wattle_purpose_needs_consent (purpose);
  return state_at (last, now) == WATTLE_CONSENT_GIVEN;
}

guint32
wattle_ledger_get_allowed (WattleLedger *self, WattlePassport *passport, gint64 now)
{
  guint32 mask = 0;

  for (guint i = 0; i < wattle_passport_get_n_purposes (passport); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (passport, i);

    if (wattle_ledger_is_allowed (self, purpose, now))
      mask |= wattle_purpose_get_bit (purpose);
  }
  return mask;
}

GStrv
wattle_ledger_get_given (WattleLedger *self, gint64 now)
{
  GPtrArray *given = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++) {
    struct entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->content.kind == WATTLE_RECORD_DECISION && state_at (entry, now) == WATTLE_CONSENT_GIVEN
        && last_decision (self, entry->content.purpose) == entry)
      g_ptr_array_add (given, g_strdup (entry->content.purpose));
  }
  g_ptr_array_add (given, NULL);
  return (GStrv)g_ptr_array_free (given, FALSE);
}

gboolean
wattle_ledger_is_confirmed (WattleLedger *self, const char *purpose, WattleEvidenceKind by, gint64 *since)
{
  struct entry *decision = last_decision (self, purpose);

  if (since)
    *since = 0;
  for (guint i = 0; decision && i < self->entries->len; i++) {
    struct entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->content.kind != WATTLE_RECORD_CONFIRMATION || entry->content.by != by)
      continue;
    if (find_entry (self, entry->content.confirms)->record.sequence < decision->record.sequence)
      continue;
    if (since)
      *since = entry->content.time;
    return TRUE;
  }
  return FALSE;
}
