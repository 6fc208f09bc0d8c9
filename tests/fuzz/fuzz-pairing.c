/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything in pairing/ that reads what comes from outside: see fuzz.h.  Rubbish is
 * never taken for a proof.
 */
#include <glib.h>
#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

#include "pairing/advert.h"
#include "pairing/code.h"
#include "pairing/handshake.h"
#include "pairing/message.h"
#include "pairing/statement.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/pairing/pair.h"

static Pair *pair;

/* --- targets: each takes one input --- */

static void
fuzz_code (const uint8_t *data, size_t len)
{
  struct wtl_code code;
  struct wtl_label label;

  if (wtl_code_parse ((const char *)data, len, &code) == WTL_OK) {
    g_assert_cmpuint (strlen (code.digits), ==, WTL_CODE_DIGITS);
    g_assert_cmpint (wtl_verhoeff (code.digits, WTL_CODE_DIGITS - 1), ==, code.digits[WTL_CODE_DIGITS - 1]);
  }
  if (wtl_label_parse ((const char *)data, len, &label) == WTL_OK) {
    char text[WTL_CODE_QR_SIZE];

    g_assert_cmpint (wtl_label_format (&label, text), ==, WTL_OK);
  }
}

static void
fuzz_advert (const uint8_t *data, size_t len)
{
  static const uint8_t key[WTL_ADVERT_KEY_SIZE] = "not known to it";
  struct wtl_advert advert;

  if (wtl_advert_parse (data, len, &advert) == WTL_OK)
    g_assert_false (wtl_advert_matches (&advert, key));
}

/* What decodes encodes again, and that decodes to the same. */
static void
fuzz_request (const uint8_t *data, size_t len)
{
  wtl_Request request;
  uint8_t first[WTL_MESSAGE_MAX];
  uint8_t second[WTL_MESSAGE_MAX];
  size_t first_len;
  size_t second_len;

  if (wtl_request_decode (data, len, &request) != WTL_OK)
    return;
  g_assert_cmpint (wtl_request_encode (&request, first, sizeof first, &first_len), ==, WTL_OK);
  g_assert_cmpint (wtl_request_decode (first, first_len, &request), ==, WTL_OK);
  g_assert_cmpint (wtl_request_encode (&request, second, sizeof second, &second_len), ==, WTL_OK);
  g_assert_cmpmem (first, first_len, second, second_len);
}

static void
fuzz_response (const uint8_t *data, size_t len)
{
  wtl_Response response;
  uint8_t again[WTL_MESSAGE_MAX];
  size_t again_len;

  if (wtl_response_decode (data, len, &response) != WTL_OK)
    return;
  g_assert_cmpint (wtl_response_encode (&response, again, sizeof again, &again_len), ==, WTL_OK);
  if (response.which_body == wtl_Response_info_tag)
    g_assert_true (g_utf8_validate (response.body.info.unit_id, -1, NULL));
}

static void
fuzz_statement (const uint8_t *data, size_t len)
{
  wtl_Statement statement;

  if (wtl_statement_decode (data, len, &statement) == WTL_OK)
    g_assert_true (g_utf8_validate (statement.unit_id, -1, NULL) && g_utf8_validate (statement.account, -1, NULL));
}

/* Packets of two-byte lengths, one after the other. */
static void
fuzz_frames (const uint8_t *data, size_t len)
{
  g_autofree struct wtl_frame_in *in = g_new0 (struct wtl_frame_in, 1);
  size_t at = 0;
  bool whole;

  while (len - at >= 2) {
    size_t piece = MIN ((size_t)(data[at] << 8 | data[at + 1]) % (WTL_PACKET_MAX + 2), len - at - 2);

    if (wtl_frame_take (in, data + at + 2, piece, &whole) != WTL_OK)
      return;
    g_assert_cmpuint (in->have, <=, WTL_FRAME_MAX);
    g_assert_true (!whole || in->have == in->total);
    at += 2 + piece;
  }
}

