/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pairing/ asks of a crypto library, on Mbed TLS 2.28 and 3.x.  Only
 * the files crypto-* know that library, so another one (Mbed TLS 4 hides the
 * curve arithmetic) is a matter of those.
 *
 * Internal to pairing/, save that struct wtl_aead has to have a size.
 */
#pragma once

#include <mbedtls/ccm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairing/spake2p.h"
#include "pairing/status.h"

#define WTL_AEAD_KEY_SIZE 16
#define WTL_AEAD_NONCE_SIZE 13 /* leaves two bytes for the length: 65,535 */
#define WTL_AEAD_TAG_SIZE 16

/* AES-128-CCM (RFC 3610) under one key. */
struct wtl_aead {
  mbedtls_ccm_context ccm;
};

/* One of the pieces a hash is taken over. */
struct wtl_bytes {
  const void *data;
  size_t len;
};

/* A random source as in struct wtl_port.  @failed is set when it does. */
struct wtl_rng {
  int (*random) (void *ctx, uint8_t *buf, size_t len);
  void *ctx;
  bool failed;
};

/* SHA-256 of the pieces, one after the other. */
enum wtl_status wtl_sha256 (const struct wtl_bytes *pieces, size_t count, uint8_t out[WTL_HASH_SIZE]);

/* HMAC-SHA256, RFC 2104. */
enum wtl_status wtl_hmac (const uint8_t *key, size_t key_len, const uint8_t *data, size_t len,
                          uint8_t out[WTL_HASH_SIZE]);

/* HKDF-SHA256, RFC 5869.  @salt may be NULL; @info is a C string. */
enum wtl_status wtl_hkdf (const uint8_t *salt, size_t salt_len, const uint8_t *key, size_t key_len, const char *info,
                          uint8_t *out, size_t out_len);

enum wtl_status wtl_aead_init (struct wtl_aead *aead, const uint8_t key[WTL_AEAD_KEY_SIZE]);

/* In place: @data has @len bytes and room for the tag after them. */
enum wtl_status wtl_aead_seal (struct wtl_aead *aead, const uint8_t nonce[WTL_AEAD_NONCE_SIZE], uint8_t *data,
                               size_t len);

/* In place: @data has @len bytes and the tag after them.  WTL_ERROR_FORGED
 * leaves zeros at @data. */
enum wtl_status wtl_aead_open (struct wtl_aead *aead, const uint8_t nonce[WTL_AEAD_NONCE_SIZE], uint8_t *data,
                               size_t len);

/* Wipes the key. */
void wtl_aead_free (struct wtl_aead *aead);

/* --- P-256.  Scalars are big-endian, points uncompressed.  Every point is
 * checked to be on the curve and not the identity, every scalar to be in
 * 1..n-1: WTL_ERROR_POINT, WTL_ERROR_ARGUMENT. --- */

enum wtl_status wtl_scalar_check (const uint8_t k[WTL_SCALAR_SIZE]);

/* @in (big-endian) modulo the group's order. */
enum wtl_status wtl_scalar_reduce (const uint8_t *in, size_t len, uint8_t out[WTL_SCALAR_SIZE]);

/* A uniform one in 1..n-1. */
enum wtl_status wtl_scalar_random (struct wtl_rng *rng, uint8_t out[WTL_SCALAR_SIZE]);

enum wtl_status wtl_point_check (const uint8_t p[WTL_POINT_SIZE]);

/* k*G. */
enum wtl_status wtl_point_mul_base (const uint8_t k[WTL_SCALAR_SIZE], struct wtl_rng *rng, uint8_t out[WTL_POINT_SIZE]);

/* k*P. */
enum wtl_status wtl_point_mul (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng,
                               uint8_t out[WTL_POINT_SIZE]);

/* k*P and l*P, in less time than one after the other. */
enum wtl_status wtl_point_mul_twice (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t l[WTL_SCALAR_SIZE],
                                     const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng, uint8_t kp[WTL_POINT_SIZE],
                                     uint8_t lp[WTL_POINT_SIZE]);

/* k*P for a P that will come again, such as a verifier's L.  What helps next
 * time is kept until another P comes or wtl_point_forget_fixed(). */
enum wtl_status wtl_point_mul_fixed (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t p[WTL_POINT_SIZE],
                                     struct wtl_rng *rng, uint8_t out[WTL_POINT_SIZE]);
void wtl_point_forget_fixed (void);

/* P + Q and P - Q; WTL_ERROR_POINT where that is the identity. */
enum wtl_status wtl_point_add (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE],
                               uint8_t out[WTL_POINT_SIZE]);
enum wtl_status wtl_point_sub (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE],
                               uint8_t out[WTL_POINT_SIZE]);

/* ECDSA of a SHA-256 hash, deterministic (RFC 6979); @rng blinds only.  The
 * signature is r and s, 32 bytes each. */
enum wtl_status wtl_ecdsa_sign (const uint8_t key[WTL_SCALAR_SIZE], const uint8_t hash[WTL_HASH_SIZE],
                                struct wtl_rng *rng, uint8_t signature[64]);

/* WTL_ERROR_FORGED where it does not match. */
enum wtl_status wtl_ecdsa_verify (const uint8_t key[WTL_POINT_SIZE], const uint8_t hash[WTL_HASH_SIZE],
                                  const uint8_t signature[64]);
