/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key stretching in place of pairing/crypto-pbkdf2.c: most of the time of a batch goes
 * into it, and GnuTLS uses what the processor has for SHA-256.
 */
#include "pairing/pbkdf2.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum wtl_status
wtl_pbkdf2 (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len, uint32_t iterations,
            uint8_t *out, size_t out_len)
{
  const gnutls_datum_t key = { (unsigned char *)secret, (unsigned int)secret_len };
  const gnutls_datum_t salted = { (unsigned char *)salt, (unsigned int)salt_len };

  return gnutls_pbkdf2 (GNUTLS_MAC_SHA256, &key, &salted, iterations, out, out_len) == 0 ? WTL_OK : WTL_ERROR_CRYPTO;
}
