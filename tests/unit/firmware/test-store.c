/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in flash: the emulated flash's own rules, records, the factory
 * page, the history's ring; and that rubbish in flash crashes nothing.
 */
#include <string.h>

#include "tests/unit/firmware/rig.h"

#define PAGE 1024

/* A small flash with a store in its first four pages. */
struct bench {
  uint8_t bytes[8 * PAGE];
  struct wtl_nor nor;
  struct wtl_flash flash;
  struct wtl_store store;
  struct wtl_history history;
};

static void
bench_init (struct bench *bench)
{
  memset (bench, 0, sizeof *bench);
  memset (bench->bytes, 0xff, sizeof bench->bytes);
  bench->nor = (struct wtl_nor){ .bytes = bench->bytes, .page_size = PAGE, .page_count = 8 };
  wtl_nor_flash (&bench->nor, &bench->flash);
  bench->store = (struct wtl_store){ .flash = &bench->flash, .first_page = 0, .bank_pages = 2, .secrets = 1u << 3 };
  bench->history = (struct wtl_history){ .flash = &bench->flash, .first_page = 4, .pages = 4 };
}

static void
test_nor (void)
{
  struct bench bench;
  const uint8_t ones[4] = { 0xff, 0xff, 0xff, 0xff }, pattern[4] = { 0xf0, 0x0f, 0xaa, 0x55 };
  uint8_t out[4];

  bench_init (&bench);
  g_assert_cmpint (bench.flash.write (bench.flash.ctx, 8, pattern, 4), ==, WTL_OK);
  g_assert_cmpint (bench.flash.write (bench.flash.ctx, 8, ones, 4), ==, WTL_OK); /* sets no bit */
  g_assert_cmpint (bench.flash.read (bench.flash.ctx, 8, out, 4), ==, WTL_OK);
  g_assert_cmpmem (out, 4, pattern, 4);
  g_assert_cmpint (bench.flash.write (bench.flash.ctx, 2, pattern, 4), ==, WTL_ERROR_STORAGE);
  g_assert_cmpint (bench.flash.write (bench.flash.ctx, 4, pattern, 3), ==, WTL_ERROR_STORAGE);
  g_assert_cmpint (bench.flash.write (bench.flash.ctx, sizeof bench.bytes, pattern, 4), ==, WTL_ERROR_STORAGE);
  g_assert_cmpint (bench.flash.read (bench.flash.ctx, UINT32_MAX, out, 4), ==, WTL_ERROR_STORAGE);
  g_assert_cmpint (bench.flash.erase (bench.flash.ctx, 8), ==, WTL_ERROR_STORAGE);
  g_assert_cmpint (bench.flash.erase (bench.flash.ctx, 0), ==, WTL_OK);
  g_assert_true (wtl_flash_is_blank (&bench.flash, 0, PAGE));
  g_assert_cmpuint (bench.nor.operations, ==, 3);

  bench.nor.cut_at = 5;
  bench.nor.torn = 0x00ff00ff;
  g_assert_cmpint (wtl_flash_zero (&bench.flash, 0, 16), ==, WTL_ERROR_STORAGE);
  g_assert_true (bench.nor.dead);
  g_assert_cmphex (bench.bytes[3], ==, 0);
  g_assert_cmphex (bench.bytes[4], ==, 0);
  g_assert_cmphex (bench.bytes[5], ==, 0xff);
  g_assert_cmphex (bench.bytes[8], ==, 0xff);
  g_assert_cmpint (bench.flash.read (bench.flash.ctx, 0, out, 4), ==, WTL_ERROR_STORAGE);
}

static void
put (struct wtl_store *store, unsigned key, const char *text)
{
  g_assert_cmpint (wtl_store_put (store, key, text, (uint32_t)strlen (text)), ==, WTL_OK);
}

