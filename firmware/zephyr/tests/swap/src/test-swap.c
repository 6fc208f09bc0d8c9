/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New images, as MCUboot takes them: its own code with the product's configuration, the images that were
 * signed for the nRF52840, and a device's memory beside them, which has to be the same after all of it.
 */
#include <bootutil/bootutil.h>
#include <bootutil/bootutil_public.h>
#include <bootutil/image.h>
#include <stdio.h>
#include <string.h>

#include "flash.h"
#include "tests/unit/firmware/rig.h"

/* Files in the folder that is the first argument. */
enum image { OLD, NEW, OLDER, STRANGERS, IMAGES };
static const char *const names[IMAGES] = { "old", "new", "older", "strangers" };

static GBytes *images[IMAGES];
static uint8_t memory[RIG_FLASH_SIZE]; /* the device's own, before */

/* --- the chip --- */

static void
put (uint32_t at, enum image which, uint32_t end)
{
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (images[which], &len);

  g_assert_cmpuint (at + len, <, end);
  memset (flash_bytes + at, 0xff, end - at);
  memcpy (flash_bytes + at, bytes, len);
}

static void
make_chip (void)
{
  memset (flash_bytes, 0xff, sizeof flash_bytes);
  memcpy (flash_bytes + WATTLE, memory, sizeof memory);
  put (SLOT_0, OLD, SLOT_0 + SLOT_SIZE);
  flash_cut (0, FLASH_NOTHING);
}

/* As mcumgr stores what comes: from the second page on, which this kind of swap leaves room for. */
static void
upload (enum image which)
{
  memset (flash_bytes + SLOT_1, 0xff, SLOT_SIZE);
  put (SLOT_1 + FLASH_PAGE, which, SLOT_1 + SLOT_SIZE);
}

/* Starts the chip; false where the power was cut. */
static bool
start (void)
{
  struct boot_rsp response;

  if (setjmp (flash_power_off) != 0)
    return false;
  g_assert_cmpint (boot_go (&response), ==, FIH_SUCCESS);
  g_assert_cmpuint (response.br_image_off, ==, SLOT_0);
  return true;
}

/* What the image that runs asks the boot loader for; false where the power was cut. */
static bool
ask (int (*what) (void))
{
  if (setjmp (flash_power_off) != 0)
    return false;
  g_assert_cmpint (what (), ==, 0);
  return true;
}

static int
try_new (void)
{
  return boot_set_pending (0);
}

static int
keep (void)
{
  return boot_set_confirmed ();
}

static bool
runs (enum image which)
{
  gsize len;
  const void *bytes = g_bytes_get_data (images[which], &len);

  return memcmp (flash_bytes + SLOT_0, bytes, len) == 0;
}

static void
assert_memory_is_as_before (void)
{
  g_assert_cmpmem (flash_bytes + WATTLE, sizeof memory, memory, sizeof memory);
}

/* Starts as often as it takes, and once more: it stays so. */
static void
assert_runs (enum image which)
{
  for (int i = 0; i < 2; i++) {
    while (!start ())
      ;
    g_assert_true (runs (which));
  }
  assert_memory_is_as_before ();
}

/* --- without a cut --- */

static void
test_revert (void)
{
  make_chip ();
  assert_runs (OLD);
  upload (NEW);
  assert_runs (OLD); /* nobody asked for it */
  g_assert_true (ask (try_new));
  g_assert_true (start ());
  g_assert_true (runs (NEW));
  assert_memory_is_as_before ();
  assert_runs (OLD); /* it did not keep itself */
}

static void
test_keep (void)
{
  make_chip ();
  upload (NEW);
  g_assert_true (ask (try_new));
  g_assert_true (start ());
  g_assert_true (ask (keep));
  assert_runs (NEW);
}

static void
refuse (enum image which, gsize flipped)
{
  make_chip ();
  upload (which);
  if (flipped != 0)
    flash_bytes[SLOT_1 + FLASH_PAGE + flipped] ^= 1;
  g_assert_true (ask (try_new));
  assert_runs (OLD);
}

static void
test_refused (void)
{
  refuse (OLDER, 0);
  refuse (STRANGERS, 0);
  for (gsize at = 100; at < g_bytes_get_size (images[NEW]) - 100; at += 10007)
    refuse (NEW, at);
}

/* An older one that is asked for for good, as only the boot loader's caller could, is refused as well. */
static int
try_for_good (void)
{
  return boot_set_pending (1);
}

static void
test_older_for_good (void)
{
  make_chip ();
  upload (OLDER);
  g_assert_true (ask (try_for_good));
  assert_runs (OLD);
}

/* --- the power cut at each operation --- */

static unsigned cuts;

/* Whether the new image is in its place and the next start would take it away. */
static bool
is_tried (void)
{
  return runs (NEW) && boot_swap_type () == BOOT_SWAP_TYPE_REVERT;
}

