/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device from the label's code to the wipe, as a companion sees it.
 */
#include <string.h>

#include "tests/unit/firmware/rig.h"

static const uint8_t wipe_id[16] = "wipe number one.";

static void
test_set_up (void)
{
  g_autoptr (Rig) rig = rig_new ();
  struct wtl_advert advert;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
  g_assert_cmpuint (advert.flags, ==, 0);
  g_assert_cmpuint (advert.product, ==, RIG_PRODUCT);

  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_info_tag));
  g_assert_cmpint (rig->response.body.info.state, ==, wtl_DEVICE_STATE_MUST_CHANGE_PASSWORD);
  g_assert_cmpstr (rig->response.body.info.unit_id, ==, RIG_UNIT);
  g_assert_cmpstr (rig->response.body.info.firmware_version, ==, "1.0.0-rig");
  g_assert_cmpuint (rig->response.body.info.purposes, ==, RIG_PURPOSES);
  g_assert_cmpuint (rig->response.body.info.consent, ==, 0);
  g_assert_cmpuint (rig->response.body.info.boot_count, ==, 1);

  rig_set_up (rig);
  g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
  g_assert_cmpuint (advert.flags, ==, WTL_ADVERT_OWNED);
  g_assert_true (wtl_advert_matches (&advert, (const uint8_t *)RIG_CANARY_ADVERT));
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_info_tag));
  g_assert_cmpint (rig->response.body.info.state, ==, wtl_DEVICE_STATE_OWNED);
  g_assert_cmpuint (rig->response.body.info.consent, ==, RIG_NEEDED);
  g_assert_cmpuint (rig->response.body.info.owners, ==, 1);
  rig_ask_set_up (rig, RIG_PASSWORD_2);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN);

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_OK);

  /* A dump of its flash gives nobody a code, key or password. */
  g_assert_false (rig_flash_has (rig, RIG_CODE, strlen (RIG_CODE)));
  g_assert_false (rig_flash_has (rig, RIG_PASSWORD, strlen (RIG_PASSWORD)));
  g_assert_false (rig_flash_has (rig, rig_owner_key, sizeof rig_owner_key));
}

/* What was not asked for in these words is forbidden. */
static void
test_roles (void)
{
  static const struct {
    pb_size_t body;
    bool code, owner, password;
  } table[] = {
    { wtl_Request_get_info_tag, true, true, true },
    { wtl_Request_ping_tag, true, true, true },
    { wtl_Request_set_up_tag, true, false, false },
    { wtl_Request_enrol_tag, false, false, true },
    { wtl_Request_change_password_tag, false, true, false },
    { wtl_Request_set_time_tag, false, true, false },
    { wtl_Request_consent_tag, false, true, false },
    { wtl_Request_readings_tag, false, true, false },
    { wtl_Request_claim_tag, false, true, false },
    { wtl_Request_wipe_commit_tag, false, false, false }, /* of what was not prepared */
    { wtl_Request_wipe_prepare_tag, false, true, false },
    { wtl_Request_wipe_receipt_tag, true, true, false },
    { wtl_Request_smp_tag, false, true, false },
    { wtl_Request_get_integrity_tag, false, true, false },
  };
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  for (int who = 0; who < 3; who++) {
    if (who == 1)
      rig_set_up (rig);
    g_assert_cmpint (who == 0   ? rig_open_code (rig, RIG_CODE)
                     : who == 1 ? rig_open_owner (rig)
                                : rig_open_password (rig, RIG_PASSWORD),
                     ==, WTL_OK);
    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
      bool may = who == 0 ? table[i].code : who == 1 ? table[i].owner : table[i].password;

      g_assert_nonnull (rig_ask_plain (rig, table[i].body));
      /* An empty request may be refused for what it says, but not for who says it. */
      g_assert_cmpint (rig_error (rig) != wtl_ERROR_CODE_FORBIDDEN, ==, may);
    }
    rig_ask_plain (rig, 0);
    g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_UNSUPPORTED);
  }
}

