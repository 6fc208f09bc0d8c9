/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPAKE2+ (RFC 9383).  Names are the RFC's.
 */
#include "pairing/spake2p.h"

#include <string.h>

#include "pairing/crypto.h"
#include "pairing/pbkdf2.h"
#include "pairing/secret.h"

/* w0s and w1s: 40 bytes each, 64 bits more than the order has, so that the
 * remainder is as good as uniform (section 3.2). */
#define HALF_SIZE 40

typedef int (*random_func) (void *, uint8_t *, size_t);

/* Section 4, from the seeds given there; uncompressed. */
static const uint8_t point_m[WTL_POINT_SIZE] = {
  0x04, 0x88, 0x6e, 0x2f, 0x97, 0xac, 0xe4, 0x6e, 0x55, 0xba, 0x9d, 0xd7, 0x24, 0x25, 0x79, 0xf2, 0x99,
  0x3b, 0x64, 0xe1, 0x6e, 0xf3, 0xdc, 0xab, 0x95, 0xaf, 0xd4, 0x97, 0x33, 0x3d, 0x8f, 0xa1, 0x2f, 0x5f,
  0xf3, 0x55, 0x16, 0x3e, 0x43, 0xce, 0x22, 0x4e, 0x0b, 0x0e, 0x65, 0xff, 0x02, 0xac, 0x8e, 0x5c, 0x7b,
  0xe0, 0x94, 0x19, 0xc7, 0x85, 0xe0, 0xca, 0x54, 0x7d, 0x55, 0xa1, 0x2e, 0x2d, 0x20,
};
static const uint8_t point_n[WTL_POINT_SIZE] = {
  0x04, 0xd8, 0xbb, 0xd6, 0xc6, 0x39, 0xc6, 0x29, 0x37, 0xb0, 0x4d, 0x99, 0x7f, 0x38, 0xc3, 0x77, 0x07,
  0x19, 0xc6, 0x29, 0xd7, 0x01, 0x4d, 0x49, 0xa2, 0x4b, 0x4f, 0x98, 0xba, 0xa1, 0x29, 0x2b, 0x49, 0x07,
  0xd6, 0x0a, 0xa6, 0xbf, 0xad, 0xe4, 0x50, 0x08, 0xa6, 0x36, 0x33, 0x7f, 0x51, 0x68, 0xc6, 0x4d, 0x9b,
  0xd3, 0x60, 0x34, 0x80, 0x8c, 0xd5, 0x64, 0x49, 0x0b, 0x1e, 0x65, 0x6e, 0xdb, 0xe7,
};

/* "len(x) || x", the length in eight bytes, little-endian; returns its end. */
static uint8_t *
append (uint8_t *at, const void *data, size_t len)
{
  for (size_t i = 0; i < 8; i++)
    at[i] = i < sizeof len ? (uint8_t)(len >> (8 * i)) : 0;
  memcpy (at + 8, data, len);
  return at + 8 + len;
}

static size_t
text_len (const char *text)
{
  size_t len = 0;

  while (text[len])
    len++;
  return len;
}

/* --- registration --- */

static enum wtl_status
split (const uint8_t halves[2 * HALF_SIZE], struct wtl_prover *out)
{
  enum wtl_status status;

  memset (out, 0, sizeof *out);
  status = wtl_scalar_reduce (halves, HALF_SIZE, out->w0);
  if (status == WTL_OK)
    status = wtl_scalar_reduce (halves + HALF_SIZE, HALF_SIZE, out->w1);
  /* 0 comes out once in 2^256 secrets. */
  if (status == WTL_OK)
    status = wtl_scalar_check (out->w0);
  if (status == WTL_OK)
    status = wtl_scalar_check (out->w1);
  if (status != WTL_OK)
    wtl_wipe (out, sizeof *out);
  return status;
}

