/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small records under fixed keys, kept through a power cut at any moment: a
 * record is there whole or not at all.
 *
 * Two banks of pages, one in use.  A bank starts with a header that is written
 * last, so that a bank is complete or does not count.  Records are appended;
 * the newest one of a key holds.  A full bank is copied, without what is out
 * of date, to the other one, and erased.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "firmware/core/flash.h"

#define WTL_STORE_KEYS 16
#define WTL_STORE_RECORD_MAX 640 /* bytes of one record */

struct wtl_store {
  const struct wtl_flash *flash;
  uint32_t first_page;
  uint32_t bank_pages;
  uint32_t secrets; /* bit per key: what is out of date is zeroed at once */

  /* the store's own */
  uint32_t bank;                /* 0 or 1 */
  uint32_t generation;          /* of the bank in use */
  uint32_t end;                 /* where the next record goes, within the bank */
  uint32_t at[WTL_STORE_KEYS];  /* the newest record's place; 0 = none */
  uint16_t len[WTL_STORE_KEYS]; /* its size */
};

/* One record handed to wtl_store_rewrite(). */
struct wtl_store_record {
  unsigned key;
  const void *data;
  uint32_t len;
};

/* Reads what is there.  @store's first four fields are set by the caller.
 * WTL_ERROR_NOT_NOW where there is no store yet, or none that can be read. */
enum wtl_status wtl_store_mount (struct wtl_store *store);

/* Makes an empty store in erased pages. */
enum wtl_status wtl_store_format (struct wtl_store *store);

bool wtl_store_has (const struct wtl_store *store, unsigned key);

/* Reads a record of exactly @len bytes: WTL_ERROR_NOT_NOW where there is none,
 * WTL_ERROR_STORAGE where it is damaged or of another size. */
enum wtl_status wtl_store_get (const struct wtl_store *store, unsigned key, void *out, uint32_t len);

/* Writes a record of 1 to WTL_STORE_RECORD_MAX bytes; it holds when this
 * returns WTL_OK. */
enum wtl_status wtl_store_put (struct wtl_store *store, unsigned key, const void *data, uint32_t len);

/* Removes a record; one that is not there is fine. */
enum wtl_status wtl_store_delete (struct wtl_store *store, unsigned key);

/* In one step: keeps the records whose key's bit is in @keep, adds @count new
 * ones and drops everything else, erasing the pages that held it. */
enum wtl_status wtl_store_rewrite (struct wtl_store *store, uint32_t keep, const struct wtl_store_record *records,
                                   unsigned count);