static void
test_lock_out (void)
{
  g_autoptr (Rig) rig = rig_new ();
  const uint32_t locks[] = { 60, 300, 900, 3600, 14400, 86400, 86400 };
  struct wtl_advert advert;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  for (unsigned left = 4;; left--) {
    g_assert_cmpint (rig_open_code (rig, "1029384756"), ==, WTL_ERROR_CONFIRM);
    g_assert_cmpuint (rig->companion.attempts.left, ==, left);
    if (left == 0)
      break;
    g_assert_cmpuint (rig->companion.attempts.locked_for, ==, 0);
    /* Taking its power away gives no try back. */
    g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  }
  for (guint i = 0; i < G_N_ELEMENTS (locks); i++) {
    g_assert_cmpuint (rig->companion.attempts.locked_for, ==, locks[i]);
    g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_LOCKED);
    g_assert_cmpuint (rig->companion.refusal.seconds, ==, locks[i]);
    g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
    g_assert_cmpuint (advert.flags, ==, WTL_ADVERT_LOCKED);
    rig_wait (rig, (locks[i] - 1) * 1000);
    g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_LOCKED);
    g_assert_cmpuint (rig->companion.refusal.seconds, ==, 1);
    /* A power cycle starts the lock again in full. */
    g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
    g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_LOCKED);
    g_assert_cmpuint (rig->companion.refusal.seconds, ==, locks[i]);
    rig_wait (rig, locks[i] * 1000);
    g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
    g_assert_cmpuint (advert.flags, ==, 0);
    g_assert_cmpint (rig_open_code (rig, "1029384756"), ==, WTL_ERROR_CONFIRM);
  }
  rig_wait (rig, 86400 * 1000);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
  /* Right: the count is gone. */
  g_assert_cmpint (rig_open_code (rig, "1029384756"), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpuint (rig->companion.attempts.left, ==, 4);
}

/* Whoever locks the password does not lock the owner out. */
static void
test_owner_never_locks (void)
{
  g_autoptr (Rig) rig = rig_new ();
  uint8_t wrong[32] = "not the owner's key at all.....";

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (rig_open_password (rig, "not the password"), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_LOCKED);
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (rig_open (rig, wtl_SECRET_KIND_OWNER_KEY, 0, wrong, 32), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
}

static void
test_passwords (void)
{
  static const struct {
    const char *password;
    wtl_ErrorCode error;
    uint32_t detail;
  } refused[] = {
    { "short", wtl_ERROR_CODE_PASSWORD_SHORT, 10 },
    { "", wtl_ERROR_CODE_PASSWORD_SHORT, 10 },
    { RIG_CODE, wtl_ERROR_CODE_PASSWORD_IS_CODE, 0 },
    { "4071-583-926", wtl_ERROR_CODE_PASSWORD_IS_CODE, 0 },
    { "my code is 40715 83926!", wtl_ERROR_CODE_PASSWORD_IS_CODE, 0 },
    { "password1234", wtl_ERROR_CODE_PASSWORD_COMMON, 0 },
    { RIG_UNIT "1", wtl_ERROR_CODE_PASSWORD_COMMON, 0 },
  };
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    rig_ask_set_up (rig, refused[i].password);
    g_assert_cmpint (rig_error (rig), ==, refused[i].error);
    g_assert_cmpuint (rig->response.body.error.detail, ==, refused[i].detail);
  }
  /* Nothing of these tries is kept. */
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_password (rig, "password1234"), ==, WTL_ERROR_NOT_NOW);

  rig_set_up (rig);
  rig_ask_password (rig, RIG_PASSWORD);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_PASSWORD_SAME);
  rig_ask_password (rig, RIG_CODE);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_PASSWORD_IS_CODE);
  rig_ask_password (rig, RIG_PASSWORD_2);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD_2), ==, WTL_OK);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
}

static void
test_enrol (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_Request request = { .which_body = wtl_Request_enrol_tag };

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  for (unsigned slot = 1; slot <= 4; slot++) {
    g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_OK);
    request.body.enrol.has_owner = true;
    rig_make_owner (rig_second_key, &request.body.enrol.owner);
    g_assert_nonnull (rig_ask (rig, &request));
    if (slot == 4) {
      g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_STORAGE); /* no room */
      break;
    }
    g_assert_cmpint (rig->response.which_body, ==, wtl_Response_enrol_tag);
    g_assert_cmpuint (rig->response.body.enrol.owner_slot, ==, slot);
    g_assert_cmpmem (rig->response.body.enrol.advert_key, 16, RIG_CANARY_ADVERT, 16);
    g_assert_nonnull (rig_ask_readings (rig, 0)); /* an owner from now on */
    g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  }
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open (rig, wtl_SECRET_KIND_OWNER_KEY, 2, rig_second_key, 32), ==, WTL_OK);
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_info_tag));
  g_assert_cmpuint (rig->response.body.info.owners, ==, 4);
  g_assert_cmpint (rig_open (rig, wtl_SECRET_KIND_OWNER_KEY, 4, rig_second_key, 32), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open (rig, wtl_SECRET_KIND_OWNER_KEY, 0, rig_second_key, 32), ==, WTL_ERROR_CONFIRM);

  /* A point that is not on the curve is no owner. */
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_OK);
  memset (request.body.enrol.owner.l + 1, 0x11, 64);
  rig_ask (rig, &request);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_MALFORMED);
}

