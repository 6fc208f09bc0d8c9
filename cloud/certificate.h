/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P-256 keys and the self-signed certificate.  Companions trust the key, by its
 * pin in the passport, not the certificate.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A fresh P-256 private key, PEM of PKCS #8.  WATTLE_ERROR_FAILED. */
char *wattle_certificate_make_key (GError **error);

/* A certificate of @key_pem for 30 years, PEM; for localhost, 127.0.0.1, ::1 and
 * @hostname, a name or an address (NULL: none). */
char *wattle_certificate_make (const char *key_pem, const char *hostname, GError **error);

/* SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 5280), base64, as in
 * RFC 7469.  WATTLE_ERROR_STORE where @pem is no certificate. */
char *wattle_certificate_pin (const char *pem, GError **error);

G_END_DECLS
