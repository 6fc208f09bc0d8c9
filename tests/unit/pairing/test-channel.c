/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels: the handshake with right and wrong secrets, refusals, and messages
 * of every size over links of every size.
 */
#define _GNU_SOURCE /* memmem */
#include <glib.h>
#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

#include "tests/unit/pairing/pair.h"

static Pair *
new_code_pair (void)
{
  return pair_new (wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE, 10);
}

static Pair *
new_key_pair (void)
{
  return pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
}

static void
assert_open (Pair *pair, bool open)
{
  g_assert_true (wtl_channel_is_open (&pair->companion.channel) == open);
  g_assert_true (wtl_channel_is_open (&pair->device.channel) == open);
}

/* @len bytes one way; they arrive. */
static void
exchange (struct end *from, struct end *to, size_t len)
{
  g_autofree uint8_t *message = g_malloc (len);

  pair_random (NULL, message, len);
  g_assert_cmpint (wtl_channel_send (&from->channel, message, len), ==, WTL_OK);
  pair_pump (from->pair);
  g_assert_cmpint (to->status, ==, WTL_OK);
  g_assert_cmpint (to->event, ==, WTL_EVENT_MESSAGE);
  g_assert_cmpmem (to->message->data, to->message->len, message, len);
}

/* The owner key with its points, as a companion keeps it: opens, by these points. */
static void
test_kept_points (void)
{
  uint8_t full[WTL_OWNER_KEY_FULL_SIZE];
  uint8_t other[WTL_OWNER_KEY_FULL_SIZE];

  g_assert_cmpint (wtl_owner_key_precompute (pair_key, pair_random, NULL, full), ==, WTL_OK);
  g_assert_cmpint (
      wtl_owner_key_precompute ((const uint8_t *)"somebody else's key of 32 bytes.", pair_random, NULL, other), ==,
      WTL_OK);
  g_assert_cmpmem (full, WTL_OWNER_KEY_SIZE, pair_key, WTL_OWNER_KEY_SIZE);
  for (int wrong = 0; wrong < 3; wrong++) {
    g_autoptr (Pair) pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    uint8_t secret[WTL_OWNER_KEY_FULL_SIZE];

    memcpy (secret, full, sizeof secret);
    if (wrong > 0)
      memcpy (secret + WTL_OWNER_KEY_SIZE + (wrong - 1) * WTL_POINT_SIZE,
              other + WTL_OWNER_KEY_SIZE + (wrong - 1) * WTL_POINT_SIZE, WTL_POINT_SIZE);
    g_assert_cmpint (pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, secret, sizeof secret), ==, WTL_OK);
    pair_pump (pair);
    g_assert_true (wtl_channel_is_open (&pair->companion.channel) == (wrong == 0));
    g_assert_true (wtl_channel_is_open (&pair->device.channel) == (wrong == 0));
    if (wrong > 0)
      g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_CONFIRM);
  }
}

static void
test_secrets (void)
{
  static const struct {
    wtl_SecretKind kind;
    const char *secret;
    size_t len;
  } cases[] = {
    { wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE, 10 },
    { wtl_SECRET_KIND_PASSWORD, PAIR_PASSWORD, sizeof PAIR_PASSWORD - 1 },
    { wtl_SECRET_KIND_OWNER_KEY, "a key of exactly thirty-two byte", 32 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Pair) pair = pair_new (cases[i].kind, cases[i].secret, cases[i].len);

    g_assert_cmpint (pair_connect (pair, PAIR_MTU, cases[i].kind, cases[i].secret, cases[i].len), ==, WTL_OK);
    assert_open (pair, false);
    pair_pump (pair);
    g_assert_cmpint (pair->companion.status, ==, WTL_OK);
    g_assert_cmpint (pair->device.status, ==, WTL_OK);
    g_assert_cmpint (pair->companion.event, ==, WTL_EVENT_READY);
    g_assert_cmpint (pair->device.event, ==, WTL_EVENT_READY);
    g_assert_cmpint (pair->device.channel.secret_kind, ==, cases[i].kind);
    assert_open (pair, true);
    g_assert_cmpuint (pair->begun, ==, 1);
    g_assert_cmpuint (pair->taken_back, ==, 1);
    exchange (&pair->companion, &pair->device, 100);
    exchange (&pair->device, &pair->companion, 100);
  }
}

