/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: what shows that a place did what it was asked.
 *
 * A device signs a statement (pairing/pairing.proto), a cloud signs a JWS
 * (RFC 7515, ES256), and the computer itself can only say what it did.  The
 * signed bytes are kept as they came, with the key that verifies them.
 */
#pragma once

#include <glib-object.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WATTLE_STATEMENT_MAX_SIZE 512   /* bytes of an encoded Statement */
#define WATTLE_JWS_MAX_SIZE (16 * 1024) /* characters of a compact JWS */

/* StatementKind of pairing/pairing.proto. */
typedef enum {
  WATTLE_STATEMENT_CLAIM = 1,
  WATTLE_STATEMENT_CONSENT = 2,
  WATTLE_STATEMENT_WIPE = 3,
} WattleStatementKind;

/* What a verified device statement says; see pairing.proto's Statement. */
typedef struct {
  WattleStatementKind kind;
  char unit_id[64]; /* NUL-terminated */
  guint8 reference[32];
  gsize reference_len;
  guint64 requested_at; /* seconds since 1970; 0 = not told */
  guint32 allowed;
  guint32 records_deleted;
  guint32 boot_count;
  guint32 consent_version;
} WattleStatement;

/* Verifies ECDSA P-256 with SHA-256 over "wattle-statement-v1" || @statement by
 * the uncompressed point @public_key; @signature is r and s.  @out may be NULL.
 * WATTLE_ERROR_NOT_GENUINE where the signature or the key is wrong,
 * WATTLE_ERROR_PROTOCOL where it is signed but not a statement. */
gboolean wattle_statement_verify (GBytes *statement, const guint8 signature[64], const guint8 public_key[65],
                                  WattleStatement *out, GError **error);

/* Verifies a JWS in compact form.  The header may hold "alg": "ES256", "kid" and
 * "typ", nothing else; the payload must be a JSON object.  Returns the claims.
 * WATTLE_ERROR_NOT_GENUINE. */
JsonObject *wattle_jws_verify (const char *jws, const guint8 public_key[65], GError **error);

/* ECDSA P-256 with SHA-256: whether @signature (r and s) over @data is by the
 * uncompressed point @public_key. */
gboolean wattle_es256_verify (gconstpointer data, gsize length, const guint8 signature[64],
                              const guint8 public_key[65]);

typedef enum {
  WATTLE_EVIDENCE_DEVICE, /* a signed statement of the device */
  WATTLE_EVIDENCE_CLOUD,  /* a signed receipt of the cloud */
  WATTLE_EVIDENCE_LOCAL,  /* this computer's own word */
} WattleEvidenceKind;
#define WATTLE_EVIDENCE_N_KINDS (WATTLE_EVIDENCE_LOCAL + 1)

#define WATTLE_TYPE_EVIDENCE (wattle_evidence_get_type ())
typedef struct _WattleEvidence WattleEvidence;
GType wattle_evidence_get_type (void) G_GNUC_CONST;

/* These verify before they return.  Errors as above. */
WattleEvidence *wattle_evidence_new_device (GBytes *statement, const guint8 signature[64], const guint8 public_key[65],
                                            GError **error);
WattleEvidence *wattle_evidence_new_cloud (const char *jws, const guint8 receipt_key[65], GError **error);
/* @removed: how many items this computer removed; @time: seconds since 1970. */
WattleEvidence *wattle_evidence_new_local (guint removed, gint64 time);

WattleEvidence *wattle_evidence_ref (WattleEvidence *self);
void wattle_evidence_unref (WattleEvidence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleEvidence, wattle_evidence_unref)

WattleEvidenceKind wattle_evidence_get_kind (WattleEvidence *self);
/* NULL unless a device's. */
const WattleStatement *wattle_evidence_get_statement (WattleEvidence *self);
/* NULL unless a cloud's. */
JsonObject *wattle_evidence_get_claims (WattleEvidence *self);
/* SHA-256 of the 65 bytes of the key that verifies it, hexadecimal; NULL if local. */
const char *wattle_evidence_get_key_sha256 (WattleEvidence *self);

/* How many entries it says were deleted; -1 = it does not say. */
gint64 wattle_evidence_get_removed (WattleEvidence *self);

/* As it is kept in ledger, wipe journal and receipts. */
JsonNode *wattle_evidence_to_json (WattleEvidence *self);
/* Reads it back and verifies again. */
WattleEvidence *wattle_evidence_from_json (JsonNode *node, GError **error);

G_END_DECLS
