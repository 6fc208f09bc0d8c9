/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a message takes from wtl_channel_send() at one end to its text at the
 * other, encrypted, framed, put together and decrypted, beside AES-CCM alone,
 * encrypting and decrypting as much under a key that is set: the same library,
 * key length, nonce and tag.
 */
#include <mbedtls/ccm.h>
#include <string.h>

#include "tests/bench/samples.h"
#include "tests/unit/pairing/pair.h"

#define ROUNDS 201
#define BATCH 200 /* messages per sample */

static const size_t sizes[] = { 16, 64, 244, 512, 1024 };

/* A link that hands a packet straight over, instead of the tests' queues. */
static int
hand_over (void *ctx, const uint8_t *packet, size_t len)
{
  struct wtl_channel *device = ctx;
  enum wtl_event event;

  return wtl_channel_receive (device, packet, len, &event) == WTL_OK ? 0 : -1;
}

static double
time_channel (Pair *pair, const uint8_t *message, size_t len)
{
  double start = samples_now ();

  for (int i = 0; i < BATCH; i++) {
    g_assert_cmpint (wtl_channel_send (&pair->companion.channel, message, len), ==, WTL_OK);
    g_assert_cmpuint (pair->device.channel.message_len, ==, len);
  }
  return (samples_now () - start) / BATCH;
}

static double
time_ccm (mbedtls_ccm_context *ccm, const uint8_t *message, size_t len)
{
  uint8_t nonce[WTL_AEAD_NONCE_SIZE] = { 0 };
  uint8_t data[WTL_MESSAGE_MAX];
  uint8_t text[WTL_MESSAGE_MAX];
  uint8_t tag[WTL_AEAD_TAG_SIZE];
  double start = samples_now ();

  for (int i = 0; i < BATCH; i++) {
    nonce[0] = (uint8_t)i;
    g_assert_cmpint (
        mbedtls_ccm_encrypt_and_tag (ccm, len, nonce, sizeof nonce, NULL, 0, message, data, tag, sizeof tag), ==, 0);
    g_assert_cmpint (mbedtls_ccm_auth_decrypt (ccm, len, nonce, sizeof nonce, NULL, 0, data, text, tag, sizeof tag), ==,
                     0);
  }
  return (samples_now () - start) / BATCH;
}

int
main (void)
{
  Pair *pair = pair_new (wtl_SECRET_KIND_OWNER_KEY, pair_key, 32);
  uint8_t message[WTL_MESSAGE_MAX] = { 1 };
  mbedtls_ccm_context ccm;

  pair_open (pair, PAIR_MTU);
  pair->companion.port.send = hand_over;
  pair->companion.port.ctx = &pair->device.channel;
  mbedtls_ccm_init (&ccm);
  g_assert_cmpint (mbedtls_ccm_setkey (&ccm, MBEDTLS_CIPHER_ID_AES, pair_key, WTL_AEAD_KEY_SIZE * 8), ==, 0);

  g_print ("Session throughput, link packets of %d bytes, medians of %d in turns\n", PAIR_MTU, ROUNDS);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *name = g_strdup_printf ("messages of %zu bytes: AES-CCM / session", sizes[i]);
    Samples *channel = samples_new ();
    Samples *bare = samples_new ();

    for (int round = 0; round < ROUNDS; round++) {
      samples_add (channel, time_channel (pair, message, sizes[i]));
      samples_add (bare, time_ccm (&ccm, message, sizes[i]));
    }
    samples_print_ratio (name, samples_median (bare), samples_median (channel), -0.85);
    g_array_unref (channel);
    g_array_unref (bare);
  }
  mbedtls_ccm_free (&ccm);
  pair_free (pair);
  return 0;
}