static void
assert_text (const struct wtl_store *store, unsigned key, const char *text)
{
  char out[WTL_STORE_RECORD_MAX];

  g_assert_cmpint (wtl_store_get (store, key, out, (uint32_t)strlen (text)), ==, WTL_OK);
  g_assert_cmpmem (out, strlen (text), text, strlen (text));
}

static void
test_records (void)
{
  struct bench bench;
  char text[40];

  bench_init (&bench);
  g_assert_cmpint (wtl_store_mount (&bench.store), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (wtl_store_format (&bench.store), ==, WTL_OK);
  put (&bench.store, 1, "one");
  put (&bench.store, 3, "secret as of old");
  put (&bench.store, 3, "a newer secret");
  g_assert_null (memmem (bench.bytes, sizeof bench.bytes, "secret as of", 12));      /* zeroed at once */
  g_assert_cmpint (wtl_store_get (&bench.store, 1, text, 4), ==, WTL_ERROR_STORAGE); /* another size */
  g_assert_cmpint (wtl_store_get (&bench.store, 2, text, 4), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (wtl_store_put (&bench.store, WTL_STORE_KEYS, "x", 1), ==, WTL_ERROR_ARGUMENT);
  g_assert_cmpint (wtl_store_put (&bench.store, 0, "x", 0), ==, WTL_ERROR_ARGUMENT);

  /* Many more than a bank holds; the others stay. */
  for (int i = 0; i < 500; i++) {
    g_snprintf (text, sizeof text, "number %d", i);
    put (&bench.store, 2, text);
    if (i % 7 == 0)
      g_assert_cmpint (wtl_store_mount (&bench.store), ==, WTL_OK);
    assert_text (&bench.store, 2, text);
    assert_text (&bench.store, 1, "one");
    assert_text (&bench.store, 3, "a newer secret");
  }
  g_assert_cmpint (wtl_store_delete (&bench.store, 3), ==, WTL_OK);
  g_assert_cmpint (wtl_store_mount (&bench.store), ==, WTL_OK);
  g_assert_false (wtl_store_has (&bench.store, 3));
  g_assert_null (memmem (bench.bytes, sizeof bench.bytes, "newer", 5));
}

static void
test_full (void)
{
  struct bench bench;
  uint8_t big[WTL_STORE_RECORD_MAX];

  bench_init (&bench);
  memset (big, 7, sizeof big);
  g_assert_cmpint (wtl_store_format (&bench.store), ==, WTL_OK);
  for (unsigned key = 0; key < 3; key++)
    g_assert_cmpint (wtl_store_put (&bench.store, key, big, sizeof big), ==, WTL_OK);
  g_assert_cmpint (wtl_store_put (&bench.store, 4, big, sizeof big), ==, WTL_ERROR_STORAGE);
  g_assert_cmpint (wtl_store_mount (&bench.store), ==, WTL_OK);
  for (unsigned key = 0; key < 3; key++)
    g_assert_cmpint (wtl_store_get (&bench.store, key, big, sizeof big), ==, WTL_OK);
}

static void
add (struct wtl_history *history, int32_t value, uint32_t purposes)
{
  struct wtl_record record = { .value = value, .purposes = purposes };

  g_assert_cmpint (wtl_history_append (history, &record), ==, WTL_OK);
}

static void
test_ring (void)
{
  struct bench bench;
  struct wtl_record records[200];
  uint32_t first, last;
  bool more;

  bench_init (&bench);
  wtl_history_mount (&bench.history);
  wtl_history_range (&bench.history, &first, &last);
  g_assert_cmpuint (first + last, ==, 0);
  g_assert_cmpint (wtl_history_append (&bench.history, &(struct wtl_record){ .value = 1 }), ==, WTL_ERROR_ARGUMENT);
  for (int i = 1; i <= 1000; i++) {
    add (&bench.history, -i, 1);
    if (i % 13 == 0)
      wtl_history_mount (&bench.history);
  }
  /* 31 records a page: the last three pages and what is in the fourth. */
  wtl_history_range (&bench.history, &first, &last);
  g_assert_cmpuint (last, ==, 1000);
  g_assert_cmpuint (first, ==, 1000 / 31 * 31 - 3 * 31 + 1);
  g_assert_cmpuint (wtl_history_read (&bench.history, 0, records, 200, &more), ==, last - first + 1);
  g_assert_false (more);
  g_assert_cmpuint (wtl_history_read (&bench.history, 950, records, 10, &more), ==, 10);
  g_assert_true (more);
  g_assert_cmpuint (records[0].sequence, ==, 951);
  g_assert_cmpint (records[0].value, ==, -951);
  g_assert_cmpuint (wtl_history_read (&bench.history, 1000, records, 10, &more), ==, 0);
  g_assert_cmpuint (wtl_history_read (&bench.history, UINT32_MAX, records, 10, &more), ==, 0);
}

/* Purposes go one after the other, more of them than there are words for it;
 * deleted records leave their numbers used. */
static void
test_purposes (void)
{
  struct bench bench;
  struct wtl_record record;
  uint32_t allowed = 0xff;
  bool more;

  bench_init (&bench);
  wtl_history_mount (&bench.history);
  for (int i = 0; i < 40; i++)
    add (&bench.history, 5, 0xff);
  for (int bit = 7; bit > 0; bit--) {
    allowed &= ~(1u << bit);
    g_assert_cmpuint (wtl_history_count (&bench.history, allowed), ==, 40);
    g_assert_cmpint (wtl_history_restrict (&bench.history, allowed), ==, WTL_OK);
    g_assert_cmpuint (wtl_history_count (&bench.history, allowed), ==, 0);
    wtl_history_mount (&bench.history);
    g_assert_cmpuint (wtl_history_read (&bench.history, 39, &record, 1, &more), ==, 1);
    g_assert_cmpuint (record.purposes, ==, allowed);
  }
  g_assert_cmpint (wtl_history_restrict (&bench.history, 0), ==, WTL_OK);
  g_assert_cmpuint (wtl_history_read (&bench.history, 0, &record, 1, &more), ==, 0);
  g_assert_true (memmem (bench.bytes, sizeof bench.bytes, (const uint8_t[]){ 5, 0, 0, 0 }, 4) == NULL);
  wtl_history_mount (&bench.history);
  add (&bench.history, 6, 1);
  g_assert_cmpuint (wtl_history_read (&bench.history, 0, &record, 1, &more), ==, 1);
  g_assert_cmpuint (record.sequence, ==, 41);
}

/* A power cut may set any bits of a page: here those alone that were cleared
 * when a purpose was withdrawn. */
static struct bench *worst;

static enum wtl_status
worst_erase (void *ctx, uint32_t page)
{
  for (uint32_t slot = 1; slot < PAGE / 32; slot++)
    memset (worst->bytes + page * PAGE + slot * 32 + 20, 0xff, 12);
  return WTL_ERROR_STORAGE;
}

static void
test_half_erased (void)
{
  struct bench bench;
  struct wtl_record record = { .value = 1, .purposes = 1 };

  bench_init (&bench);
  wtl_history_mount (&bench.history);
  for (int i = 0; i < 4 * 31; i++)
    add (&bench.history, 5, 3);
  g_assert_cmpint (wtl_history_restrict (&bench.history, 1), ==, WTL_OK);
  worst = &bench;
  bench.flash.erase = worst_erase;
  g_assert_cmpint (wtl_history_append (&bench.history, &record), ==, WTL_ERROR_STORAGE);
  wtl_history_mount (&bench.history);
  g_assert_cmpuint (wtl_history_count (&bench.history, 1), ==, 0); /* none is for 2 again */
  g_assert_cmpuint (wtl_history_count (&bench.history, 0), ==, 3 * 31);
}

static void
test_factory (void)
{
  g_autoptr (Rig) rig = rig_new ();
  struct wtl_factory factory;

  g_assert_cmpint (wtl_factory_read (&rig->port.flash, &factory), ==, WTL_OK);
  g_assert_cmpstr (factory.unit_id, ==, RIG_UNIT);
  g_assert_cmpuint (factory.product, ==, RIG_PRODUCT);
  for (uint32_t at = 0; at < 800; at++) {
    uint8_t was = rig->flash[at];

    if (was == 0xff && wtl_flash_is_blank (&rig->port.flash, at, 256))
      break; /* beyond its end */
    rig->flash[at] ^= 0x10;
    g_assert_cmpint (wtl_factory_read (&rig->port.flash, &factory), ==, WTL_ERROR_STORAGE);
    g_assert_cmpint (rig_boot (rig), ==, WTL_ERROR_STORAGE);
    rig->flash[at] = was;
  }
  g_assert_cmpint (wtl_factory_read (&rig->port.flash, &factory), ==, WTL_OK);
  factory.needed = 0x80; /* not one of its purposes */
  g_assert_cmpint (wtl_factory_write (&rig->port.flash, &factory), ==, WTL_ERROR_ARGUMENT);
}

/* An owned device whose store has gone bad keeps nothing of its owner's. */
static void
test_rotten_store (void)
{
  g_autoptr (Rig) rig = rig_new ();
  const uint32_t store = WTL_LAYOUT_STORE * WTL_LAYOUT_PAGE_SIZE;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  rig_wait (rig, 20 * RIG_SAMPLE_MS);
  memset (rig->flash + store, 0x21, 4 * WTL_LAYOUT_PAGE_SIZE);
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_assert_no_canary (rig);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  rig_set_up (rig);
  rig_wait (rig, 20 * RIG_SAMPLE_MS);
  g_assert_nonnull (rig_ask_consent (rig, 1, 2));

  /* The record of its set-up alone: one bit. */
  rig->flash[store + (rig->device.unit.store.bank * WTL_LAYOUT_BANK_PAGES * WTL_LAYOUT_PAGE_SIZE)
             + rig->device.unit.store.at[WTL_KEY_SETUP] + 100]
      ^= 1;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_assert_no_canary (rig);
  rig_set_up (rig);
}

/* Any rubbish: the device starts and answers, or says that it cannot. */
static void
test_rubbish (void)
{
  g_autoptr (Rig) rig = rig_new ();
  g_autofree uint8_t *good = NULL;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  rig_wait (rig, 50 * RIG_SAMPLE_MS);
  g_assert_nonnull (rig_ask_consent (rig, 1, 2));
  good = g_memdup2 (rig->flash, RIG_FLASH_SIZE);
  for (int round = 0; round < 300; round++) {
    memcpy (rig->flash, good, RIG_FLASH_SIZE);
    for (int i = g_test_rand_int_range (1, 40); i > 0; i--) {
      uint32_t page = (uint32_t)g_test_rand_int_range (WTL_LAYOUT_STORE, WTL_LAYOUT_HISTORY + 2);
      uint32_t at = page * WTL_LAYOUT_PAGE_SIZE + (uint32_t)g_test_rand_int_range (0, i % 2 ? 64 : 4096);

      rig->flash[at] = (uint8_t)g_test_rand_int ();
    }
    g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
    rig_wait (rig, 2 * RIG_SAMPLE_MS);
    if (rig_open_owner (rig) == WTL_OK) {
      g_assert_nonnull (rig_ask_readings (rig, 0));
      g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_info_tag));
    } else if (!rig->device.unit.owned) {
      rig_assert_no_canary (rig);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flash/nor", test_nor);
  g_test_add_func ("/flash/records", test_records);
  g_test_add_func ("/flash/full", test_full);
  g_test_add_func ("/flash/ring", test_ring);
  g_test_add_func ("/flash/purposes", test_purposes);
  g_test_add_func ("/flash/half-erased", test_half_erased);
  g_test_add_func ("/flash/factory", test_factory);
  g_test_add_func ("/flash/rotten-store", test_rotten_store);
  g_test_add_func ("/flash/rubbish", test_rubbish);
  return g_test_run ();
}
