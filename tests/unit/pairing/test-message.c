/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: every body comes back as it went, limits hold, texts are texts.
 */
#include <glib.h>
#include <string.h>

#include "pairing/channel.h"
#include "pairing/message.h"
#include "tests/unit/pairing/pair.h"

/* Fills a message with 0x7f, so that every number, text and count is used. */
static void
fill_response (wtl_Response *response, pb_size_t which)
{
  memset (response, 0, sizeof *response);
  response->id = UINT32_MAX;
  response->which_body = which;
  switch (which) {
    case wtl_Response_error_tag:
      response->body.error = (wtl_Error){ wtl_ERROR_CODE_UNSUPPORTED, UINT32_MAX };
      break;
    case wtl_Response_info_tag: {
      wtl_Info *info = &response->body.info;

      info->state = wtl_DEVICE_STATE_WIPING;
      info->product = info->purposes = info->consent = info->consent_version = UINT32_MAX;
      info->boot_count = info->history_first = info->history_last = info->owners = UINT32_MAX;
      memset (info->unit_id, 'U', sizeof info->unit_id - 1);
      memset (info->firmware_version, '9', sizeof info->firmware_version - 1);
      memset (info->passport_sha256, 0xff, sizeof info->passport_sha256);
      memset (info->vendor_root_sha256, 0xff, sizeof info->vendor_root_sha256);
      memset (info->public_key, 0xff, sizeof info->public_key);
      break;
    }
    case wtl_Response_readings_tag:
      response->body.readings.readings_count = G_N_ELEMENTS (response->body.readings.readings);
      response->body.readings.more = true;
      for (size_t i = 0; i < G_N_ELEMENTS (response->body.readings.readings); i++)
        response->body.readings.readings[i] = (wtl_Reading){ UINT32_MAX, UINT64_MAX, INT32_MIN, UINT32_MAX };
      break;
    case wtl_Response_statement_tag:
      response->body.statement.statement.size = sizeof response->body.statement.statement.bytes;
      memset (response->body.statement.statement.bytes, 0xff, sizeof response->body.statement.statement.bytes);
      memset (response->body.statement.signature, 0xff, 64);
      break;
    case wtl_Response_wipe_prepare_tag:
      memset (response->body.wipe_prepare.next_code, '7', sizeof response->body.wipe_prepare.next_code - 1);
      break;
    case wtl_Response_smp_tag:
      response->body.smp.frame.size = sizeof response->body.smp.frame.bytes;
      memset (response->body.smp.frame.bytes, 0xff, sizeof response->body.smp.frame.bytes);
      break;
    case wtl_Response_integrity_tag:
      response->body.integrity.image_sha256.size = sizeof response->body.integrity.image_sha256.bytes;
      memset (response->body.integrity.image_sha256.bytes, 0xff, sizeof response->body.integrity.image_sha256.bytes);
      response->body.integrity.image_confirmed = true;
      response->body.integrity.boot_count = UINT32_MAX;
      break;
    default:
      break;
  }
}

/* The largest of each kind of answer fits, and comes back. */
static void
test_responses (void)
{
  for (pb_size_t which = wtl_Response_error_tag; which <= wtl_Response_integrity_tag; which++) {
    wtl_Response in;
    wtl_Response out;
    uint8_t data[WTL_MESSAGE_MAX];
    uint8_t again[WTL_MESSAGE_MAX];
    size_t len = 0;
    size_t again_len = 0;

    fill_response (&in, which);
    g_assert_cmpint (wtl_response_encode (&in, data, sizeof data, &len), ==, WTL_OK);
    g_assert_cmpint (wtl_response_decode (data, len, &out), ==, WTL_OK);
    g_assert_cmpint (out.which_body, ==, which);
    g_assert_cmpint (wtl_response_encode (&out, again, sizeof again, &again_len), ==, WTL_OK);
    g_assert_cmpmem (again, again_len, data, len);
    for (size_t cut = 1; cut < len; cut++)
      if (wtl_response_decode (data, cut, &out) == WTL_OK)
        g_assert_cmpint (out.which_body, ==, 0); /* cut between two fields */
  }
}

