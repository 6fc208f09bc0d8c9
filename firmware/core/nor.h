/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NOR flash in a buffer, for the virtual device, the bench and tests.  Keeps
 * the rules of flash.h, counts operations (a programmed word or an erased page
 * is one) and can lose its power at any of them, with the word or page half
 * changed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "firmware/core/flash.h"

struct wtl_nor {
  uint8_t *bytes; /* the caller's, page_size * page_count */
  uint32_t page_size;
  uint32_t page_count;

  uint64_t operations; /* so far */
  uint64_t cut_at;     /* the power goes at this operation, counted from 1; 0 = never */
  uint32_t torn;       /* bits of a word that still change when it does; of a page, those
                        * of the words in its first half where bit 0 is set, else its second */
  bool dead;           /* the power is gone: everything fails */

  /* Called after bytes changed; NULL for none.  Not 0: the write failed. */
  int (*changed) (void *ctx, uint32_t at, uint32_t len);
  /* Called when the power goes, before anything else; NULL for none. */
  void (*power_cut) (void *ctx);
  void *ctx;
};

/* Fills @flash with functions on @nor, which must outlive it. */
void wtl_nor_flash (struct wtl_nor *nor, struct wtl_flash *flash);
