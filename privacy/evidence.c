/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: verifies and keeps signed statements of devices and receipts of
 * clouds.  Signatures are checked by GnuTLS; the statement is read by a reader of
 * its own, small enough to be sure of, so that a receipt can be verified with
 * nothing of pairing/ at hand.
 */
#include "privacy/evidence.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"

#define STATEMENT_PREFIX "wattle-statement-v1"
#define JWS_HEADER_MAX 512
#define KEY_SIZE 65
#define SIGNATURE_SIZE 64

struct _WattleEvidence {
  gatomicrefcount refs;
  WattleEvidenceKind kind;
  GBytes *statement; /* device */
  guint8 signature[SIGNATURE_SIZE];
  WattleStatement decoded;
  char *jws; /* cloud */
  JsonObject *claims;
  guint8 key[KEY_SIZE]; /* device and cloud */
  char *key_sha256;
  guint removed; /* local */
  gint64 time;
};

G_DEFINE_BOXED_TYPE (WattleEvidence, wattle_evidence, wattle_evidence_ref, wattle_evidence_unref)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

static gboolean
not_genuine (GError **error, const char *message)
{
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE, message);
  return FALSE;
}

/* ECDSA P-256 with SHA-256; FALSE for any reason at all. */
static gboolean
verify_es256 (const gnutls_datum_t *data, const guint8 signature[SIGNATURE_SIZE], const guint8 key[KEY_SIZE])
{
  const gnutls_datum_t x = { (guint8 *)key + 1, 32 }, y = { (guint8 *)key + 33, 32 };
  const gnutls_datum_t r = { (guint8 *)signature, 32 }, s = { (guint8 *)signature + 32, 32 };
  gnutls_datum_t der = { NULL, 0 };
  g_auto (gnutls_pubkey_t) public_key = NULL;
  gboolean ok;

  if (key[0] != 0x04 || gnutls_pubkey_init (&public_key) < 0)
    return FALSE;
  if (gnutls_pubkey_import_ecc_raw (public_key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y) < 0)
    return FALSE;
  if (gnutls_encode_rs_value (&der, &r, &s) < 0)
    return FALSE;
  ok = gnutls_pubkey_verify_data2 (public_key, GNUTLS_SIGN_ECDSA_SHA256, 0, data, &der) >= 0;
  gnutls_free (der.data);
  return ok;
}

gboolean
wattle_es256_verify (gconstpointer data, gsize length, const guint8 signature[64], const guint8 public_key[65])
{
  return verify_es256 (&(gnutls_datum_t){ (guint8 *)data, (unsigned)length }, signature, public_key);
}

/* ---------------------------------------------------------------- statement */

/* A reader of the Protocol Buffers wire format, as far as Statement needs it. */
struct reader {
  const guint8 *at, *end;
};

static gboolean
read_varint (struct reader *in, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 64 && in->at < in->end; shift += 7) {
    guint8 byte = *in->at++;

    *value |= (guint64)(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return TRUE;
  }
  return FALSE;
}

/* One field; @data and @value as the wire type has it (0 or 2, no others occur). */
static gboolean
read_field (struct reader *in, guint *field, guint64 *value, const guint8 **data)
{
  guint64 tag;

  *data = NULL;
  if (!read_varint (in, &tag) || tag >> 3 == 0 || tag >> 3 > 1000)
    return FALSE;
  *field = tag >> 3;
  if ((tag & 7) == 0)
    return read_varint (in, value);
  if ((tag & 7) != 2 || !read_varint (in, value) || *value > (guint64)(in->end - in->at))
    return FALSE;
  *data = in->at;
  in->at += *value;
  return TRUE;
}

/* Where the numbers of a Statement go, by field number. */
static const struct {
  guint field;
  gsize offset;
} numbers[] = {
  { 5, G_STRUCT_OFFSET (WattleStatement, allowed) },
  { 6, G_STRUCT_OFFSET (WattleStatement, records_deleted) },
  { 7, G_STRUCT_OFFSET (WattleStatement, boot_count) },
  { 9, G_STRUCT_OFFSET (WattleStatement, consent_version) },
};