static void
test_readings (void)
{
  g_autoptr (Rig) rig = rig_new ();
  uint32_t after = 0, seen = 0;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_wait (rig, 10 * RIG_SAMPLE_MS); /* unowned: nothing is recorded */
  rig_set_up (rig);
  rig->value = 21375;
  rig_wait (rig, 39 * RIG_SAMPLE_MS);
  g_assert_cmpuint (rig->events, ==, 40);
  g_assert_cmpuint (rig->event.sequence, ==, 40);
  g_assert_cmpint (rig->event.value, ==, 21375);
  g_assert_cmpuint (rig->event.time, ==, RIG_TIME + 39);
  do {
    const wtl_ReadingsReply *reply = &rig_ask_readings (rig, after)->body.readings;

    g_assert_cmpuint (reply->readings_count, >, 0);
    for (unsigned i = 0; i < reply->readings_count; i++) {
      g_assert_cmpuint (reply->readings[i].sequence, ==, ++seen);
      g_assert_cmpuint (reply->readings[i].purposes, ==, RIG_NEEDED);
    }
    after = seen;
  } while (rig->response.body.readings.more);
  g_assert_cmpuint (seen, ==, 40);

  /* The clock does not run without power; numbers go on. */
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_wait (rig, RIG_SAMPLE_MS);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  rig_ask_readings (rig, 40);
  g_assert_cmpuint (rig->response.body.readings.readings_count, ==, 1);
  g_assert_cmpuint (rig->response.body.readings.readings[0].sequence, ==, 41);
  g_assert_cmpuint (rig->response.body.readings.readings[0].time, ==, 0);
}

static void
test_consent (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_Statement statement;
  wtl_SignedStatement first;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  rig_wait (rig, 4 * RIG_SAMPLE_MS); /* 5 readings for purpose 1 */
  rig_ask_consent (rig, 1, 0x10);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NO_SUCH_PURPOSE);
  g_assert_cmpuint (rig->response.body.error.detail, ==, 5);
  rig_ask_consent (rig, 1, 7);
  rig_read_statement (rig, &statement);
  g_assert_cmpuint (statement.allowed, ==, 7);
  g_assert_cmpuint (statement.records_deleted, ==, 0);
  rig_wait (rig, 7 * RIG_SAMPLE_MS); /* 7 for all three */

  /* Withdrawn: the needed purpose stays, the count is of records that lost one. */
  rig_ask_consent (rig, 3, 4);
  rig_read_statement (rig, &statement);
  first = rig->response.body.statement;
  g_assert_cmpint (statement.kind, ==, wtl_STATEMENT_KIND_CONSENT);
  g_assert_cmpuint (statement.allowed, ==, 5);
  g_assert_cmpuint (statement.consent_version, ==, 3);
  g_assert_cmpuint (statement.records_deleted, ==, 7);
  g_assert_cmpuint (statement.requested_at, ==, RIG_TIME + 60);
  g_assert_cmpmem (statement.reference.bytes, statement.reference.size, RIG_CANARY_LEDGER, 32);
  rig_ask_readings (rig, 0);
  for (unsigned i = 0; i < rig->response.body.readings.readings_count; i++)
    g_assert_cmpuint (rig->response.body.readings.readings[i].purposes, ==, i < 5 ? 1 : 5);

  /* Older is refused, the same again gets the same receipt, also after a start. */
  rig_ask_consent (rig, 2, 7);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN);
  g_assert_cmpuint (rig->response.body.error.detail, ==, 3);
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  rig_ask_consent (rig, 3, 4);
  rig_read_statement (rig, &statement);
  g_assert_cmpmem (&rig->response.body.statement, sizeof first, &first, sizeof first);
  rig_ask_plain (rig, wtl_Request_get_info_tag);
  g_assert_cmpuint (rig->response.body.info.consent, ==, 5);
  g_assert_cmpuint (rig->response.body.info.consent_version, ==, 3);
}

