/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wipe, as a journal in the store.
 */
#include "firmware/core/wipe.h"

#include <string.h>

#include "firmware/core/bytes.h"
#include "firmware/core/receipt.h"
#include "firmware/core/verifier.h"
#include "pairing/secret.h"

#define RECORD_SIZE (4 + 4 + WTL_WIPE_ID_SIZE + 8 + 4 + 4)

/* Numbers lie in flash. */
enum phase {
  PHASE_PREPARED = 1,
  PHASE_COMMITTED = 2,
  PHASE_ERASED = 3,
};

/* Who wants it, and so which code opens the device afterwards. */
enum reason {
  REASON_OWNER = 1,  /* the code told by prepare */
  REASON_BUTTON = 2, /* the label's */
  REASON_ORPHAN = 3, /* the one that was in force: data without an owner */
};

struct journal {
  uint32_t phase;
  uint32_t reason;
  uint8_t wipe_id[WTL_WIPE_ID_SIZE];
  uint64_t time;
  uint32_t records_deleted;
  uint32_t boot_count;
};

static void
move_journal (uint8_t *at, struct journal *journal, bool save)
{
  wtl_move_u32 (&at, &journal->phase, save);
  wtl_move_u32 (&at, &journal->reason, save);
  wtl_move_bytes (&at, journal->wipe_id, WTL_WIPE_ID_SIZE, save);
  wtl_move_u64 (&at, &journal->time, save);
  wtl_move_u32 (&at, &journal->records_deleted, save);
  wtl_move_u32 (&at, &journal->boot_count, save);
}

static bool
load_journal (const struct wtl_unit *unit, struct journal *out)
{
  uint8_t record[RECORD_SIZE];

  if (wtl_store_get (&unit->store, WTL_KEY_WIPE, record, sizeof record) != WTL_OK)
    return false;
  move_journal (record, out, false);
  return true;
}

static enum wtl_status
save_journal (struct wtl_unit *unit, struct journal *journal)
{
  uint8_t record[RECORD_SIZE];

  move_journal (record, journal, true);
  return wtl_store_put (&unit->store, WTL_KEY_WIPE, record, sizeof record);
}

/* Moves the store to fresh pages with nothing personal in it. */
static enum wtl_status
renew_store (struct wtl_unit *unit, struct journal *journal)
{
  uint8_t code[WTL_VERIFIER_SIZE], record[RECORD_SIZE];
  struct wtl_store_record records[2];
  uint32_t keep = 1u << WTL_KEY_BOOT | 1u << WTL_KEY_ERASES;
  unsigned count = 0;
  enum wtl_status status;

  if (journal->reason == REASON_ORPHAN)
    keep |= 1u << WTL_KEY_CODE;
  if (journal->reason == REASON_OWNER) {
    /* Commit has seen it whole.  Should the flash have failed since, the
     * label's code is better than none. */
    if (wtl_store_get (&unit->store, WTL_KEY_NEXT_CODE, code, sizeof code) == WTL_OK)
      records[count++] = (struct wtl_store_record){ WTL_KEY_CODE, code, sizeof code };
    journal->phase = PHASE_ERASED;
    move_journal (record, journal, true);
    records[count++] = (struct wtl_store_record){ WTL_KEY_WIPE, record, sizeof record };
  }
  status = wtl_store_rewrite (&unit->store, keep, records, count);
  wtl_wipe (code, sizeof code);
  return status;
}

/* Signs the receipt, once, and ends the journal. */
static enum wtl_status
sign (struct wtl_unit *unit, const struct journal *journal)
{
  wtl_Statement statement = wtl_Statement_init_zero;
  enum wtl_status status = wtl_receipt_load (unit, WTL_KEY_WIPE_RECEIPT, journal->wipe_id, NULL);

  if (status != WTL_OK) {
    statement.kind = wtl_STATEMENT_KIND_WIPE;
    statement.requested_at = journal->time;
    statement.records_deleted = journal->records_deleted;
    statement.boot_count = journal->boot_count;
    statement.reference.size = WTL_WIPE_ID_SIZE;
    memcpy (statement.reference.bytes, journal->wipe_id, WTL_WIPE_ID_SIZE);
    status = wtl_receipt_make (unit, WTL_KEY_WIPE_RECEIPT, journal->wipe_id, &statement);
  }
  return status == WTL_OK ? wtl_store_delete (&unit->store, WTL_KEY_WIPE) : status;
}

