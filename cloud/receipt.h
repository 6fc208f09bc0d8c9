/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: what the cloud signs.  A JWS in compact form (RFC 7515), ES256
 * (RFC 7518 section 3.4); the claims are ReceiptClaims of cloud/openapi.json.
 */
#pragma once

#include <gnutls/abstract.h>
#include <json-glib/json-glib.h>

#include "cloud/crypt.h"

G_BEGIN_DECLS

typedef struct _WattleReceiptKey WattleReceiptKey;

/* @pem: a P-256 private key.  WATTLE_ERROR_STORE where it is none. */
WattleReceiptKey *wattle_receipt_key_new (const char *pem, GError **error);
void wattle_receipt_key_free (WattleReceiptKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleReceiptKey, wattle_receipt_key_free)

/* The public key as a JWK (RFC 7517) with "kid", its thumbprint (RFC 7638). */
JsonObject *wattle_receipt_key_to_jwk (WattleReceiptKey *key);

/* Signs @claims.  Free with g_free(). */
char *wattle_receipt_sign (WattleReceiptKey *key, JsonObject *claims, GError **error);

/* The claims that all receipts have: iss, kind, time (now), records_deleted, key_destroyed. */
JsonObject *wattle_receipt_claims (const char *origin, const char *kind, guint64 records_deleted,
                                   gboolean key_destroyed);

G_END_DECLS
