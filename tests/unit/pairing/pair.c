/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A companion's and a device's channel back to back.
 */
#include "tests/unit/pairing/pair.h"

#include <string.h>
#include <sys/random.h>

const uint8_t pair_key[32] = "an owner's key of 32 bytes.....";

int
pair_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

size_t
pair_from_hex (const char *hex, uint8_t *out, size_t size)
{
  size_t len = 0;

  for (; len < size && hex[2 * len]; len++)
    out[len] = (uint8_t)(g_ascii_xdigit_value (hex[2 * len]) << 4 | g_ascii_xdigit_value (hex[2 * len + 1]));
  return len;
}

char *
pair_to_hex (const uint8_t *data, size_t len)
{
  GString *hex = g_string_new (NULL);

  for (size_t i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

/* --- the port --- */

static uint64_t
now_ms (void *ctx)
{
  return (uint64_t)(g_get_monotonic_time () / 1000);
}

static int
send_packet (void *ctx, const uint8_t *packet, size_t len)
{
  struct end *end = ctx;
  struct pair *pair = end->pair;

  g_assert_cmpuint (len, <=, end->channel.mtu);
  g_queue_push_tail (&end->outbox, g_bytes_new (packet, len));
  end->packets++;
  if (end == &pair->device && pair->begun > 0)
    pair->begun_at_pake_reply = pair->begun;
  return 0;
}

static enum wtl_status
load_verifier (void *ctx, unsigned kind, unsigned slot, struct wtl_verifier *out)
{
  struct pair *pair = ((struct end *)ctx)->pair;

  *out = pair->verifier;
  return pair->load_status;
}

static enum wtl_status
attempt_begin (void *ctx, unsigned kind, struct wtl_attempts *if_wrong)
{
  struct pair *pair = ((struct end *)ctx)->pair;

  if (pair->attempts.left == 0) {
    *if_wrong = pair->attempts;
    return WTL_ERROR_LOCKED;
  }
  pair->begun++;
  if (--pair->attempts.left == 0)
    pair->attempts.locked_for = 60;
  *if_wrong = pair->attempts;
  return WTL_OK;
}

static void
attempt_peek (void *ctx, unsigned kind, struct wtl_attempts *now)
{
  *now = ((struct end *)ctx)->pair->attempts;
}

static enum wtl_status
attempt_ok (void *ctx, unsigned kind)
{
  struct pair *pair = ((struct end *)ctx)->pair;

  if (pair->ok_status == WTL_OK) {
    pair->taken_back++;
    pair->attempts = (struct wtl_attempts){ PAIR_ATTEMPTS, 0 };
  }
  return pair->ok_status;
}

static void
init_end (struct end *end, struct pair *pair)
{
  end->pair = pair;
  end->message = g_byte_array_new ();
  g_queue_init (&end->outbox);
  end->port = (struct wtl_port){
    .ctx = end,
    .random = pair_random,
    .now_ms = now_ms,
    .send = send_packet,
  };
}

static void
empty (struct end *end)
{
  g_queue_clear_full (&end->outbox, (GDestroyNotify)g_bytes_unref);
  g_byte_array_set_size (end->message, 0);
  end->status = WTL_OK;
  end->event = WTL_EVENT_NONE;
  end->messages = 0;
  end->packets = 0;
}

/* --- the pair --- */

struct pair *
pair_new (wtl_SecretKind kind, const void *secret, size_t len)
{
  static const uint8_t salt[] = "a salt of 16 byt";
  struct pair *pair = g_new0 (struct pair, 1);
  struct wtl_prover prover;

  if (kind == wtl_SECRET_KIND_OWNER_KEY)
    g_assert_cmpint (wtl_prover_from_owner_key (secret, &prover), ==, WTL_OK);
  else
    g_assert_cmpint (wtl_prover_from_secret (secret, len, salt, 16, PAIR_ITERATIONS, &prover), ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&prover, pair_random, NULL, &pair->verifier), ==, WTL_OK);
  if (kind != wtl_SECRET_KIND_OWNER_KEY) {
    memcpy (pair->verifier.salt, salt, 16);
    pair->verifier.salt_len = 16;
    pair->verifier.iterations = PAIR_ITERATIONS;
  }
  pair->attempts.left = PAIR_ATTEMPTS;

  init_end (&pair->companion, pair);
  init_end (&pair->device, pair);
  pair->device.port.load_verifier = load_verifier;
  pair->device.port.attempt_begin = attempt_begin;
  pair->device.port.attempt_peek = attempt_peek;
  pair->device.port.attempt_ok = attempt_ok;
  return pair;
}

void
pair_free (struct pair *pair)
{
  struct end *ends[] = { &pair->companion, &pair->device };

  for (size_t i = 0; i < 2; i++) {
    wtl_channel_close (&ends[i]->channel);
    empty (ends[i]);
    g_byte_array_unref (ends[i]->message);
  }
  g_free (pair);
}

enum wtl_status
pair_connect (struct pair *pair, size_t mtu, wtl_SecretKind kind, const void *secret, size_t len)
{
  wtl_channel_close (&pair->companion.channel);
  wtl_channel_close (&pair->device.channel);
  empty (&pair->companion);
  empty (&pair->device);
  pair->delivered = 0;
  g_assert_cmpint (wtl_channel_init_verifier (&pair->device.channel, &pair->device.port, mtu), ==, WTL_OK);
  pair->companion.status
      = wtl_channel_init_prover (&pair->companion.channel, &pair->companion.port, mtu, kind, 0, secret, len);
  return pair->companion.status;
}

/* What was received stays readable after the channel's next call. */
void
pair_deliver (struct end *end, const uint8_t *packet, size_t len)
{
  enum wtl_event event;

  end->status = wtl_channel_receive (&end->channel, packet, len, &event);
  if (end->status != WTL_OK)
    g_assert_cmpint (event, ==, WTL_EVENT_NONE);
  if (event == WTL_EVENT_MESSAGE) {
    g_byte_array_set_size (end->message, 0);
    g_byte_array_append (end->message, end->channel.message, (guint)end->channel.message_len);
    end->messages++;
  }
  if (event != WTL_EVENT_NONE)
    end->event = event;
}

static void
deliver_next (struct pair *pair, struct end *from, struct end *to)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&from->outbox);
  enum meddling meddling = pair->delivered == pair->meddle_at ? pair->meddling : MEDDLE_NOT;
  g_autofree uint8_t *copy = g_malloc0 (g_bytes_get_size (packet) + 1);
  size_t len = g_bytes_get_size (packet);

  memcpy (copy, g_bytes_get_data (packet, NULL), len);
  pair->delivered++;
  if (meddling == MEDDLE_DROP)
    return;
  if (meddling == MEDDLE_SWAP && !g_queue_is_empty (&from->outbox)) {
    g_autoptr (GBytes) second = g_queue_pop_head (&from->outbox);

    pair_deliver (to, g_bytes_get_data (second, NULL), g_bytes_get_size (second));
  }
  if (meddling == MEDDLE_FLIP)
    copy[pair->meddle_bit / 8 % len] ^= (uint8_t)(1 << pair->meddle_bit % 8);
  if (meddling == MEDDLE_TRUNCATE)
    len--;
  if (meddling == MEDDLE_GROW)
    len++;
  if (to->status == WTL_OK)
    pair_deliver (to, copy, len);
  if (meddling == MEDDLE_REPEAT && to->status == WTL_OK)
    pair_deliver (to, copy, len);
}