static gboolean
store_number (WattleStatement *out, guint field, guint64 value)
{
  if (field == 1)
    out->kind = value <= WATTLE_STATEMENT_WIPE ? value : 0;
  else if (field == 4)
    out->requested_at = value;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    if (numbers[i].field != field)
      continue;
    if (value > G_MAXUINT32)
      return FALSE;
    *(guint32 *)((guint8 *)out + numbers[i].offset) = value;
  }
  return TRUE;
}

static gboolean
store_data (WattleStatement *out, guint field, const guint8 *data, gsize length)
{
  switch (field) {
    case 2:
      if (length >= sizeof out->unit_id || !g_utf8_validate_len ((const char *)data, length, NULL))
        return FALSE;
      memset (out->unit_id, 0, sizeof out->unit_id);
      memcpy (out->unit_id, data, length);
      return TRUE;
    case 3:
      if (length > sizeof out->reference)
        return FALSE;
      memcpy (out->reference, data, length);
      out->reference_len = length;
      return TRUE;
    default:
      return field > 9 || field == 8;
  }
}

static gboolean
decode_statement (GBytes *bytes, WattleStatement *out)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  struct reader in = { data, data + length };
  guint last = 0;

  memset (out, 0, sizeof *out);
  while (in.at < in.end) {
    const guint8 *field_data;
    guint64 value;
    guint field;

    if (!read_field (&in, &field, &value, &field_data))
      return FALSE;
    /* Signers write fields in order and once; the last of two would count elsewhere. */
    if (field <= last)
      return FALSE;
    last = field;
    if (field_data ? !store_data (out, field, field_data, value) : !store_number (out, field, value))
      return FALSE;
  }
  return out->kind != 0;
}

gboolean
wattle_statement_verify (GBytes *statement, const guint8 signature[64], const guint8 public_key[65],
                         WattleStatement *out, GError **error)
{
  g_autoptr (GByteArray) signed_data = g_byte_array_new ();
  WattleStatement decoded;
  gsize length;
  const guint8 *data = g_bytes_get_data (statement, &length);

  if (length == 0 || length > WATTLE_STATEMENT_MAX_SIZE)
    return not_genuine (error, _ ("What the device signed has an impossible length."));
  g_byte_array_append (signed_data, (const guint8 *)STATEMENT_PREFIX, strlen (STATEMENT_PREFIX));
  g_byte_array_append (signed_data, data, length);
  if (!verify_es256 (&(gnutls_datum_t){ signed_data->data, signed_data->len }, signature, public_key))
    return not_genuine (error, _ ("The device’s signature is not right. This may not be your device."));
  if (!decode_statement (statement, &decoded)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL,
                         _ ("The device signed something that Wattle cannot read."));
    return FALSE;
  }
  if (out)
    *out = decoded;
  return TRUE;
}

/* ---------------------------------------------------------------------- JWS */

/* Only what RFC 7515 needs for ES256: anything else could change what is meant. */
static gboolean
check_header (GBytes *bytes)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GList) names = NULL;
  JsonObject *header;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  node = wattle_json_parse (text, length, JWS_HEADER_MAX, NULL);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  header = json_node_get_object (node);
  names = json_object_get_members (header);
  for (GList *l = names; l; l = l->next) {
    JsonNode *member = json_object_get_member (header, l->data);

    if (!g_str_equal (l->data, "alg") && !g_str_equal (l->data, "kid") && !g_str_equal (l->data, "typ"))
      return FALSE;
    if (json_node_get_value_type (member) != G_TYPE_STRING)
      return FALSE;
  }
  return g_strcmp0 (wattle_json_get_string (header, "alg"), "ES256") == 0;
}

