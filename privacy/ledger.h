/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consent ledger: what a person decided, when, having read what.
 *
 * Append-only and hash-chained.  A record is JSON-LD with the fields of ISO/IEC
 * TS 27560:2023 in W3C DPV terms, written canonically (privacy/json.h); its hash
 * is SHA-256 over the previous record's hash (32 bytes; the chain id padded with
 * zeros for the first) and the record's text.  docs/ledger.md has the format and
 * says what the chain can show and what it cannot.
 *
 * One chain per device that is set up, named by a random id which is at the same
 * time the device's and the person's pseudonym in the records.  A wipe removes the
 * chain whole, and the other chains verify as before.
 *
 * A WattleLedger is one chain in memory over a store; it writes to the store
 * first and adopts a record only when that succeeded.
 */
#pragma once

#include <glib-object.h>

#include "privacy/evidence.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

#define WATTLE_LEDGER_CHAIN_LENGTH 32        /* hexadecimal digits */
#define WATTLE_LEDGER_MAX_RECORD (64 * 1024) /* bytes of JSON */
#define WATTLE_LEDGER_MAX_RECORDS G_GUINT64_CONSTANT (1000000)
#define WATTLE_LEDGER_LATEST G_GINT64_CONSTANT (253402300799) /* the end of the year 9999 */

/* What the state of a purpose is; the nicks of wattle_consent_state_name(). */
typedef enum {
  WATTLE_CONSENT_NOT_ASKED,
  WATTLE_CONSENT_GIVEN,
  WATTLE_CONSENT_REFUSED,
  WATTLE_CONSENT_WITHDRAWN,
  WATTLE_CONSENT_EXPIRED,  /* was given for a time that is over */
  WATTLE_CONSENT_OUTDATED, /* was given to a notice that now says more */
} WattleConsentState;

/* "not-asked", "given", "refused", "withdrawn", "expired", "outdated". */
const char *wattle_consent_state_name (WattleConsentState state);

/* One record as stored.  Valid while the ledger is. */
typedef struct {
  guint64 sequence; /* from 1, without gaps */
  char *hash;       /* hexadecimal */
  char *previous;   /* of the record before; "" for the first */
  char *json;       /* canonical */
} WattleLedgerRecord;

/* Called per record in order of sequence.  FALSE with @error set stops. */
typedef gboolean (*WattleLedgerRecordFunc) (guint64 sequence, const char *hash, const char *previous, const char *json,
                                            gpointer user_data, GError **error);

/* Where records are kept.  Implemented on SQLite by daemon/store. */
typedef struct {
  /* Stores one record durably, or nothing with @error set.  A record of the
   * same chain and sequence must be refused, never replaced. */
  gboolean (*append) (gpointer store, const char *chain, guint64 sequence, const char *hash, const char *previous,
                      const char *json, GError **error);
  /* Calls @func for each record of @chain by ascending sequence; FALSE with
   * @error set where reading failed or @func did. */
  gboolean (*foreach) (gpointer store, const char *chain, WattleLedgerRecordFunc func, gpointer user_data,
                       GError **error);
} WattleLedgerStore;

#define WATTLE_TYPE_LEDGER (wattle_ledger_get_type ())
G_DECLARE_FINAL_TYPE (WattleLedger, wattle_ledger, WATTLE, LEDGER, GObject)

/* A random chain id. */
char *wattle_ledger_new_chain (void);

/* Loads and verifies the chain; an empty one is a new one.  @vtable must outlive
 * the ledger; @store is passed to it as is and must outlive the ledger too.
 * @head is the hash that the caller knows the last record to have, kept apart
 * from the records, or NULL: only with it can missing records at the end be
 * noticed.  "" says the chain has no records yet.
 * WATTLE_ERROR_TAMPERED names the first record that does not add up;
 * WATTLE_ERROR_STORE and others as the store sets them. */
WattleLedger *wattle_ledger_load (const WattleLedgerStore *vtable, gpointer store, const char *chain, const char *head,
                                  GError **error);

const char *wattle_ledger_get_chain (WattleLedger *self);
guint64 wattle_ledger_get_n_records (WattleLedger *self);
/* NULL beyond the last; @sequence from 1. */
const WattleLedgerRecord *wattle_ledger_get_record (WattleLedger *self, guint64 sequence);
/* NULL if none has this hash. */
const WattleLedgerRecord *wattle_ledger_find_record (WattleLedger *self, const char *hash);
/* Hash of the last record; "" where there is none. */
const char *wattle_ledger_get_head (WattleLedger *self);

