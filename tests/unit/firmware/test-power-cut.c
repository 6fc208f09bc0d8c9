/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes at every single flash operation of what changes the device,
 * with the word or page in hand changed not at all and changed in part.  Whatever the flash then holds, the device starts, and all of it is as
 * before or as after.
 *
 * The device changes by the functions that its requests call, from the same
 * flash each time; what came of it is then judged by a companion.
 */
#include <stdio.h>
#include <string.h>

#include "firmware/core/consent.h"
#include "firmware/core/password.h"
#include "firmware/core/wipe.h"
#include "tests/unit/firmware/rig.h"

#define READINGS 300 /* in several pages */

static const uint32_t torn_bits[] = { 0x0000ffff, 0xa5a5a5a5, 0xffff0000, 0x5a5a5a5a, 0xfffffffe };
static const uint8_t wipe_id[16] = "wipe number one.";
static unsigned all_points;
static char first_code[17]; /* told before the scene */

/* What a scene leaves behind, beside the flash. */
struct remains {
  bool done;     /* without an error */
  char code[17]; /* the next owner's code, if it was told */
};

/* What must be gone after a wipe, beside the rig's canaries. */
static struct secrets {
  struct wtl_verifier password, second;
} secrets;

struct scene {
  void (*act) (struct rig *rig, struct remains *remains);
  /* @rig has the flash after the cut and has started. */
  void (*check) (struct rig *rig, const struct remains *remains, unsigned point);
};

/* Cuts the power at one point, starts again and checks.  False: beyond the
 * scene's end. */
static bool
run_point (const struct rig *before, const struct scene *scene, unsigned point, uint32_t torn)
{
  g_autoptr (Rig) rig = rig_new_from_flash (before->flash);
  struct remains remains = { 0 };

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_cut_after (rig, point, torn);
  scene->act (rig, &remains);
  g_assert_true (remains.done != rig->nor.dead);
  if (remains.done)
    return false;
  /* It also goes while the device starts again. */
  rig->nor.dead = false;
  rig_cut_after (rig, 1 + point * 7 % 50, torn);
  (void)wtl_device_init (&rig->device, &rig->port);
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  scene->check (rig, &remains, point);
  all_points++;
  return true;
}

/* Every point of @scene, from the flash of @rig: once with the operation in hand
 * left out, once with a part of it done. */
static void
run_scene (const struct rig *rig, const struct scene *scene)
{
  unsigned point = 1;

  while (run_point (rig, scene, point, 0)) {
    g_assert_true (run_point (rig, scene, point, torn_bits[point % G_N_ELEMENTS (torn_bits)]));
    point++;
  }
  g_assert_cmpuint (point, >, 3);
  g_test_message ("%u flash operations", point - 1);
}

/* --- set-up --- */

static struct wtl_setup set_up;

/* What the companion sends, as the device has it just before it commits. */
static void
prepare_set_up (struct rig *rig)
{
  wtl_Verifier owner;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_make_owner (rig_owner_key, &owner);
  memcpy (set_up.owner.w0, owner.w0, sizeof owner.w0);
  memcpy (set_up.owner.l, owner.l, sizeof owner.l);
  memcpy (set_up.advert_key, RIG_CANARY_ADVERT, sizeof set_up.advert_key);
  g_assert_cmpint (wtl_unit_make_verifier (&rig->device.unit, RIG_PASSWORD, &set_up.password), ==, WTL_OK);
}

static void
act_set_up (struct rig *rig, struct remains *remains)
{
  remains->done = wtl_unit_set_up (&rig->device.unit, &set_up) == WTL_OK && !rig->nor.dead;
}

static void
check_set_up (struct rig *rig, const struct remains *remains, unsigned point)
{
  g_assert_false (rig->device.unit.owned && wtl_store_has (&rig->device.unit.store, WTL_KEY_WIPE_RECEIPT));
  if (rig_open_owner (rig) == WTL_OK) {
    struct wtl_advert advert;

    g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
    g_assert_true (wtl_advert_matches (&advert, (const uint8_t *)RIG_CANARY_ADVERT));
    g_assert_cmpint (rig_open_code (rig, first_code), ==, WTL_ERROR_NOT_NOW);
    g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_OK);
    return;
  }
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_code (rig, first_code), ==, WTL_OK);
}

static const struct scene set_up_scene = { act_set_up, check_set_up };

