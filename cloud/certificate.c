/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and the certificate, by GnuTLS.
 */
#include "cloud/certificate.h"

#include <arpa/inet.h>
#include <glib/gi18n.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#include "common/error.h"

#define LIFE (G_GINT64_CONSTANT (30) * 365 * 86400)
#define SERIAL_SIZE 16

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

static char *
take_text (gnutls_datum_t *datum)
{
  char *text = g_strndup ((const char *)datum->data, datum->size);

  gnutls_memset (datum->data, 0, datum->size);
  gnutls_free (datum->data);
  return text;
}

static gpointer
fail (int status, GError **error)
{
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("A key or certificate could not be made: %s"),
               gnutls_strerror (status));
  return NULL;
}

char *
wattle_certificate_make_key (GError **error)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_datum_t pem = { 0 };
  int status = gnutls_x509_privkey_init (&key);

  if (status == 0)
    status = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  if (status == 0)
    status = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
  return status == 0 ? take_text (&pem) : fail (status, error);
}

static int
add_name (gnutls_x509_crt_t certificate, const char *name)
{
  struct in6_addr address;

  if (inet_pton (AF_INET, name, &address) == 1)
    return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, &address, 4, GNUTLS_FSAN_APPEND);
  if (inet_pton (AF_INET6, name, &address) == 1)
    return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, &address, 16, GNUTLS_FSAN_APPEND);
  return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen (name),
                                               GNUTLS_FSAN_APPEND);
}

/* Fills in all but the signature. */
static int
fill (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *hostname)
{
  const char *const names[] = { "localhost", "127.0.0.1", "::1", hostname };
  const char *common_name = hostname ? hostname : names[0];
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint8 serial[SERIAL_SIZE];
  int status = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and of full size */
  if (status == 0)
    status = gnutls_x509_crt_set_version (certificate, 3);
  if (status == 0)
    status = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial);
  if (status == 0)
    status = gnutls_x509_crt_set_activation_time (certificate, now - 86400);
  if (status == 0)
    status = gnutls_x509_crt_set_expiration_time (certificate, now + LIFE);
  if (status == 0)
    status = gnutls_x509_crt_set_key (certificate, key);
  if (status == 0)
    status = gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                            (unsigned)strlen (common_name));
  if (status == 0)
    status = gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
  if (status == 0)
    status = gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
  if (status == 0)
    status = gnutls_x509_crt_set_basic_constraints (certificate, 0, -1);
  for (guint i = 0; status == 0 && i < G_N_ELEMENTS (names) && names[i]; i++)
    status = add_name (certificate, names[i]);
  return status;
}

char *
wattle_certificate_make (const char *key_pem, const char *hostname, GError **error)
{
  gnutls_datum_t input = { (guint8 *)key_pem, (unsigned)strlen (key_pem) }, pem = { 0 };
  g_auto (gnutls_x509_privkey_t) key = NULL;
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  int status = gnutls_x509_privkey_init (&key);

  if (status == 0)
    status = gnutls_x509_privkey_import2 (key, &input, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (status == 0)
    status = gnutls_x509_crt_init (&certificate);
  if (status == 0)
    status = fill (certificate, key, hostname);
  if (status == 0)
    status = gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
  if (status == 0)
    status = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem);
  return status == 0 ? take_text (&pem) : fail (status, error);
}

char *
wattle_certificate_pin (const char *pem, GError **error)
{
  gnutls_datum_t input = { (guint8 *)pem, (unsigned)strlen (pem) }, spki = { 0 };
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  g_auto (gnutls_pubkey_t) key = NULL;
  guint8 digest[32];
  int status = gnutls_x509_crt_init (&certificate);

  if (status == 0)
    status = gnutls_x509_crt_import (certificate, &input, GNUTLS_X509_FMT_PEM);
  if (status == 0)
    status = gnutls_pubkey_init (&key);
  if (status == 0)
    status = gnutls_pubkey_import_x509 (key, certificate, 0);
  if (status == 0)
    status = gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &spki);
  if (status == 0)
    status = gnutls_hash_fast (GNUTLS_DIG_SHA256, spki.data, spki.size, digest);
  gnutls_free (spki.data);
  if (status == 0)
    return g_base64_encode (digest, sizeof digest);
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("The certificate cannot be read: %s"),
               gnutls_strerror (status));
  return NULL;
}
