/* SPDX-License-Identifier: Apache-2.0 */
/* The core's flash: its rules, on what Zephyr's driver gives. */
#include <string.h>
#include <zephyr/ztest.h>

#include "firmware/core/layout.h"
#include "flash-port.h"

static struct wtl_flash flash;
static uint8_t bytes[WTL_LAYOUT_PAGE_SIZE];

static void
before (void *fixture)
{
  zassert_equal (flash_port_open (&flash), WTL_OK);
  for (uint32_t page = 0; page < flash.page_count; page++)
    zassert_equal (flash.erase (flash.ctx, page), WTL_OK);
}

static uint32_t
word_at (uint32_t at)
{
  uint32_t word;

  zassert_equal (flash.read (flash.ctx, at, &word, sizeof word), WTL_OK);
  return word;
}

static enum wtl_status
write_word (uint32_t at, uint32_t word)
{
  return flash.write (flash.ctx, at, &word, sizeof word);
}

ZTEST (flash, test_geometry)
{
  zassert_equal (flash.page_size, WTL_LAYOUT_PAGE_SIZE);
  zassert_true (flash.page_count >= WTL_LAYOUT_PAGES_MIN);
}

ZTEST (flash, test_erased_is_blank)
{
  zassert_true (wtl_flash_is_blank (&flash, 0, flash.page_size * flash.page_count));
}

/* Each word alone, so that one does not disturb its neighbours. */
ZTEST (flash, test_words)
{
  for (uint32_t at = 0; at < 64; at += 4)
    zassert_equal (write_word (at, 0x01000193 * (at + 1)), WTL_OK);
  for (uint32_t at = 0; at < 64; at += 4)
    zassert_equal (word_at (at), 0x01000193 * (at + 1), "at %u", at);
  zassert_equal (word_at (64), 0xffffffff);
}

/* Twice between two erases: the second one clears more bits. */
ZTEST (flash, test_twice)
{
  zassert_equal (write_word (8, 0xff00ffff), WTL_OK);
  zassert_equal (write_word (8, 0xff00ff0f), WTL_OK);
  zassert_equal (word_at (8), 0xff00ff0f);
  zassert_equal (word_at (4), 0xffffffff);
  zassert_equal (word_at (12), 0xffffffff);
}

#ifdef CONFIG_FLASH_SIMULATOR_EXPLICIT_ERASE
/* What is NOR's own, which the simulator has to have for the tests here to say anything. */
ZTEST (flash, test_no_bit_is_set)
{
  zassert_equal (write_word (8, 0x0000ffff), WTL_OK);
  (void)write_word (8, 0xffffffff);
  zassert_equal (word_at (8), 0x0000ffff);
}
#endif

/* Across lines, from a word that begins none to one that ends none. */
ZTEST (flash, test_long_write)
{
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)(i * 7 + 1);
  zassert_equal (flash.write (flash.ctx, 4, bytes, 200), WTL_OK);
  zassert_equal (word_at (0), 0xffffffff);
  zassert_equal (word_at (204), 0xffffffff);
  for (uint32_t i = 0; i < 200; i += 4)
    zassert_equal (word_at (4 + i), *(uint32_t *)(void *)(bytes + i), "at %u", i);
}

ZTEST (flash, test_erase_is_of_one_page)
{
  memset (bytes, 0, sizeof bytes);
  for (uint32_t page = 1; page < 4; page++)
    zassert_equal (flash.write (flash.ctx, page * flash.page_size, bytes, sizeof bytes), WTL_OK);
  zassert_equal (flash.erase (flash.ctx, 2), WTL_OK);
  zassert_true (wtl_flash_is_blank (&flash, 2 * flash.page_size, flash.page_size));
  for (uint32_t page = 1; page < 4; page += 2)
    for (uint32_t at = 0; at < flash.page_size; at += 4)
      zassert_equal (word_at (page * flash.page_size + at), 0);
}

/* The last word is ours, and nothing after it. */
ZTEST (flash, test_bounds)
{
  uint32_t end = flash.page_size * flash.page_count;

  zassert_equal (write_word (end - 4, 0x12345678), WTL_OK);
  zassert_equal (word_at (end - 4), 0x12345678);
  zassert_false (flash_port_has_failed ());
  zassert_equal (write_word (end, 0), WTL_ERROR_STORAGE);
  zassert_equal (flash.read (flash.ctx, end - 4, bytes, 8), WTL_ERROR_STORAGE);
  zassert_equal (flash.erase (flash.ctx, flash.page_count), WTL_ERROR_STORAGE);
  zassert_true (flash_port_has_failed ());
  zassert_equal (flash_port_open (&flash), WTL_OK);
  zassert_false (flash_port_has_failed ());
}

/* Opening it anew loses nothing. */
ZTEST (flash, test_stays)
{
  struct wtl_flash again;

  zassert_equal (write_word (flash.page_size, 0xcafe0000), WTL_OK);
  zassert_equal (flash_port_open (&again), WTL_OK);
  zassert_equal (again.page_count, flash.page_count);
  zassert_equal (word_at (flash.page_size), 0xcafe0000);
}

ZTEST_SUITE (flash, NULL, NULL, before, NULL, NULL);
