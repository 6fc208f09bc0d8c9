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

/* What the prover keeps of the secret (RFC 9383 section 3.2). */
struct wtl_prover {
  uint8_t w0[WTL_SCALAR_SIZE];
  uint8_t w1[WTL_SCALAR_SIZE];
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

/* Derives w0 and w1 from a low-entropy secret with PBKDF2-HMAC-SHA256
 * (RFC 9383 section 3.2).  Salt and iterations outside the bounds above are
 * refused: WTL_ERROR_ARGUMENT. */
enum wtl_status wtl_prover_from_secret (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len,
                                        uint32_t iterations, struct wtl_prover *out);

/* Derives w0 and w1 from a 32-byte owner key with HKDF; needs no hardening. */
enum wtl_status wtl_prover_from_owner_key (const uint8_t key[32], struct wtl_prover *out);

/* Registration: L = w1*P, and the precomputed points.  @random blinds. */
enum wtl_status wtl_verifier_from_prover (const struct wtl_prover *prover, int (*random) (void *, uint8_t *, size_t),
                                          void *ctx, struct wtl_verifier *out);

/* Fills w0m and w0n of a verifier that came over the wire with w0 and l only;
 * refuses an invalid l (WTL_ERROR_POINT) or a w0 out of range. */
enum wtl_status wtl_verifier_complete (struct wtl_verifier *verifier, int (*random) (void *, uint8_t *, size_t),
                                       void *ctx);