/* The attempt is counted before anything that depends on the secret leaves
 * the device; the companion is told what is left. */
static void
test_wrong_code (void)
{
  g_autoptr (Pair) pair = new_code_pair ();

  for (unsigned attempt = 1; attempt <= PAIR_ATTEMPTS; attempt++) {
    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_SETUP_CODE, "5071583927", 10);
    pair_pump (pair);
    g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_CONFIRM);
    g_assert_cmpuint (pair->companion.channel.attempts.left, ==, PAIR_ATTEMPTS - attempt);
    g_assert_cmpuint (pair->companion.channel.attempts.locked_for, ==, attempt == PAIR_ATTEMPTS ? 60 : 0);
    g_assert_cmpuint (pair->begun, ==, attempt);
    g_assert_cmpuint (pair->begun_at_pake_reply, ==, attempt);
    g_assert_cmpuint (pair->taken_back, ==, 0);
    assert_open (pair, false);
  }

  /* Now even the right one is refused, and counts nothing. */
  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE, 10);
  pair_pump (pair);
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_LOCKED);
  g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_LOCKED);
  g_assert_cmpint (pair->companion.channel.refusal.code, ==, wtl_ERROR_CODE_LOCKED);
  g_assert_cmpuint (pair->companion.channel.refusal.seconds, ==, 60);
  g_assert_cmpuint (pair->companion.channel.attempts.locked_for, ==, 60);
  g_assert_cmpuint (pair->begun, ==, PAIR_ATTEMPTS);
  g_assert_cmpuint (pair->companion.packets, ==, 1); /* already at its Hello */
}

/* Every size from the smallest to the largest, over links of every size. */
static void
test_sizes (void)
{
  g_autoptr (Pair) pair = new_key_pair ();

  for (size_t mtu = WTL_PACKET_MIN; mtu <= WTL_PACKET_MAX; mtu += mtu < 40 ? 1 : 59) {
    pair_open (pair, mtu);
    for (size_t len = 1; len <= WTL_MESSAGE_MAX; len += len < 600 ? 7 : 53) {
      exchange (&pair->companion, &pair->device, len);
      exchange (&pair->device, &pair->companion, len);
    }
    exchange (&pair->companion, &pair->device, WTL_MESSAGE_MAX);
    exchange (&pair->device, &pair->companion, WTL_MESSAGE_MAX);
  }
}

/* --- the other end by hand --- */

/* What the last whole handshake message of @end's outbox says; empties it. */
static void
read_handshake (struct end *end, wtl_Handshake *out)
{
  g_autofree struct wtl_frame_in *in = g_new0 (struct wtl_frame_in, 1);
  bool whole = false;
  GBytes *packet;
  pb_istream_t stream;

  in->number = (uint8_t)((end->packets - g_queue_get_length (&end->outbox)) % 32);
  while ((packet = g_queue_pop_head (&end->outbox))) {
    g_assert_cmpint (wtl_frame_take (in, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet), &whole), ==,
                     WTL_OK);
    g_bytes_unref (packet);
  }
  g_assert_true (whole);
  g_assert_false (in->record);
  stream = pb_istream_from_buffer (in->data, in->total);
  g_assert_true (pb_decode (&stream, wtl_Handshake_fields, out));
}

/* @message to @end as the @number-th packet, in one. */
static void
deliver_handshake (struct end *end, unsigned number, const wtl_Handshake *message)
{
  uint8_t packet[WTL_PACKET_MAX];
  pb_ostream_t stream = pb_ostream_from_buffer (packet + 3, sizeof packet - 3);

  g_assert_true (pb_encode (&stream, wtl_Handshake_fields, message));
  packet[0] = (uint8_t)(0xc0 | number);
  packet[1] = 0;
  packet[2] = (uint8_t)stream.bytes_written;
  pair_deliver (end, packet, stream.bytes_written + 3);
}

