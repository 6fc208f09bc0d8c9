/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random, digests and sealing by GnuTLS.
 */
#include "cloud/crypt.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define SEAL_VERSION 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define SEAL_OVERHEAD (1 + NONCE_SIZE + TAG_SIZE)

void
wattle_key_clear (WattleKey *key)
{
  gnutls_memset (key->bytes, 0, sizeof key->bytes);
}

void
wattle_crypt_random (gpointer out, gsize size)
{
  if (gnutls_rnd (GNUTLS_RND_KEY, out, size) != 0)
    g_error ("no random bytes");
}

static void
digest_part (gnutls_hmac_hd_t mac, gnutls_hash_hd_t hash, gconstpointer data, gsize size)
{
  const guint32 length = GUINT32_TO_BE ((guint32)size);

  if (mac) {
    gnutls_hmac (mac, &length, sizeof length);
    gnutls_hmac (mac, data, size);
  } else {
    gnutls_hash (hash, &length, sizeof length);
    gnutls_hash (hash, data, size);
  }
}

void
wattle_crypt_digest (const WattleKey *key, const char *label, const WattlePart *parts, guint n_parts, WattleRef *out)
{
  gnutls_hmac_hd_t mac = NULL;
  gnutls_hash_hd_t hash = NULL;
  int status = key ? gnutls_hmac_init (&mac, GNUTLS_MAC_SHA256, key->bytes, sizeof key->bytes)
                   : gnutls_hash_init (&hash, GNUTLS_DIG_SHA256);

  if (status != 0)
    g_error ("SHA-256: %s", gnutls_strerror (status));
  digest_part (mac, hash, label, strlen (label));
  for (guint i = 0; i < n_parts; i++)
    digest_part (mac, hash, parts[i].data, parts[i].size);
  if (mac)
    gnutls_hmac_deinit (mac, out->bytes);
  else
    gnutls_hash_deinit (hash, out->bytes);
}

void
wattle_crypt_derive (const WattleKey *key, const char *label, WattleKey *out)
{
  WattleRef digest;

  wattle_crypt_digest (key, label, NULL, 0, &digest);
  memcpy (out->bytes, digest.bytes, sizeof out->bytes);
  gnutls_memset (&digest, 0, sizeof digest);
}

gboolean
wattle_ref_equal (const WattleRef *a, const WattleRef *b)
{
  return gnutls_memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static gnutls_aead_cipher_hd_t
cipher_new (const WattleKey *key)
{
  gnutls_datum_t datum = { (guint8 *)key->bytes, sizeof key->bytes };
  gnutls_aead_cipher_hd_t cipher;
  int status = gnutls_aead_cipher_init (&cipher, GNUTLS_CIPHER_AES_256_GCM, &datum);

  if (status != 0)
    g_error ("AES-256-GCM: %s", gnutls_strerror (status));
  return cipher;
}

static GByteArray *
full_aad (const char *label, const WattlePart *aad)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)label, strlen (label) + 1);
  g_byte_array_append (bytes, aad->data, aad->size);
  return bytes;
}

GBytes *
wattle_crypt_seal (const WattleKey *key, const char *label, const WattlePart *aad, gconstpointer data, gsize size)
{
  gnutls_aead_cipher_hd_t cipher = cipher_new (key);
  g_autoptr (GByteArray) beside = full_aad (label, aad);
  guint8 *sealed = g_malloc (size + SEAL_OVERHEAD);
  gsize left = size + TAG_SIZE;
  int status;

  sealed[0] = SEAL_VERSION;
  wattle_crypt_random (sealed + 1, NONCE_SIZE);
  status = gnutls_aead_cipher_encrypt (cipher, sealed + 1, NONCE_SIZE, beside->data, beside->len, TAG_SIZE, data, size,
                                       sealed + 1 + NONCE_SIZE, &left);
  gnutls_aead_cipher_deinit (cipher);
  if (status != 0)
    g_error ("AES-256-GCM: %s", gnutls_strerror (status));
  return g_bytes_new_take (sealed, size + SEAL_OVERHEAD);
}

GBytes *
wattle_crypt_open (const WattleKey *key, const char *label, const WattlePart *aad, gconstpointer sealed, gsize size)
{
  const guint8 *bytes = sealed;
  g_autoptr (GByteArray) beside = NULL;
  g_autofree guint8 *plain = NULL;
  gnutls_aead_cipher_hd_t cipher;
  gsize left;
  int status;

  if (size < SEAL_OVERHEAD || bytes[0] != SEAL_VERSION)
    return NULL;
  left = size - SEAL_OVERHEAD;
  plain = g_malloc (left + 1);
  beside = full_aad (label, aad);
  cipher = cipher_new (key);
  status = gnutls_aead_cipher_decrypt (cipher, bytes + 1, NONCE_SIZE, beside->data, beside->len, TAG_SIZE,
                                       bytes + 1 + NONCE_SIZE, size - 1 - NONCE_SIZE, plain, &left);
  gnutls_aead_cipher_deinit (cipher);
  if (status != 0)
    return NULL;
  plain[left] = '\0'; /* not counted: texts can be read as such */
  return g_bytes_new_take (g_steal_pointer (&plain), left);
}
