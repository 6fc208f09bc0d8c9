/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of wipes: signing and verifying.
 */
#include "privacy/certificate.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"

#define SIGNATURE_PREFIX "wattle-certificate-v1"
#define KEY_PREFIX "wattle-certificate-key-v1"
#define NUMBER_SIZE 32
#define POINT_SIZE 65
#define SIGNATURE_SIZE 64
#define MAX_SIZE (512 * 1024)
#define N_MEMBERS 8

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_privkey_t, gnutls_privkey_deinit, NULL)

/* -------------------------------------------------------------------- the key */

/* Big-endian @in as exactly 32 bytes. */
static gboolean
fixed_size (const gnutls_datum_t *in, guint8 out[NUMBER_SIZE])
{
  gsize skip = 0;

  while (skip < in->size && in->data[skip] == 0)
    skip++;
  if (in->size - skip > NUMBER_SIZE)
    return FALSE;
  memset (out, 0, NUMBER_SIZE);
  memcpy (out + NUMBER_SIZE - (in->size - skip), in->data + skip, in->size - skip);
  return TRUE;
}

static void
wipe_datum (gnutls_datum_t *datum)
{
  if (datum->data)
    gnutls_memset (datum->data, 0, datum->size);
  gnutls_free (datum->data);
}

void
wattle_certificate_key_new (guint8 key[WATTLE_CERTIFICATE_KEY_SIZE])
{
  g_auto (gnutls_privkey_t) private_key = NULL;
  gnutls_datum_t x = { 0 }, y = { 0 }, k = { 0 };
  gnutls_ecc_curve_t curve;
  gboolean made;

  made = gnutls_privkey_init (&private_key) >= 0
         && gnutls_privkey_generate (private_key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)
                >= 0
         && gnutls_privkey_export_ecc_raw (private_key, &curve, &x, &y, &k) >= 0 && fixed_size (&x, key + 1)
         && fixed_size (&y, key + 1 + NUMBER_SIZE) && fixed_size (&k, key + POINT_SIZE);
  key[0] = 0x04;
  gnutls_free (x.data);
  gnutls_free (y.data);
  wipe_datum (&k);
  if (!made)
    g_error ("A key to sign with could not be made");
}

void
wattle_certificate_key_id (const guint8 point[65], guint8 id[WATTLE_WIPE_ID_SIZE])
{
  guint8 text[sizeof KEY_PREFIX - 1 + POINT_SIZE], digest[32];

  memcpy (text, KEY_PREFIX, sizeof KEY_PREFIX - 1);
  memcpy (text + sizeof KEY_PREFIX - 1, point, POINT_SIZE);
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, text, sizeof text, digest) < 0)
    g_error ("SHA-256 does not work");
  memcpy (id, digest, WATTLE_WIPE_ID_SIZE);
}

/* What is signed: the prefix and the whole certificate without "signature". */
static char *
signed_text (JsonObject *certificate)
{
  g_autoptr (JsonObject) rest = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), rest);
  g_autoptr (GList) names = json_object_get_members (certificate);
  g_autofree char *text = NULL;

  for (GList *l = names; l; l = l->next)
    if (!g_str_equal (l->data, "signature"))
      json_object_set_member (rest, l->data, json_node_copy (json_object_get_member (certificate, l->data)));
  text = wattle_json_canonical (node);
  return g_strconcat (SIGNATURE_PREFIX, text, NULL);
}

static gboolean
sign (const char *text, const guint8 key[WATTLE_CERTIFICATE_KEY_SIZE], guint8 signature[SIGNATURE_SIZE])
{
  const gnutls_datum_t x = { (guint8 *)key + 1, NUMBER_SIZE }, y = { (guint8 *)key + 1 + NUMBER_SIZE, NUMBER_SIZE };
  const gnutls_datum_t k = { (guint8 *)key + POINT_SIZE, NUMBER_SIZE };
  const gnutls_datum_t input = { (guint8 *)text, (unsigned)strlen (text) };
  g_auto (gnutls_privkey_t) private_key = NULL;
  gnutls_datum_t der = { 0 }, r = { 0 }, s = { 0 };
  gboolean made;

  if (key[0] != 0x04 || gnutls_privkey_init (&private_key) < 0
      || gnutls_privkey_import_ecc_raw (private_key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y, &k) < 0)
    return FALSE;
  made = gnutls_privkey_sign_data2 (private_key, GNUTLS_SIGN_ECDSA_SHA256, 0, &input, &der) >= 0
         && gnutls_decode_rs_value (&der, &r, &s) >= 0 && fixed_size (&r, signature)
         && fixed_size (&s, signature + NUMBER_SIZE);
  gnutls_free (der.data);
  gnutls_free (r.data);
  gnutls_free (s.data);
  /* A key whose halves do not belong together signs what nobody can verify. */
  return made && wattle_es256_verify (text, strlen (text), signature, key);
}

