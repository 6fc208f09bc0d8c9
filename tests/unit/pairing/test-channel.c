/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels: the handshake with right and wrong secrets, refusals, and messages
 * of every size over links of every size.
 */
#include <glib.h>
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
    pair_connect (pair, PAIR_MTU, wtl_SECRET_KIND_SETUP_CODE, "5071583926", 10);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/channel/secrets", test_secrets);
  g_test_add_func ("/pairing/channel/wrong-code", test_wrong_code);
  g_test_add_func ("/pairing/channel/sizes", test_sizes);
  return g_test_run ();
}
