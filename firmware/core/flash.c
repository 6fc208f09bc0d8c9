/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small steps on the flash that several of the core's files take.
 */
#include "firmware/core/flash.h"

#include <string.h>

#define CHUNK 64 /* bytes on the stack at a time */

enum wtl_status
wtl_flash_erase (const struct wtl_flash *flash, uint32_t first, uint32_t count)
{
  enum wtl_status status = WTL_OK;

  for (uint32_t i = 0; status == WTL_OK && i < count; i++)
    status = flash->erase (flash->ctx, first + i);
  return status;
}

bool
wtl_flash_is_blank (const struct wtl_flash *flash, uint32_t at, uint32_t len)
{
  uint8_t chunk[CHUNK];

  while (len > 0) {
    uint32_t n = len < CHUNK ? len : CHUNK;

    if (flash->read (flash->ctx, at, chunk, n) != WTL_OK)
      return false;
    for (uint32_t i = 0; i < n; i++)
      if (chunk[i] != 0xff)
        return false;
    at += n;
    len -= n;
  }
  return true;
}

enum wtl_status
wtl_flash_zero (const struct wtl_flash *flash, uint32_t at, uint32_t len)
{
  uint8_t zeros[CHUNK];
  enum wtl_status status = WTL_OK;

  memset (zeros, 0, sizeof zeros);
  while (status == WTL_OK && len > 0) {
    uint32_t n = len < CHUNK ? len : CHUNK;

    status = flash->write (flash->ctx, at, zeros, n);
    at += n;
    len -= n;
  }
  return status;
}