/* -------------------------------------------------------------------- making */

static void
set_bytes (JsonObject *object, const char *name, gconstpointer data, gsize length)
{
  g_autofree char *text = wattle_base64url_encode (data, length);

  json_object_set_string_member (object, name, text);
}

char *
wattle_certificate_make (const char *receipt, const WattleCertificateAbout *about, gint64 time,
                         const guint8 key[WATTLE_CERTIFICATE_KEY_SIZE], GError **error)
{
  g_autoptr (JsonNode) inner = wattle_json_parse (receipt, strlen (receipt), MAX_SIZE, error);
  g_autoptr (JsonObject) certificate = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), certificate);
  JsonArray *remains = json_array_new ();
  g_autofree char *text = NULL;
  guint8 signature[SIGNATURE_SIZE];

  for (guint i = 0; about->remains && about->remains[i]; i++)
    json_array_add_string_element (remains, about->remains[i]);
  json_object_set_array_member (certificate, "remains", remains);
  json_object_set_string_member (certificate, "format", WATTLE_CERTIFICATE_FORMAT);
  json_object_set_string_member (certificate, "product", about->product);
  json_object_set_string_member (certificate, "manufacturer", about->manufacturer);
  json_object_set_int_member (certificate, "issued_at", time);
  set_bytes (certificate, "key", key, POINT_SIZE);
  if (!inner)
    return NULL;
  json_object_set_member (certificate, "receipt", g_steal_pointer (&inner));
  text = signed_text (certificate);
  if (!sign (text, key, signature)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("The key for this wipe’s certificate is damaged."));
    return NULL;
  }
  set_bytes (certificate, "signature", signature, SIGNATURE_SIZE);
  return wattle_json_canonical (node);
}

/* ------------------------------------------------------------- verification */

static gboolean
not_genuine (GError **error)
{
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                       _ ("This certificate was changed, or its parts do not belong together."));
  return FALSE;
}

/* The decoded member @name if it is exactly @size bytes. */
static GBytes *
get_bytes (JsonObject *object, const char *name, gsize size)
{
  const char *text = wattle_json_get_string (object, name);
  g_autoptr (GBytes) bytes = text ? wattle_base64url_decode (text, strlen (text)) : NULL;

  return bytes && g_bytes_get_size (bytes) == size ? g_steal_pointer (&bytes) : NULL;
}

static gboolean
read_remains (WattleCertificate *out, JsonArray *remains)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; remains && i < json_array_get_length (remains); i++) {
    JsonNode *node = json_array_get_element (remains, i);

    if (json_node_get_value_type (node) != G_TYPE_STRING)
      return FALSE;
    g_strv_builder_add (builder, json_node_get_string (node));
  }
  out->remains = g_strv_builder_end (builder);
  return remains != NULL;
}

/* Form and signature of the outer document. */
static gboolean
read_outer (WattleCertificate *out, JsonObject *object)
{
  g_autoptr (GBytes) key = get_bytes (object, "key", POINT_SIZE);
  g_autoptr (GBytes) signature = get_bytes (object, "signature", SIGNATURE_SIZE);
  g_autofree char *text = NULL;

  if (!key || !signature || json_object_get_size (object) != N_MEMBERS || !wattle_json_get_object (object, "receipt")
      || !wattle_json_get_string (object, "product") || !wattle_json_get_string (object, "manufacturer")
      || !wattle_json_get_integer (object, "issued_at", &out->issued_at)
      || !read_remains (out, wattle_json_get_array (object, "remains")))
    return FALSE;
  text = signed_text (object);
  if (!wattle_es256_verify (text, strlen (text), g_bytes_get_data (signature, NULL), g_bytes_get_data (key, NULL)))
    return FALSE;
  out->product = g_strdup (wattle_json_get_string (object, "product"));
  out->manufacturer = g_strdup (wattle_json_get_string (object, "manufacturer"));
  out->key_sha256 = wattle_sha256_hex (g_bytes_get_data (key, NULL), POINT_SIZE);
  return TRUE;
}

/* Whether the wipe's id is that of the key that signed. */
static gboolean
is_bound (JsonObject *object, const char *wipe_id)
{
  g_autoptr (GBytes) key = get_bytes (object, "key", POINT_SIZE);
  guint8 id[WATTLE_WIPE_ID_SIZE];
  char text[2 * WATTLE_WIPE_ID_SIZE + 1];

  wattle_certificate_key_id (g_bytes_get_data (key, NULL), id);
  for (guint i = 0; i < sizeof id; i++)
    g_snprintf (text + 2 * i, 3, "%02x", id[i]);
  return g_str_equal (text, wipe_id);
}