static const wtl_Handshake plain_hello = {
  .which_body = wtl_Handshake_hello_tag,
  .body.hello = { .version_min = 1, .version_max = 1, .secret = wtl_SECRET_KIND_OWNER_KEY },
};

static const wtl_Handshake plain_hello_reply = {
  .which_body = wtl_Handshake_hello_reply_tag,
  .body.hello_reply = { .version = 1, .salt = { .size = 16 }, .iterations = WTL_ITERATIONS_MIN, .attempts_left = 5 },
};

/* An app too old, an app too new, and one that knows this version and later
 * ones. */
static void
test_versions_at_device (void)
{
  static const struct {
    uint32_t min, max;
    enum wtl_status status;
  } cases[] = {
    { 1, 1, WTL_OK },
    { 0, 7, WTL_OK },
    { 1, UINT32_MAX, WTL_OK },
    { 2, 3, WTL_ERROR_VERSION },
    { 0, 0, WTL_ERROR_VERSION },
    { 3, 0, WTL_ERROR_VERSION },
  };
  g_autoptr (Pair) pair = new_key_pair ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    wtl_Handshake message = plain_hello;

    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    message.body.hello.version_min = cases[i].min;
    message.body.hello.version_max = cases[i].max;
    deliver_handshake (&pair->device, 0, &message);
    g_assert_cmpint (pair->device.status, ==, cases[i].status);
    read_handshake (&pair->device, &message);
    if (cases[i].status == WTL_OK) {
      g_assert_cmpint (message.which_body, ==, wtl_Handshake_hello_reply_tag);
      g_assert_cmpuint (message.body.hello_reply.version, ==, 1);
    } else {
      g_assert_cmpint (message.which_body, ==, wtl_Handshake_refusal_tag);
      g_assert_cmpint (message.body.refusal.code, ==, wtl_ERROR_CODE_VERSION);
      g_assert_cmpuint (message.body.refusal.version_min, ==, 1);
      g_assert_cmpuint (message.body.refusal.version_max, ==, 1);
    }
    g_assert_cmpuint (pair->begun, ==, 0);
  }
}

/* The companion learns what the device speaks, so that it can say which of
 * the two needs an update. */
static void
test_versions_at_companion (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  wtl_Handshake message = {
    .which_body = wtl_Handshake_refusal_tag,
    .body.refusal = { .code = wtl_ERROR_CODE_VERSION, .version_min = 4, .version_max = 6 },
  };

  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  deliver_handshake (&pair->companion, 0, &message);
  g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_VERSION);
  g_assert_cmpuint (pair->companion.channel.refusal.version_min, ==, 4);
  g_assert_cmpuint (pair->companion.channel.refusal.version_max, ==, 6);

  /* A device that chooses what was not offered. */
  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_PASSWORD, PAIR_PASSWORD, 8);
  message = plain_hello_reply;
  message.body.hello_reply.version = 2;
  deliver_handshake (&pair->companion, 0, &message);
  g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_MALFORMED);
}

