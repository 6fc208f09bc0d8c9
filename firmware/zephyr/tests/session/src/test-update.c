/* SPDX-License-Identifier: Apache-2.0 */
/* A new image, offered inside the session: by the owner, whole, to be tried and not kept. */
#include <bootutil/bootutil_public.h>
#include <string.h>
#include <zcbor_common.h>
#include <zcbor_decode.h>
#include <zcbor_encode.h>
#include <zephyr/dfu/mcuboot.h>
#include <zephyr/storage/flash_map.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/ztest.h>

#include "image.h"
#include "integrity.h"
#include "pair.h"
#include "update.h"

enum { READ, WRITE = 2 };
enum { GROUP_OS, GROUP_IMAGE };
#define CHUNK 256 /* bytes of image in a frame */

static uint8_t image[IMAGE_TOTAL], running[IMAGE_TOTAL], hash[32], running_hash[32];
static uint8_t kept[0x10000], now[0x10000];
static uint8_t magic[16]; /* MCUboot's, at the end of a slot that it is to look at */
static wtl_Request request;

static const struct flash_area *
area_of (uint8_t id)
{
  const struct flash_area *area;

  zassert_ok (flash_area_open (id, &area));
  return area;
}

static void
put_running_image (void)
{
  const struct flash_area *slot = area_of (FIXED_PARTITION_ID (slot0_partition));

  image_make (1, 0, running, running_hash);
  zassert_ok (flash_area_flatten (slot, 0, slot->fa_size));
  zassert_ok (flash_area_write (slot, 0, running, IMAGE_TOTAL));
}

static void *
begin (void)
{
  const struct flash_area *slot = area_of (FIXED_PARTITION_ID (slot1_partition));

  BUILD_ASSERT (IMAGE_TOTAL % 16 == 0);
  zassert_ok (flash_area_flatten (slot, 0, slot->fa_size));
  put_running_image ();
  image_make (2, 1, image, hash);
  zassert_ok (update_start ());
  integrity_start ();
  pair_begin ();
  return NULL;
}

/* --- frames --- */

static void
begin_frame (zcbor_state_t *state)
{
  zcbor_new_encode_state (state, 3, request.body.smp.frame.bytes + 8, sizeof request.body.smp.frame.bytes - 8, 0);
  zassert_true (zcbor_map_start_encode (state, 8));
}

static void
ask (zcbor_state_t *state, uint8_t operation, uint8_t group, uint8_t command)
{
  uint8_t *bytes = request.body.smp.frame.bytes;

  zassert_true (zcbor_map_end_encode (state, 8));
  request.which_body = wtl_Request_smp_tag;
  request.body.smp.frame.size = (pb_size_t)(state->payload - bytes);
  memset (bytes, 0, 8);
  bytes[0] = 1 << 3 | operation; /* SMP version 2 */
  sys_put_be16 (request.body.smp.frame.size - 8, bytes + 2);
  sys_put_be16 (group, bytes + 4);
  bytes[7] = command;
  pair_ask (&request);
}

/* Whether the answer has these bytes: a key, a text, a hash. */
static bool
answer_has (const void *bytes, size_t len)
{
  const wtl_SmpFrame *smp = &pair_response.body.smp;

  if (pair_response.which_body != wtl_Response_smp_tag)
    return false;
  for (size_t i = 8; i + len <= smp->frame.size; i++)
    if (memcmp (smp->frame.bytes + i, bytes, len) == 0)
      return true;
  return false;
}

static void
ask_list (void)
{
  zcbor_state_t state[5];

  begin_frame (state);
  ask (state, READ, GROUP_IMAGE, 0);
}

static void
ask_echo (void)
{
  zcbor_state_t state[5];

  begin_frame (state);
  zassert_true (zcbor_tstr_put_lit (state, "d") && zcbor_tstr_put_lit (state, "wattle"));
  ask (state, WRITE, GROUP_OS, 0);
}