enum wtl_status
wtl_prover_from_secret (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len,
                        uint32_t iterations, struct wtl_prover *out)
{
  uint8_t input[3 * 8 + WTL_SECRET_MAX + sizeof WTL_ID_PROVER + sizeof WTL_ID_VERIFIER];
  uint8_t halves[2 * HALF_SIZE];
  uint8_t *at;
  enum wtl_status status;

  if (secret_len == 0 || secret_len > WTL_SECRET_MAX || salt_len < WTL_SALT_MIN || salt_len > WTL_SALT_MAX
      || iterations < WTL_ITERATIONS_MIN || iterations > WTL_ITERATIONS_MAX)
    return WTL_ERROR_ARGUMENT;
  at = append (input, secret, secret_len);
  at = append (at, WTL_ID_PROVER, sizeof WTL_ID_PROVER - 1);
  at = append (at, WTL_ID_VERIFIER, sizeof WTL_ID_VERIFIER - 1);
  status = wtl_pbkdf2 (input, (size_t)(at - input), salt, salt_len, iterations, halves, sizeof halves);
  if (status == WTL_OK)
    status = split (halves, out);
  wtl_wipe (input, sizeof input);
  wtl_wipe (halves, sizeof halves);
  return status;
}

enum wtl_status
wtl_prover_from_owner_key (const uint8_t key[WTL_OWNER_KEY_SIZE], struct wtl_prover *out)
{
  uint8_t halves[2 * HALF_SIZE];
  enum wtl_status status = wtl_hkdf (NULL, 0, key, 32, "wattle-owner-key-v1", halves, sizeof halves);

  if (status == WTL_OK)
    status = split (halves, out);
  wtl_wipe (halves, sizeof halves);
  return status;
}

static enum wtl_status
multiply_constants (const uint8_t w0[WTL_SCALAR_SIZE], struct wtl_rng *rng, uint8_t w0m[WTL_POINT_SIZE],
                    uint8_t w0n[WTL_POINT_SIZE])
{
  enum wtl_status status = wtl_point_mul (w0, point_m, rng, w0m);

  return status == WTL_OK ? wtl_point_mul (w0, point_n, rng, w0n) : status;
}

enum wtl_status
wtl_prover_precompute (struct wtl_prover *prover, random_func random, void *ctx)
{
  struct wtl_rng rng = { random, ctx, false };

  return multiply_constants (prover->w0, &rng, prover->w0m, prover->w0n);
}

enum wtl_status
wtl_owner_key_precompute (const uint8_t key[WTL_OWNER_KEY_SIZE], random_func random, void *ctx,
                          uint8_t out[WTL_OWNER_KEY_FULL_SIZE])
{
  struct wtl_prover prover;
  enum wtl_status status = wtl_prover_from_owner_key (key, &prover);

  if (status == WTL_OK)
    status = wtl_prover_precompute (&prover, random, ctx);
  if (status == WTL_OK) {
    memcpy (out, key, WTL_OWNER_KEY_SIZE);
    memcpy (out + WTL_OWNER_KEY_SIZE, prover.w0m, WTL_POINT_SIZE);
    memcpy (out + WTL_OWNER_KEY_SIZE + WTL_POINT_SIZE, prover.w0n, WTL_POINT_SIZE);
  }
  wtl_wipe (&prover, sizeof prover);
  return status;
}

enum wtl_status
wtl_verifier_from_prover (const struct wtl_prover *prover, random_func random, void *ctx, struct wtl_verifier *out)
{
  struct wtl_rng rng = { random, ctx, false };
  enum wtl_status status;

  /* Whoever is replaced by this one is not to stay in memory. */
  wtl_point_forget_fixed ();
  memset (out, 0, sizeof *out);
  memcpy (out->w0, prover->w0, sizeof out->w0);
  status = wtl_point_mul_base (prover->w1, &rng, out->l);
  if (status == WTL_OK)
    status = multiply_constants (out->w0, &rng, out->w0m, out->w0n);
  if (status != WTL_OK)
    wtl_wipe (out, sizeof *out);
  return status;
}