/* What a device may ask of the person's secret is bounded both ways. */
static void
test_hardening_bounds (void)
{
  static const struct {
    wtl_SecretKind kind;
    pb_size_t salt_len;
    uint32_t iterations;
    enum wtl_status status;
  } cases[] = {
    { wtl_SECRET_KIND_PASSWORD, 16, WTL_ITERATIONS_MIN, WTL_OK },
    { wtl_SECRET_KIND_PASSWORD, 32, WTL_ITERATIONS_MIN, WTL_OK },
    { wtl_SECRET_KIND_PASSWORD, 15, WTL_ITERATIONS_MIN, WTL_ERROR_MALFORMED },
    { wtl_SECRET_KIND_PASSWORD, 0, WTL_ITERATIONS_MIN, WTL_ERROR_MALFORMED },
    { wtl_SECRET_KIND_PASSWORD, 16, WTL_ITERATIONS_MIN - 1, WTL_ERROR_MALFORMED },
    { wtl_SECRET_KIND_PASSWORD, 16, WTL_ITERATIONS_MAX + 1, WTL_ERROR_MALFORMED },
    { wtl_SECRET_KIND_PASSWORD, 16, UINT32_MAX, WTL_ERROR_MALFORMED },
    { wtl_SECRET_KIND_OWNER_KEY, 0, 0, WTL_OK },
    { wtl_SECRET_KIND_OWNER_KEY, 16, 0, WTL_ERROR_MALFORMED },
    { wtl_SECRET_KIND_OWNER_KEY, 0, WTL_ITERATIONS_MIN, WTL_ERROR_MALFORMED },
  };
  g_autoptr (Pair) pair = new_key_pair ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    wtl_Handshake message = plain_hello_reply;

    pair_connect (pair, PAIR_MTU, cases[i].kind, pair_key, 32);
    message.body.hello_reply.salt.size = cases[i].salt_len;
    message.body.hello_reply.iterations = cases[i].iterations;
    deliver_handshake (&pair->companion, 0, &message);
    g_assert_cmpint (pair->companion.status, ==, cases[i].status);
    if (cases[i].status != WTL_OK)
      g_assert_cmpuint (pair->companion.packets, ==, 1); /* nothing after the Hello */
  }
}

/* Somebody in between changes what the two said before SPAKE2+: already the
 * confirmations differ, before there are keys. */
static void
test_greeting_changed (void)
{
  g_autoptr (Pair) pair = new_key_pair ();

  for (int in_hello = 0; in_hello < 2; in_hello++) {
    wtl_Handshake message;

    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    if (in_hello) {
      read_handshake (&pair->companion, &message);
      message.body.hello.capabilities ^= 1;
      deliver_handshake (&pair->device, 0, &message);
    } else {
      pair_pump_only (pair, 1);
      read_handshake (&pair->device, &message);
      message.body.hello_reply.capabilities ^= 1;
      deliver_handshake (&pair->companion, 0, &message);
    }
    pair_pump (pair);
    g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_CONFIRM);
  }
}

/* An owned device tells whoever asks with an owner key nothing that it would
 * tell the same way the next time. */
static void
test_nothing_in_clear (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  wtl_Handshake replies[2];

  for (int i = 0; i < 2; i++) {
    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    deliver_handshake (&pair->device, 0, &plain_hello);
    read_handshake (&pair->device, &replies[i]);
    g_assert_cmpuint (replies[i].body.hello_reply.salt.size, ==, 0);
    g_assert_cmpuint (replies[i].body.hello_reply.iterations, ==, 0);
  }
  g_assert_cmpint (memcmp (replies[0].body.hello_reply.nonce, replies[1].body.hello_reply.nonce, 16), !=, 0);
}

/* Each way in which a device says no, at both ends. */
static void
test_refusals (void)
{
  static const struct {
    enum wtl_status load, ok;
    enum wtl_status device, companion;
    wtl_ErrorCode code;
  } cases[] = {
    { WTL_ERROR_NOT_NOW, WTL_OK, WTL_ERROR_NOT_NOW, WTL_ERROR_NOT_NOW, wtl_ERROR_CODE_NOT_NOW },
    { WTL_ERROR_STATE, WTL_OK, WTL_ERROR_STATE, WTL_ERROR_REFUSED, wtl_ERROR_CODE_BUSY },
    { WTL_ERROR_STORAGE, WTL_OK, WTL_ERROR_STORAGE, WTL_ERROR_REFUSED, wtl_ERROR_CODE_STORAGE },
    { WTL_OK, WTL_ERROR_STORAGE, WTL_ERROR_STORAGE, WTL_ERROR_REFUSED, wtl_ERROR_CODE_STORAGE },
  };
  g_autoptr (Pair) pair = new_key_pair ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    pair->load_status = cases[i].load;
    pair->ok_status = cases[i].ok;
    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    pair_pump (pair);
    g_assert_cmpint (pair->device.status, ==, cases[i].device);
    g_assert_cmpint (pair->companion.status, ==, cases[i].companion);
    g_assert_cmpint (pair->companion.channel.refusal.code, ==, cases[i].code);
    assert_open (pair, false);
  }
}