static void
upload (size_t until)
{
  for (size_t at = 0; at < until; at += CHUNK) {
    zcbor_state_t state[5];
    size_t n = MIN (CHUNK, sizeof image - at);
    bool ok = true;

    begin_frame (state);
    if (at == 0)
      ok = zcbor_tstr_put_lit (state, "len") && zcbor_uint64_put (state, sizeof image)
           && zcbor_tstr_put_lit (state, "sha") && zcbor_bstr_encode_ptr (state, hash, sizeof hash);
    ok = ok && zcbor_tstr_put_lit (state, "off") && zcbor_uint64_put (state, at);
    ok = ok && zcbor_tstr_put_lit (state, "data") && zcbor_bstr_encode_ptr (state, image + at, n);
    zassert_true (ok);
    ask (state, WRITE, GROUP_IMAGE, 1);
    zassert_true (answer_has ("off", 3) && !answer_has ("err", 3) && !answer_has ("rc", 2), "at %u", (unsigned)at);
  }
}

static void
ask_state (bool confirm)
{
  zcbor_state_t state[5];

  begin_frame (state);
  zassert_true (zcbor_tstr_put_lit (state, "hash") && zcbor_bstr_encode_ptr (state, hash, sizeof hash)
                && zcbor_tstr_put_lit (state, "confirm") && zcbor_bool_put (state, confirm));
  ask (state, WRITE, GROUP_IMAGE, 0);
}

static void
read_kept (uint8_t *out)
{
  const struct flash_area *area = area_of (FIXED_PARTITION_ID (wattle_partition));

  zassert_true (area->fa_size <= sizeof kept);
  zassert_ok (flash_area_read (area, 0, out, area->fa_size));
}

static bool
slot_is_blank (void)
{
  const struct flash_area *slot = area_of (FIXED_PARTITION_ID (slot1_partition));
  uint8_t bytes[64];

  for (size_t at = 0; at < slot->fa_size; at += sizeof bytes) {
    zassert_ok (flash_area_read (slot, at, bytes, sizeof bytes));
    for (size_t i = 0; i < sizeof bytes; i++)
      if (bytes[i] != 0xff)
        return false;
  }
  return true;
}

/* --- the story --- */

static void
nobody_but_the_owner (wtl_SecretKind kind, const char *secret)
{
  zassert_equal (pair_open (kind, secret, strlen (secret)), WTL_OK);
  zassert_equal (pair_companion.capabilities, WTL_CAPABILITY_SMP | WTL_CAPABILITY_INTEGRITY);
  ask_echo ();
  zassert_equal (pair_error (), wtl_ERROR_CODE_FORBIDDEN);
  ask_list ();
  zassert_equal (pair_error (), wtl_ERROR_CODE_FORBIDDEN);
  pair_ask_plain (wtl_Request_get_integrity_tag);
  zassert_equal (pair_error (), wtl_ERROR_CODE_FORBIDDEN);
  zassert_true (slot_is_blank ());
}

static void
the_owner_asks (void)
{
  zassert_equal (pair_open_owner (), WTL_OK);
  ask_echo ();
  zassert_true (answer_has ("wattle", 6));
  ask_list ();
  zassert_true (answer_has ("1.0.0", 5) && answer_has (running_hash, 32) && !answer_has (hash, 32));
  pair_ask_plain (wtl_Request_get_integrity_tag);
  zassert_equal (pair_response.body.integrity.image_sha256.size, 32);
  zassert_mem_equal (pair_response.body.integrity.image_sha256.bytes, running_hash, 32);

  /* Not a frame: an answer all the same. */
  request.body.smp.frame.size = 5;
  pair_ask (&request);
  zassert_equal (pair_error (), wtl_ERROR_CODE_MALFORMED);
}

static void
the_owner_offers (void)
{
  static uint8_t stored[IMAGE_TOTAL];

  read_kept (kept);
  upload (sizeof image);
  zassert_ok (flash_area_read (area_of (FIXED_PARTITION_ID (slot1_partition)), 0, stored, sizeof stored));
  zassert_mem_equal (stored, image, sizeof image);
  zassert_equal (mcuboot_swap_type (), BOOT_SWAP_TYPE_NONE);

  /* It cannot be made permanent before it has run. */
  ask_state (true);
  zassert_true (answer_has ("err", 3) || answer_has ("rc", 2));
  zassert_equal (mcuboot_swap_type (), BOOT_SWAP_TYPE_NONE);
  ask_state (false);
  zassert_false (answer_has ("err", 3) || answer_has ("rc", 2));
  zassert_true (answer_has ("pending", 7));
  zassert_equal (mcuboot_swap_type (), BOOT_SWAP_TYPE_TEST);

  /* What the device knows and who owns it is as before, byte by byte. */
  read_kept (now);
  zassert_mem_equal (now, kept, sizeof now);
  pair_restart ();
  zassert_equal (pair_open_owner (), WTL_OK);
}

