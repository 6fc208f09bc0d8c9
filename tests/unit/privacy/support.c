/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of privacy/ share. */
#include "support.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"

/* ------------------------------------------------------------------ signing */

static void
put_right (guint8 out[32], const gnutls_datum_t *number)
{
  gsize skip = number->size > 32 ? number->size - 32 : 0;

  memset (out, 0, 32);
  memcpy (out + 32 - (number->size - skip), number->data + skip, number->size - skip);
}

void
signer_init (struct signer *signer)
{
  gnutls_ecc_curve_t curve;
  gnutls_datum_t x, y, k;

  g_assert_cmpint (gnutls_privkey_init (&signer->key), ==, 0);
  g_assert_cmpint (
      gnutls_privkey_generate (signer->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==,
      0);
  g_assert_cmpint (gnutls_privkey_export_ecc_raw (signer->key, &curve, &x, &y, &k), ==, 0);
  signer->public_key[0] = 0x04;
  put_right (signer->public_key + 1, &x);
  put_right (signer->public_key + 33, &y);
  gnutls_free (x.data);
  gnutls_free (y.data);
  gnutls_free (k.data);
}

void
signer_clear (struct signer *signer)
{
  gnutls_privkey_deinit (signer->key);
}

void
signer_sign (struct signer *signer, gconstpointer data, gsize length, guint8 signature[64])
{
  const gnutls_datum_t in = { (guint8 *)data, length };
  gnutls_datum_t der, r, s;

  g_assert_cmpint (gnutls_privkey_sign_data2 (signer->key, GNUTLS_SIGN_ECDSA_SHA256, 0, &in, &der), ==, 0);
  g_assert_cmpint (gnutls_decode_rs_value (&der, &r, &s), ==, 0);
  put_right (signature, &r);
  put_right (signature + 32, &s);
  gnutls_free (der.data);
  gnutls_free (r.data);
  gnutls_free (s.data);
}

char *
signer_jws (struct signer *signer, const char *header, const char *payload)
{
  g_autofree char *header64 = wattle_base64url_encode (header, strlen (header));
  g_autofree char *payload64 = wattle_base64url_encode (payload, strlen (payload));
  g_autofree char *input = g_strdup_printf ("%s.%s", header64, payload64);
  g_autofree char *signature64 = NULL;
  guint8 signature[64];

  signer_sign (signer, input, strlen (input), signature);
  signature64 = wattle_base64url_encode (signature, sizeof signature);
  return g_strdup_printf ("%s.%s", input, signature64);
}

static void
put_varint (GByteArray *out, guint64 value)
{
  for (; value >= 0x80; value >>= 7)
    g_byte_array_append (out, (const guint8[]){ (value & 0x7f) | 0x80 }, 1);
  g_byte_array_append (out, (const guint8[]){ value }, 1);
}

static void
put_number (GByteArray *out, guint field, guint64 value)
{
  if (value == 0)
    return;
  put_varint (out, field << 3);
  put_varint (out, value);
}

static void
put_data (GByteArray *out, guint field, gconstpointer data, gsize length)
{
  if (length == 0)
    return;
  put_varint (out, field << 3 | 2);
  put_varint (out, length);
  g_byte_array_append (out, data, length);
}

GBytes *
statement_encode (guint kind, const char *unit_id, gconstpointer reference, gsize reference_len, guint32 allowed,
                  guint32 records_deleted)
{
  GByteArray *out = g_byte_array_new ();

  put_number (out, 1, kind);
  put_data (out, 2, unit_id, strlen (unit_id));
  put_data (out, 3, reference, reference_len);
  put_number (out, 4, 1790000000);
  put_number (out, 5, allowed);
  put_number (out, 6, records_deleted);
  put_number (out, 7, 3);
  return g_byte_array_free_to_bytes (out);
}

void
statement_sign (struct signer *device, GBytes *statement, guint8 signature[64])
{
  static const char prefix[] = "wattle-statement-v1";
  g_autoptr (GByteArray) input = g_byte_array_new ();

  g_byte_array_append (input, (const guint8 *)prefix, strlen (prefix));
  g_byte_array_append (input, g_bytes_get_data (statement, NULL), g_bytes_get_size (statement));
  signer_sign (device, input->data, input->len, signature);
}

WattleEvidence *
device_evidence (struct signer *device, guint kind, gconstpointer reference, gsize reference_len)
{
  g_autoptr (GBytes) statement = statement_encode (kind, TEST_UNIT, reference, reference_len, 1, 7);
  g_autoptr (GError) error = NULL;
  WattleEvidence *evidence;
  guint8 signature[64];

  statement_sign (device, statement, signature);
  evidence = wattle_evidence_new_device (statement, signature, device->public_key, &error);
  g_assert_no_error (error);
  return evidence;
}

WattleEvidence *
cloud_evidence (struct signer *cloud, const char *payload_format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *payload = NULL;
  g_autofree char *jws = NULL;
  WattleEvidence *evidence;
  va_list args;

  va_start (args, payload_format);
  payload = g_strdup_vprintf (payload_format, args);
  va_end (args);
  jws = signer_jws (cloud, JWS_HEADER, payload);
  evidence = wattle_evidence_new_cloud (jws, cloud->public_key, &error);
  g_assert_no_error (error);
  return evidence;
}

/* -------------------------------------------------------------------- store */

static void
row_free (struct row *row)
{
  g_free (row->chain);
  g_free (row->hash);
  g_free (row->previous);
  g_free (row->json);
  g_free (row);
}

void
memory_store_init (struct memory_store *store)
{
  store->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  store->fail = FALSE;
}

void
memory_store_clear (struct memory_store *store)
{
  g_ptr_array_unref (store->rows);
}

struct row *
memory_store_row (struct memory_store *store, guint index)
{
  return g_ptr_array_index (store->rows, index);
}

void
memory_store_remove_chain (struct memory_store *store, const char *chain)
{
  for (guint i = store->rows->len; i > 0; i--)
    if (g_str_equal (memory_store_row (store, i - 1)->chain, chain))
      g_ptr_array_remove_index (store->rows, i - 1);
}

static gboolean
memory_append (gpointer user_data, const char *chain, guint64 sequence, const char *hash, const char *previous,
               const char *json, GError **error)
{
  struct memory_store *store = user_data;
  struct row *row;

  if (store->fail) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE, "The disk is full.");
    return FALSE;
  }
  row = g_new0 (struct row, 1);
  *row = (struct row){ g_strdup (chain), sequence, g_strdup (hash), g_strdup (previous), g_strdup (json) };
  g_ptr_array_add (store->rows, row);
  return TRUE;
}