/* Wipes with a code for the next owner; connected as owner before and as
 * nobody in particular after. */
static void
wipe (struct rig *rig, char code[17], wtl_SignedStatement *receipt)
{
  wtl_Statement statement;

  g_assert_nonnull (rig_ask_prepare (rig, wipe_id));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  g_strlcpy (code, rig->response.body.wipe_prepare.next_code, 17);
  g_assert_nonnull (rig_ask_commit (rig, wipe_id));
  rig_read_statement (rig, &statement);
  *receipt = rig->response.body.statement;
  g_assert_cmpint (statement.kind, ==, wtl_STATEMENT_KIND_WIPE);
  g_assert_cmpmem (statement.reference.bytes, statement.reference.size, wipe_id, 16);
  g_assert_cmpuint (statement.requested_at, ==, RIG_TIME + 120);
}

static void
test_wipe (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_SignedStatement receipt;
  char code[17], second[17];

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  rig_wait (rig, 300 * RIG_SAMPLE_MS);
  rig_ask_consent (rig, 1, 2);
  rig_ask_commit (rig, wipe_id);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN); /* not prepared */
  wipe (rig, code, &receipt);

  /* In the same session: the receipt again, and nothing else of an owner's. */
  rig_ask_commit (rig, wipe_id);
  g_assert_cmpmem (&rig->response.body.statement, sizeof receipt, &receipt, sizeof receipt);
  rig_ask_readings (rig, 0);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN);
  rig_assert_no_canary (rig);
  g_assert_false (rig_flash_has (rig, code, strlen (code)));

  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_CONFIRM);
  for (int i = 0; i < 3; i++) { /* looking at the receipt does not use the code up */
    g_assert_cmpint (rig_open_code (rig, code), ==, WTL_OK);
    rig_ask_receipt (rig, wipe_id);
    g_assert_cmpmem (&rig->response.body.statement, sizeof receipt, &receipt, sizeof receipt);
    rig_ask_receipt (rig, (const uint8_t *)"another wipe's..");
    g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NO_RECEIPT);
    g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  }

  /* The next owner; a receipt is no use to them, and the code is void. */
  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_OK);
  rig_ask_set_up (rig, code);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_PASSWORD_IS_CODE);
  rig_ask_set_up (rig, RIG_PASSWORD_2);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  rig_ask_receipt (rig, wipe_id);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NO_RECEIPT);
  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_ERROR_NOT_NOW);

  /* A code prepared before is void: only the last one told opens it. */
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_nonnull (rig_ask_prepare (rig, wipe_id));
  g_strlcpy (code, rig->response.body.wipe_prepare.next_code, sizeof code);
  wipe (rig, second, &receipt);
  g_assert_cmpstr (code, !=, second);
  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_code (rig, second), ==, WTL_OK);
}

static void
test_button (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_SignedStatement receipt;
  unsigned adverts;
  char code[17];

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  adverts = rig->adverts;
  wtl_device_button (&rig->device, WTL_BUTTON_SHORT);
  g_assert_cmpuint (rig->adverts, ==, adverts + 1);
  rig_set_up (rig);
  rig_wait (rig, 5 * RIG_SAMPLE_MS);
  rig_ask_consent (rig, 1, 2);
  wtl_device_button (&rig->device, WTL_BUTTON_RESET);
  g_assert_true (rig->hung_up);
  rig_assert_no_canary (rig);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_ERROR_NOT_NOW);
  rig_set_up (rig); /* by the label's code */

  /* It also comes back from a fresh code, with any lock gone. */
  wipe (rig, code, &receipt);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_ERROR_LOCKED);
  wtl_device_button (&rig->device, WTL_BUTTON_RESET);
  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_ERROR_CONFIRM);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
  rig_ask_receipt (rig, wipe_id);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NO_RECEIPT);
}

static void
test_claim (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_Request request = { .which_body = wtl_Request_claim_tag };
  wtl_Statement statement;

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_strlcpy (request.body.claim.account, "an-account", sizeof request.body.claim.account);
  memcpy (request.body.claim.nonce.bytes, "nonce", 5);
  request.body.claim.nonce.size = 5;
  rig_ask (rig, &request);
  rig_read_statement (rig, &statement);
  g_assert_cmpint (statement.kind, ==, wtl_STATEMENT_KIND_CLAIM);
  g_assert_cmpstr (statement.account, ==, "an-account");
  g_assert_cmpmem (statement.reference.bytes, statement.reference.size, "nonce", 5);
}

