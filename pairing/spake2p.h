/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPAKE2+ as of RFC 9383, suite P256-SHA256-HKDF-SHA256-HMAC-SHA256, both
 * roles.  The prover is the companion, the verifier is the device.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pairing/status.h"

#define WTL_SCALAR_SIZE 32
#define WTL_POINT_SIZE 65 /* uncompressed, SEC 1 section 2.3.3 */
#define WTL_HASH_SIZE 32

#define WTL_SALT_MIN 16
#define WTL_SALT_MAX 32
#define WTL_ITERATIONS_MIN 1000
#define WTL_ITERATIONS_MAX 100000

#define WTL_SECRET_MAX 128 /* bytes of a code or password */
#define WTL_OWNER_KEY_SIZE 32
#define WTL_OWNER_KEY_FULL_SIZE (WTL_OWNER_KEY_SIZE + 2 * WTL_POINT_SIZE)

/* The identities of RFC 9383, in derivation and in runs. */
#define WTL_ID_PROVER "companion"
#define WTL_ID_VERIFIER "device"

#define WTL_CONTEXT_MAX 64  /* bytes of a run's Context */
#define WTL_IDENTITY_MAX 32 /* bytes of an identity */

/* Room for TT: ten lengths, the texts, M, N, four points and w0. */
#define WTL_TT_MAX (10 * 8 + WTL_CONTEXT_MAX + 2 * WTL_IDENTITY_MAX + 6 * WTL_POINT_SIZE + WTL_SCALAR_SIZE)

/* What the prover keeps of the secret (RFC 9383 section 3.2).  w0m and w0n as
 * in struct wtl_verifier. */
struct wtl_prover {
  uint8_t w0[WTL_SCALAR_SIZE];
  uint8_t w1[WTL_SCALAR_SIZE];
  uint8_t w0m[WTL_POINT_SIZE];
  uint8_t w0n[WTL_POINT_SIZE];
};

/* What the verifier stores: neither code, key nor password can be read out of
 * it.  w0m and w0n are the points w0*M and w0*N, precomputed at registration,
 * because they are half of the work of a handshake.  All-zero = absent,
 * computed as needed. */
struct wtl_verifier {
  uint8_t w0[WTL_SCALAR_SIZE];
  uint8_t l[WTL_POINT_SIZE];
  uint8_t w0m[WTL_POINT_SIZE];
  uint8_t w0n[WTL_POINT_SIZE];
  uint8_t salt[WTL_SALT_MAX];
  uint8_t salt_len;    /* 0 for an owner key */
  uint32_t iterations; /* 0 for an owner key */
};

/* What both ends of a run agree on beforehand. */
struct wtl_spake2p_ids {
  const uint8_t *context;
  size_t context_len;
  const char *prover; /* C strings */
  const char *verifier;
};

/* What a run comes to (RFC 9383 sections 3.3 and 3.4).  z, v, tt and main are
 * in it for the published test vectors; wipe it as soon as confirmations are
 * made and the shared key is on its way. */
struct wtl_spake2p_result {
  uint8_t z[WTL_POINT_SIZE];
  uint8_t v[WTL_POINT_SIZE];
  uint8_t tt[WTL_TT_MAX];
  size_t tt_len;
  uint8_t main[WTL_HASH_SIZE]; /* K_main */
  uint8_t k_confirm_p[WTL_HASH_SIZE];
  uint8_t k_confirm_v[WTL_HASH_SIZE];
  uint8_t shared[WTL_HASH_SIZE];    /* K_shared */
  uint8_t confirm_p[WTL_HASH_SIZE]; /* HMAC(K_confirmP, shareV) */
  uint8_t confirm_v[WTL_HASH_SIZE]; /* HMAC(K_confirmV, shareP) */
};

