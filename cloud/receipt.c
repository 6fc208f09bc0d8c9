/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed receipts.
 */
#include "cloud/receipt.h"

#include <glib/gi18n.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "cloud/problem.h"
#include "common/error.h"
#include "privacy/json.h"

#define COORDINATE_SIZE 32 /* of P-256 */

struct _WattleReceiptKey {
  gnutls_privkey_t private;
  char *x, *y; /* of the public key, base64url */
  char *kid;
};

/* GnuTLS leaves out leading zeros or adds one: exactly 32 bytes, or FALSE. */
static gboolean
fixed_size (const gnutls_datum_t *number, guint8 out[COORDINATE_SIZE])
{
  const guint8 *bytes = number->data;
  gsize size = number->size;

  for (; size > COORDINATE_SIZE; size--)
    if (*bytes++ != 0)
      return FALSE;
  memset (out, 0, COORDINATE_SIZE);
  memcpy (out + COORDINATE_SIZE - size, bytes, size);
  return TRUE;
}

static char *
coordinate_text (const gnutls_datum_t *number)
{
  guint8 bytes[COORDINATE_SIZE];

  return fixed_size (number, bytes) ? wattle_base64url_encode (bytes, sizeof bytes) : NULL;
}

/* RFC 7638: SHA-256 of the required members in the order of their names. */
static char *
thumbprint (const WattleReceiptKey *key)
{
  g_autofree char *text
      = g_strdup_printf ("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", key->x, key->y);
  guint8 digest[32];

  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, text, strlen (text), digest) != 0)
    g_error ("no SHA-256");
  return wattle_base64url_encode (digest, sizeof digest);
}

static gboolean
read_public (WattleReceiptKey *key)
{
  gnutls_ecc_curve_t curve;
  gnutls_datum_t x = { 0 }, y = { 0 };

  if (gnutls_privkey_export_ecc_raw (key->private, &curve, &x, &y, NULL) != 0)
    return FALSE;
  if (curve == GNUTLS_ECC_CURVE_SECP256R1) {
    key->x = coordinate_text (&x);
    key->y = coordinate_text (&y);
  }
  gnutls_free (x.data);
  gnutls_free (y.data);
  return key->x && key->y;
}

WattleReceiptKey *
wattle_receipt_key_new (const char *pem, GError **error)
{
  g_autoptr (WattleReceiptKey) key = g_new0 (WattleReceiptKey, 1);
  gnutls_datum_t datum = { (guint8 *)pem, (unsigned)strlen (pem) };

  if (gnutls_privkey_init (&key->private) != 0
      || gnutls_privkey_import_x509_raw (key->private, &datum, GNUTLS_X509_FMT_PEM, NULL, 0) != 0
      || !read_public (key)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                         _ ("The key that signs receipts cannot be read. Put back a backup of it."));
    return NULL;
  }
  key->kid = thumbprint (key);
  return g_steal_pointer (&key);
}

void
wattle_receipt_key_free (WattleReceiptKey *key)
{
  if (key->private)
    gnutls_privkey_deinit (key->private);
  g_free (key->x);
  g_free (key->y);
  g_free (key->kid);
  g_free (key);
}

JsonObject *
wattle_receipt_key_to_jwk (WattleReceiptKey *key)
{
  JsonObject *jwk = json_object_new ();

  json_object_set_string_member (jwk, "kty", "EC");
  json_object_set_string_member (jwk, "crv", "P-256");
  json_object_set_string_member (jwk, "x", key->x);
  json_object_set_string_member (jwk, "y", key->y);
  json_object_set_string_member (jwk, "alg", "ES256");
  json_object_set_string_member (jwk, "use", "sig");
  json_object_set_string_member (jwk, "kid", key->kid);
  return jwk;
}

static char *
encode_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;

  json_node_init_object (node, object);
  text = wattle_json_canonical (node);
  return wattle_base64url_encode (text, strlen (text));
}

/* r and s, 32 bytes each, instead of GnuTLS's DER. */
static char *
sign_text (WattleReceiptKey *key, const char *text)
{
  gnutls_datum_t input = { (guint8 *)text, (unsigned)strlen (text) }, der = { 0 }, r = { 0 }, s = { 0 };
  guint8 raw[2 * COORDINATE_SIZE];
  char *signature = NULL;

  if (gnutls_privkey_sign_data2 (key->private, GNUTLS_SIGN_ECDSA_SHA256, 0, &input, &der) == 0
      && gnutls_decode_rs_value (&der, &r, &s) == 0 && fixed_size (&r, raw) && fixed_size (&s, raw + COORDINATE_SIZE))
    signature = wattle_base64url_encode (raw, sizeof raw);
  gnutls_free (der.data);
  gnutls_free (r.data);
  gnutls_free (s.data);
  return signature;
}

char *
wattle_receipt_sign (WattleReceiptKey *key, JsonObject *claims, GError **error)
{
  g_autoptr (JsonObject) header = json_object_new ();
  g_autofree char *first = NULL, *second = encode_object (claims);
  g_autofree char *signed_text = NULL, *signature = NULL;

  json_object_set_string_member (header, "alg", "ES256");
  json_object_set_string_member (header, "kid", key->kid);
  first = encode_object (header);
  signed_text = g_strconcat (first, ".", second, NULL);
  signature = sign_text (key, signed_text);
  if (!signature) {
    wattle_problem (error, WATTLE_PROBLEM_INTERNAL, NULL);
    return NULL;
  }
  return g_strconcat (signed_text, ".", signature, NULL);
}

JsonObject *
wattle_receipt_claims (const char *origin, const char *kind, guint64 records_deleted, gboolean key_destroyed)
{
  JsonObject *claims = json_object_new ();

  json_object_set_string_member (claims, "iss", origin);
  json_object_set_string_member (claims, "kind", kind);
  json_object_set_int_member (claims, "time", g_get_real_time () / G_USEC_PER_SEC);
  json_object_set_int_member (claims, "records_deleted", (gint64)records_deleted);
  json_object_set_boolean_member (claims, "key_destroyed", key_destroyed);
  return claims;
}
