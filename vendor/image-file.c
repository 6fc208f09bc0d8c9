/* SPDX-License-Identifier: Apache-2.0 */
/* Making images and the key that signs them. */
#include "vendor/image-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pairing/secret.h"
#include "vendor/new-file.h"

#define KEY_FILE_MAX 16384

struct _VendorImageKey {
  gnutls_x509_privkey_t key;
  gnutls_privkey_t signer;
  gnutls_pubkey_t public_key;
  guint8 hash[IMAGE_HASH_SIZE]; /* of the public key in DER */
};

/* --- the key --- */

/* @error for what GnuTLS could not do. */
static gboolean
fail (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The key could not be made or used."));
  return FALSE;
}

/* Derives the rest from self->key. */
static gboolean
complete (VendorImageKey *self)
{
  gnutls_datum_t der = { NULL, 0 };
  gboolean ok;

  ok = gnutls_privkey_init (&self->signer) == GNUTLS_E_SUCCESS
       && gnutls_privkey_import_x509 (self->signer, self->key, 0) == GNUTLS_E_SUCCESS
       && gnutls_pubkey_init (&self->public_key) == GNUTLS_E_SUCCESS
       && gnutls_pubkey_import_privkey (self->public_key, self->signer, GNUTLS_KEY_DIGITAL_SIGNATURE, 0)
              == GNUTLS_E_SUCCESS
       && gnutls_pubkey_export2 (self->public_key, GNUTLS_X509_FMT_DER, &der) == GNUTLS_E_SUCCESS
       && gnutls_hash_fast (GNUTLS_DIG_SHA256, der.data, der.size, self->hash) == GNUTLS_E_SUCCESS;
  gnutls_free (der.data);
  return ok;
}

VendorImageKey *
vendor_image_key_generate (GError **error)
{
  g_autoptr (VendorImageKey) self = g_new0 (VendorImageKey, 1);

  if (gnutls_x509_privkey_init (&self->key) == GNUTLS_E_SUCCESS
      && gnutls_x509_privkey_generate (self->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)
             == GNUTLS_E_SUCCESS
      && complete (self))
    return g_steal_pointer (&self);
  fail (error);
  return NULL;
}

/* The bytes of a file that nobody else may read; @text has KEY_FILE_MAX + 1. */
static gboolean
read_private (const char *path, guint8 *text, gsize *len, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat info;
  ssize_t n = -1;

  if (fd < 0 || fstat (fd, &info) != 0)
    vendor_set_errno (error, path);
  else if (!S_ISREG (info.st_mode) || (info.st_mode & 077) != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _ ("%s has to be a file that only its owner can read. Put it right with: chmod 600 %s"), path, path);
  else if ((n = read (fd, text, KEY_FILE_MAX + 1)) < 0)
    vendor_set_errno (error, path);
  if (fd >= 0)
    close (fd);
  *len = n > 0 ? (gsize)n : 0;
  return n >= 0;
}

static gboolean
is_p256 (gnutls_x509_privkey_t key)
{
  gnutls_ecc_curve_t curve;

  return gnutls_x509_privkey_get_pk_algorithm2 (key, NULL) == GNUTLS_PK_ECDSA
         && gnutls_x509_privkey_export_ecc_raw (key, &curve, NULL, NULL, NULL) == GNUTLS_E_SUCCESS
         && curve == GNUTLS_ECC_CURVE_SECP256R1;
}

VendorImageKey *
vendor_image_key_load (const char *path, GError **error)
{
  g_autoptr (VendorImageKey) self = g_new0 (VendorImageKey, 1);
  guint8 text[KEY_FILE_MAX + 1];
  gsize len;
  gnutls_datum_t pem = { text, 0 };
  gboolean ok;

  if (!read_private (path, text, &len, error))
    return NULL;
  pem.size = (unsigned)len;
  ok = len <= KEY_FILE_MAX && gnutls_x509_privkey_init (&self->key) == GNUTLS_E_SUCCESS
       && gnutls_x509_privkey_import (self->key, &pem, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS && is_p256 (self->key)
       && complete (self);
  wtl_wipe (text, sizeof text);
  if (ok)
    return g_steal_pointer (&self);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _ ("%s is not a private key of the kind P-256, in a PEM file without a password."), path);
  return NULL;
}