/* Derives w0 and w1 from a low-entropy secret of 1 to WTL_SECRET_MAX bytes with
 * PBKDF2-HMAC-SHA256 over secret and identities (RFC 9383 section 3.2).  Salt
 * and iterations outside the bounds above are refused: WTL_ERROR_ARGUMENT. */
enum wtl_status wtl_prover_from_secret (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len,
                                        uint32_t iterations, struct wtl_prover *out);

/* Derives w0 and w1 from an owner key with HKDF; needs no hardening. */
enum wtl_status wtl_prover_from_owner_key (const uint8_t key[WTL_OWNER_KEY_SIZE], struct wtl_prover *out);

/* The owner key, w0m and w0n one after the other: what a companion may keep in
 * the key's place, and as secret as the key, so that it does not compute the two
 * points at each connection. */
enum wtl_status wtl_owner_key_precompute (const uint8_t key[WTL_OWNER_KEY_SIZE],
                                          int (*random) (void *, uint8_t *, size_t), void *ctx,
                                          uint8_t out[WTL_OWNER_KEY_FULL_SIZE]);

/* Computes w0m and w0n, for a prover that will run more than once. */
enum wtl_status wtl_prover_precompute (struct wtl_prover *prover, int (*random) (void *, uint8_t *, size_t), void *ctx);

/* Registration: L = w1*P, and the precomputed points.  @random blinds. */
enum wtl_status wtl_verifier_from_prover (const struct wtl_prover *prover, int (*random) (void *, uint8_t *, size_t),
                                          void *ctx, struct wtl_verifier *out);

/* Fills w0m and w0n of a verifier that came over the wire with w0 and l only;
 * refuses an invalid l (WTL_ERROR_POINT) or a w0 out of range. */
enum wtl_status wtl_verifier_complete (struct wtl_verifier *verifier, int (*random) (void *, uint8_t *, size_t),
                                       void *ctx);

/* A fresh ephemeral scalar, x or y. */
enum wtl_status wtl_spake2p_scalar (int (*random) (void *, uint8_t *, size_t), void *ctx, uint8_t out[WTL_SCALAR_SIZE]);

/* shareP = x*P + w0*M; shareV = y*P + w0*N.  A scalar serves one run only. */
enum wtl_status wtl_spake2p_share_p (const struct wtl_prover *prover, const uint8_t x[WTL_SCALAR_SIZE],
                                     int (*random) (void *, uint8_t *, size_t), void *ctx,
                                     uint8_t share_p[WTL_POINT_SIZE]);
enum wtl_status wtl_spake2p_share_v (const struct wtl_verifier *verifier, const uint8_t y[WTL_SCALAR_SIZE],
                                     int (*random) (void *, uint8_t *, size_t), void *ctx,
                                     uint8_t share_v[WTL_POINT_SIZE]);

/* The rest of a run for either role: Z, V, the transcript TT, keys and
 * confirmations.  WTL_ERROR_POINT where the peer's share is not on the curve,
 * is the identity, or makes Z or V the identity; @out is then zeros.  The
 * caller compares the peer's confirmation with wtl_equal(). */
enum wtl_status wtl_spake2p_finish_p (const struct wtl_prover *prover, const uint8_t x[WTL_SCALAR_SIZE],
                                      const uint8_t share_p[WTL_POINT_SIZE], const uint8_t share_v[WTL_POINT_SIZE],
                                      const struct wtl_spake2p_ids *ids, int (*random) (void *, uint8_t *, size_t),
                                      void *ctx, struct wtl_spake2p_result *out);
enum wtl_status wtl_spake2p_finish_v (const struct wtl_verifier *verifier, const uint8_t y[WTL_SCALAR_SIZE],
                                      const uint8_t share_p[WTL_POINT_SIZE], const uint8_t share_v[WTL_POINT_SIZE],
                                      const struct wtl_spake2p_ids *ids, int (*random) (void *, uint8_t *, size_t),
                                      void *ctx, struct wtl_spake2p_result *out);
