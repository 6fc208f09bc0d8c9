/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements: signed by a device, verified here and, so that the format is
 * what it says, by GnuTLS.
 */
#include <glib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "pairing/statement.h"
#include "tests/unit/pairing/pair.h"

static const struct wtl_port port = { .random = pair_random };

static void
fill (wtl_Statement *statement)
{
  *statement = (wtl_Statement){
    .kind = wtl_STATEMENT_KIND_WIPE,
    .unit_id = "GUM-00042",
    .requested_at = 1767225600,
    .records_deleted = 1234,
    .boot_count = 7,
    .reference = { .size = 16 },
  };
  memset (statement->reference.bytes, 0xab, 16);
}

static void
test_round_trip (void)
{
  wtl_Statement statement;
  wtl_Statement back;
  wtl_SignedStatement out;
  uint8_t private_key[32];
  uint8_t public_key[65];
  uint8_t other_key[65];

  fill (&statement);
  g_assert_cmpint (wtl_statement_keygen (&port, private_key, other_key), ==, WTL_OK);
  g_assert_cmpint (wtl_statement_keygen (&port, private_key, public_key), ==, WTL_OK);
  g_assert_cmpint (wtl_statement_sign (&statement, private_key, &port, &out), ==, WTL_OK);
  g_assert_cmpint (wtl_statement_verify (out.statement.bytes, out.statement.size, out.signature, public_key, &back), ==,
                   WTL_OK);
  g_assert_cmpstr (back.unit_id, ==, "GUM-00042");
  g_assert_cmpuint (back.records_deleted, ==, 1234);
  g_assert_cmpint (back.kind, ==, wtl_STATEMENT_KIND_WIPE);

  g_assert_cmpint (wtl_statement_verify (out.statement.bytes, out.statement.size, out.signature, other_key, &back), ==,
                   WTL_ERROR_FORGED);
  public_key[64] ^= 1;
  g_assert_cmpint (wtl_statement_verify (out.statement.bytes, out.statement.size, out.signature, public_key, &back), ==,
                   WTL_ERROR_POINT);
  public_key[64] ^= 1;
  for (size_t at = 0; at < out.statement.size; at++) {
    out.statement.bytes[at] ^= 1;
    g_assert_cmpint (wtl_statement_verify (out.statement.bytes, out.statement.size, out.signature, public_key, &back),
                     ==, WTL_ERROR_FORGED);
    out.statement.bytes[at] ^= 1;
  }
  for (size_t at = 0; at < 64; at++) {
    out.signature[at] ^= 0x80;
    g_assert_cmpint (wtl_statement_verify (out.statement.bytes, out.statement.size, out.signature, public_key, &back),
                     ==, WTL_ERROR_FORGED);
    out.signature[at] ^= 0x80;
  }
  memset (out.signature, 0, 64); /* r = s = 0 */
  g_assert_cmpint (wtl_statement_verify (out.statement.bytes, out.statement.size, out.signature, public_key, &back), ==,
                   WTL_ERROR_FORGED);
}

/* RFC 6979: the same statement is signed the same, whatever the random source
 * gives. */
static void
test_deterministic (void)
{
  wtl_Statement statement;
  wtl_SignedStatement first;
  wtl_SignedStatement second;
  uint8_t private_key[32];
  uint8_t public_key[65];

  fill (&statement);
  g_assert_cmpint (wtl_statement_keygen (&port, private_key, public_key), ==, WTL_OK);
  g_assert_cmpint (wtl_statement_sign (&statement, private_key, &port, &first), ==, WTL_OK);
  g_assert_cmpint (wtl_statement_sign (&statement, private_key, &port, &second), ==, WTL_OK);
  g_assert_cmpmem (first.signature, 64, second.signature, 64);
  g_assert_cmpmem (first.statement.bytes, first.statement.size, second.statement.bytes, second.statement.size);
}

static void
test_gnutls (void)
{
  wtl_Statement statement;
  wtl_SignedStatement out;
  uint8_t private_key[32];
  uint8_t public_key[65];
  gnutls_pubkey_t key;
  gnutls_datum_t x = { public_key + 1, 32 };
  gnutls_datum_t y = { public_key + 33, 32 };
  gnutls_datum_t signature;
  g_autoptr (GByteArray) data = g_byte_array_new ();
  gnutls_datum_t signed_data;

  fill (&statement);
  g_assert_cmpint (wtl_statement_keygen (&port, private_key, public_key), ==, WTL_OK);
  g_assert_cmpint (wtl_statement_sign (&statement, private_key, &port, &out), ==, WTL_OK);
  g_byte_array_append (data, (const guint8 *)"wattle-statement-v1", 19);
  g_byte_array_append (data, out.statement.bytes, out.statement.size);

  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y), ==, 0);
  g_assert_cmpint (gnutls_encode_rs_value (&signature, &(gnutls_datum_t){ out.signature, 32 },
                                           &(gnutls_datum_t){ out.signature + 32, 32 }),
                   ==, 0);
  signed_data = (gnutls_datum_t){ data->data, data->len };
  g_assert_cmpint (gnutls_pubkey_verify_data2 (key, GNUTLS_SIGN_ECDSA_SHA256, 0, &signed_data, &signature), >=, 0);
  data->data[20] ^= 1;
  g_assert_cmpint (gnutls_pubkey_verify_data2 (key, GNUTLS_SIGN_ECDSA_SHA256, 0, &signed_data, &signature), ==,
                   GNUTLS_E_PK_SIG_VERIFY_FAILED);
  gnutls_free (signature.data);
  gnutls_pubkey_deinit (key);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/statement/round-trip", test_round_trip);
  g_test_add_func ("/pairing/statement/deterministic", test_deterministic);
  g_test_add_func ("/pairing/statement/gnutls", test_gnutls);
  return g_test_run ();
}