gboolean
vendor_image_key_write (VendorImageKey *self, const char *path, const char *public_path, GError **error)
{
  gnutls_datum_t private_pem = { NULL, 0 }, public_pem = { NULL, 0 };
  gboolean ok;

  if (gnutls_x509_privkey_export2_pkcs8 (self->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &private_pem)
          != GNUTLS_E_SUCCESS
      || gnutls_pubkey_export2 (self->public_key, GNUTLS_X509_FMT_PEM, &public_pem) != GNUTLS_E_SUCCESS) {
    ok = fail (error);
  } else {
    ok = vendor_new_file (path, private_pem.data, private_pem.size, error);
    if (ok && !vendor_new_file (public_path, public_pem.data, public_pem.size, error)) {
      unlink (path);
      ok = FALSE;
    }
  }
  if (private_pem.data != NULL)
    wtl_wipe (private_pem.data, private_pem.size);
  gnutls_free (private_pem.data);
  gnutls_free (public_pem.data);
  return ok;
}

void
vendor_image_key_free (VendorImageKey *self)
{
  if (self->public_key != NULL)
    gnutls_pubkey_deinit (self->public_key);
  if (self->signer != NULL)
    gnutls_privkey_deinit (self->signer);
  if (self->key != NULL)
    gnutls_x509_privkey_deinit (self->key);
  g_free (self);
}

/* --- the image --- */

static void
put16 (GByteArray *out, guint16 value)
{
  const guint8 bytes[] = { (guint8)value, (guint8)(value >> 8) };

  g_byte_array_append (out, bytes, sizeof bytes);
}

static void
put32 (GByteArray *out, guint32 value)
{
  put16 (out, (guint16)value);
  put16 (out, (guint16)(value >> 16));
}

static void
put_tag (GByteArray *out, guint16 type, const guint8 *value, gsize len)
{
  put16 (out, type);
  put16 (out, (guint16)len);
  g_byte_array_append (out, value, (guint)len);
}

static void
put_number_tag (GByteArray *out, guint16 type, guint32 value)
{
  put16 (out, type);
  put16 (out, sizeof value);
  put32 (out, value);
}

/* Tagged values after their head. */
static void
put_tags (GByteArray *out, guint16 magic, const GByteArray *tags)
{
  put16 (out, magic);
  put16 (out, (guint16)(4 + tags->len));
  g_byte_array_append (out, tags->data, tags->len);
}

static void
put_header (GByteArray *out, const VendorImage *self, gsize body_size, guint protected_size)
{
  put32 (out, IMAGE_MAGIC);
  put32 (out, 0); /* it runs where it lies */
  put16 (out, self->header_size);
  put16 (out, (guint16)(4 + protected_size));
  put32 (out, (guint32)body_size);
  put32 (out, 0); /* flags */
  g_byte_array_append (out, &self->version.major, 1);
  g_byte_array_append (out, &self->version.minor, 1);
  put16 (out, self->version.revision);
  put32 (out, self->version.build);
  put32 (out, 0);
  while (out->len < self->header_size) {
    static const guint8 padding = 0xff;

    g_byte_array_append (out, &padding, 1);
  }
}

static gboolean
put_signature (GByteArray *tags, const GByteArray *signed_part, VendorImageKey *key, GError **error)
{
  guint8 sha256[IMAGE_HASH_SIZE];
  const gnutls_datum_t hash = { sha256, sizeof sha256 };
  gnutls_datum_t signature = { NULL, 0 };
  gboolean ok = gnutls_hash_fast (GNUTLS_DIG_SHA256, signed_part->data, signed_part->len, sha256) == GNUTLS_E_SUCCESS
                && gnutls_privkey_sign_hash2 (key->signer, GNUTLS_SIGN_ECDSA_SHA256, GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE,
                                              &hash, &signature)
                       == GNUTLS_E_SUCCESS;

  if (ok) {
    put_tag (tags, IMAGE_TAG_SHA256, sha256, sizeof sha256);
    put_tag (tags, IMAGE_TAG_KEY_HASH, key->hash, sizeof key->hash);
    put_tag (tags, IMAGE_TAG_ECDSA, signature.data, signature.size);
  }
  gnutls_free (signature.data);
  return ok || fail (error);
}

GBytes *
vendor_image_make (const VendorImage *self, GBytes *body, VendorImageKey *key, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) protected_tags = g_byte_array_new ();
  g_autoptr (GByteArray) tags = g_byte_array_new ();
  gsize size;
  const guint8 *bytes = g_bytes_get_data (body, &size);

  put_number_tag (protected_tags, IMAGE_TAG_COUNTER, self->counter);
  put_number_tag (protected_tags, IMAGE_TAG_PRODUCT, self->product);
  put_header (out, self, size, protected_tags->len);
  g_byte_array_append (out, bytes, (guint)size);
  put_tags (out, IMAGE_PROTECTED_MAGIC, protected_tags);
  if (!put_signature (tags, out, key, error))
    return NULL;
  put_tags (out, IMAGE_TAGS_MAGIC, tags);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