/* Somebody who holds the line without saying anything useful loses it. */
/* Turns the frame round; refuses one that is empty. */
static int
reversing_smp (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len)
{
  g_assert_cmpuint (len, <=, size);
  for (size_t i = 0; i < len; i++)
    out[i] = frame[len - 1 - i];
  *out_len = len;
  return len > 0 ? 0 : -1;
}

/* Frames of SMP come whole and go whole, between the owner and the port alone. */
static void
test_smp (void)
{
  g_autoptr (Rig) rig = rig_new ();
  wtl_Request request = wtl_Request_init_zero;
  wtl_SmpFrame *frame = &request.body.smp;

  rig->companion_port.capabilities = WTL_CAPABILITY_SMP | WTL_CAPABILITY_INTEGRITY;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_cmpuint (rig->companion.capabilities, ==, 0);
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_smp_tag));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_UNSUPPORTED);

  rig->port.smp = reversing_smp;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_cmpuint (rig->companion.capabilities, ==, WTL_CAPABILITY_SMP);
  request.which_body = wtl_Request_smp_tag;
  frame->frame.size = sizeof frame->frame.bytes;
  for (size_t i = 0; i < frame->frame.size; i++)
    frame->frame.bytes[i] = (uint8_t)i;
  g_assert_nonnull (rig_ask (rig, &request));
  g_assert_cmpuint (rig->response.which_body, ==, wtl_Response_smp_tag);
  g_assert_cmpuint (rig->response.body.smp.frame.size, ==, sizeof frame->frame.bytes);
  for (size_t i = 0; i < frame->frame.size; i++)
    g_assert_cmpuint (rig->response.body.smp.frame.bytes[i], ==, (uint8_t)(frame->frame.size - 1 - i));
  frame->frame.size = 0;
  g_assert_nonnull (rig_ask (rig, &request));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_MALFORMED);
}

static void
some_integrity (void *ctx, wtl_Integrity *out)
{
  out->image_sha256.size = 32;
  memset (out->image_sha256.bytes, 0x1a, 32);
  out->image_confirmed = true;
  out->reset_cause = wtl_RESET_CAUSE_WATCHDOG;
  out->debug_port = wtl_DEBUG_PORT_LOCKED;
}

static void
test_integrity (void)
{
  g_autoptr (Rig) rig = rig_new ();
  const wtl_Integrity *integrity = &rig->response.body.integrity;

  rig->companion_port.capabilities = WTL_CAPABILITY_SMP | WTL_CAPABILITY_INTEGRITY;
  rig->port.integrity = some_integrity;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  g_assert_cmpuint (rig->companion.capabilities, ==, WTL_CAPABILITY_INTEGRITY);
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_integrity_tag));
  g_assert_cmpuint (rig->response.which_body, ==, wtl_Response_integrity_tag);
  g_assert_cmpuint (integrity->image_sha256.size, ==, 32);
  g_assert_cmpuint (integrity->image_sha256.bytes[31], ==, 0x1a);
  g_assert_true (integrity->image_confirmed);
  g_assert_cmpint (integrity->reset_cause, ==, wtl_RESET_CAUSE_WATCHDOG);
  g_assert_cmpint (integrity->debug_port, ==, wtl_DEBUG_PORT_LOCKED);
  /* The core counts its starts itself. */
  g_assert_cmpuint (integrity->boot_count, ==, 2);
}

static uint32_t alerts_now;

static uint32_t
some_alerts (void *ctx)
{
  return alerts_now;
}

static void
assert_flags (struct rig *rig, uint8_t flags)
{
  struct wtl_advert advert;

  rig_wait (rig, 0);
  g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
  g_assert_cmpuint (advert.flags, ==, flags);
}

