/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes, key derivation and AES-CCM on Mbed TLS 2.28 and 3.x.
 */
#include "pairing/crypto.h"

#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>

#include "pairing/crypto-sha256.h"
#include "pairing/secret.h"

static const mbedtls_md_info_t *
sha256_info (void)
{
  return mbedtls_md_info_from_type (MBEDTLS_MD_SHA256);
}

enum wtl_status
wtl_sha256 (const struct wtl_bytes *pieces, size_t count, uint8_t out[WTL_HASH_SIZE])
{
  mbedtls_sha256_context sha;
  int failed;

  mbedtls_sha256_init (&sha);
  failed = sha256_starts (&sha, 0);
  for (size_t i = 0; i < count && !failed; i++)
    failed = sha256_update (&sha, pieces[i].data, pieces[i].len);
  if (!failed)
    failed = sha256_finish (&sha, out);
  mbedtls_sha256_free (&sha);
  return failed ? WTL_ERROR_CRYPTO : WTL_OK;
}

enum wtl_status
wtl_hmac (const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t out[WTL_HASH_SIZE])
{
  return mbedtls_md_hmac (sha256_info (), key, key_len, data, len, out) ? WTL_ERROR_CRYPTO : WTL_OK;
}

enum wtl_status
wtl_hkdf (const uint8_t *salt, size_t salt_len, const uint8_t *key, size_t key_len, const char *info, uint8_t *out,
          size_t out_len)
{
  size_t info_len = 0;

  while (info[info_len])
    info_len++;
  return mbedtls_hkdf (sha256_info (), salt, salt_len, key, key_len, (const uint8_t *)info, info_len, out, out_len)
             ? WTL_ERROR_CRYPTO
             : WTL_OK;
}

enum wtl_status
wtl_aead_init (struct wtl_aead *aead, const uint8_t key[WTL_AEAD_KEY_SIZE])
{
  mbedtls_ccm_init (&aead->ccm);
  if (mbedtls_ccm_setkey (&aead->ccm, MBEDTLS_CIPHER_ID_AES, key, WTL_AEAD_KEY_SIZE * 8) == 0)
    return WTL_OK;
  mbedtls_ccm_free (&aead->ccm);
  return WTL_ERROR_CRYPTO;
}

enum wtl_status
wtl_aead_seal (struct wtl_aead *aead, const uint8_t nonce[WTL_AEAD_NONCE_SIZE], uint8_t *data, size_t len)
{
  return mbedtls_ccm_encrypt_and_tag (&aead->ccm, len, nonce, WTL_AEAD_NONCE_SIZE, NULL, 0, data, data, data + len,
                                      WTL_AEAD_TAG_SIZE)
             ? WTL_ERROR_CRYPTO
             : WTL_OK;
}

enum wtl_status
wtl_aead_open (struct wtl_aead *aead, const uint8_t nonce[WTL_AEAD_NONCE_SIZE], uint8_t *data, size_t len)
{
  int failed = mbedtls_ccm_auth_decrypt (&aead->ccm, len, nonce, WTL_AEAD_NONCE_SIZE, NULL, 0, data, data, data + len,
                                         WTL_AEAD_TAG_SIZE);

  if (!failed)
    return WTL_OK;
  wtl_wipe (data, len);
  return failed == MBEDTLS_ERR_CCM_AUTH_FAILED ? WTL_ERROR_FORGED : WTL_ERROR_CRYPTO;
}

void
wtl_aead_free (struct wtl_aead *aead)
{
  mbedtls_ccm_free (&aead->ccm);
}
