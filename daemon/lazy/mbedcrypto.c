/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mbed TLS's cryptography, when a device is near or a set-up begins.
 *
 * Of version 2.28.  Of another, whose functions and soname differ, nothing is
 * defined here, and the library is linked in the ordinary way.
 */
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_MAJOR == 2

#include <mbedtls/ccm.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>

#include "common/lazy.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY ("libmbedcrypto.so.7", type, name, parameters, arguments)

/* clang-format off */
LAZY (int, mbedtls_ccm_auth_decrypt, (mbedtls_ccm_context *ctx, size_t length, const unsigned char *iv, size_t iv_len, const unsigned char *add, size_t add_len, const unsigned char *input, unsigned char *output, const unsigned char *tag, size_t tag_len), (ctx, length, iv, iv_len, add, add_len, input, output, tag, tag_len))
LAZY (int, mbedtls_ccm_encrypt_and_tag, (mbedtls_ccm_context *ctx, size_t length, const unsigned char *iv, size_t iv_len, const unsigned char *add, size_t add_len, const unsigned char *input, unsigned char *output, unsigned char *tag, size_t tag_len), (ctx, length, iv, iv_len, add, add_len, input, output, tag, tag_len))
LAZY (void, mbedtls_ccm_free, (mbedtls_ccm_context *ctx), (ctx))
LAZY (void, mbedtls_ccm_init, (mbedtls_ccm_context *ctx), (ctx))
LAZY (int, mbedtls_ccm_setkey, (mbedtls_ccm_context *ctx, mbedtls_cipher_id_t cipher, const unsigned char *key, unsigned int keybits), (ctx, cipher, key, keybits))

LAZY (int, mbedtls_ecdsa_sign_det_ext, (mbedtls_ecp_group *grp, mbedtls_mpi *r, mbedtls_mpi *s, const mbedtls_mpi *d, const unsigned char *buf, size_t blen, mbedtls_md_type_t md_alg, int (*f_rng_blind)(void *, unsigned char *, size_t), void *p_rng_blind), (grp, r, s, d, buf, blen, md_alg, f_rng_blind, p_rng_blind))
LAZY (int, mbedtls_ecdsa_verify, (mbedtls_ecp_group *grp, const unsigned char *buf, size_t blen, const mbedtls_ecp_point *Q, const mbedtls_mpi *r, const mbedtls_mpi *s), (grp, buf, blen, Q, r, s))
LAZY (int, mbedtls_ecp_check_privkey, (const mbedtls_ecp_group *grp, const mbedtls_mpi *d), (grp, d))
LAZY (int, mbedtls_ecp_check_pubkey, (const mbedtls_ecp_group *grp, const mbedtls_ecp_point *pt), (grp, pt))
LAZY (int, mbedtls_ecp_copy, (mbedtls_ecp_point *P, const mbedtls_ecp_point *Q), (P, Q))
LAZY (int, mbedtls_ecp_gen_privkey, (const mbedtls_ecp_group *grp, mbedtls_mpi *d, int (*f_rng)(void *, unsigned char *, size_t), void *p_rng), (grp, d, f_rng, p_rng))
LAZY (void, mbedtls_ecp_group_free, (mbedtls_ecp_group *grp), (grp))
LAZY (void, mbedtls_ecp_group_init, (mbedtls_ecp_group *grp), (grp))
LAZY (int, mbedtls_ecp_group_load, (mbedtls_ecp_group *grp, mbedtls_ecp_group_id id), (grp, id))
LAZY (int, mbedtls_ecp_is_zero, (mbedtls_ecp_point *pt), (pt))
LAZY (int, mbedtls_ecp_mul, (mbedtls_ecp_group *grp, mbedtls_ecp_point *R, const mbedtls_mpi *m, const mbedtls_ecp_point *P, int (*f_rng)(void *, unsigned char *, size_t), void *p_rng), (grp, R, m, P, f_rng, p_rng))
LAZY (int, mbedtls_ecp_muladd, (mbedtls_ecp_group *grp, mbedtls_ecp_point *R, const mbedtls_mpi *m, const mbedtls_ecp_point *P, const mbedtls_mpi *n, const mbedtls_ecp_point *Q), (grp, R, m, P, n, Q))
LAZY (int, mbedtls_ecp_point_cmp, (const mbedtls_ecp_point *P, const mbedtls_ecp_point *Q), (P, Q))
LAZY (void, mbedtls_ecp_point_free, (mbedtls_ecp_point *pt), (pt))
LAZY (void, mbedtls_ecp_point_init, (mbedtls_ecp_point *pt), (pt))
LAZY (int, mbedtls_ecp_point_read_binary, (const mbedtls_ecp_group *grp, mbedtls_ecp_point *P, const unsigned char *buf, size_t ilen), (grp, P, buf, ilen))
LAZY (int, mbedtls_ecp_point_write_binary, (const mbedtls_ecp_group *grp, const mbedtls_ecp_point *P, int format, size_t *olen, unsigned char *buf, size_t buflen), (grp, P, format, olen, buf, buflen))

LAZY (int, mbedtls_hkdf, (const mbedtls_md_info_t *md, const unsigned char *salt, size_t salt_len, const unsigned char *ikm, size_t ikm_len, const unsigned char *info, size_t info_len, unsigned char *okm, size_t okm_len), (md, salt, salt_len, ikm, ikm_len, info, info_len, okm, okm_len))
LAZY (int, mbedtls_md_hmac, (const mbedtls_md_info_t *md_info, const unsigned char *key, size_t keylen, const unsigned char *input, size_t ilen, unsigned char *output), (md_info, key, keylen, input, ilen, output))
LAZY (const mbedtls_md_info_t *, mbedtls_md_info_from_type, (mbedtls_md_type_t md_type), (md_type))
LAZY (void, mbedtls_sha256_clone, (mbedtls_sha256_context *dst, const mbedtls_sha256_context *src), (dst, src))
LAZY (int, mbedtls_sha256_finish_ret, (mbedtls_sha256_context *ctx, unsigned char output[32]), (ctx, output))
LAZY (void, mbedtls_sha256_free, (mbedtls_sha256_context *ctx), (ctx))
LAZY (void, mbedtls_sha256_init, (mbedtls_sha256_context *ctx), (ctx))
LAZY (int, mbedtls_sha256_starts_ret, (mbedtls_sha256_context *ctx, int is224), (ctx, is224))
LAZY (int, mbedtls_sha256_update_ret, (mbedtls_sha256_context *ctx, const unsigned char *input, size_t ilen), (ctx, input, ilen))

LAZY (void, mbedtls_mpi_free, (mbedtls_mpi *X), (X))
LAZY (void, mbedtls_mpi_init, (mbedtls_mpi *X), (X))
LAZY (int, mbedtls_mpi_lset, (mbedtls_mpi *X, mbedtls_mpi_sint z), (X, z))
LAZY (int, mbedtls_mpi_mod_mpi, (mbedtls_mpi *R, const mbedtls_mpi *A, const mbedtls_mpi *B), (R, A, B))
LAZY (int, mbedtls_mpi_read_binary, (mbedtls_mpi *X, const unsigned char *buf, size_t buflen), (X, buf, buflen))
LAZY (int, mbedtls_mpi_write_binary, (const mbedtls_mpi *X, unsigned char *buf, size_t buflen), (X, buf, buflen))
/* clang-format on */

#endif