/* @step: how many packets of a true handshake go before the input. */
static void
fuzz_channel (const uint8_t *data, size_t len, bool at_device, unsigned step)
{
  struct end *end = at_device ? &pair->device : &pair->companion;

  pair->attempts.left = PAIR_ATTEMPTS;
  pair_connect (pair, WTL_PACKET_MAX, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  pair_pump_only (pair, step);
  if (end->status == WTL_OK)
    pair_deliver (end, data, len);
  g_assert_true (end->event != WTL_EVENT_MESSAGE);
  if (end->status != WTL_OK)
    g_assert_false (wtl_channel_is_open (&end->channel));
}

/* The first byte chooses the end, and how far the handshake has come. */
static void
fuzz_handshake (const uint8_t *data, size_t len)
{
  unsigned step = len ? data[0] % 6 : 0;

  if (len < 2)
    return;
  fuzz_channel (data + 1, len - 1, step % 2 == 0, step);
}

static const struct fuzz_target targets[] = {
  { "code", fuzz_code, 100000 },         { "advert", fuzz_advert, 20000 },       { "request", fuzz_request, 100000 },
  { "response", fuzz_response, 100000 }, { "statement", fuzz_statement, 50000 }, { "frames", fuzz_frames, 50000 },
  { "handshake", fuzz_handshake, 400 },
};

/* --- well-formed inputs to start from --- */

static void
add_texts (void)
{
  static const char *const texts[] = {
    "4071583927",
    "Code: 4071-583-927",
    "WTL:1.00010001.4071583927.GUM-00042",
    "4071\xc2\xa0"
    "583\xe2\x80\x91"
    "927",
    "\xef\xbc\x94\xef\xbc\x90\xef\xbc\x97 1583927",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    fuzz_add_seed (texts[i], strlen (texts[i]));
}

static void
add_messages (void)
{
  uint8_t data[WTL_MESSAGE_MAX];
  size_t len;
  wtl_Request request;
  wtl_Response response;
  wtl_Statement statement = { .kind = wtl_STATEMENT_KIND_CLAIM, .unit_id = "GUM-1", .account = "a", .boot_count = 3 };
  pb_ostream_t stream = pb_ostream_from_buffer (data, sizeof data);

  for (pb_size_t tag = wtl_Request_get_info_tag; tag <= wtl_Request_ping_tag; tag++) {
    memset (&request, 0, sizeof request);
    request.id = 1;
    request.which_body = tag;
    if (tag == wtl_Request_set_up_tag)
      strcpy (request.body.set_up.password, "correct horse");
    g_assert_cmpint (wtl_request_encode (&request, data, sizeof data, &len), ==, WTL_OK);
    fuzz_add_seed (data, len);
  }
  for (pb_size_t tag = wtl_Response_error_tag; tag <= wtl_Response_reading_event_tag; tag++) {
    memset (&response, 0, sizeof response);
    response.id = 1;
    response.which_body = tag;
    if (tag == wtl_Response_readings_tag)
      response.body.readings.readings_count = 16;
    if (tag == wtl_Response_info_tag)
      strcpy (response.body.info.unit_id, "GUM-00042");
    g_assert_cmpint (wtl_response_encode (&response, data, sizeof data, &len), ==, WTL_OK);
    fuzz_add_seed (data, len);
  }
  g_assert_true (pb_encode (&stream, wtl_Statement_fields, &statement));
  fuzz_add_seed (data, stream.bytes_written);
}

/* A true handshake's packets and two records: with a step before, as
 * fuzz_handshake() has them, and with lengths, as fuzz_frames() does. */
static void
add_packets (void)
{
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  for (unsigned step = 0; step < 6; step++) {
    struct end *from = step % 2 == 0 ? &pair->companion : &pair->device;
    GBytes *packet;
    uint8_t data[WTL_PACKET_MAX + 1] = { (uint8_t)step };
    uint8_t length[2];
    gsize len;

    pair->attempts.left = PAIR_ATTEMPTS;
    pair_connect (pair, WTL_PACKET_MAX, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    pair_pump_only (pair, step);
    packet = g_queue_peek_head (&from->outbox);
    if (!packet)
      continue;
    len = g_bytes_get_size (packet);
    memcpy (data + 1, g_bytes_get_data (packet, NULL), len);
    fuzz_add_seed (data, len + 1);
    length[0] = (uint8_t)(len >> 8);
    length[1] = (uint8_t)len;
    g_byte_array_append (frames, length, 2);
    data[1] = (uint8_t)((data[1] & 0xe0) | step);
    g_byte_array_append (frames, data + 1, (guint)len);
  }
  fuzz_add_seed (frames->data, frames->len);
}

int
main (int argc, char **argv)
{
  int result;

  fuzz_init (&argc, &argv, 9383);
  pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  add_texts ();
  add_messages ();
  add_packets ();
  result = fuzz_run ("/pairing/fuzz", targets, G_N_ELEMENTS (targets));
  pair_free (pair);
  return result;
}