enum wtl_status
wtl_verifier_complete (struct wtl_verifier *verifier, random_func random, void *ctx)
{
  struct wtl_rng rng = { random, ctx, false };
  enum wtl_status status = wtl_scalar_check (verifier->w0);

  wtl_point_forget_fixed ();
  if (status == WTL_OK)
    status = wtl_point_check (verifier->l);
  if (status == WTL_OK)
    status = multiply_constants (verifier->w0, &rng, verifier->w0m, verifier->w0n);
  return status;
}

/* --- a run --- */

/* w0*M or w0*N: as precomputed, or now, into @buffer. */
static enum wtl_status
constant_of (const uint8_t precomputed[WTL_POINT_SIZE], const uint8_t w0[WTL_SCALAR_SIZE],
             const uint8_t constant[WTL_POINT_SIZE], struct wtl_rng *rng, uint8_t buffer[WTL_POINT_SIZE])
{
  if (precomputed[0] == 0)
    return wtl_point_mul (w0, constant, rng, buffer);
  memcpy (buffer, precomputed, WTL_POINT_SIZE);
  return WTL_OK;
}

/* scalar*P + blind */
static enum wtl_status
make_share (const uint8_t scalar[WTL_SCALAR_SIZE], const uint8_t blind[WTL_POINT_SIZE], struct wtl_rng *rng,
            uint8_t out[WTL_POINT_SIZE])
{
  enum wtl_status status = wtl_point_mul_base (scalar, rng, out);

  return status == WTL_OK ? wtl_point_add (out, blind, out) : status;
}

/* Section 3.3. */
static enum wtl_status
make_transcript (struct wtl_spake2p_result *run, const struct wtl_spake2p_ids *ids, const uint8_t *share_p,
                 const uint8_t *share_v, const uint8_t *w0)
{
  uint8_t *at = run->tt;
  size_t prover_len = text_len (ids->prover);
  size_t verifier_len = text_len (ids->verifier);

  if (ids->context_len > WTL_CONTEXT_MAX || prover_len > WTL_IDENTITY_MAX || verifier_len > WTL_IDENTITY_MAX)
    return WTL_ERROR_ARGUMENT;
  at = append (at, ids->context, ids->context_len);
  at = append (at, ids->prover, prover_len);
  at = append (at, ids->verifier, verifier_len);
  at = append (at, point_m, WTL_POINT_SIZE);
  at = append (at, point_n, WTL_POINT_SIZE);
  at = append (at, share_p, WTL_POINT_SIZE);
  at = append (at, share_v, WTL_POINT_SIZE);
  at = append (at, run->z, WTL_POINT_SIZE);
  at = append (at, run->v, WTL_POINT_SIZE);
  at = append (at, w0, WTL_SCALAR_SIZE);
  run->tt_len = (size_t)(at - run->tt);
  return WTL_OK;
}

/* Section 3.4. */
static enum wtl_status
make_keys (struct wtl_spake2p_result *run, const uint8_t *share_p, const uint8_t *share_v)
{
  const struct wtl_bytes tt = { run->tt, run->tt_len };
  uint8_t confirmation[2 * WTL_HASH_SIZE];
  enum wtl_status status = wtl_sha256 (&tt, 1, run->main);

  if (status == WTL_OK)
    status = wtl_hkdf (NULL, 0, run->main, WTL_HASH_SIZE, "ConfirmationKeys", confirmation, sizeof confirmation);
  if (status == WTL_OK)
    status = wtl_hkdf (NULL, 0, run->main, WTL_HASH_SIZE, "SharedKey", run->shared, WTL_HASH_SIZE);
  if (status == WTL_OK) {
    memcpy (run->k_confirm_p, confirmation, WTL_HASH_SIZE);
    memcpy (run->k_confirm_v, confirmation + WTL_HASH_SIZE, WTL_HASH_SIZE);
    status = wtl_hmac (run->k_confirm_p, WTL_HASH_SIZE, share_v, WTL_POINT_SIZE, run->confirm_p);
  }
  if (status == WTL_OK)
    status = wtl_hmac (run->k_confirm_v, WTL_HASH_SIZE, share_p, WTL_POINT_SIZE, run->confirm_v);
  wtl_wipe (confirmation, sizeof confirmation);
  return status;
}