static void
test_set_up (void)
{
  g_autoptr (Rig) rig = rig_new ();

  prepare_set_up (rig);
  g_strlcpy (first_code, RIG_CODE, sizeof first_code);
  run_scene (rig, &set_up_scene);
}

/* By the code of a wipe, whose receipt goes when somebody takes the device. */
static void
test_next_owner (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_WipePrepareRequest request = { .time = RIG_TIME };
  struct wtl_code next;

  prepare_set_up (rig);
  rig_set_up (rig);
  g_assert_cmpint (wtl_wipe_prepare (&rig->device.unit, &request, &next), ==, WTL_OK);
  g_assert_cmpint (wtl_wipe_commit (&rig->device.unit, request.wipe_id), ==, WTL_OK);
  g_strlcpy (first_code, next.digits, sizeof first_code);
  run_scene (rig, &set_up_scene);
}

/* --- password --- */

static struct wtl_verifier new_password;

static void
act_password (struct rig *rig, struct remains *remains)
{
  remains->done = wtl_unit_change_password (&rig->device.unit, &new_password) == WTL_OK;
}

static void
check_password (struct rig *rig, const struct remains *remains, unsigned point)
{
  struct wtl_verifier verifier;

  g_assert_cmpint (wtl_unit_load_password (&rig->device.unit, &verifier), ==, WTL_OK);
  g_assert_cmpint (wtl_password_matches (RIG_PASSWORD, &verifier), !=,
                   wtl_password_matches (RIG_PASSWORD_2, &verifier));
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
}

static void
test_password (void)
{
  static const struct scene scene = { act_password, check_password };
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_cmpint (wtl_unit_make_verifier (&rig->device.unit, RIG_PASSWORD_2, &new_password), ==, WTL_OK);
  run_scene (rig, &scene);
}

/* --- consent --- */

static void
act_consent (struct rig *rig, struct remains *remains)
{
  wtl_ConsentRequest request = { .version = 2, .allowed = 4, .time = RIG_TIME };
  wtl_SignedStatement receipt;
  uint32_t detail;

  memcpy (request.record_sha256, RIG_CANARY_LEDGER, sizeof request.record_sha256);
  remains->done = wtl_consent_apply (&rig->device.unit, &request, &receipt, &detail) == wtl_ERROR_CODE_NONE;
}

/* Counts the records per mask, straight from the history. */
static void
count_masks (struct rig *rig, unsigned counts[8])
{
  uint32_t after = 0;
  bool more = true;

  memset (counts, 0, 8 * sizeof counts[0]);
  while (more) {
    struct wtl_record records[16];
    unsigned n = wtl_history_read (&rig->device.unit.history, after, records, G_N_ELEMENTS (records), &more);

    for (unsigned i = 0; i < n; i++) {
      counts[records[i].purposes & 7]++;
      after = records[i].sequence;
    }
  }
}

static void
check_consent (struct rig *rig, const struct remains *remains, unsigned point)
{
  unsigned counts[8];
  wtl_Statement statement;
  wtl_SignedStatement first;

  count_masks (rig, counts);
  if (rig->device.unit.consent_version == 1) {
    g_assert_cmpuint (counts[7], ==, 20);
    g_assert_cmpuint (rig->device.unit.allowed, ==, 7);
  } else {
    g_assert_cmpuint (rig->device.unit.consent_version, ==, 2);
    g_assert_cmpuint (rig->device.unit.allowed, ==, 5);
    g_assert_cmpuint (counts[5], ==, 20);
    g_assert_cmpuint (counts[7] + counts[3], ==, 0);
  }
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_nonnull (rig_ask_consent (rig, 2, 4));
  rig_read_statement (rig, &statement);
  g_assert_cmpuint (statement.records_deleted, ==, 20);
  g_assert_cmpuint (statement.consent_version, ==, 2);
  first = rig->response.body.statement;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_nonnull (rig_ask_consent (rig, 2, 4));
  g_assert_cmpmem (&rig->response.body.statement, sizeof first, &first, sizeof first);
}

static void
test_consent (void)
{
  static const struct scene scene = { act_consent, check_consent };
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_nonnull (rig_ask_consent (rig, 1, 6));
  rig_wait (rig, 19 * RIG_SAMPLE_MS);
  run_scene (rig, &scene);
}

/* --- wipe --- */