/* The device answers a guess at the confirmation, and keeps it counted. */
static void
test_wrong_confirmation (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  wtl_Handshake message = { .which_body = wtl_Handshake_pake_share_tag };

  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  deliver_handshake (&pair->device, 0, &plain_hello);
  memcpy (message.body.pake_share.share, pair->verifier.l, WTL_POINT_SIZE); /* any point will do */
  read_handshake (&pair->device, &(wtl_Handshake){ 0 });
  deliver_handshake (&pair->device, 1, &message);
  read_handshake (&pair->device, &message);
  g_assert_cmpint (message.which_body, ==, wtl_Handshake_pake_reply_tag);

  message = (wtl_Handshake){ .which_body = wtl_Handshake_pake_confirm_tag };
  deliver_handshake (&pair->device, 2, &message);
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_CONFIRM);
  read_handshake (&pair->device, &message);
  g_assert_cmpint (message.which_body, ==, wtl_Handshake_refusal_tag);
  g_assert_cmpint (message.body.refusal.code, ==, wtl_ERROR_CODE_WRONG_SECRET);
  g_assert_cmpuint (message.body.refusal.attempts_left, ==, PAIR_ATTEMPTS - 1);
  g_assert_cmpuint (pair->taken_back, ==, 0);
}

/* A share that is no point costs an attempt too, and gets no confirmation. */
static void
test_bad_share (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  wtl_Handshake message = { .which_body = wtl_Handshake_pake_share_tag };

  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  deliver_handshake (&pair->device, 0, &plain_hello);
  read_handshake (&pair->device, &(wtl_Handshake){ 0 });
  deliver_handshake (&pair->device, 1, &message);
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_POINT);
  read_handshake (&pair->device, &message);
  g_assert_cmpint (message.which_body, ==, wtl_Handshake_refusal_tag);
  g_assert_cmpuint (pair->begun, ==, 1);
}

/* Every handshake message where another is expected. */
static void
test_out_of_order (void)
{
  g_autoptr (Pair) pair = new_key_pair ();

  for (pb_size_t tag = 0; tag <= wtl_Handshake_refusal_tag; tag++) {
    wtl_Handshake message = { .which_body = tag };

    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    if (tag != wtl_Handshake_hello_tag) {
      deliver_handshake (&pair->device, 0, &message);
      g_assert_cmpint (pair->device.status, !=, WTL_OK);
    }
    if (tag != wtl_Handshake_hello_reply_tag && tag != wtl_Handshake_refusal_tag) {
      deliver_handshake (&pair->companion, 0, &message);
      g_assert_cmpint (pair->companion.status, !=, WTL_OK);
    }
    pair_open (pair, PAIR_MTU);
    deliver_handshake (&pair->device, pair->companion.packets, &message);
    g_assert_cmpint (pair->device.status, !=, WTL_OK);
    g_assert_false (wtl_channel_is_open (&pair->device.channel));
  }
  g_assert_cmpuint (pair->begun, ==, pair->taken_back);
}

/* A clear refusal is believed until the session has carried something. */
static void
test_late_refusal (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  wtl_Handshake message = { .which_body = wtl_Handshake_refusal_tag };

  message.body.refusal.code = wtl_ERROR_CODE_BUSY;
  pair_open (pair, PAIR_MTU);
  deliver_handshake (&pair->companion, pair->device.packets, &message);
  g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_REFUSED);
  g_assert_cmpint (pair->companion.channel.refusal.code, ==, wtl_ERROR_CODE_BUSY);

  pair_open (pair, PAIR_MTU);
  memset (&pair->companion.channel.refusal, 0, sizeof (wtl_Refusal));
  exchange (&pair->device, &pair->companion, 10);
  deliver_handshake (&pair->companion, pair->device.packets, &message);
  g_assert_cmpint (pair->companion.status, ==, WTL_ERROR_MALFORMED);
  g_assert_cmpint (pair->companion.channel.refusal.code, ==, wtl_ERROR_CODE_NONE);
}

/* Records before there is a session: to the device they are wrong, to a companion
 * they may be another companion's, and it opens its own all the same. */
