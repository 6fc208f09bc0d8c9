/* SPDX-License-Identifier: Apache-2.0 */
/* NOR flash as on the nRF52840: words of 4 bytes, whose bits a write clears and an erase of their page sets. */
#include "flash.h"

#include <flash_map_backend/flash_map_backend.h>
#include <glib.h>
#include <string.h>

uint8_t flash_bytes[FLASH_SIZE];
jmp_buf flash_power_off;
unsigned flash_operations;

static unsigned cut_at;
static enum flash_tear tear_of_cut;

static const struct flash_area slots[] = { { 0, SLOT_0, SLOT_SIZE }, { 1, SLOT_1, SLOT_SIZE } };

void
flash_cut (unsigned n, enum flash_tear tear)
{
  flash_operations = 0;
  cut_at = n;
  tear_of_cut = tear;
}

/* How many of the operation's @len bytes are reached, in steps of @step. */
static uint32_t
reached (uint32_t len, uint32_t step)
{
  flash_operations++;
  if (cut_at != flash_operations || tear_of_cut == FLASH_ALL)
    return len;
  return tear_of_cut == FLASH_NOTHING ? 0 : len / step / 2 * step;
}

static void
go_on (void)
{
  if (cut_at != flash_operations)
    return;
  cut_at = 0;
  longjmp (flash_power_off, 1);
}

int
flash_area_open (uint8_t id, const struct flash_area **area)
{
  g_assert_cmpuint (id, <, G_N_ELEMENTS (slots));
  *area = &slots[id];
  return 0;
}

void
flash_area_close (const struct flash_area *area)
{
}

int
flash_area_read (const struct flash_area *area, uint32_t off, void *out, uint32_t len)
{
  if (off > area->fa_size || len > area->fa_size - off)
    return -1;
  memcpy (out, flash_bytes + area->fa_off + off, len);
  return 0;
}

int
flash_area_write (const struct flash_area *area, uint32_t off, const void *data, uint32_t len)
{
  uint8_t *at = flash_bytes + area->fa_off + off;
  uint32_t n;

  g_assert_cmpuint (off % FLASH_WORD, ==, 0);
  g_assert_cmpuint (len % FLASH_WORD, ==, 0);
  if (off > area->fa_size || len > area->fa_size - off)
    return -1;
  n = reached (len, FLASH_WORD);
  for (uint32_t i = 0; i < n; i++)
    at[i] &= ((const uint8_t *)data)[i];
  go_on ();
  return 0;
}

int
flash_area_erase (const struct flash_area *area, uint32_t off, uint32_t len)
{
  g_assert_cmpuint (off % FLASH_PAGE, ==, 0);
  g_assert_cmpuint (len % FLASH_PAGE, ==, 0);
  if (off > area->fa_size || len > area->fa_size - off)
    return -1;
  for (uint32_t page = 0; page < len; page += FLASH_PAGE) {
    memset (flash_bytes + area->fa_off + off + page, 0xff, reached (FLASH_PAGE, FLASH_WORD));
    go_on ();
  }
  return 0;
}

uint32_t
flash_area_align (const struct flash_area *area)
{
  return FLASH_WORD;
}

uint8_t
flash_area_erased_val (const struct flash_area *area)
{
  return 0xff;
}

int
flash_area_get_sectors (int id, uint32_t *count, struct flash_sector *sectors)
{
  g_assert_cmpuint (*count, >=, SLOT_SIZE / FLASH_PAGE);
  *count = SLOT_SIZE / FLASH_PAGE;
  for (uint32_t i = 0; i < *count; i++)
    sectors[i] = (struct flash_sector){ i * FLASH_PAGE, FLASH_PAGE };
  return 0;
}

int
flash_area_get_sector (const struct flash_area *area, uint32_t off, struct flash_sector *sector)
{
  if (off >= area->fa_size)
    return -1;
  *sector = (struct flash_sector){ off / FLASH_PAGE * FLASH_PAGE, FLASH_PAGE };
  return 0;
}

int
flash_area_id_from_multi_image_slot (int image, int slot)
{
  return slot;
}

int
flash_area_id_from_image_slot (int slot)
{
  return slot;
}

int
flash_area_id_to_multi_image_slot (int image, int id)
{
  return id;
}
