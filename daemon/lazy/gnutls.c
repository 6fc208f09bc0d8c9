/* SPDX-License-Identifier: Apache-2.0 */
/* GnuTLS, when a signature is checked or a random number is drawn. */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>

#include "common/lazy.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY ("libgnutls.so.30", type, name, parameters, arguments)

/* clang-format off */
LAZY (int, gnutls_encode_rs_value, (gnutls_datum_t *value, const gnutls_datum_t *r, const gnutls_datum_t *s), (value, r, s))
LAZY (int, gnutls_decode_rs_value, (const gnutls_datum_t *value, gnutls_datum_t *r, gnutls_datum_t *s), (value, r, s))
LAZY (int, gnutls_hash_fast, (gnutls_digest_algorithm_t algorithm, const void *text, size_t len, void *digest), (algorithm, text, len, digest))
LAZY (int, gnutls_memcmp, (const void *a, const void *b, size_t n), (a, b, n))
LAZY (void, gnutls_memset, (void *data, int c, size_t size), (data, c, size))
LAZY (int, gnutls_pbkdf2, (gnutls_mac_algorithm_t mac, const gnutls_datum_t *key, const gnutls_datum_t *salt, unsigned iterations, void *output, size_t len), (mac, key, salt, iterations, output, len))
LAZY (int, gnutls_rnd, (gnutls_rnd_level_t level, void *data, size_t len), (level, data, len))

LAZY (int, gnutls_privkey_init, (gnutls_privkey_t *key), (key))
LAZY (void, gnutls_privkey_deinit, (gnutls_privkey_t key), (key))
LAZY (int, gnutls_privkey_export_ecc_raw, (gnutls_privkey_t key, gnutls_ecc_curve_t *curve, gnutls_datum_t *x, gnutls_datum_t *y, gnutls_datum_t *k), (key, curve, x, y, k))
LAZY (int, gnutls_privkey_generate, (gnutls_privkey_t key, gnutls_pk_algorithm_t algorithm, unsigned bits, unsigned flags), (key, algorithm, bits, flags))
LAZY (int, gnutls_privkey_import_ecc_raw, (gnutls_privkey_t key, gnutls_ecc_curve_t curve, const gnutls_datum_t *x, const gnutls_datum_t *y, const gnutls_datum_t *k), (key, curve, x, y, k))
LAZY (int, gnutls_privkey_sign_data2, (gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, unsigned flags, const gnutls_datum_t *data, gnutls_datum_t *signature), (key, algorithm, flags, data, signature))

LAZY (int, gnutls_pubkey_init, (gnutls_pubkey_t *key), (key))
LAZY (void, gnutls_pubkey_deinit, (gnutls_pubkey_t key), (key))
LAZY (int, gnutls_pubkey_export2, (gnutls_pubkey_t key, gnutls_x509_crt_fmt_t format, gnutls_datum_t *out), (key, format, out))
LAZY (int, gnutls_pubkey_import_ecc_raw, (gnutls_pubkey_t key, gnutls_ecc_curve_t curve, const gnutls_datum_t *x, const gnutls_datum_t *y), (key, curve, x, y))
LAZY (int, gnutls_pubkey_import_x509, (gnutls_pubkey_t key, gnutls_x509_crt_t certificate, unsigned flags), (key, certificate, flags))
LAZY (int, gnutls_pubkey_verify_data2, (gnutls_pubkey_t key, gnutls_sign_algorithm_t algorithm, unsigned flags, const gnutls_datum_t *data, const gnutls_datum_t *signature), (key, algorithm, flags, data, signature))
LAZY (int, gnutls_x509_crt_init, (gnutls_x509_crt_t *certificate), (certificate))
LAZY (void, gnutls_x509_crt_deinit, (gnutls_x509_crt_t certificate), (certificate))
LAZY (int, gnutls_x509_crt_import, (gnutls_x509_crt_t certificate, const gnutls_datum_t *data, gnutls_x509_crt_fmt_t format), (certificate, data, format))
/* clang-format on */

/* GnuTLS's own default; nobody sets another. */
gnutls_free_function gnutls_free = free;
