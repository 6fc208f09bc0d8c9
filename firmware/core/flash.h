/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash as the core needs it, with the rules of NOR flash as on the
 * nRF52840: a write clears bits and never sets one, in aligned words of 4
 * bytes; only erasing a page sets its bits again.  A power cut may leave any
 * subset of a word's or a page's bits changed.
 *
 * The core writes a word at most twice between two erases, save where a
 * person withdraws the fifth purpose from one and the same record.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pairing/status.h"

#define WTL_FLASH_WORD 4 /* bytes programmed at once */

/* Every function returns WTL_OK or WTL_ERROR_STORAGE. */
struct wtl_flash {
  void *ctx;
  uint32_t page_size;  /* bytes, a multiple of 4; at least 1024 */
  uint32_t page_count; /* at least WTL_LAYOUT_PAGES_MIN, see layout.h */
  uint32_t cycles;     /* erases that a page is good for, as its maker says; 0: unknown */

  enum wtl_status (*read) (void *ctx, uint32_t at, void *out, uint32_t len);

  /* @at and @len are multiples of WTL_FLASH_WORD. */
  enum wtl_status (*write) (void *ctx, uint32_t at, const void *data, uint32_t len);

  enum wtl_status (*erase) (void *ctx, uint32_t page);
};

/* Erases @count pages from @first. */
enum wtl_status wtl_flash_erase (const struct wtl_flash *flash, uint32_t first, uint32_t count);

/* Whether @len bytes from @at are all 0xff.  False where they cannot be read. */
bool wtl_flash_is_blank (const struct wtl_flash *flash, uint32_t at, uint32_t len);

/* Overwrites @len bytes from @at with zeros; both multiples of WTL_FLASH_WORD. */
enum wtl_status wtl_flash_zero (const struct wtl_flash *flash, uint32_t at, uint32_t len);
