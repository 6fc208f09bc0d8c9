/* SPDX-License-Identifier: Apache-2.0 */
/* Slots at every power cut, and SMP's bytes. */
#include <string.h>

#include "firmware/core/nor.h"
#include "firmware/virtual/smp.h"

#define PAGES 2
#define SIZE (SLOTS_FLASH_PAGES (PAGES) * SLOTS_PAGE)

static guint8 memory[SIZE];

/* Switches the flash on again, its power to go at the @cut-th operation. */
static void
power_on (struct wtl_nor *nor, struct wtl_flash *flash, Slots *slots, guint64 cut, guint32 torn)
{
  *nor = (struct wtl_nor){
    .bytes = memory, .page_size = SLOTS_PAGE, .page_count = SLOTS_FLASH_PAGES (PAGES), .cut_at = cut, .torn = torn
  };
  wtl_nor_flash (nor, flash);
  g_assert_true (slots_open (slots, flash));
}

static gboolean
slot_is (guint slot, guint8 byte)
{
  for (guint i = 0; i < PAGES * SLOTS_PAGE; i++)
    if (memory[slot * PAGES * SLOTS_PAGE + i] != byte)
      return FALSE;
  return TRUE;
}

/* Swaps there, and back, with one cut: both slots are whole after the next start. */
static void
test_every_cut (void)
{
  static const guint32 torn[] = { 0, 0xffff0000, 0x5a5a5a5b };
  struct wtl_nor nor;
  struct wtl_flash flash;
  Slots slots;
  guint cuts = 0;

  for (guint64 n = 1;; n += 13) {
    gboolean is_cut;

    memset (memory, 0xff, sizeof memory);
    memset (memory, 0x11, PAGES * SLOTS_PAGE);
    memset (memory + PAGES * SLOTS_PAGE, 0x22, PAGES * SLOTS_PAGE);
    power_on (&nor, &flash, &slots, n, torn[n % G_N_ELEMENTS (torn)]);
    is_cut = !(slots_request (&slots) && slots_swap (&slots, PAGES) && slots_swap (&slots, PAGES));
    g_assert_true (is_cut == nor.dead);
    if (!is_cut)
      break;
    cuts++;
    power_on (&nor, &flash, &slots, 0, 0);
    g_assert_true (slots_finish (&slots));
    if (slots.state == SLOTS_TRIED)
      g_assert_true (slot_is (0, 0x22) && slot_is (1, 0x11));
    else
      g_assert_true (slot_is (0, 0x11) && slot_is (1, 0x22));
  }
  g_test_message ("%u cuts", cuts);
  g_assert_cmpuint (cuts, >, 800);
}

static void
on_reset (gpointer user_data)
{
  *(guint *)user_data += 1;
}

static void
test_frames (void)
{
  /* Echo of "hi"; then what is none, or none of ours. */
  static const guint8 echo[] = { 0x0a, 0, 0, 6, 0, 0, 7, 0, 0xbf, 0x61, 'd', 0x62, 'h', 'i' };
  static const guint8 answer[] = { 0x0b, 0, 0, 7, 0, 0, 7, 0, 0xbf, 0x61, 'r', 0x62, 'h', 'i', 0xff };
  static const guint8 ok_echo[] = { 0x0a, 0, 0, 7, 0, 0, 7, 0, 0xbf, 0x61, 'd', 0x62, 'h', 'i', 0xff };
  static const guint8 bad[] = { 0x0b, 0, 0, 6, 0, 0, 7, 0, 0xbf, 0x62, 'r', 'c', 3, 0xff };
  guint8 upload[SMP_HEAD_SIZE + 64] = { 0x0a, 0, 0, 0, 0, 1, 1, 1 };
  static const guint8 hostile[][16] = {
    { 1, 0xff },
    { 9, 0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
    { 3, 0xa1, 0x63, 'o' },
    { 12, 0xa1, 0x61, 'd', 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
    { 14, 0xa1, 0x61, 'x', 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0 },
    { 5, 0xa1, 0x63, 'o', 'f', 'f' },
    { 6, 0xa1, 0x63, 'o', 'f', 'f', 0x60 },
    { 2, 0xa0, 0 },
  };
  struct wtl_nor nor;
  guint resets = 0;
  static Images images;
  static struct wtl_flash flash;
  Smp smp = { .images = &images, .reset = on_reset, .user_data = &resets };
  guint8 out[384];
  gsize len;

  memset (memory, 0xff, sizeof memory);
  power_on (&nor, &flash, &images.slots, 0, 0);
  g_assert_true (smp_answer (&smp, ok_echo, sizeof ok_echo, out, sizeof out, &len));
  g_assert_cmpmem (out, len, answer, sizeof answer);
  g_assert_true (smp_answer (&smp, echo, sizeof echo, out, sizeof out, &len));
  g_assert_cmpmem (out, len, bad, sizeof bad);
  for (gsize n = 0; n < sizeof ok_echo; n++)
    g_assert_false (smp_answer (&smp, ok_echo, n, out, sizeof out, &len));
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    gsize size = hostile[i][0];

    memcpy (upload + SMP_HEAD_SIZE, hostile[i] + 1, size);
    upload[3] = (guint8)size;
    g_assert_true (smp_answer (&smp, upload, SMP_HEAD_SIZE + size, out, sizeof out, &len));
    g_assert_cmpmem (out + SMP_HEAD_SIZE, len - SMP_HEAD_SIZE, bad + SMP_HEAD_SIZE, sizeof bad - SMP_HEAD_SIZE);
  }
  g_assert_cmpuint (resets, ==, 0);
  g_assert_cmpuint (nor.operations, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/images/every-cut", test_every_cut);
  g_test_add_func ("/images/frames", test_frames);
  return g_test_run ();
}