/* From a committed journal to its end. */
static enum wtl_status
carry_out (struct wtl_unit *unit, struct journal *journal)
{
  enum wtl_status status = WTL_OK;

  unit->wiping = true;
  unit->owned = false;
  unit->allowed = 0;
  unit->consent_version = 0;
  if (journal->phase == PHASE_COMMITTED) {
    status = wtl_history_erase (&unit->history);
    if (status == WTL_OK)
      status = renew_store (unit, journal);
    if (status != WTL_OK)
      return status;
    wtl_attempts_load (&unit->attempts, &unit->store, 0);
  }
  if (journal->reason == REASON_OWNER)
    status = sign (unit, journal);
  unit->wiping = status != WTL_OK;
  return status;
}

/* Point of no return. */
static enum wtl_status
commit (struct wtl_unit *unit, struct journal *journal)
{
  enum wtl_status status;

  journal->phase = PHASE_COMMITTED;
  journal->records_deleted = wtl_history_count (&unit->history, 0);
  journal->boot_count = unit->boot_count;
  /* A wipe does not wait for statistics. */
  (void)wtl_unit_keep_erases (unit);
  status = save_journal (unit, journal);
  return status == WTL_OK ? carry_out (unit, journal) : status;
}

/* Whether somebody's data is there. */
static bool
is_personal (const struct wtl_unit *unit)
{
  for (unsigned key = WTL_KEY_SETUP; key <= WTL_KEY_CONSENT_RECEIPT; key++)
    if (wtl_store_has (&unit->store, key))
      return true;
  return !wtl_history_is_blank (&unit->history);
}

enum wtl_status
wtl_wipe_resume (struct wtl_unit *unit)
{
  struct journal journal = { .reason = REASON_ORPHAN };

  if (load_journal (unit, &journal)) {
    if (journal.phase == PHASE_COMMITTED || journal.phase == PHASE_ERASED)
      return carry_out (unit, &journal);
    if (!unit->owned)
      return wtl_store_delete (&unit->store, WTL_KEY_WIPE);
  }
  if (unit->owned)
    return wtl_store_delete (&unit->store, WTL_KEY_WIPE_RECEIPT);
  journal.reason = REASON_ORPHAN;
  return is_personal (unit) ? commit (unit, &journal) : WTL_OK;
}

enum wtl_status
wtl_wipe_prepare (struct wtl_unit *unit, const wtl_WipePrepareRequest *request, struct wtl_code *next)
{
  struct journal journal = { .phase = PHASE_PREPARED, .reason = REASON_OWNER, .time = request->time };
  struct wtl_verifier verifier;
  uint8_t record[WTL_VERIFIER_SIZE];
  uint8_t *at = record;
  enum wtl_status status;

  if (!unit->owned)
    return WTL_ERROR_STATE;
  memcpy (journal.wipe_id, request->wipe_id, WTL_WIPE_ID_SIZE);
  /* The journal goes first: it must not stand for a code told before. */
  status = wtl_store_delete (&unit->store, WTL_KEY_WIPE);
  if (status == WTL_OK)
    status = wtl_code_generate (unit->crypto.random, unit->crypto.ctx, next);
  if (status == WTL_OK)
    status = wtl_unit_make_verifier (unit, next->digits, &verifier);
  if (status == WTL_OK) {
    wtl_move_verifier (&at, &verifier, true);
    status = wtl_store_put (&unit->store, WTL_KEY_NEXT_CODE, record, sizeof record);
  }
  if (status == WTL_OK)
    status = save_journal (unit, &journal);
  wtl_wipe (record, sizeof record);
  wtl_wipe (&verifier, sizeof verifier);
  return status;
}

enum wtl_status
wtl_wipe_commit (struct wtl_unit *unit, const uint8_t wipe_id[WTL_WIPE_ID_SIZE])
{
  struct journal journal;
  uint8_t code[WTL_VERIFIER_SIZE];

  if (!unit->owned || !load_journal (unit, &journal) || journal.phase != PHASE_PREPARED
      || !wtl_equal (journal.wipe_id, wipe_id, WTL_WIPE_ID_SIZE)
      || wtl_store_get (&unit->store, WTL_KEY_NEXT_CODE, code, sizeof code) != WTL_OK)
    return WTL_ERROR_NOT_NOW;
  wtl_wipe (code, sizeof code);
  return commit (unit, &journal);
}

enum wtl_status
wtl_wipe_reset (struct wtl_unit *unit)
{
  struct journal journal = { .reason = REASON_BUTTON };

  return commit (unit, &journal);
}

enum wtl_status
wtl_wipe_receipt (const struct wtl_unit *unit, const uint8_t wipe_id[WTL_WIPE_ID_SIZE], wtl_SignedStatement *out)
{
  return unit->owned ? WTL_ERROR_NOT_NOW : wtl_receipt_load (unit, WTL_KEY_WIPE_RECEIPT, wipe_id, out);
}
