/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PBKDF2 on Mbed TLS's SHA-256.  Mbed TLS's own hashes the key's two blocks anew
 * in every round, which is half of the work; here their states are kept.
 */
#include "pairing/pbkdf2.h"

#include <string.h>

#include "pairing/crypto.h"
#include "pairing/crypto-sha256.h"
#include "pairing/secret.h"

struct hmac_key {
  mbedtls_sha256_context inner; /* after the first block of each of the two hashes */
  mbedtls_sha256_context outer;
};

static int
start_block (mbedtls_sha256_context *sha, const uint8_t *key, size_t key_len, uint8_t pad)
{
  uint8_t block[64];
  int failed;

  memset (block, pad, sizeof block);
  for (size_t i = 0; i < key_len; i++)
    block[i] ^= key[i];
  failed = sha256_starts (sha, 0);
  if (!failed)
    failed = sha256_update (sha, block, sizeof block);
  wtl_wipe (block, sizeof block);
  return failed;
}

/* The HMAC under @key of @len bytes at @data and, where it is not 0, of @number. */
static int
hmac_round (const struct hmac_key *key, mbedtls_sha256_context *sha, const uint8_t *data, size_t len, uint32_t number,
            uint8_t out[WTL_HASH_SIZE])
{
  const uint8_t end[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number };
  int failed;

  mbedtls_sha256_clone (sha, &key->inner);
  failed = sha256_update (sha, data, len);
  if (!failed && number != 0)
    failed = sha256_update (sha, end, sizeof end);
  if (!failed)
    failed = sha256_finish (sha, out);
  mbedtls_sha256_clone (sha, &key->outer);
  if (!failed)
    failed = sha256_update (sha, out, WTL_HASH_SIZE);
  return failed ? failed : sha256_finish (sha, out);
}

/* One block of RFC 8018's output, section 5.2. */
static int
derive_block (const struct hmac_key *key, const uint8_t *salt, size_t salt_len, uint32_t iterations, uint32_t number,
              uint8_t block[WTL_HASH_SIZE])
{
  mbedtls_sha256_context sha;
  uint8_t round[WTL_HASH_SIZE];
  int failed;

  mbedtls_sha256_init (&sha);
  failed = hmac_round (key, &sha, salt, salt_len, number, round);
  memcpy (block, round, sizeof round);
  for (uint32_t i = 1; i < iterations && !failed; i++) {
    failed = hmac_round (key, &sha, round, sizeof round, 0, round);
    for (size_t j = 0; j < sizeof round; j++)
      block[j] ^= round[j];
  }
  mbedtls_sha256_free (&sha);
  wtl_wipe (round, sizeof round);
  return failed;
}

enum wtl_status
wtl_pbkdf2 (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len, uint32_t iterations,
            uint8_t *out, size_t out_len)
{
  struct hmac_key key;
  uint8_t block[WTL_HASH_SIZE];
  uint8_t hash[WTL_HASH_SIZE];
  int failed = 0;

  if (secret_len > 64) { /* RFC 2104: a long key is hashed */
    const struct wtl_bytes piece = { secret, secret_len };

    failed = wtl_sha256 (&piece, 1, hash) != WTL_OK;
    secret = hash;
    secret_len = sizeof hash;
  }
  mbedtls_sha256_init (&key.inner);
  mbedtls_sha256_init (&key.outer);
  if (!failed)
    failed = start_block (&key.inner, secret, secret_len, 0x36);
  if (!failed)
    failed = start_block (&key.outer, secret, secret_len, 0x5c);
  for (uint32_t number = 1; out_len > 0 && !failed; number++) {
    size_t n = out_len < sizeof block ? out_len : sizeof block;

    failed = derive_block (&key, salt, salt_len, iterations, number, block);
    memcpy (out, block, n);
    out += n;
    out_len -= n;
  }
  mbedtls_sha256_free (&key.inner);
  mbedtls_sha256_free (&key.outer);
  wtl_wipe (block, sizeof block);
  wtl_wipe (hash, sizeof hash);
  return failed ? WTL_ERROR_CRYPTO : WTL_OK;
}