/* A bit of the image that runs is not what was signed: the device says so and refuses its data. */
static void
the_image_is_off (void)
{
  static const uint8_t zeros[16];

  zassert_equal (wtl_device_alerts (&pair_device), 0);
  zassert_ok (
      flash_area_write (area_of (FIXED_PARTITION_ID (slot0_partition)), IMAGE_TOTAL / 32 * 16, zeros, sizeof zeros));
  integrity_start ();
  pair_restart ();
  zassert_equal (pair_open_owner (), WTL_OK);
  pair_ask_plain (wtl_Request_get_integrity_tag);
  zassert_equal (pair_response.body.integrity.alerts, WTL_ALERT_IMAGE);
  pair_ask_plain (wtl_Request_readings_tag);
  zassert_equal (pair_error (), wtl_ERROR_CODE_FORBIDDEN);
  ask_echo ();
  zassert_true (answer_has ("wattle", 6));

  put_running_image ();
  integrity_start ();
  pair_restart ();
  zassert_equal (pair_open_owner (), WTL_OK);
  pair_ask_plain (wtl_Request_readings_tag);
  zassert_equal (pair_error (), wtl_ERROR_CODE_NONE);
}

static void
forget (void)
{
  uint32_t at = 0;
  unsigned pages = 0;

  while (update_forget (&at))
    pages++;
  zassert_true (pages > 0 && slot_is_blank ());
  zassert_false (update_forget (&at));
}

static void
give_away (void)
{
  char code[PAIR_CODE_SIZE];

  pair_wipe (code);
  forget ();
  pair_restart ();
  zassert_equal (pair_open (wtl_SECRET_KIND_SETUP_CODE, code, strlen (code)), WTL_OK);
  pair_set_up ();
  zassert_equal (pair_open_owner (), WTL_OK);
}

/* What was offered goes with the owner, to be tried or half there; and the next owner's
 * upload of the same image begins at its begin. */
static void
a_wipe_forgets_offers (void)
{
  static uint8_t stored[IMAGE_TOTAL];
  const struct flash_area *slot = area_of (FIXED_PARTITION_ID (slot1_partition));

  zassert_equal (mcuboot_swap_type (), BOOT_SWAP_TYPE_TEST);
  zassert_ok (flash_area_read (slot, slot->fa_size - sizeof magic, magic, sizeof magic));
  give_away ();
  zassert_equal (mcuboot_swap_type (), BOOT_SWAP_TYPE_NONE);
  upload (CHUNK * 20);
  give_away ();
  upload (sizeof image);
  zassert_ok (flash_area_read (slot, 0, stored, sizeof stored));
  zassert_mem_equal (stored, image, sizeof image);
}

/* The image that runs is tried: the one before it has to be there still. */
static void
what_may_return_stays (void)
{
  const struct flash_area *slot = area_of (FIXED_PARTITION_ID (slot0_partition));
  uint8_t set[BOOT_MAX_ALIGN] = { 1 };
  uint32_t at = 0;

  /* At the end of the slot: whether it was swapped in, whether it is kept, the magic. */
  memset (set + 1, 0xff, sizeof set - 1);
  zassert_ok (flash_area_write (slot, slot->fa_size - BOOT_MAGIC_ALIGN_SIZE - 2 * BOOT_MAX_ALIGN, set, sizeof set));
  zassert_ok (flash_area_write (slot, slot->fa_size - sizeof magic, magic, sizeof magic));
  zassert_equal (mcuboot_swap_type (), BOOT_SWAP_TYPE_REVERT);
  zassert_false (update_forget (&at));
  zassert_false (slot_is_blank ());
  zassert_ok (boot_write_img_confirmed ());
  forget ();
}

ZTEST (update, test_image)
{
  nobody_but_the_owner (wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE);
  pair_set_up ();
  nobody_but_the_owner (wtl_SECRET_KIND_PASSWORD, PAIR_PASSWORD);
  the_owner_asks ();
  the_owner_offers ();
  the_image_is_off ();
  a_wipe_forgets_offers ();
  what_may_return_stays ();
}

ZTEST_SUITE (update, NULL, begin, NULL, NULL, NULL);
