/* SPDX-License-Identifier: Apache-2.0 */
/* Images as MCUboot has them: verifying.  By itself, as who only reads needs no GnuTLS. */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "firmware/image/image.h"

struct _ImageKey {
  gnutls_pubkey_t key;
  guint8 hash[IMAGE_HASH_SIZE];
};

/* Only P-256: MCUboot is built for one algorithm, and takes no other. */
static gboolean
is_p256 (gnutls_pubkey_t key)
{
  gnutls_ecc_curve_t curve;

  return gnutls_pubkey_get_pk_algorithm (key, NULL) == GNUTLS_PK_ECDSA
         && gnutls_pubkey_export_ecc_raw (key, &curve, NULL, NULL) == GNUTLS_E_SUCCESS
         && curve == GNUTLS_ECC_CURVE_SECP256R1;
}

ImageKey *
image_key_new (GBytes *pem, GError **error)
{
  g_autoptr (ImageKey) self = g_new0 (ImageKey, 1);
  gsize size;
  const guint8 *text = g_bytes_get_data (pem, &size);
  const gnutls_datum_t data = { (guint8 *)text, (unsigned)size };
  gnutls_datum_t der = { NULL, 0 };
  gboolean ok;

  ok = size <= G_MAXINT && gnutls_pubkey_init (&self->key) == GNUTLS_E_SUCCESS
       && gnutls_pubkey_import (self->key, &data, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS && is_p256 (self->key)
       && gnutls_pubkey_export2 (self->key, GNUTLS_X509_FMT_DER, &der) == GNUTLS_E_SUCCESS
       && gnutls_hash_fast (GNUTLS_DIG_SHA256, der.data, der.size, self->hash) == GNUTLS_E_SUCCESS;
  gnutls_free (der.data);
  if (ok)
    return g_steal_pointer (&self);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _ ("This is not a public key of the kind P-256, in a PEM file."));
  return NULL;
}

void
image_key_free (ImageKey *self)
{
  if (self->key != NULL)
    gnutls_pubkey_deinit (self->key);
  g_free (self);
}

const guint8 *
image_key_get_hash (const ImageKey *self)
{
  return self->hash;
}

gboolean
image_verify (const Image *self, const guint8 *bytes, const ImageKey *key, GError **error)
{
  const gnutls_datum_t hash = { (guint8 *)self->sha256, sizeof self->sha256 };
  const gnutls_datum_t signature = { (guint8 *)self->signature, (unsigned)self->signature_size };
  const char *problem = NULL;

  if (!image_is_whole (self, bytes))
    problem = _ ("The image is damaged: it is not what was signed.");
  else if (self->signature == NULL)
    problem = _ ("The image is not signed.");
  else if (!self->has_key_hash || memcmp (self->key_hash, key->hash, sizeof key->hash) != 0)
    problem = _ ("The image is signed with another key.");
  else if (gnutls_pubkey_verify_hash2 (key->key, GNUTLS_SIGN_ECDSA_SHA256, 0, &hash, &signature) < 0)
    problem = _ ("The image's signature is wrong.");
  if (problem != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, problem);
  return problem == NULL;
}