static void
act_wipe (struct rig *rig, struct remains *remains)
{
  wtl_WipePrepareRequest request = { .time = RIG_TIME };
  struct wtl_code next;

  memcpy (request.wipe_id, wipe_id, sizeof wipe_id);
  if (wtl_wipe_prepare (&rig->device.unit, &request, &next) != WTL_OK)
    return;
  g_strlcpy (remains->code, next.digits, sizeof remains->code);
  remains->done = wtl_wipe_commit (&rig->device.unit, wipe_id) == WTL_OK;
}

/* The companion comes back; the device may or may not have started to wipe. */
static void
finish_wipe (struct rig *rig, const struct remains *remains, unsigned point, char code[17])
{
  enum wtl_status status = rig_open_owner (rig);

  g_strlcpy (code, remains->code[0] != 0 ? remains->code : first_code, 17);
  if (status != WTL_OK) {
    g_assert_cmpint (status, ==, WTL_ERROR_NOT_NOW);
    return;
  }
  /* A code that was told is good, or void; it is never good for nothing. */
  if (point % 2 == 0 && rig_ask_commit (rig, wipe_id) != NULL && rig_error (rig) == wtl_ERROR_CODE_NONE)
    return;
  g_assert_nonnull (rig_ask_prepare (rig, wipe_id));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  g_strlcpy (code, rig->response.body.wipe_prepare.next_code, 17);
  g_assert_nonnull (rig_ask_commit (rig, wipe_id));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
}

static void
assert_nothing_personal (struct rig *rig)
{
  rig_assert_no_canary (rig);
  g_assert_false (rig_flash_has (rig, secrets.password.w0, 32));
  g_assert_false (rig_flash_has (rig, secrets.password.l, 65));
  g_assert_false (rig_flash_has (rig, secrets.password.salt, WTL_SALT_MIN));
  g_assert_false (rig_flash_has (rig, secrets.second.w0, 32));
  g_assert_true (wtl_history_is_blank (&rig->device.unit.history));
}

static void
check_wipe (struct rig *rig, const struct remains *remains, unsigned point)
{
  wtl_Statement statement;
  wtl_SignedStatement receipt;
  char code[17];

  finish_wipe (rig, remains, point, code);
  assert_nothing_personal (rig);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open (rig, wtl_SECRET_KIND_OWNER_KEY, 1, rig_second_key, 32), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_NOT_NOW);
  if (point % 16 == 0)
    g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_CONFIRM);

  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_OK);
  g_assert_nonnull (rig_ask_receipt (rig, wipe_id));
  rig_read_statement (rig, &statement);
  g_assert_cmpint (statement.kind, ==, wtl_STATEMENT_KIND_WIPE);
  g_assert_cmpuint (statement.records_deleted, ==, READINGS);
  g_assert_cmpmem (statement.reference.bytes, statement.reference.size, wipe_id, 16);
  receipt = rig->response.body.statement;

  /* One receipt: another start makes no other. */
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (wtl_wipe_receipt (&rig->device.unit, wipe_id, &rig->response.body.statement), ==, WTL_OK);
  g_assert_cmpmem (&rig->response.body.statement, sizeof receipt, &receipt, sizeof receipt);
}

/* An owned device with everything on it that a wipe must reach. */
static struct rig *
make_full (void)
{
  struct rig *rig = rig_new ();
  wtl_Request request = { .which_body = wtl_Request_enrol_tag, .body.enrol.has_owner = true };

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_nonnull (rig_ask_consent (rig, 1, 6));
  rig_wait (rig, (READINGS - 1) * RIG_SAMPLE_MS);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_OK);
  rig_make_owner (rig_second_key, &request.body.enrol.owner);
  g_assert_nonnull (rig_ask (rig, &request));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD_2), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (wtl_unit_load_password (&rig->device.unit, &secrets.password), ==, WTL_OK);
  g_assert_cmpint (wtl_unit_load_owner (&rig->device.unit, 1, &secrets.second), ==, WTL_OK);
  /* The search can find what it looks for. */
  g_assert_true (rig_flash_has (rig, secrets.password.w0, 32));
  g_assert_true (rig_flash_has (rig, &(int32_t){ RIG_CANARY_VALUE }, 4));
  g_assert_true (rig_flash_has (rig, RIG_CANARY_ADVERT, 16));
  g_assert_true (rig_flash_has (rig, RIG_CANARY_LEDGER, 32));
  return rig;
}