static void
test_early_record (void)
{
  static const uint8_t packet[]
      = { 0xe7, 0, 21, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 };
  g_autoptr (Pair) pair = new_key_pair ();

  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  pair_deliver (&pair->device, packet, sizeof packet);
  pair_deliver (&pair->companion, packet, sizeof packet);
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_FRAME);

  for (unsigned before = 0; before < 4; before++) {
    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
    pair_pump_only (pair, before);
    pair_deliver (&pair->companion, packet, sizeof packet);
    pair_deliver (&pair->companion, packet, 1);
    pair_pump (pair);
    g_assert_cmpint (pair->companion.status, ==, WTL_OK);
    g_assert_true (wtl_channel_is_open (&pair->companion.channel));
  }
}

/* --- the session --- */

/* A whole record repeated, or left out, with the packets' numbers put right:
 * what a link cannot do by accident. */
static void
test_replayed_record (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  g_autoptr (GBytes) packet = NULL;
  uint8_t copy[WTL_PACKET_MAX];
  size_t len;

  for (int skip = 0; skip < 2; skip++) {
    pair_open (pair, PAIR_MTU);
    g_assert_cmpint (wtl_channel_send (&pair->companion.channel, (const uint8_t *)"one", 3), ==, WTL_OK);
    g_assert_cmpint (wtl_channel_send (&pair->companion.channel, (const uint8_t *)"two", 3), ==, WTL_OK);
    g_clear_pointer (&packet, g_bytes_unref);
    packet = g_queue_pop_head (&pair->companion.outbox);
    if (skip) {
      g_bytes_unref (packet);
      packet = g_queue_pop_head (&pair->companion.outbox);
    }
    len = g_bytes_get_size (packet);
    memcpy (copy, g_bytes_get_data (packet, NULL), len);
    if (skip) {
      copy[0] = (uint8_t)((copy[0] & 0xe0) | ((copy[0] - 1) & 0x1f));
    } else {
      pair_deliver (&pair->device, copy, len);
      g_assert_cmpint (pair->device.status, ==, WTL_OK);
      copy[0] = (uint8_t)((copy[0] & 0xe0) | ((copy[0] + 1) & 0x1f));
    }
    pair_deliver (&pair->device, copy, len);
    g_assert_cmpint (pair->device.status, ==, WTL_ERROR_REPLAY);
    g_assert_false (wtl_channel_is_open (&pair->device.channel));
    g_assert_true (g_queue_is_empty (&pair->device.outbox)); /* told nobody why */
  }
}

/* The first forgery closes: the true record behind it comes too late. */
static void
test_forgery_closes (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  g_autoptr (GBytes) packet = NULL;
  g_autofree uint8_t *copy = NULL;

  pair_open (pair, PAIR_MTU);
  g_assert_cmpint (wtl_channel_send (&pair->companion.channel, (const uint8_t *)"one", 3), ==, WTL_OK);
  packet = g_queue_pop_head (&pair->companion.outbox);
  copy = g_memdup2 (g_bytes_get_data (packet, NULL), g_bytes_get_size (packet));
  copy[8] ^= 1;
  pair_deliver (&pair->device, copy, g_bytes_get_size (packet));
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_FORGED);
  g_assert_false (wtl_channel_is_open (&pair->device.channel));
  g_assert_true (g_queue_is_empty (&pair->device.outbox));
  copy[8] ^= 1;
  pair_deliver (&pair->device, copy, g_bytes_get_size (packet));
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_STATE);
}

/* More small messages than one key may carry. */
static void
test_many_messages (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  uint8_t chain[WTL_HASH_SIZE];

  pair_open (pair, PAIR_MTU);
  memcpy (chain, pair->companion.channel.session.send.chain, sizeof chain);
  for (unsigned i = 0; i < 70000; i++) {
    g_assert_cmpint (wtl_channel_send (&pair->companion.channel, (const uint8_t *)&i, sizeof i), ==, WTL_OK);
    if (i % 100 == 99)
      pair_pump (pair);
  }
  pair_pump (pair);
  g_assert_cmpint (pair->device.status, ==, WTL_OK);
  g_assert_cmpuint (pair->device.messages, ==, 70000);
  g_assert_cmpint (memcmp (chain, pair->companion.channel.session.send.chain, sizeof chain), !=, 0);
  exchange (&pair->device, &pair->companion, 10);
}