/* A chip that is about to do what is to be cut. */
static void
make_about_to (bool revert)
{
  make_chip ();
  upload (NEW);
  g_assert_true (ask (try_new));
  if (revert)
    g_assert_true (start ());
}

/* Cuts a start at its every operation, and the start after that once more. */
static void
cut_start (bool revert)
{
  static const enum flash_tear tears[] = { FLASH_NOTHING, FLASH_HALF, FLASH_ALL };
  static uint8_t before[FLASH_SIZE];
  unsigned operations;
  bool over;

  make_about_to (revert);
  memcpy (before, flash_bytes, sizeof before);
  flash_cut (0, FLASH_NOTHING);
  g_assert_true (start ());
  operations = flash_operations;
  g_assert_cmpuint (operations, >, 100);
  for (unsigned n = 1; n <= operations; n++) {
    for (guint i = 0; i < G_N_ELEMENTS (tears); i++) {
      memcpy (flash_bytes, before, sizeof before);
      flash_cut (n, tears[i]);
      g_assert_false (start ());
      flash_cut (1 + n * 7 % 29, tears[(n + i) % 3]);
      over = is_tried ();
      if (!start ()) {
        cuts++;
        over = is_tried ();
        flash_cut (0, FLASH_NOTHING);
        g_assert_true (start ());
      }
      flash_cut (0, FLASH_NOTHING);
      cuts++;
      /* Where the trial had begun already, it is over. */
      g_assert_true (runs (revert || over ? OLD : NEW));
      assert_memory_is_as_before ();
      if (!revert && n % 16 == 0)
        assert_runs (OLD); /* not kept: the old one returns */
      else if (!revert && n % 16 == 8) {
        g_assert_true (ask (keep));
        assert_runs (NEW);
      }
    }
  }
  g_test_message ("%u operations", operations);
}

static void
test_cut_swap (void)
{
  cut_start (false);
}

static void
test_cut_revert (void)
{
  cut_start (true);
}

/* Cut while the image asks for the trial, or to be kept: one of the two runs, whole. */
static void
test_cut_asking (void)
{
  for (unsigned n = 1; n < 20; n++) {
    for (int tear = FLASH_NOTHING; tear <= FLASH_ALL; tear++) {
      make_chip ();
      upload (NEW);
      flash_cut (n, tear);
      cuts += !ask (try_new);
      flash_cut (0, FLASH_NOTHING);
      g_assert_true (start ());
      g_assert_true (runs (OLD) || runs (NEW));
      assert_runs (OLD);

      make_about_to (true);
      flash_cut (n, tear);
      cuts += !ask (keep);
      flash_cut (0, FLASH_NOTHING);
      g_assert_true (start ());
      g_assert_true (runs (OLD) || runs (NEW));
      assert_runs (runs (OLD) ? OLD : NEW);
    }
  }
}

/* --- the device --- */

/* The memory of a device that somebody has set up and lived with. */
static void
make_memory (void)
{
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_nonnull (rig_ask_consent (rig, 1, 5));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  rig_ask_password (rig, RIG_PASSWORD_2);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  rig_wait (rig, 200 * RIG_SAMPLE_MS);
  memcpy (memory, rig->flash, sizeof memory);
}

/* What survived byte by byte is also what the device reads from it. */
static void
test_device (void)
{
  g_autoptr (Rig) rig = NULL;

  test_keep ();
  rig = rig_new_from_flash (flash_bytes + WATTLE);
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD_2), ==, WTL_OK);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_info_tag));
  g_assert_cmpuint (rig->response.which_body, ==, wtl_Response_info_tag);
  g_assert_cmpuint (rig->response.body.info.consent, ==, 5);
  g_assert_cmpuint (rig->response.body.info.consent_version, ==, 1);
  g_assert_cmpuint (rig->response.body.info.history_last, >=, 200);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  for (int i = 0; i < IMAGES; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%s.bin", argv[1], names[i]);
    char *bytes;
    gsize len;

    g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
    images[i] = g_bytes_new_take (bytes, len);
  }
  make_memory ();
  g_test_add_func ("/swap/revert", test_revert);
  g_test_add_func ("/swap/keep", test_keep);
  g_test_add_func ("/swap/refused", test_refused);
  g_test_add_func ("/swap/older-for-good", test_older_for_good);
  g_test_add_func ("/swap/device", test_device);
  g_test_add_func ("/swap/cut-asking", test_cut_asking);
  g_test_add_func ("/swap/cut-swap", test_cut_swap);
  g_test_add_func ("/swap/cut-revert", test_cut_revert);
  status = g_test_run ();
  printf ("# power cut %u times\n", cuts);
  for (int i = 0; i < IMAGES; i++)
    g_bytes_unref (images[i]);
  return status;
}
