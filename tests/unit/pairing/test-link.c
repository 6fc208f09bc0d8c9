/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link that loses, repeats, swaps, cuts and changes packets: whatever
 * arrives is what was sent, in order, or the connection is closed.
 */
#include <glib.h>
#include <string.h>

#include "tests/unit/pairing/pair.h"

#define MTU 60
#define MESSAGES 3 /* each way */

/* How many packets a whole conversation takes. */
static unsigned total_packets;
/* How many of them before the session is open at both ends. */
static unsigned handshake_packets;

static const char *const meddling_names[] = { "nothing", "drop", "repeat", "swap", "flip", "truncate", "grow" };

/* Messages long enough for two packets, and told apart by their first byte. */
static void
send_messages (struct end *end)
{
  uint8_t message[70];

  for (uint8_t i = 0; i < MESSAGES && wtl_channel_is_open (&end->channel); i++) {
    memset (message, i, sizeof message);
    g_assert_cmpint (wtl_channel_send (&end->channel, message, sizeof message), ==, WTL_OK);
  }
}

/* pair_pump() checks each message that arrives against the one expected. */
static void
converse (Pair *pair)
{
  pair->attempts = (struct wtl_attempts){ PAIR_ATTEMPTS, 0 };
  g_assert_cmpint (pair_connect (pair, MTU, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32), ==, WTL_OK);
  pair_pump (pair);
  if (pair->meddling == MEDDLE_NOT)
    handshake_packets = pair->delivered;
  send_messages (&pair->companion);
  send_messages (&pair->device);
  pair_pump (pair);
}

static void
assert_prefix (const struct end *end)
{
  g_assert_cmpuint (end->messages, <=, MESSAGES);
  if (end->messages == 0)
    return;
  g_assert_cmpuint (end->message->len, ==, 70);
  for (guint i = 0; i < 70; i++)
    g_assert_cmpuint (end->message->data[i], ==, end->messages - 1);
}

static bool
is_complete (const Pair *pair)
{
  return pair->companion.messages == MESSAGES && pair->device.messages == MESSAGES;
}

static void
meddle (Pair *pair, enum meddling meddling, unsigned at, unsigned bit)
{
  pair->meddling = meddling;
  pair->meddle_at = at;
  pair->meddle_bit = bit;
  converse (pair);
  assert_prefix (&pair->companion);
  assert_prefix (&pair->device);

  /* A closed channel keeps no keys and takes nothing more. */
  for (int i = 0; i < 2; i++) {
    struct end *end = i ? &pair->device : &pair->companion;

    if (end->status != WTL_OK) {
      g_assert_false (wtl_channel_is_open (&end->channel));
      g_assert_cmpint (wtl_channel_send (&end->channel, (const uint8_t *)"x", 1), ==, WTL_ERROR_STATE);
      pair_deliver (end, (const uint8_t *)"\xc0\x00\x01\x00", 4);
      g_assert_cmpint (end->status, ==, WTL_ERROR_STATE);
    }
  }
}

static void
test_untouched (void)
{
  g_autoptr (Pair) pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);

  pair->meddling = MEDDLE_NOT;
  converse (pair);
  g_assert_true (is_complete (pair));
  total_packets = pair->delivered;
  g_assert_cmpuint (handshake_packets, >, 5);
  g_assert_cmpuint (total_packets, ==, handshake_packets + 2 * 2 * MESSAGES);
}

/* Each packet of the conversation, each way of meddling with it. */
static void
test_each_packet (void)
{
  static const enum meddling all[] = { MEDDLE_DROP, MEDDLE_REPEAT, MEDDLE_SWAP, MEDDLE_TRUNCATE, MEDDLE_GROW };
  g_autoptr (Pair) pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);

  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    for (unsigned at = 0; at < total_packets; at++) {
      meddle (pair, all[i], at, 0);
      g_test_message ("%s %u: companion %d after %u, device %d after %u", meddling_names[all[i]], at,
                      pair->companion.status, pair->companion.messages, pair->device.status, pair->device.messages);
      if (all[i] == MEDDLE_SWAP && is_complete (pair))
        continue; /* nothing was behind it to swap with */
      if (all[i] == MEDDLE_REPEAT && (at == total_packets - 1 || at == total_packets - 1 - 2 * MESSAGES))
        g_assert_true (is_complete (pair)); /* the last one of its direction */
      else
        g_assert_false (is_complete (pair));
      if (all[i] != MEDDLE_DROP)
        g_assert_true (pair->companion.status != WTL_OK || pair->device.status != WTL_OK);
    }
}

/* A bit in every other byte of each packet.  During the handshake none of it may
 * lead to a message being believed by both, later not the one that it hits. */
static void
test_each_byte (void)
{
  g_autoptr (Pair) pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  unsigned flips = 0;

  for (unsigned at = 0; at < total_packets; at++)
    for (unsigned byte = at % 2; byte < MTU; byte += at < handshake_packets ? 2 : 4) {
      meddle (pair, MEDDLE_FLIP, at, byte * 8 + (at + byte) % 8);
      g_assert_false (is_complete (pair));
      g_assert_true (pair->companion.status != WTL_OK || pair->device.status != WTL_OK);
      if (at < handshake_packets)
        g_assert_true (pair->companion.messages == 0 && pair->device.messages == 0);
      flips++;
    }
  g_test_message ("%u bits flipped", flips);
}

/* A wrong secret must not become right by a lossy link: what was counted
 * stays counted. */
static void
test_attempts (void)
{
  g_autoptr (Pair) pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);

  for (unsigned at = 0; at < handshake_packets; at++) {
    unsigned begun = pair->begun;
    unsigned taken_back = pair->taken_back;

    meddle (pair, MEDDLE_DROP, at, 0);
    g_assert_cmpuint (pair->begun - begun, <=, 1);
    g_assert_cmpuint (pair->taken_back - taken_back, <=, pair->begun - begun);
    g_assert_true (pair->taken_back == taken_back || pair->device.event == WTL_EVENT_READY);
    g_assert_cmpuint (pair->attempts.left, ==, PAIR_ATTEMPTS - (pair->begun - begun) + (pair->taken_back - taken_back));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_untouched (); /* the others need its counts, whichever are run */
  g_test_add_func ("/pairing/link/untouched", test_untouched);
  g_test_add_func ("/pairing/link/each-packet", test_each_packet);
  g_test_add_func ("/pairing/link/each-byte", test_each_byte);
  g_test_add_func ("/pairing/link/attempts", test_attempts);
  return g_test_run ();
}
