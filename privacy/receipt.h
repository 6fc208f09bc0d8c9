/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts a person keeps: that a device was wiped everywhere.  (A consent
 * receipt is wattle_ledger_export_record().)
 *
 * A wipe receipt holds no personal data: no name the person gave, no account, no
 * reading.  What names the unit is what proves: the device's signed statement,
 * which carries its serial number, and the fingerprints of the keys.
 */
#pragma once

#include "privacy/passport.h"
#include "privacy/wipe-plan.h"

G_BEGIN_DECLS

#define WATTLE_RECEIPT_MAX_SIZE (256 * 1024 * 1024) /* bytes: a whole ledger is verified as a receipt is */

/* What a receipt calls a place's state: "confirmed", "outstanding", "not-needed",
 * "given-up". */
const char *wattle_wipe_confirmation_name (WattleWipeState state);

/* The receipt of @plan so far, canonical JSON; complete once the plan is.
 * @passport_sha256 and @product say what was wiped. */
char *wattle_wipe_receipt_compose (WattleWipePlan *plan, guint32 product, const char *passport_sha256);

/* What a receipt says once it is verified.  Free with wattle_receipt_summary_free(). */
typedef struct {
  char *id;   /* the wipe id, the record's hash, or a ledger's chain */
  char *kind; /* "wipe", "consent" or "ledger" */
  gint64 time;
  gboolean complete; /* nothing is outstanding; a ledger is */
  /* For a wipe and a consent: place name to "confirmed", "not-needed", "outstanding",
   * "given-up". */
  GHashTable *places;
  /* Entries that were deleted, by WattleEvidenceKind; -1 = not told. */
  gint64 removed[WATTLE_EVIDENCE_N_KINDS];
  guint64 n_records; /* of the ledger in it, confirmations included; 0 for a wipe */
  guint64 n_confirmations;
  /* Fingerprint (SHA-256, hexadecimal) of the keys that signed; NULL if none. */
  char *device_key_sha256;
  char *cloud_key_sha256;
} WattleReceiptSummary;

/* Verifies a wipe receipt, a consent receipt or an exported ledger with nothing
 * else at hand: form, hash, each signature, and that each speaks of this wipe or
 * record.  A newline at the end is allowed.  The message says where something is
 * wrong: the byte, the line, the part or the number of the record.  That the keys
 * in it are the right ones only somebody can tell who knows them: compare the
 * fingerprints.
 * WATTLE_ERROR_TAMPERED, WATTLE_ERROR_NOT_GENUINE, WATTLE_ERROR_INVALID_ARGUMENT. */
WattleReceiptSummary *wattle_receipt_verify (const char *json, gsize length, GError **error);

void wattle_receipt_summary_free (WattleReceiptSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleReceiptSummary, wattle_receipt_summary_free)

G_END_DECLS
