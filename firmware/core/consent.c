/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person allows.  A decision whose receipt is not there yet is one
 * that was left open.
 */
#include "firmware/core/consent.h"

#include <string.h>

#include "firmware/core/bytes.h"
#include "firmware/core/receipt.h"

#define HASH_SIZE 32
#define RECORD_SIZE (4 * 4 + 8 + HASH_SIZE)

struct decision {
  uint32_t version;
  uint32_t allowed; /* with the purposes that are needed */
  uint32_t deleted; /* records that lost a purpose by it */
  uint32_t boot_count;
  uint64_t time;
  uint8_t record_sha256[HASH_SIZE];
};

static void
move_decision (uint8_t *at, struct decision *decision, bool save)
{
  wtl_move_u32 (&at, &decision->version, save);
  wtl_move_u32 (&at, &decision->allowed, save);
  wtl_move_u32 (&at, &decision->deleted, save);
  wtl_move_u32 (&at, &decision->boot_count, save);
  wtl_move_u64 (&at, &decision->time, save);
  wtl_move_bytes (&at, decision->record_sha256, HASH_SIZE, save);
}

static bool
load_decision (const struct wtl_unit *unit, struct decision *out)
{
  uint8_t record[RECORD_SIZE];

  if (wtl_store_get (&unit->store, WTL_KEY_CONSENT, record, sizeof record) != WTL_OK)
    return false;
  move_decision (record, out, false);
  return true;
}

static enum wtl_status
save_decision (struct wtl_unit *unit, struct decision *decision)
{
  uint8_t record[RECORD_SIZE];

  move_decision (record, decision, true);
  return wtl_store_put (&unit->store, WTL_KEY_CONSENT, record, sizeof record);
}

static void
make_tag (uint32_t version, uint8_t tag[WTL_RECEIPT_TAG_SIZE])
{
  memset (tag, 0, WTL_RECEIPT_TAG_SIZE);
  wtl_put_u32 (tag, version);
}

/* From now on only what is allowed is recorded. */
static void
put_in_force (struct wtl_unit *unit, const struct decision *decision)
{
  unit->allowed = (decision->allowed & unit->factory.purposes) | unit->factory.needed;
  unit->consent_version = decision->version;
}

/* Forgets what is not allowed any more, and signs. */
static enum wtl_status
finish (struct wtl_unit *unit, const struct decision *decision)
{
  wtl_Statement statement = wtl_Statement_init_zero;
  uint8_t tag[WTL_RECEIPT_TAG_SIZE];
  enum wtl_status status = wtl_history_restrict (&unit->history, unit->allowed);

  if (status != WTL_OK)
    return status;
  statement.kind = wtl_STATEMENT_KIND_CONSENT;
  statement.requested_at = decision->time;
  statement.allowed = decision->allowed;
  statement.records_deleted = decision->deleted;
  statement.boot_count = decision->boot_count;
  statement.consent_version = decision->version;
  statement.reference.size = HASH_SIZE;
  memcpy (statement.reference.bytes, decision->record_sha256, HASH_SIZE);
  make_tag (decision->version, tag);
  return wtl_receipt_make (unit, WTL_KEY_CONSENT_RECEIPT, tag, &statement);
}

static bool
is_finished (const struct wtl_unit *unit, uint32_t version, wtl_SignedStatement *receipt)
{
  uint8_t tag[WTL_RECEIPT_TAG_SIZE];

  make_tag (version, tag);
  return wtl_receipt_load (unit, WTL_KEY_CONSENT_RECEIPT, tag, receipt) == WTL_OK;
}

enum wtl_status
wtl_consent_resume (struct wtl_unit *unit)
{
  struct decision decision;

  if (!unit->owned)
    return WTL_OK;
  unit->allowed = unit->factory.needed;
  unit->consent_version = 0;
  if (!load_decision (unit, &decision))
    return WTL_OK;
  put_in_force (unit, &decision);
  return is_finished (unit, decision.version, NULL) ? WTL_OK : finish (unit, &decision);
}

/* What is wrong with @request; _NONE if it is new or the one in force. */
static wtl_ErrorCode
check_request (const struct wtl_unit *unit, const wtl_ConsentRequest *request, uint32_t *detail)
{
  uint32_t unknown = request->allowed & ~unit->factory.purposes;

  *detail = 0;
  if (request->version == 0)
    return wtl_ERROR_CODE_MALFORMED;
  if (request->version < unit->consent_version) {
    *detail = unit->consent_version;
    return wtl_ERROR_CODE_FORBIDDEN;
  }
  if (request->version > unit->consent_version && unknown != 0) {
    for (*detail = 1; (unknown & 1) == 0; unknown >>= 1)
      ++*detail;
    return wtl_ERROR_CODE_NO_SUCH_PURPOSE;
  }
  return wtl_ERROR_CODE_NONE;
}

/* Records the decision: from here on it holds. */
static enum wtl_status
decide (struct wtl_unit *unit, const wtl_ConsentRequest *request, struct decision *decision)
{
  enum wtl_status status;

  decision->version = request->version;
  decision->allowed = request->allowed | unit->factory.needed;
  decision->deleted = wtl_history_count (&unit->history, decision->allowed);
  decision->boot_count = unit->boot_count;
  decision->time = request->time;
  memcpy (decision->record_sha256, request->record_sha256, HASH_SIZE);
  status = save_decision (unit, decision);
  if (status == WTL_OK)
    put_in_force (unit, decision);
  return status;
}

wtl_ErrorCode
wtl_consent_apply (struct wtl_unit *unit, const wtl_ConsentRequest *request, wtl_SignedStatement *receipt,
                   uint32_t *detail)
{
  struct decision decision;
  wtl_ErrorCode error = check_request (unit, request, detail);
  enum wtl_status status = WTL_OK;

  if (error != wtl_ERROR_CODE_NONE)
    return error;
  if (request->version > unit->consent_version)
    status = decide (unit, request, &decision);
  else if (!load_decision (unit, &decision))
    status = WTL_ERROR_STORAGE;
  if (status == WTL_OK && !is_finished (unit, decision.version, receipt)) {
    status = finish (unit, &decision);
    if (status == WTL_OK && !is_finished (unit, decision.version, receipt))
      status = WTL_ERROR_STORAGE;
  }
  return status == WTL_OK ? wtl_ERROR_CODE_NONE : wtl_ERROR_CODE_STORAGE;
}