/* --- what the caller gets wrong, and what is left in memory --- */

static void
test_arguments (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  struct wtl_channel *channel = &pair->companion.channel;
  static const uint8_t big[WTL_MESSAGE_MAX + 1];
  enum wtl_event event;
  static const struct {
    wtl_SecretKind kind;
    size_t len;
    size_t mtu;
  } cases[] = {
    { wtl_SECRET_KIND_SETUP_CODE, 9, 100 },
    { wtl_SECRET_KIND_SETUP_CODE, 11, 100 },
    { wtl_SECRET_KIND_OWNER_KEY, 31, 100 },
    { wtl_SECRET_KIND_OWNER_KEY, 33, 100 },
    { wtl_SECRET_KIND_PASSWORD, 0, 100 },
    { wtl_SECRET_KIND_PASSWORD, WTL_SECRET_MAX + 1, 100 },
    { wtl_SECRET_KIND_UNSPECIFIED, 10, 100 },
    { wtl_SECRET_KIND_OWNER_KEY, 32, WTL_PACKET_MIN - 1 },
    { wtl_SECRET_KIND_OWNER_KEY, 32, WTL_PACKET_MAX + 1 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpint (
        wtl_channel_init_prover (channel, &pair->companion.port, cases[i].mtu, cases[i].kind, 0, big, cases[i].len), ==,
        WTL_ERROR_ARGUMENT);
    g_assert_cmpint (wtl_channel_receive (channel, big, 20, &event), ==, WTL_ERROR_STATE);
  }
  g_assert_cmpuint (pair->companion.packets, ==, 0);

  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  g_assert_cmpint (wtl_channel_send (channel, big, 1), ==, WTL_ERROR_STATE);
  pair_open (pair, PAIR_MTU);
  g_assert_cmpint (wtl_channel_send (channel, big, 0), ==, WTL_ERROR_ARGUMENT);
  g_assert_cmpint (wtl_channel_send (channel, big, sizeof big), ==, WTL_ERROR_ARGUMENT);
  g_assert_true (wtl_channel_is_open (channel));
  exchange (&pair->companion, &pair->device, 10);
}

static void
test_requests (void)
{
  g_autoptr (Pair) pair = new_key_pair ();
  wtl_Request request = { .id = 7, .which_body = wtl_Request_change_password_tag };
  wtl_Request got;
  wtl_Response response = { .id = 7, .which_body = wtl_Response_done_tag };
  wtl_Response answer;

  pair_open (pair, PAIR_MTU);
  strcpy (request.body.change_password.password, "grüße");
  g_assert_cmpint (wtl_channel_send_request (&pair->companion.channel, &request), ==, WTL_OK);
  pair_pump (pair);
  g_assert_cmpint (wtl_request_decode (pair->device.message->data, pair->device.message->len, &got), ==, WTL_OK);
  g_assert_cmpstr (got.body.change_password.password, ==, "grüße");
  g_assert_cmpint (wtl_channel_send_response (&pair->device.channel, &response), ==, WTL_OK);
  pair_pump (pair);
  g_assert_cmpint (wtl_response_decode (pair->companion.message->data, pair->companion.message->len, &answer), ==,
                   WTL_OK);
  g_assert_cmpuint (answer.id, ==, 7);

  request.id = 0;
  g_assert_cmpint (wtl_channel_send_request (&pair->companion.channel, &request), ==, WTL_ERROR_ARGUMENT);
  g_assert_true (wtl_channel_is_open (&pair->companion.channel));
}

/* The person's secret leaves memory with the HelloReply, everything else with
 * the close. */
static void
test_wiped (void)
{
  g_autoptr (Pair) pair = new_code_pair ();
  struct wtl_channel *channel = &pair->companion.channel;
  struct wtl_session keys;
  static const struct wtl_handshake zeros;

  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE, 10);
  g_assert_nonnull (memmem (channel, sizeof *channel, PAIR_CODE, 10));
  pair_pump_only (pair, 2);
  g_assert_cmpuint (pair->companion.packets, ==, 2); /* the share is out */
  g_assert_null (memmem (channel, sizeof *channel, PAIR_CODE, 10));
  pair_pump (pair);
  assert_open (pair, true);
  g_assert_null (memmem (channel, sizeof *channel, PAIR_CODE, 10));
  g_assert_cmpmem (&channel->handshake, sizeof zeros, &zeros, sizeof zeros);
  g_assert_cmpmem (&pair->device.channel.handshake, sizeof zeros, &zeros, sizeof zeros);

  exchange (&pair->device, &pair->companion, 50);
  keys = channel->session;
  g_assert_nonnull (memmem (channel, sizeof *channel, keys.send.chain, WTL_HASH_SIZE));
  g_assert_nonnull (memmem (channel, sizeof *channel, pair->companion.message->data, 50));
  wtl_channel_close (channel);
  g_assert_null (memmem (channel, sizeof *channel, keys.send.chain, WTL_HASH_SIZE));
  g_assert_null (memmem (channel, sizeof *channel, keys.receive.chain, WTL_HASH_SIZE));
  g_assert_null (memmem (channel, sizeof *channel, pair->companion.message->data, 50));
  g_assert_false (wtl_channel_is_open (channel));
  wtl_channel_close (channel);
}