JsonObject *
wattle_jws_verify (const char *jws, const guint8 public_key[65], GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (JsonNode) claims = NULL;
  const char *message = _ ("The cloud’s receipt is not genuine.");
  const char *text;
  gsize length;

  if (strlen (jws) > WATTLE_JWS_MAX_SIZE)
    return not_genuine (error, _ ("The cloud’s receipt is too long.")), NULL;
  parts = g_strsplit (jws, ".", 4);
  if (g_strv_length (parts) != 3)
    return not_genuine (error, message), NULL;
  header = wattle_base64url_decode (parts[0], strlen (parts[0]));
  payload = wattle_base64url_decode (parts[1], strlen (parts[1]));
  signature = wattle_base64url_decode (parts[2], strlen (parts[2]));
  if (!header || !payload || !signature || g_bytes_get_size (signature) != SIGNATURE_SIZE || !check_header (header))
    return not_genuine (error, message), NULL;
  length = strlen (parts[0]) + 1 + strlen (parts[1]);
  if (!verify_es256 (&(gnutls_datum_t){ (guint8 *)jws, length }, g_bytes_get_data (signature, NULL), public_key))
    return not_genuine (error, message), NULL;
  text = g_bytes_get_data (payload, &length);
  claims = wattle_json_parse (text, length, WATTLE_JWS_MAX_SIZE, NULL);
  if (!claims || !JSON_NODE_HOLDS_OBJECT (claims))
    return not_genuine (error, message), NULL;
  return json_node_dup_object (claims);
}

/* ----------------------------------------------------------------- evidence */

static WattleEvidence *
evidence_new (WattleEvidenceKind kind, const guint8 *key)
{
  WattleEvidence *self = g_new0 (WattleEvidence, 1);

  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  if (key) {
    memcpy (self->key, key, KEY_SIZE);
    self->key_sha256 = wattle_sha256_hex (key, KEY_SIZE);
  }
  return self;
}

WattleEvidence *
wattle_evidence_new_device (GBytes *statement, const guint8 signature[64], const guint8 public_key[65], GError **error)
{
  WattleEvidence *self;
  WattleStatement decoded;

  if (!wattle_statement_verify (statement, signature, public_key, &decoded, error))
    return NULL;
  self = evidence_new (WATTLE_EVIDENCE_DEVICE, public_key);
  self->statement = g_bytes_ref (statement);
  memcpy (self->signature, signature, SIGNATURE_SIZE);
  self->decoded = decoded;
  return self;
}

WattleEvidence *
wattle_evidence_new_cloud (const char *jws, const guint8 receipt_key[65], GError **error)
{
  WattleEvidence *self;
  JsonObject *claims = wattle_jws_verify (jws, receipt_key, error);

  if (!claims)
    return NULL;
  self = evidence_new (WATTLE_EVIDENCE_CLOUD, receipt_key);
  self->jws = g_strdup (jws);
  self->claims = claims;
  return self;
}

WattleEvidence *
wattle_evidence_new_local (guint removed, gint64 time)
{
  WattleEvidence *self = evidence_new (WATTLE_EVIDENCE_LOCAL, NULL);

  self->removed = removed;
  self->time = time;
  return self;
}

WattleEvidence *
wattle_evidence_ref (WattleEvidence *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
wattle_evidence_unref (WattleEvidence *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->statement, g_bytes_unref);
  g_clear_pointer (&self->claims, json_object_unref);
  g_free (self->jws);
  g_free (self->key_sha256);
  g_free (self);
}

WattleEvidenceKind
wattle_evidence_get_kind (WattleEvidence *self)
{
  return self->kind;
}

const WattleStatement *
wattle_evidence_get_statement (WattleEvidence *self)
{
  return self->kind == WATTLE_EVIDENCE_DEVICE ? &self->decoded : NULL;
}

JsonObject *
wattle_evidence_get_claims (WattleEvidence *self)
{
  return self->claims;
}

const char *
wattle_evidence_get_key_sha256 (WattleEvidence *self)
{
  return self->key_sha256;
}

gint64
wattle_evidence_get_removed (WattleEvidence *self)
{
  gint64 removed = -1;

  if (self->kind == WATTLE_EVIDENCE_LOCAL)
    return self->removed;
  if (self->kind == WATTLE_EVIDENCE_DEVICE)
    return self->decoded.records_deleted;
  return wattle_json_get_integer (self->claims, "records_deleted", &removed) && removed >= 0 ? removed : -1;
}

static void
set_bytes (JsonObject *object, const char *name, gconstpointer data, gsize length)
{
  g_autofree char *text = wattle_base64url_encode (data, length);

  json_object_set_string_member (object, name, text);
}