static gboolean
memory_foreach (gpointer user_data, const char *chain, WattleLedgerRecordFunc func, gpointer func_data, GError **error)
{
  struct memory_store *store = user_data;

  for (guint i = 0; i < store->rows->len; i++) {
    const struct row *row = memory_store_row (store, i);

    if (g_str_equal (row->chain, chain) && !func (row->sequence, row->hash, row->previous, row->json, func_data, error))
      return FALSE;
  }
  return TRUE;
}

const WattleLedgerStore memory_store_vtable = { memory_append, memory_foreach };

/* ------------------------------------------------------------------ samples */

char *
sample_text (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("WATTLE_TEST_PASSPORTS"), name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static JsonNode *
step_into (JsonNode *node, const char *name)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    guint64 index = g_ascii_strtoull (name, NULL, 10);

    g_assert_cmpuint (index, <, json_array_get_length (json_node_get_array (node)));
    return json_array_get_element (json_node_get_array (node), index);
  }
  return json_object_get_member (json_node_get_object (node), name);
}

/* Puts @value (taken; NULL = nothing) in the place of the member @name. */
static void
put (JsonNode *node, const char *name, JsonNode *value)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    if (value)
      json_object_set_member (json_node_get_object (node), name, value);
    else
      json_object_remove_member (json_node_get_object (node), name);
  } else {
    JsonArray *array = json_node_get_array (node);
    JsonArray *copy = json_array_new ();
    guint index = g_ascii_strtoull (name, NULL, 10);

    for (guint i = 0; i < json_array_get_length (array); i++)
      if (i != index)
        json_array_add_element (copy, json_node_copy (json_array_get_element (array, i)));
      else if (value)
        json_array_add_element (copy, value);
    json_node_take_array (node, copy);
  }
}

char *
sample_edit (const char *name, const char *path, const char *value)
{
  g_autofree char *text = sample_text (name);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  g_auto (GStrv) steps = g_strsplit (path, "/", -1);
  guint n = g_strv_length (steps);
  JsonNode *node = root;

  for (guint i = 0; i + 1 < n; i++) {
    node = step_into (node, steps[i]);
    g_assert_nonnull (node);
  }
  put (node, steps[n - 1], value ? json_from_string (value, NULL) : NULL);
  return json_to_string (root, TRUE);
}

WattlePassport *
passport_from_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return wattle_passport_new_from_bytes (bytes, error);
}

WattlePassport *
sample_load (const char *name)
{
  g_autofree char *text = sample_text (name);
  g_autoptr (GError) error = NULL;
  WattlePassport *passport = passport_from_text (text, &error);

  g_assert_no_error (error);
  return passport;
}

void
ledger_fixture_set_up (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  signer_init (&f->device);
  signer_init (&f->cloud);
  memory_store_init (&f->store);
  f->passport = sample_load (THERMOMETER);
  f->chain = wattle_ledger_new_chain ();
  f->ledger = wattle_ledger_load (&memory_store_vtable, &f->store, f->chain, NULL, &error);
  g_assert_no_error (error);
}

void
ledger_fixture_tear_down (struct ledger_fixture *f, gconstpointer data)
{
  g_object_unref (f->ledger);
  g_object_unref (f->passport);
  g_free (f->chain);
  memory_store_clear (&f->store);
  signer_clear (&f->device);
  signer_clear (&f->cloud);
}