/* Reads the store again and verifies all of it against what is in memory. */
gboolean wattle_ledger_verify (WattleLedger *self, GError **error);

/* Records the person's decision on a purpose of @passport that needs consent.
 * @state is GIVEN, REFUSED or WITHDRAWN; refusing what was given is a withdrawal
 * and recorded as one, withdrawing what was never given is refused with
 * WATTLE_ERROR_NOT_ALLOWED.  Recording the same state again adds nothing and
 * returns the record that has it.  @language is the one the notice was shown in;
 * @expires is when a yes ends by itself, 0 = when the passport says, if it does; later
 * than that is refused with WATTLE_ERROR_INVALID_ARGUMENT.  @time is now, both seconds
 * since 1970.  Returned record belongs to the ledger. */
const WattleLedgerRecord *wattle_ledger_decide (WattleLedger *self, WattlePassport *passport, const char *purpose,
                                                WattleConsentState state, const char *language, gint64 expires,
                                                gint64 time, GError **error);

/* Records that a consent has ended without the person: @state is EXPIRED (its
 * time is over at @time) or OUTDATED (@passport says more than was consented to).
 * NOT_ALLOWED where the last decision is not a yes, or one whose time is not over.
 * A purpose that needs no consent can become OUTDATED, too; from then on it is
 * decided on like the others. */
const WattleLedgerRecord *wattle_ledger_lapse (WattleLedger *self, WattlePassport *passport, const char *purpose,
                                               WattleConsentState state, const char *language, gint64 time,
                                               GError **error);

/* Records that the device, the cloud or this computer confirmed, by @evidence,
 * all decisions up to the record with hash @record.  The signature is verified
 * here; that the evidence speaks of this record is checked too where it is a
 * device statement (its reference) or a JWS (its claim "record_sha256").
 * WATTLE_ERROR_NOT_GENUINE, WATTLE_ERROR_NOT_FOUND. */
const WattleLedgerRecord *wattle_ledger_confirm (WattleLedger *self, const char *record, WattleEvidence *evidence,
                                                 gint64 time, GError **error);

/* The state of a purpose at @now, from the records and the clock, and since when
 * (0 = never asked; may be NULL).  Whoever says yes until a date has said no
 * after it, whether or not that has been recorded. */
WattleConsentState wattle_ledger_get_state (WattleLedger *self, const char *purpose, gint64 now, gint64 *since);
/* When the yes to @purpose ends by itself; 0 = it does not, or there is none. */
gint64 wattle_ledger_get_expiry (WattleLedger *self, const char *purpose);
/* Whether data may be used for @purpose at @now: the person's last decision on it is
 * a yes, or it needs none and there is no decision. */
gboolean wattle_ledger_is_allowed (WattleLedger *self, const WattlePurpose *purpose, gint64 now);
/* Purposes allowed at @now, as the protocol's mask: given ones and @passport's needed ones. */
guint32 wattle_ledger_get_allowed (WattleLedger *self, WattlePassport *passport, gint64 now);
/* Ids of the purposes given at @now, NULL-terminated; free with g_strfreev(). */
GStrv wattle_ledger_get_given (WattleLedger *self, gint64 now);

/* Whether the last decision on @purpose is covered by a confirmation of the kind
 * (WATTLE_EVIDENCE_DEVICE or WATTLE_EVIDENCE_CLOUD), and the time of it (may be NULL). */
gboolean wattle_ledger_is_confirmed (WattleLedger *self, const char *purpose, WattleEvidenceKind by, gint64 *since);

/* One record as a receipt, JSON-LD: the record is the first of "records", and what
 * follows reaches to the first confirmation by the device, by the cloud and by
 * this computer.  wattle_receipt_verify() checks it.  WATTLE_ERROR_NOT_FOUND. */
char *wattle_ledger_export_record (WattleLedger *self, guint64 sequence, GError **error);
/* The whole chain, in the same form; docs/ledger.md describes it. */
char *wattle_ledger_export (WattleLedger *self);
/* An array of the records alone, as D-Bus's GetRecords gives it. */
char *wattle_ledger_export_records (WattleLedger *self);

/* Verifies what wattle_ledger_export() wrote, with nothing else at hand: the chain
 * and every signature in it.  WATTLE_ERROR_TAMPERED, WATTLE_ERROR_NOT_GENUINE,
 * WATTLE_ERROR_INVALID_ARGUMENT.
 * @n_records may be NULL. */
gboolean wattle_ledger_verify_export (const char *json, gsize length, guint64 *n_records, GError **error);

G_END_DECLS