JsonNode *
wattle_evidence_to_json (WattleEvidence *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  json_object_unref (object);
  switch (self->kind) {
    case WATTLE_EVIDENCE_DEVICE:
      json_object_set_string_member (object, "kind", "device-statement");
      set_bytes (object, "statement", g_bytes_get_data (self->statement, NULL), g_bytes_get_size (self->statement));
      set_bytes (object, "signature", self->signature, SIGNATURE_SIZE);
      set_bytes (object, "key", self->key, KEY_SIZE);
      break;
    case WATTLE_EVIDENCE_CLOUD:
      json_object_set_string_member (object, "kind", "cloud-receipt");
      json_object_set_string_member (object, "jws", self->jws);
      set_bytes (object, "key", self->key, KEY_SIZE);
      break;
    case WATTLE_EVIDENCE_LOCAL:
    default:
      json_object_set_string_member (object, "kind", "computer");
      json_object_set_int_member (object, "removed", self->removed);
      json_object_set_int_member (object, "time", self->time);
  }
  return node;
}

/* The decoded member @name if it is base64url of @min to @max bytes. */
static GBytes *
get_bytes (JsonObject *object, const char *name, gsize min, gsize max)
{
  const char *text = wattle_json_get_string (object, name);
  g_autoptr (GBytes) bytes = text ? wattle_base64url_decode (text, strlen (text)) : NULL;

  if (!bytes || g_bytes_get_size (bytes) < min || g_bytes_get_size (bytes) > max)
    return NULL;
  return g_steal_pointer (&bytes);
}

static WattleEvidence *
device_from_json (JsonObject *object, GError **error)
{
  g_autoptr (GBytes) statement = get_bytes (object, "statement", 1, WATTLE_STATEMENT_MAX_SIZE);
  g_autoptr (GBytes) signature = get_bytes (object, "signature", SIGNATURE_SIZE, SIGNATURE_SIZE);
  g_autoptr (GBytes) key = get_bytes (object, "key", KEY_SIZE, KEY_SIZE);

  if (!statement || !signature || !key || json_object_get_size (object) != 4)
    return not_genuine (error, _ ("The device’s statement is damaged.")), NULL;
  return wattle_evidence_new_device (statement, g_bytes_get_data (signature, NULL), g_bytes_get_data (key, NULL),
                                     error);
}

static WattleEvidence *
cloud_from_json (JsonObject *object, GError **error)
{
  const char *jws = wattle_json_get_string (object, "jws");
  g_autoptr (GBytes) key = get_bytes (object, "key", KEY_SIZE, KEY_SIZE);

  if (!jws || !key || json_object_get_size (object) != 3)
    return not_genuine (error, _ ("The cloud’s receipt is damaged.")), NULL;
  return wattle_evidence_new_cloud (jws, g_bytes_get_data (key, NULL), error);
}

static WattleEvidence *
local_from_json (JsonObject *object, GError **error)
{
  gint64 removed = -1, time = -1;

  wattle_json_get_integer (object, "removed", &removed);
  wattle_json_get_integer (object, "time", &time);
  if (removed < 0 || removed > G_MAXUINT || time < 0 || json_object_get_size (object) != 3)
    return not_genuine (error, _ ("This computer’s entry is damaged.")), NULL;
  return wattle_evidence_new_local (removed, time);
}

WattleEvidence *
wattle_evidence_from_json (JsonNode *node, GError **error)
{
  static const struct {
    const char *kind;
    WattleEvidence *(*read) (JsonObject *object, GError **error);
  } readers[] = {
    { "device-statement", device_from_json },
    { "cloud-receipt", cloud_from_json },
    { "computer", local_from_json },
  };
  const char *kind;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return not_genuine (error, _ ("The evidence is damaged.")), NULL;
  kind = wattle_json_get_string (json_node_get_object (node), "kind");
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_strcmp0 (readers[i].kind, kind) == 0)
      return readers[i].read (json_node_get_object (node), error);
  return not_genuine (error, _ ("This kind of evidence is not known.")), NULL;
}
