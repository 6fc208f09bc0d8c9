/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing/crypto.h's curve and key stretching, so small that an emulated chip
 * does ten thousand handshakes in seconds.  For the tests that look at what is
 * stored and when: they run every flash operation, and with the real curve they
 * would run for hours.  The real one has its own tests, on the chip as well.
 *
 * The group is the numbers modulo 2^61 - 1 under multiplication; a point has
 * its number in the last bytes of x, and y is made from it.  A signature is a
 * hash that anybody can make.  None of it keeps anything from anyone.
 */
#include <string.h>

#include "pairing/crypto.h"
#include "pairing/pbkdf2.h"

#define PRIME ((1ull << 61) - 1)
#define ORDER (PRIME - 1)
#define GENERATOR 37u

enum wtl_status wtl_full_pbkdf2 (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len,
                                 uint32_t iterations, uint8_t *out, size_t out_len);

static uint64_t
multiply (uint64_t a, uint64_t b)
{
  uint64_t a1 = a >> 32, a0 = (uint32_t)a, b1 = b >> 32, b0 = (uint32_t)b;
  uint64_t middle = a1 * b0 + a0 * b1; /* below 2^63: a and b are below 2^61 */
  uint64_t low = a0 * b0;
  uint64_t high = a1 * b1 + (middle >> 32);
  uint64_t sum = low + (middle << 32);

  high += sum < low;
  /* 2^64 = 8 and 2^61 = 1 */
  sum = (sum & PRIME) + (sum >> 61) + (high << 3);
  sum = (sum & PRIME) + (sum >> 61);
  return sum >= PRIME ? sum - PRIME : sum;
}

static uint64_t
power (uint64_t base, uint64_t exponent)
{
  uint64_t out = 1;

  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1)
      out = multiply (out, base);
    base = multiply (base, base);
  }
  return out;
}

static uint64_t
get (const uint8_t in[8])
{
  uint64_t out = 0;

  for (int i = 0; i < 8; i++)
    out = out << 8 | in[i];
  return out;
}

static void
put (uint64_t value, uint8_t out[8])
{
  for (int i = 7; i >= 0; i--, value >>= 8)
    out[i] = (uint8_t)value;
}

static enum wtl_status
read_scalar (const uint8_t in[WTL_SCALAR_SIZE], uint64_t *out)
{
  *out = get (in + 24);
  for (int i = 0; i < 24; i++)
    if (in[i] != 0)
      return WTL_ERROR_ARGUMENT;
  return *out == 0 || *out >= ORDER ? WTL_ERROR_ARGUMENT : WTL_OK;
}

/* The same number four times, so that a search finds it alone. */
static enum wtl_status
write_point (uint64_t value, uint8_t out[WTL_POINT_SIZE])
{
  out[0] = 0x04;
  for (int i = 0; i < 8; i++)
    put (value ^ (i < 4 ? 0 : UINT64_MAX), out + 1 + 8 * i);
  return value == 1 ? WTL_ERROR_POINT : WTL_OK;
}

static enum wtl_status
read_point (const uint8_t in[WTL_POINT_SIZE], uint64_t *out)
{
  uint8_t again[WTL_POINT_SIZE];

  *out = get (in + 1);
  if (*out < 2 || *out >= PRIME || write_point (*out, again) != WTL_OK || memcmp (in, again, sizeof again) != 0)
    return WTL_ERROR_POINT;
  return WTL_OK;
}

enum wtl_status
wtl_scalar_check (const uint8_t k[WTL_SCALAR_SIZE])
{
  uint64_t scalar;

  return read_scalar (k, &scalar);
}

enum wtl_status
wtl_scalar_reduce (const uint8_t *in, size_t len, uint8_t out[WTL_SCALAR_SIZE])
{
  uint64_t rest = 0;

  for (size_t i = 0; i < len; i++)
    rest = (rest << 3 | in[i] >> 5) % ORDER * 32 % ORDER + (in[i] & 31);
  memset (out, 0, WTL_SCALAR_SIZE);
  put (rest % ORDER, out + 24);
  return WTL_OK;
}

enum wtl_status
wtl_scalar_random (struct wtl_rng *rng, uint8_t out[WTL_SCALAR_SIZE])
{
  memset (out, 0, WTL_SCALAR_SIZE);
  if (rng->random (rng->ctx, out + 24, 8) != 0)
    return WTL_ERROR_RANDOM;
  out[24] &= 0x0f;
  out[31] |= 1;
  return WTL_OK;
}

enum wtl_status
wtl_point_check (const uint8_t p[WTL_POINT_SIZE])
{
  uint64_t point;

  return read_point (p, &point);
}