void
pair_pump (struct pair *pair)
{
  struct end *companion = &pair->companion;
  struct end *device = &pair->device;

  /* An end that has failed reads no more, but what it sent still arrives. */
  for (;;) {
    if (!g_queue_is_empty (&companion->outbox) && device->status == WTL_OK)
      deliver_next (pair, companion, device);
    else if (!g_queue_is_empty (&device->outbox) && companion->status == WTL_OK)
      deliver_next (pair, device, companion);
    else
      return;
  }
}

void
pair_pump_only (struct pair *pair, unsigned count)
{
  struct end *ends[] = { &pair->companion, &pair->device };

  for (unsigned i = 0; i < count; i++)
    if (!g_queue_is_empty (&ends[i % 2]->outbox) && ends[1 - i % 2]->status == WTL_OK)
      deliver_next (pair, ends[i % 2], ends[1 - i % 2]);
}

void
pair_open (struct pair *pair, size_t mtu)
{
  g_assert_cmpint (pair_connect (pair, mtu, wtl_SECRET_KIND_OWNER_KEY, pair_key, 32), ==, WTL_OK);
  pair_pump (pair);
  g_assert_cmpint (pair->companion.status, ==, WTL_OK);
  g_assert_cmpint (pair->device.status, ==, WTL_OK);
  g_assert_true (wtl_channel_is_open (&pair->companion.channel));
  g_assert_true (wtl_channel_is_open (&pair->device.channel));
}