static gint64
removed_by (JsonObject *evidence, WattleCertificate *out)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), evidence);
  g_autoptr (WattleEvidence) verified = wattle_evidence_from_json (node, NULL);
  gint64 removed = -1;

  if (!verified)
    return -1;
  switch (wattle_evidence_get_kind (verified)) {
    case WATTLE_EVIDENCE_DEVICE:
      if (!out->unit_id)
        out->unit_id = g_strdup (wattle_evidence_get_statement (verified)->unit_id);
      return wattle_evidence_get_statement (verified)->records_deleted;
    case WATTLE_EVIDENCE_CLOUD:
      wattle_json_get_integer (wattle_evidence_get_claims (verified), "records_deleted", &removed);
      return removed;
    case WATTLE_EVIDENCE_LOCAL:
    default:
      wattle_json_get_integer (evidence, "removed", &removed);
      return removed;
  }
}

/* The receipt has been verified: its form is as it should be. */
static void
read_places (WattleCertificate *out, JsonObject *all, WattleReceiptSummary *summary)
{
  static const struct {
    const char *kind, *signed_by;
  } signers[] = { { "device-statement", "device" }, { "cloud-receipt", "cloud" }, { "computer", "computer" } };

  out->places = g_array_new (FALSE, TRUE, sizeof (WattleCertificatePlace));
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++) {
    WattleCertificatePlace place = { .place = wattle_wipe_place_name (i), .removed = -1 };
    JsonObject *object = wattle_json_get_object (all, place.place);
    JsonObject *evidence = object ? wattle_json_get_object (object, "evidence") : NULL;

    if (!object)
      continue;
    place.state = g_hash_table_lookup (summary->places, place.place);
    if (!wattle_json_get_integer (object, "done_at", &place.done_at))
      wattle_json_get_integer (object, "given_up_at", &place.done_at);
    out->given_up = out->given_up || g_strcmp0 (place.state, "given-up") == 0;
    for (guint j = 0; evidence && j < G_N_ELEMENTS (signers); j++)
      if (g_strcmp0 (wattle_json_get_string (evidence, "kind"), signers[j].kind) == 0)
        place.signed_by = signers[j].signed_by;
    if (evidence)
      place.removed = removed_by (evidence, out);
    g_array_append_val (out->places, place);
  }
}

static gboolean
read_receipt (WattleCertificate *out, JsonObject *object, GError **error)
{
  JsonObject *receipt = wattle_json_get_object (object, "receipt");
  gint64 product = 0;
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), receipt);
  g_autofree char *text = wattle_json_canonical (node);
  g_autoptr (WattleReceiptSummary) summary = wattle_receipt_verify (text, strlen (text), error);

  if (!summary)
    return FALSE;
  if (!g_str_equal (summary->kind, "wipe"))
    return not_genuine (error);
  wattle_json_get_integer (receipt, "product", &product);
  out->product_number = (guint32)product;
  out->id = g_strdup (summary->id);
  out->requested_at = summary->time;
  out->complete = summary->complete;
  out->device_key_sha256 = g_strdup (summary->device_key_sha256);
  out->cloud_key_sha256 = g_strdup (summary->cloud_key_sha256);
  out->bound = is_bound (object, out->id);
  read_places (out, wattle_json_get_object (receipt, "places"), summary);
  return TRUE;
}

static JsonNode *
parse (const char *json, gsize length, GError **error)
{
  g_autoptr (JsonNode) node = wattle_json_parse (json, length, MAX_SIZE, error);

  if (!node)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node)
      && g_strcmp0 (wattle_json_get_string (json_node_get_object (node), "format"), WATTLE_CERTIFICATE_FORMAT) == 0)
    return g_steal_pointer (&node);
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                       _ ("This file is not a certificate of Wattle’s."));
  return NULL;
}

gboolean
wattle_certificate_is_one (const char *json, gsize length)
{
  g_autoptr (JsonNode) node = parse (json, length, NULL);

  return node != NULL;
}

WattleCertificate *
wattle_certificate_verify (const char *json, gsize length, GError **error)
{
  g_autoptr (JsonNode) node = parse (json, length, error);
  g_autoptr (WattleCertificate) out = NULL;

  if (!node)
    return NULL;
  out = g_new0 (WattleCertificate, 1);
  if (!read_outer (out, json_node_get_object (node)))
    return not_genuine (error), NULL;
  return read_receipt (out, json_node_get_object (node), error) ? g_steal_pointer (&out) : NULL;
}

void
wattle_certificate_free (WattleCertificate *certificate)
{
  g_free (certificate->id);
  g_free (certificate->product);
  g_free (certificate->manufacturer);
  g_strfreev (certificate->remains);
  g_free (certificate->unit_id);
  g_free (certificate->key_sha256);
  g_free (certificate->device_key_sha256);
  g_free (certificate->cloud_key_sha256);
  g_clear_pointer (&certificate->places, g_array_unref);
  g_free (certificate);
}