/* While something is off the device tells its owner, wipes, takes a new image, and nothing else. */
static void
test_alert (void)
{
  static const struct {
    pb_size_t body;
    wtl_ErrorCode owner;
  } table[] = {
    { wtl_Request_get_info_tag, wtl_ERROR_CODE_NONE },
    { wtl_Request_ping_tag, wtl_ERROR_CODE_NONE },
    { wtl_Request_get_integrity_tag, wtl_ERROR_CODE_NONE },
    { wtl_Request_smp_tag, wtl_ERROR_CODE_MALFORMED }, /* an empty frame is refused by the port */
    { wtl_Request_wipe_receipt_tag, wtl_ERROR_CODE_NO_RECEIPT },
    { wtl_Request_change_password_tag, wtl_ERROR_CODE_FORBIDDEN },
    { wtl_Request_set_time_tag, wtl_ERROR_CODE_FORBIDDEN },
    { wtl_Request_consent_tag, wtl_ERROR_CODE_FORBIDDEN },
    { wtl_Request_readings_tag, wtl_ERROR_CODE_FORBIDDEN },
    { wtl_Request_claim_tag, wtl_ERROR_CODE_FORBIDDEN },
  };
  g_autoptr (Rig) rig = rig_new ();
  wtl_SignedStatement receipt;
  uint32_t last;
  char code[17];

  alerts_now = WTL_ALERT_DEBUG_PORT;
  rig->port.smp = reversing_smp;
  rig->port.integrity = some_integrity;
  rig->port.alerts = some_alerts;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  assert_flags (rig, WTL_ADVERT_ALERT);
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
  rig_ask_set_up (rig, RIG_PASSWORD);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN);
  g_assert_cmpuint (rig->response.body.error.detail, ==, WTL_ALERT_DEBUG_PORT);

  alerts_now = 0;
  assert_flags (rig, 0);
  rig_set_up (rig);
  rig_wait (rig, 3 * RIG_SAMPLE_MS);
  assert_flags (rig, WTL_ADVERT_OWNED);
  wtl_history_range (&rig->device.unit.history, &(uint32_t){ 0 }, &last);
  g_assert_cmpuint (last, >, 0);

  alerts_now = WTL_ALERT_IMAGE | WTL_ALERT_MEMORY;
  assert_flags (rig, WTL_ADVERT_OWNED | WTL_ADVERT_ALERT);
  rig_wait (rig, 10 * RIG_SAMPLE_MS);
  wtl_history_range (&rig->device.unit.history, &(uint32_t){ 0 }, &alerts_now);
  g_assert_cmpuint (alerts_now, ==, last); /* nothing was measured */
  alerts_now = WTL_ALERT_IMAGE | WTL_ALERT_MEMORY;
  g_assert_cmpint (rig_open_password (rig, RIG_PASSWORD), ==, WTL_OK);
  rig_ask_plain (rig, wtl_Request_enrol_tag);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_assert_nonnull (rig_ask_plain (rig, table[i].body));
    g_assert_cmpint (rig_error (rig), ==, table[i].owner);
    if (table[i].body == wtl_Request_get_integrity_tag)
      g_assert_cmpuint (rig->response.body.integrity.alerts, ==, alerts_now);
    if (table[i].owner == wtl_ERROR_CODE_FORBIDDEN)
      g_assert_cmpuint (rig->response.body.error.detail, ==, alerts_now);
  }
  wipe (rig, code, &receipt);
  rig_assert_no_canary (rig);
  assert_flags (rig, WTL_ADVERT_ALERT);
  g_assert_cmpint (rig_open_code (rig, code), ==, WTL_OK);
  rig_ask_receipt (rig, wipe_id);
  g_assert_cmpmem (&rig->response.body.statement, sizeof receipt, &receipt, sizeof receipt);
  rig_ask_set_up (rig, RIG_PASSWORD);
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_FORBIDDEN);
}

/* The tests' flash, each page's erases counted. */
static struct {
  enum wtl_status (*erase) (void *ctx, uint32_t page);
  unsigned pages[WTL_LAYOUT_PAGES];
} counted;

static enum wtl_status
counting_erase (void *ctx, uint32_t page)
{
  counted.pages[page]++;
  return counted.erase (ctx, page);
}

