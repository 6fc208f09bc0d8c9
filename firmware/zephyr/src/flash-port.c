/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's flash on Zephyr's flash map.
 *
 * The core programs words of 4 bytes and clears bits in words that are
 * programmed already.  NOR flash does that as it is.  Memory whose smallest
 * write is larger (RRAM: lines of 16 bytes) can change any bit without an
 * erase, so there the line is read, changed and written: the power cannot be
 * cut between a line's words, as the memory takes a line at once.
 */
#include "flash-port.h"

#include <string.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/storage/flash_map.h>

#include "firmware/core/layout.h"

#define LINE_MAX 32 /* bytes of the largest write that is known */

static const struct flash_area *area;
static uint32_t line; /* bytes written at once; WTL_FLASH_WORD or more */
static bool failed;

static enum wtl_status
status_of (int error)
{
  if (error == 0)
    return WTL_OK;
  failed = true;
  return WTL_ERROR_STORAGE;
}

static enum wtl_status
port_read (void *ctx, uint32_t at, void *out, uint32_t len)
{
  return status_of (flash_area_read (area, at, out, len));
}

/* Changes what of @len bytes from @at lies in the line that begins at @start. */
static enum wtl_status
write_line (uint32_t start, uint32_t at, const uint8_t *data, uint32_t len)
{
  uint8_t bytes[LINE_MAX];
  uint32_t from = at > start ? at : start;
  uint32_t to = at + len < start + line ? at + len : start + line;

  if (status_of (flash_area_read (area, start, bytes, line)) != WTL_OK)
    return WTL_ERROR_STORAGE;
  memcpy (bytes + (from - start), data + (from - at), to - from);
  return status_of (flash_area_write (area, start, bytes, line));
}

static enum wtl_status
port_write (void *ctx, uint32_t at, const void *data, uint32_t len)
{
  enum wtl_status status = WTL_OK;

  if (line == WTL_FLASH_WORD)
    return status_of (flash_area_write (area, at, data, len));
  for (uint32_t start = at - at % line; status == WTL_OK && start < at + len; start += line)
    status = write_line (start, at, data, len);
  return status;
}

static enum wtl_status
port_erase (void *ctx, uint32_t page)
{
  /* Memory without an erase is filled with ones. */
  return status_of (flash_area_flatten (area, (off_t)page * WTL_LAYOUT_PAGE_SIZE, WTL_LAYOUT_PAGE_SIZE));
}

/* Whether what is there can keep the rules of flash.h. */
static bool
can_keep_rules (void)
{
  const struct device *device = flash_area_get_device (area);
  const struct flash_parameters *parameters = flash_get_parameters (device);
  struct flash_pages_info page;

  line = flash_area_align (area);
  if (line <= WTL_FLASH_WORD)
    line = WTL_FLASH_WORD;
  else if (line > LINE_MAX || (flash_params_get_erase_cap (parameters) & FLASH_ERASE_C_EXPLICIT) != 0)
    return false;
  return flash_get_page_info_by_offs (device, area->fa_off, &page) == 0 && page.size <= WTL_LAYOUT_PAGE_SIZE
         && WTL_LAYOUT_PAGE_SIZE % page.size == 0 && parameters->erase_value == 0xff;
}

enum wtl_status
flash_port_open (struct wtl_flash *flash)
{
  if (flash_area_open (FIXED_PARTITION_ID (wattle_partition), &area) != 0 || !can_keep_rules ())
    return WTL_ERROR_STORAGE;
  failed = false;
  *flash = (struct wtl_flash){
    .page_size = WTL_LAYOUT_PAGE_SIZE,
    .page_count = (uint32_t)(area->fa_size / WTL_LAYOUT_PAGE_SIZE),
    .cycles = CONFIG_WATTLE_FLASH_CYCLES,
    .read = port_read,
    .write = port_write,
    .erase = port_erase,
  };
  return flash->page_count >= WTL_LAYOUT_PAGES_MIN ? WTL_OK : WTL_ERROR_STORAGE;
}

bool
flash_port_has_failed (void)
{
  return failed;
}