static int
no_random (void *ctx, uint8_t *buf, size_t len)
{
  return -1;
}

static int
no_send (void *ctx, const uint8_t *packet, size_t len)
{
  return -1;
}

static void
test_port_fails (void)
{
  g_autoptr (Pair) pair = new_key_pair ();

  pair->companion.port.random = no_random;
  g_assert_cmpint (pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32), ==, WTL_ERROR_RANDOM);
  pair->companion.port.random = pair_random;
  pair->companion.port.send = no_send;
  g_assert_cmpint (pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32), ==, WTL_ERROR_SEND);

  g_clear_pointer (&pair, pair_free);
  pair = new_key_pair ();
  pair->device.port.random = no_random;
  pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  pair_pump (pair);
  g_assert_cmpint (pair->device.status, ==, WTL_ERROR_RANDOM);
  assert_open (pair, false);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/channel/secrets", test_secrets);
  g_test_add_func ("/pairing/channel/kept-points", test_kept_points);
  g_test_add_func ("/pairing/channel/wrong-code", test_wrong_code);
  g_test_add_func ("/pairing/channel/sizes", test_sizes);
  g_test_add_func ("/pairing/channel/versions-at-device", test_versions_at_device);
  g_test_add_func ("/pairing/channel/versions-at-companion", test_versions_at_companion);
  g_test_add_func ("/pairing/channel/hardening-bounds", test_hardening_bounds);
  g_test_add_func ("/pairing/channel/greeting-changed", test_greeting_changed);
  g_test_add_func ("/pairing/channel/nothing-in-clear", test_nothing_in_clear);
  g_test_add_func ("/pairing/channel/refusals", test_refusals);
  g_test_add_func ("/pairing/channel/wrong-confirmation", test_wrong_confirmation);
  g_test_add_func ("/pairing/channel/bad-share", test_bad_share);
  g_test_add_func ("/pairing/channel/out-of-order", test_out_of_order);
  g_test_add_func ("/pairing/channel/late-refusal", test_late_refusal);
  g_test_add_func ("/pairing/channel/early-record", test_early_record);
  g_test_add_func ("/pairing/channel/replayed-record", test_replayed_record);
  g_test_add_func ("/pairing/channel/forgery-closes", test_forgery_closes);
  g_test_add_func ("/pairing/channel/many-messages", test_many_messages);
  g_test_add_func ("/pairing/channel/arguments", test_arguments);
  g_test_add_func ("/pairing/channel/requests", test_requests);
  g_test_add_func ("/pairing/channel/wiped", test_wiped);
  g_test_add_func ("/pairing/channel/port-fails", test_port_fails);
  return g_test_run ();
}
