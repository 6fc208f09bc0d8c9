/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed statements that are kept.
 */
#include "firmware/core/receipt.h"

#include <string.h>

#include "firmware/core/bytes.h"
#include "pairing/secret.h"
#include "pairing/statement.h"

#define STATEMENT_MAX sizeof (((wtl_SignedStatement *)0)->statement.bytes)
#define RECORD_SIZE (WTL_RECEIPT_TAG_SIZE + 4 + STATEMENT_MAX + 64)

_Static_assert(RECORD_SIZE <= WTL_STORE_RECORD_MAX, "a receipt is one record");

/* @size travels apart, because its type is nanopb's to choose. */
static void
move_receipt (uint8_t *at, uint8_t *tag, wtl_SignedStatement *receipt, uint32_t *size, bool save)
{
  wtl_move_bytes (&at, tag, WTL_RECEIPT_TAG_SIZE, save);
  wtl_move_u32 (&at, size, save);
  wtl_move_bytes (&at, receipt->statement.bytes, STATEMENT_MAX, save);
  wtl_move_bytes (&at, receipt->signature, sizeof receipt->signature, save);
}

enum wtl_status
wtl_receipt_make (struct wtl_unit *unit, enum wtl_key key, const uint8_t tag[WTL_RECEIPT_TAG_SIZE],
                  wtl_Statement *statement)
{
  wtl_SignedStatement receipt = { 0 };
  uint8_t copy[WTL_RECEIPT_TAG_SIZE];
  uint8_t record[RECORD_SIZE];
  uint32_t size;
  enum wtl_status status;

  memcpy (statement->unit_id, unit->factory.unit_id, sizeof unit->factory.unit_id);
  status = wtl_statement_sign (statement, unit->factory.private_key, &unit->crypto, &receipt);
  if (status != WTL_OK)
    return status;
  memcpy (copy, tag, sizeof copy);
  size = receipt.statement.size;
  move_receipt (record, copy, &receipt, &size, true);
  return wtl_store_put (&unit->store, key, record, sizeof record);
}

enum wtl_status
wtl_receipt_load (const struct wtl_unit *unit, enum wtl_key key, const uint8_t tag[WTL_RECEIPT_TAG_SIZE],
                  wtl_SignedStatement *out)
{
  wtl_SignedStatement receipt;
  uint8_t found[WTL_RECEIPT_TAG_SIZE];
  uint8_t record[RECORD_SIZE];
  uint32_t size;
  enum wtl_status status = wtl_store_get (&unit->store, key, record, sizeof record);

  if (status != WTL_OK)
    return status;
  move_receipt (record, found, &receipt, &size, false);
  if (size > STATEMENT_MAX)
    return WTL_ERROR_STORAGE;
  if (!wtl_equal (found, tag, sizeof found))
    return WTL_ERROR_NOT_NOW;
  receipt.statement.size = (pb_size_t)size;
  if (out != NULL)
    *out = receipt;
  return WTL_OK;
}