/* The device's own account is that of its flash, through starts and wipes, up to where it has to say so. */
static void
test_wear (void)
{
  g_autoptr (Rig) rig = rig_new ();
  const wtl_Integrity *integrity = &rig->response.body.integrity;
  wtl_SignedStatement receipt;
  char code[17] = RIG_CODE;
  unsigned most = 0;

  memset (&counted, 0, sizeof counted);
  counted.erase = rig->port.flash.erase;
  rig->port.flash.erase = counting_erase;
  rig->port.flash.cycles = 1000;
  rig->port.integrity = some_integrity;
  for (unsigned owner = 0; owner < 3; owner++) {
    g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
    g_assert_cmpint (rig_open_code (rig, code), ==, WTL_OK);
    g_assert_nonnull (rig_ask_set_up (rig, RIG_PASSWORD));
    g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
    for (unsigned i = 0; i < 2000; i++)
      rig_wait (rig, RIG_SAMPLE_MS);
    g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
    g_assert_nonnull (rig_ask_plain (rig, wtl_Request_get_integrity_tag));
    for (unsigned page = 0; page < WTL_LAYOUT_PAGES; page++)
      most = MAX (most, counted.pages[page]);
    g_assert_cmpuint (integrity->flash_cycles, ==, 1000);
    g_assert_cmpuint (integrity->flash_erases, ==, most);
    g_assert_cmpuint (integrity->alerts, ==, 0);
    wipe (rig, code, &receipt);
  }
  g_assert_cmpuint (most, >=, 6); /* two turns of the ring for each owner, and two wipes */
  rig->port.flash.cycles = most;
  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  assert_flags (rig, WTL_ADVERT_ALERT);
}

static void
test_time_outs (void)
{
  g_autoptr (Rig) rig = rig_new ();
  uint8_t first[] = { 0x01 };

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig->hung_up = false;
  g_assert_cmpint (wtl_device_connected (&rig->device, RIG_MTU), ==, WTL_OK);
  g_assert_cmpint (wtl_device_connected (&rig->device, RIG_MTU), ==, WTL_ERROR_STATE); /* one at a time */
  rig_wait (rig, WTL_HANDSHAKE_MS - 1);
  g_assert_false (rig->hung_up);
  rig_wait (rig, 1);
  g_assert_true (rig->hung_up);

  rig->hung_up = false;
  g_assert_cmpint (wtl_device_connected (&rig->device, RIG_MTU), ==, WTL_OK);
  wtl_device_packet (&rig->device, first, sizeof first);
  rig_wait (rig, WTL_HANDSHAKE_MS);
  g_assert_true (rig->hung_up);

  rig_set_up (rig);
  rig_wait (rig, WTL_IDLE_MS - 1);
  g_assert_false (rig->hung_up);
  g_assert_nonnull (rig_ask_plain (rig, wtl_Request_ping_tag));
  rig_wait (rig, WTL_IDLE_MS - 1);
  g_assert_false (rig->hung_up);
  rig_wait (rig, 1);
  g_assert_true (rig->hung_up);
}

static void
test_rotation (void)
{
  g_autoptr (Rig) rig = rig_new ();
  struct wtl_advert advert;
  uint8_t before[WTL_ADVERT_SIZE];

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  rig_set_up (rig);
  rig_close (rig);
  memcpy (before, rig->advert, sizeof before);
  rig_wait (rig, WTL_ROTATE_MS);
  g_assert_cmpmem (before, 1, rig->advert, 1);
  g_assert_cmpint (memcmp (before + 4, rig->advert + 4, 6), !=, 0);
  g_assert_cmpint (wtl_advert_parse (rig->advert, sizeof rig->advert, &advert), ==, WTL_OK);
  g_assert_true (wtl_advert_matches (&advert, (const uint8_t *)RIG_CANARY_ADVERT));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device/set-up", test_set_up);
  g_test_add_func ("/device/roles", test_roles);
  g_test_add_func ("/device/lock-out", test_lock_out);
  g_test_add_func ("/device/owner-never-locks", test_owner_never_locks);
  g_test_add_func ("/device/passwords", test_passwords);
  g_test_add_func ("/device/enrol", test_enrol);
  g_test_add_func ("/device/readings", test_readings);
  g_test_add_func ("/device/consent", test_consent);
  g_test_add_func ("/device/wipe", test_wipe);
  g_test_add_func ("/device/button", test_button);
  g_test_add_func ("/device/claim", test_claim);
  g_test_add_func ("/device/smp", test_smp);
  g_test_add_func ("/device/integrity", test_integrity);
  g_test_add_func ("/device/alert", test_alert);
  g_test_add_func ("/device/wear", test_wear);
  g_test_add_func ("/device/time-outs", test_time_outs);
  g_test_add_func ("/device/rotation", test_rotation);
  return g_test_run ();
}
