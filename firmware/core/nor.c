/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NOR flash in a buffer.
 */
#include "firmware/core/nor.h"

#include <string.h>

/* Counts one operation.  False: the power went during it. */
static bool
power_holds (struct wtl_nor *nor)
{
  if (++nor->operations != nor->cut_at)
    return true;
  nor->dead = true;
  return false;
}

static enum wtl_status
lose_power (struct wtl_nor *nor)
{
  if (nor->power_cut != NULL)
    nor->power_cut (nor->ctx);
  return WTL_ERROR_STORAGE;
}

static bool
reach (const struct wtl_nor *nor, uint32_t at, uint32_t len)
{
  uint32_t size = nor->page_size * nor->page_count;

  return !nor->dead && at <= size && len <= size - at;
}

static enum wtl_status
tell_changed (struct wtl_nor *nor, uint32_t at, uint32_t len)
{
  if (nor->changed != NULL && nor->changed (nor->ctx, at, len) != 0)
    return WTL_ERROR_STORAGE;
  return WTL_OK;
}

static enum wtl_status
nor_read (void *ctx, uint32_t at, void *out, uint32_t len)
{
  struct wtl_nor *nor = ctx;

  if (!reach (nor, at, len))
    return WTL_ERROR_STORAGE;
  memcpy (out, nor->bytes + at, len);
  return WTL_OK;
}

static enum wtl_status
nor_write (void *ctx, uint32_t at, const void *data, uint32_t len)
{
  struct wtl_nor *nor = ctx;
  const uint8_t *bytes = data;
  uint32_t done = 0;

  if (!reach (nor, at, len) || at % WTL_FLASH_WORD != 0 || len % WTL_FLASH_WORD != 0)
    return WTL_ERROR_STORAGE;
  for (; done < len && !nor->dead; done += WTL_FLASH_WORD) {
    uint32_t keep = power_holds (nor) ? 0 : ~nor->torn;

    for (unsigned i = 0; i < WTL_FLASH_WORD; i++)
      nor->bytes[at + done + i] &= bytes[done + i] | (uint8_t)(keep >> (8 * i));
  }
  if (tell_changed (nor, at, done) != WTL_OK)
    return WTL_ERROR_STORAGE;
  return nor->dead ? lose_power (nor) : WTL_OK;
}

static enum wtl_status
nor_erase (void *ctx, uint32_t page)
{
  struct wtl_nor *nor = ctx;
  uint32_t at = page * nor->page_size;

  if (page >= nor->page_count || !reach (nor, at, nor->page_size))
    return WTL_ERROR_STORAGE;
  if (power_holds (nor)) {
    memset (nor->bytes + at, 0xff, nor->page_size);
  } else {
    uint32_t half = nor->page_size / 2;
    uint32_t from = (nor->torn & 1) != 0 ? at : at + half;

    for (uint32_t i = 0; i < half; i++)
      nor->bytes[from + i] |= (uint8_t)(nor->torn >> (8 * (i % WTL_FLASH_WORD)));
  }
  if (tell_changed (nor, at, nor->page_size) != WTL_OK)
    return WTL_ERROR_STORAGE;
  return nor->dead ? lose_power (nor) : WTL_OK;
}

void
wtl_nor_flash (struct wtl_nor *nor, struct wtl_flash *flash)
{
  *flash = (struct wtl_flash){
    .ctx = nor,
    .page_size = nor->page_size,
    .page_count = nor->page_count,
    .read = nor_read,
    .write = nor_write,
    .erase = nor_erase,
  };
}