static void
test_wipe (void)
{
  static const struct scene scene = { act_wipe, check_wipe };
  g_autoptr (Rig) rig = make_full ();

  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_nonnull (rig_ask_prepare (rig, wipe_id));
  g_strlcpy (first_code, rig->response.body.wipe_prepare.next_code, sizeof first_code);
  run_scene (rig, &scene);
}

/* --- the button --- */

static void
act_button (struct rig *rig, struct remains *remains)
{
  wtl_device_button (&rig->device, WTL_BUTTON_RESET);
  remains->done = !rig->nor.dead;
}

static void
check_button (struct rig *rig, const struct remains *remains, unsigned point)
{
  if (rig_open_owner (rig) == WTL_OK)
    wtl_device_button (&rig->device, WTL_BUTTON_RESET);
  assert_nothing_personal (rig);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
}

static void
test_button (void)
{
  static const struct scene scene = { act_button, check_button };
  g_autoptr (Rig) rig = make_full ();

  run_scene (rig, &scene);
}

/* --- readings --- */

static void
act_readings (struct rig *rig, struct remains *remains)
{
  rig_wait (rig, 2 * RIG_SAMPLE_MS);
  remains->done = !rig->nor.dead;
}

/* The ring moves on to its oldest page: nothing else is lost, no number comes
 * twice, and no record is for more than it was. */
static void
check_readings (struct rig *rig, const struct remains *remains, unsigned point)
{
  const unsigned per_page = WTL_LAYOUT_PAGE_SIZE / 32 - 1;
  const unsigned pages = WTL_LAYOUT_PAGES - WTL_LAYOUT_HISTORY;
  unsigned counts[8];
  uint32_t first, last, next;

  count_masks (rig, counts);
  g_assert_cmpuint (counts[0] + counts[2] + counts[3] + counts[4] + counts[5] + counts[6] + counts[7], ==, 0);
  g_assert_cmpuint (counts[1], >=, (pages - 1) * per_page - 1);
  wtl_history_range (&rig->device.unit.history, &first, &last);
  g_assert_cmpuint (last, >=, pages * per_page - 1);
  rig_wait (rig, RIG_SAMPLE_MS);
  wtl_history_range (&rig->device.unit.history, &first, &next);
  g_assert_cmpuint (next, >, last);
}

static void
test_readings (void)
{
  static const struct scene scene = { act_readings, check_readings };
  const unsigned slots = (WTL_LAYOUT_PAGE_SIZE / 32 - 1) * (WTL_LAYOUT_PAGES - WTL_LAYOUT_HISTORY);
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_nonnull (rig_ask_consent (rig, 1, 6));
  rig_wait (rig, 100 * RIG_SAMPLE_MS); /* the page that will be erased knew other purposes */
  g_assert_nonnull (rig_ask_consent (rig, 2, 0));
  rig_close (rig);
  rig_wait (rig, (uint64_t)(slots - 102) * RIG_SAMPLE_MS);
  run_scene (rig, &scene);
}

/* --- wrong codes --- */

static void
act_attempt (struct rig *rig, struct remains *remains)
{
  struct wtl_attempts if_wrong;

  remains->done
      = wtl_attempts_begin (&rig->device.unit.attempts, wtl_SECRET_KIND_SETUP_CODE, rig->clock_ms, &if_wrong) == WTL_OK;
}

/* Where the power goes before the answer, the attempt may or may not count; it
 * never takes earlier ones with it. */
static void
check_attempt (struct rig *rig, const struct remains *remains, unsigned point)
{
  g_assert_cmpuint (rig->device.unit.attempts.failures[0], >=, 3);
  g_assert_cmpuint (rig->device.unit.attempts.failures[0], <=, 4);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
}

static void
test_attempt (void)
{
  static const struct scene scene = { act_attempt, check_attempt };
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (rig_open_code (rig, "1029384756"), ==, WTL_ERROR_CONFIRM);
  run_scene (rig, &scene);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/power-cut/set-up", test_set_up);
  g_test_add_func ("/power-cut/next-owner", test_next_owner);
  g_test_add_func ("/power-cut/password", test_password);
  g_test_add_func ("/power-cut/consent", test_consent);
  g_test_add_func ("/power-cut/wipe", test_wipe);
  g_test_add_func ("/power-cut/button", test_button);
  g_test_add_func ("/power-cut/readings", test_readings);
  g_test_add_func ("/power-cut/attempt", test_attempt);
  status = g_test_run ();
  printf ("# power cut %u times\n", all_points);
  return status;
}