enum wtl_status
wtl_spake2p_scalar (random_func random, void *ctx, uint8_t out[WTL_SCALAR_SIZE])
{
  struct wtl_rng rng = { random, ctx, false };

  return wtl_scalar_random (&rng, out);
}

enum wtl_status
wtl_spake2p_share_p (const struct wtl_prover *prover, const uint8_t x[WTL_SCALAR_SIZE], random_func random, void *ctx,
                     uint8_t share_p[WTL_POINT_SIZE])
{
  struct wtl_rng rng = { random, ctx, false };
  uint8_t blind[WTL_POINT_SIZE];
  enum wtl_status status = constant_of (prover->w0m, prover->w0, point_m, &rng, blind);

  if (status == WTL_OK)
    status = make_share (x, blind, &rng, share_p);
  wtl_wipe (blind, sizeof blind);
  return status;
}

enum wtl_status
wtl_spake2p_share_v (const struct wtl_verifier *verifier, const uint8_t y[WTL_SCALAR_SIZE], random_func random,
                     void *ctx, uint8_t share_v[WTL_POINT_SIZE])
{
  struct wtl_rng rng = { random, ctx, false };
  uint8_t blind[WTL_POINT_SIZE];
  enum wtl_status status = constant_of (verifier->w0n, verifier->w0, point_n, &rng, blind);

  if (status == WTL_OK)
    status = make_share (y, blind, &rng, share_v);
  wtl_wipe (blind, sizeof blind);
  return status;
}

enum wtl_status
wtl_spake2p_finish_p (const struct wtl_prover *prover, const uint8_t x[WTL_SCALAR_SIZE],
                      const uint8_t share_p[WTL_POINT_SIZE], const uint8_t share_v[WTL_POINT_SIZE],
                      const struct wtl_spake2p_ids *ids, random_func random, void *ctx, struct wtl_spake2p_result *out)
{
  struct wtl_rng rng = { random, ctx, false };
  uint8_t point[WTL_POINT_SIZE];
  enum wtl_status status = constant_of (prover->w0n, prover->w0, point_n, &rng, point);

  memset (out, 0, sizeof *out);
  if (status == WTL_OK)
    status = wtl_point_sub (share_v, point, point);
  if (status == WTL_OK)
    status = wtl_point_mul_twice (x, prover->w1, point, &rng, out->z, out->v);
  if (status == WTL_OK)
    status = make_transcript (out, ids, share_p, share_v, prover->w0);
  if (status == WTL_OK)
    status = make_keys (out, share_p, share_v);
  wtl_wipe (point, sizeof point);
  if (status != WTL_OK)
    wtl_wipe (out, sizeof *out);
  return status;
}

enum wtl_status
wtl_spake2p_finish_v (const struct wtl_verifier *verifier, const uint8_t y[WTL_SCALAR_SIZE],
                      const uint8_t share_p[WTL_POINT_SIZE], const uint8_t share_v[WTL_POINT_SIZE],
                      const struct wtl_spake2p_ids *ids, random_func random, void *ctx, struct wtl_spake2p_result *out)
{
  struct wtl_rng rng = { random, ctx, false };
  uint8_t point[WTL_POINT_SIZE];
  enum wtl_status status = constant_of (verifier->w0m, verifier->w0, point_m, &rng, point);

  memset (out, 0, sizeof *out);
  if (status == WTL_OK)
    status = wtl_point_sub (share_p, point, point);
  if (status == WTL_OK)
    status = wtl_point_mul (y, point, &rng, out->z);
  if (status == WTL_OK)
    status = wtl_point_mul_fixed (y, verifier->l, &rng, out->v);
  if (status == WTL_OK)
    status = make_transcript (out, ids, share_p, share_v, verifier->w0);
  if (status == WTL_OK)
    status = make_keys (out, share_p, share_v);
  wtl_wipe (point, sizeof point);
  if (status != WTL_OK)
    wtl_wipe (out, sizeof *out);
  return status;
}