static void
assert_password (const char *password, bool sound)
{
  wtl_Request request = { .id = 1, .which_body = wtl_Request_change_password_tag };
  wtl_Request out;
  uint8_t data[WTL_MESSAGE_MAX] = { 0x08, 0x01, 0x2a };
  size_t len = strlen (password);

  /* By hand, since the encoder refuses: id 1, field 5, its field 1. */
  data[3] = (uint8_t)(len + 2);
  data[4] = 0x0a;
  data[5] = (uint8_t)len;
  memcpy (data + 6, password, len);
  g_assert_cmpint (wtl_request_decode (data, len + 6, &out), ==, sound ? WTL_OK : WTL_ERROR_MALFORMED);
  if (sound)
    g_assert_cmpstr (out.body.change_password.password, ==, password);

  memcpy (request.body.change_password.password, password, len);
  g_assert_cmpint (wtl_request_encode (&request, data, sizeof data, &len), ==, sound ? WTL_OK : WTL_ERROR_ARGUMENT);
}

static void
test_texts (void)
{
  static const char *const sound[] = {
    "", "plain", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x8c\xb3", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf",
  };
  static const char *const unsound[] = {
    "\x80",             /* continues nothing */
    "a\xff",            /* never used */
    "\xc0\x80",         /* overlong NUL */
    "\xc1\xbf",         /* overlong */
    "\xe0\x9f\xbf",     /* overlong */
    "\xf0\x8f\xbf\xbf", /* overlong */
    "\xed\xa0\x80",     /* half a surrogate pair */
    "\xf4\x90\x80\x80", /* beyond Unicode */
    "\xf5\x80\x80\x80",
    "\xc3",
    "\xe2\x82",
    "\xf0\x9f\x8c",
    "\xe2(\xa1",
    "\xc3(",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sound); i++)
    assert_password (sound[i], true);
  for (size_t i = 0; i < G_N_ELEMENTS (unsound); i++) {
    g_assert_false (g_utf8_validate (unsound[i], -1, NULL));
    assert_password (unsound[i], false);
  }
}

/* Every two-, three- and four-byte start agrees with GLib. */
static void
test_texts_all (void)
{
  char text[5] = { 0 };
  wtl_Response response = { .which_body = wtl_Response_wipe_prepare_tag };
  uint8_t data[64];
  size_t len;

  for (unsigned i = 0x80; i < 0x10000; i++) {
    for (unsigned tail = 0; tail < 3; tail++) {
      text[0] = (char)(i >> 8 ? i >> 8 : i);
      text[1] = (char)(i >> 8 ? i & 0xff : 0);
      memcpy (text + 2, tail == 0 ? "\0\0" : tail == 1 ? "\x80\0" : "\x80\xbf", 2);
      memcpy (response.body.wipe_prepare.next_code, text, sizeof text);
      g_assert_cmpint (wtl_response_encode (&response, data, sizeof data, &len) == WTL_OK, ==,
                       g_utf8_validate (text, -1, NULL));
    }
  }
}

static void
test_limits (void)
{
  /* id 1, change_password of 131 bytes, password of 129 */
  uint8_t long_password[6 + 2 + 129] = { 0x08, 0x01, 0x2a, 0x84, 0x01, 0x0a, 0x81, 0x01 };
  uint8_t no_id[] = { 0x12, 0x00 };
  uint8_t unknown[] = { 0x08, 0x01, 0xfa, 0x06, 0x00 };                  /* field 111: of a later version */
  uint8_t short_key[] = { 0x08, 0x01, 0x1a, 0x05, 0x1a, 0x03, 1, 2, 3 }; /* an advert_key of 3 bytes */
  wtl_Request request;

  memset (long_password + 8, 'x', 129);
  g_assert_cmpint (wtl_request_decode (long_password, sizeof long_password, &request), ==, WTL_ERROR_MALFORMED);
  long_password[3]--;
  long_password[6]--;
  g_assert_cmpint (wtl_request_decode (long_password, sizeof long_password - 1, &request), ==, WTL_OK);
  g_assert_cmpuint (strlen (request.body.change_password.password), ==, 128);

  g_assert_cmpint (wtl_request_decode (no_id, sizeof no_id, &request), ==, WTL_ERROR_MALFORMED);
  g_assert_cmpint (wtl_request_decode (short_key, sizeof short_key, &request), ==, WTL_ERROR_MALFORMED);
  g_assert_cmpint (wtl_request_decode (unknown, sizeof unknown, &request), ==, WTL_OK);
  g_assert_cmpuint (request.id, ==, 1);
  g_assert_cmpint (request.which_body, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/message/responses", test_responses);
  g_test_add_func ("/pairing/message/texts", test_texts);
  g_test_add_func ("/pairing/message/texts-all", test_texts_all);
  g_test_add_func ("/pairing/message/limits", test_limits);
  return g_test_run ();
}
