/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signed statement as it is kept, so that whoever asks again gets the very
 * same one.
 */
#pragma once

#include "firmware/core/unit.h"

#define WTL_RECEIPT_TAG_SIZE 16

/* Fills in who signs, signs, and keeps the result under @key.  @tag says what
 * it is the receipt of. */
enum wtl_status wtl_receipt_make (struct wtl_unit *unit, enum wtl_key key, const uint8_t tag[WTL_RECEIPT_TAG_SIZE],
                                  wtl_Statement *statement);

/* The receipt for @tag; WTL_ERROR_NOT_NOW where there is none. @out may be NULL. */
enum wtl_status wtl_receipt_load (const struct wtl_unit *unit, enum wtl_key key,
                                  const uint8_t tag[WTL_RECEIPT_TAG_SIZE], wtl_SignedStatement *out);