/* As the real one, which asks for random numbers to blind with. */
static enum wtl_status
raise (uint64_t point, const uint8_t *k, struct wtl_rng *rng, uint8_t out[WTL_POINT_SIZE])
{
  uint64_t scalar;
  uint8_t blind[8];
  enum wtl_status status = read_scalar (k, &scalar);

  if (status == WTL_OK && (rng->random == NULL || rng->random (rng->ctx, blind, sizeof blind) != 0))
    status = WTL_ERROR_RANDOM;
  return status == WTL_OK ? write_point (power (point, scalar), out) : status;
}

enum wtl_status
wtl_point_mul_base (const uint8_t k[WTL_SCALAR_SIZE], struct wtl_rng *rng, uint8_t out[WTL_POINT_SIZE])
{
  return raise (GENERATOR, k, rng, out);
}

/* M and N are points of the real curve: to this group, numbers like any others. */
static enum wtl_status
read_base (const uint8_t p[WTL_POINT_SIZE], uint64_t *out)
{
  enum wtl_status status = read_point (p, out);

  if (status == WTL_OK || (p[1] != 0x88 && p[1] != 0xd8))
    return status;
  *out = get (p + 1) % PRIME;
  return WTL_OK;
}

enum wtl_status
wtl_point_mul (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng,
               uint8_t out[WTL_POINT_SIZE])
{
  uint64_t point;
  enum wtl_status status = read_base (p, &point);

  return status == WTL_OK ? raise (point, k, rng, out) : status;
}

enum wtl_status
wtl_point_mul_twice (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t l[WTL_SCALAR_SIZE],
                     const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng, uint8_t kp[WTL_POINT_SIZE],
                     uint8_t lp[WTL_POINT_SIZE])
{
  enum wtl_status status = wtl_point_mul (k, p, rng, kp);

  return status == WTL_OK ? wtl_point_mul (l, p, rng, lp) : status;
}

enum wtl_status
wtl_point_mul_fixed (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng,
                     uint8_t out[WTL_POINT_SIZE])
{
  return wtl_point_mul (k, p, rng, out);
}

void
wtl_point_forget_fixed (void)
{
}

static enum wtl_status
combine (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE], uint64_t exponent,
         uint8_t out[WTL_POINT_SIZE])
{
  uint64_t a, b;
  enum wtl_status status = read_point (p, &a);

  if (status == WTL_OK)
    status = read_point (q, &b);
  return status == WTL_OK ? write_point (multiply (a, power (b, exponent)), out) : status;
}

enum wtl_status
wtl_point_add (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE], uint8_t out[WTL_POINT_SIZE])
{
  return combine (p, q, 1, out);
}

enum wtl_status
wtl_point_sub (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE], uint8_t out[WTL_POINT_SIZE])
{
  return combine (p, q, ORDER - 1, out);
}

static enum wtl_status
seal (const uint8_t key[WTL_POINT_SIZE], const uint8_t hash[WTL_HASH_SIZE], uint8_t signature[64])
{
  const struct wtl_bytes pieces[] = { { key, WTL_POINT_SIZE }, { hash, WTL_HASH_SIZE } };
  enum wtl_status status = wtl_sha256 (pieces, 2, signature);

  memcpy (signature + 32, signature, 32);
  return status;
}

enum wtl_status
wtl_ecdsa_sign (const uint8_t key[WTL_SCALAR_SIZE], const uint8_t hash[WTL_HASH_SIZE], struct wtl_rng *rng,
                uint8_t signature[64])
{
  uint8_t public_key[WTL_POINT_SIZE];
  enum wtl_status status = wtl_point_mul_base (key, rng, public_key);

  return status == WTL_OK ? seal (public_key, hash, signature) : status;
}

enum wtl_status
wtl_ecdsa_verify (const uint8_t key[WTL_POINT_SIZE], const uint8_t hash[WTL_HASH_SIZE], const uint8_t signature[64])
{
  uint8_t right[64];
  enum wtl_status status = seal (key, hash, right);

  if (status == WTL_OK && memcmp (signature, right, sizeof right) != 0)
    status = WTL_ERROR_FORGED;
  return status;
}

/* crypto-pbkdf2.c's is renamed to wtl_full_pbkdf2 where this file is linked. */
enum wtl_status
wtl_pbkdf2 (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len, uint32_t iterations,
            uint8_t *out, size_t out_len)
{
  return wtl_full_pbkdf2 (secret, secret_len, salt, salt_len, iterations > 0 ? 1 : 0, out, out_len);
}
