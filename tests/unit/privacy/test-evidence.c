/* SPDX-License-Identifier: Apache-2.0 */
/* Signed statements and JWS: what is genuine, and every way of not being it. */
#include <string.h>

#include "common/error.h"
#include "pairing/statement.h"
#include "privacy/json.h"
#include "support.h"

struct fixture {
  struct signer device, cloud;
  guint8 reference[32];
};

static void
set_up (struct fixture *f, gconstpointer data)
{
  signer_init (&f->device);
  signer_init (&f->cloud);
  for (guint i = 0; i < sizeof f->reference; i++)
    f->reference[i] = i;
}

static void
tear_down (struct fixture *f, gconstpointer data)
{
  signer_clear (&f->device);
  signer_clear (&f->cloud);
}

static void
test_statement (struct fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) statement
      = statement_encode (WATTLE_STATEMENT_CONSENT, TEST_UNIT, f->reference, 32, 0xffff, 1234567);
  g_autoptr (GError) error = NULL;
  WattleStatement out;
  guint8 signature[64];

  statement_sign (&f->device, statement, signature);
  g_assert_true (wattle_statement_verify (statement, signature, f->device.public_key, &out, &error));
  g_assert_no_error (error);
  g_assert_cmpint (out.kind, ==, WATTLE_STATEMENT_CONSENT);
  g_assert_cmpstr (out.unit_id, ==, TEST_UNIT);
  g_assert_cmpmem (out.reference, out.reference_len, f->reference, 32);
  g_assert_cmpuint (out.requested_at, ==, 1790000000);
  g_assert_cmpuint (out.allowed, ==, 0xffff);
  g_assert_cmpuint (out.records_deleted, ==, 1234567);
  g_assert_cmpuint (out.boot_count, ==, 3);
  g_assert_true (wattle_statement_verify (statement, signature, f->device.public_key, NULL, NULL));
}

static int
port_random (void *ctx, uint8_t *buf, size_t len)
{
  for (size_t i = 0; i < len; i++)
    buf[i] = g_random_int ();
  return 0;
}

/* What a real device signs, by pairing/ on Mbed TLS, GnuTLS verifies here. */
static void
test_statement_of_pairing (void)
{
  const struct wtl_port port = { .random = port_random };
  wtl_Statement statement = wtl_Statement_init_zero;
  wtl_SignedStatement signed_statement = wtl_SignedStatement_init_zero;
  uint8_t private_key[32], public_key[65];

  g_assert_cmpint (wtl_statement_keygen (&port, private_key, public_key), ==, WTL_OK);
  for (guint i = 0; i < 20; i++) {
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;
    WattleStatement out;

    statement.kind = wtl_StatementKind_STATEMENT_KIND_WIPE;
    g_strlcpy (statement.unit_id, TEST_UNIT, sizeof statement.unit_id);
    statement.reference.size = 16;
    memset (statement.reference.bytes, i, 16);
    statement.requested_at = G_GUINT64_CONSTANT (1790000000);
    statement.records_deleted = i;
    statement.boot_count = 1;
    g_strlcpy (statement.account, i % 2 ? "0123456789abcdef" : "", sizeof statement.account);
    statement.consent_version = i;
    g_assert_cmpint (wtl_statement_sign (&statement, private_key, &port, &signed_statement), ==, WTL_OK);
    bytes = g_bytes_new (signed_statement.statement.bytes, signed_statement.statement.size);
    g_assert_cmpuint (sizeof signed_statement.signature, ==, 64);
    g_assert_true (
        wattle_statement_verify (bytes, (const guint8 *)&signed_statement.signature, public_key, &out, &error));
    g_assert_no_error (error);
    g_assert_cmpint (out.kind, ==, WATTLE_STATEMENT_WIPE);
    g_assert_cmpmem (out.reference, out.reference_len, statement.reference.bytes, 16);
    g_assert_cmpuint (out.records_deleted, ==, i);
    g_assert_cmpuint (out.consent_version, ==, i);
  }
}

/* One bit anywhere in statement, signature or key. */
static void
test_statement_forged (struct fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) statement = statement_encode (WATTLE_STATEMENT_WIPE, TEST_UNIT, f->reference, 16, 0, 9);
  gsize length = g_bytes_get_size (statement);
  guint8 signature[64], key[65];
  g_autoptr (GError) error = NULL;

  statement_sign (&f->device, statement, signature);
  memcpy (key, f->device.public_key, sizeof key);
  for (gsize i = 0; i < length; i++) {
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (statement, NULL), length);
    g_autoptr (GBytes) forged = NULL;

    copy[i] ^= 1 << (i % 8);
    forged = g_bytes_new (copy, length);
    g_assert_false (wattle_statement_verify (forged, signature, key, NULL, &error));
    assert_error (error, WATTLE_ERROR_NOT_GENUINE);
  }
  for (gsize i = 0; i < sizeof signature; i++) {
    signature[i] ^= 1 << (i % 8);
    g_assert_false (wattle_statement_verify (statement, signature, key, NULL, NULL));
    signature[i] ^= 1 << (i % 8);
  }
  for (gsize i = 0; i < sizeof key; i++) { /* most are off the curve */
    key[i] ^= 1 << (i % 8);
    g_assert_false (wattle_statement_verify (statement, signature, key, NULL, NULL));
    key[i] ^= 1 << (i % 8);
  }
  g_assert_false (wattle_statement_verify (statement, signature, f->cloud.public_key, NULL, NULL));
  memset (signature, 0, sizeof signature);
  g_assert_false (wattle_statement_verify (statement, signature, key, NULL, NULL));
  g_assert_true (g_bytes_get_size (statement) == length);
}

/* Genuinely signed, but not a statement that can mean only one thing. */
static void
test_statement_odd (struct fixture *f, gconstpointer data)
{
  static const struct {
    const char *bytes;
    gsize length;
  } odd[] = {
    { "\x10\x01", 2 },                                          /* no kind */
    { "\x08\x04", 2 },                                          /* unknown kind */
    { "\x08", 1 },                                              /* cut */
    { "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 }, /* endless number */
    { "\x08\x03\x08\x02", 4 },                                  /* twice */
    { "\x1a\x01x\x08\x03", 5 },                                 /* out of order */
    { "\x08\x03\x12\x7fx", 5 },                                 /* longer than there is */
    { "\x08\x03\x12\x01\xff", 5 },                              /* not UTF-8 */
    { "\x08\x03\x1a\x21"
      "000000000000000000000000000000000",
      37 },                                        /* 33 bytes of reference */
    { "\x08\x03\x30\xff\xff\xff\xff\xff\x01", 9 }, /* more than 32 bits */
    { "\x08\x03\x22\x01x", 5 },                    /* a number as data */
    { "\x0d\x03\x00\x00\x00", 5 },                 /* another wire type */
    { "\x00\x03", 2 },                             /* field 0 */
  };
  g_autofree guint8 *large = g_malloc0 (WATTLE_STATEMENT_MAX_SIZE + 1);
  g_autoptr (GBytes) too_large = g_bytes_new (large, WATTLE_STATEMENT_MAX_SIZE + 1);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  guint8 signature[64];

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (GBytes) statement = g_bytes_new (odd[i].bytes, odd[i].length);

    g_test_message ("%u", i);
    statement_sign (&f->device, statement, signature);
    g_assert_false (wattle_statement_verify (statement, signature, f->device.public_key, NULL, &error));
    assert_error (error, WATTLE_ERROR_PROTOCOL);
  }
  statement_sign (&f->device, too_large, signature);
  g_assert_false (wattle_statement_verify (too_large, signature, f->device.public_key, NULL, NULL));
  statement_sign (&f->device, empty, signature);
  g_assert_false (wattle_statement_verify (empty, signature, f->device.public_key, NULL, NULL));
}

static void
test_jws (struct fixture *f, gconstpointer data)
{
  static const char *const headers[]
      = { JWS_HEADER, "{\"alg\":\"ES256\",\"kid\":\"2026\",\"typ\":\"JWT\"}", " { \"alg\" : \"ES256\" } " };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *jws = signer_jws (&f->cloud, headers[i], "{\"kind\":\"consent\",\"n\":5}");
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) claims = wattle_jws_verify (jws, f->cloud.public_key, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (wattle_json_get_string (claims, "kind"), ==, "consent");
  }
}

/* The example of RFC 7515, appendix A.3, is genuine, and is refused only because
 * its payload ... is fine too: so it verifies. */
static void
test_jws_rfc7515 (void)
{
  static const char jws[]
      = "eyJhbGciOiJFUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  static const char x[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
  g_autoptr (GBytes) x_bytes = wattle_base64url_decode (x, strlen (x));
  g_autoptr (GBytes) y_bytes = wattle_base64url_decode (y, strlen (y));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) claims = NULL;
  guint8 key[65] = { 4 };

  memcpy (key + 1, g_bytes_get_data (x_bytes, NULL), 32);
  memcpy (key + 33, g_bytes_get_data (y_bytes, NULL), 32);
  claims = wattle_jws_verify (jws, key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wattle_json_get_string (claims, "iss"), ==, "joe");
}

static void
test_jws_header (struct fixture *f, gconstpointer data)
{
  static const char *const headers[] = {
    "{\"alg\":\"none\"}",
    "{\"alg\":\"HS256\"}",
    "{\"alg\":\"ES384\"}",
    "{\"alg\":\"es256\"}",
    "{\"alg\":[\"ES256\"]}",
    "{}",
    "[]",
    "",
    "\"ES256\"",
    "{\"alg\":\"ES256\",\"alg\":\"ES256\"}",
    "{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}",
    "{\"alg\":\"ES256\",\"jwk\":{}}",
    "{\"alg\":\"ES256\",\"jku\":\"https://evil.example\"}",
    "{\"alg\":\"ES256\",\"x5c\":[]}",
    "{\"alg\":\"ES256\",\"kid\":1}",
    "{\"alg\":\"ES256\"} x",
  };
  static const char *const payloads[] = { "", "[]", "null", "text", "{\"a\":1,\"a\":2}", "{\"a\":1.5}" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *jws = signer_jws (&f->cloud, headers[i], "{}");

    g_test_message ("%s", headers[i]);
    g_assert_null (wattle_jws_verify (jws, f->cloud.public_key, &error));
    assert_error (error, WATTLE_ERROR_NOT_GENUINE);
  }
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++) {
    g_autofree char *jws = signer_jws (&f->cloud, JWS_HEADER, payloads[i]);

    g_test_message ("%s", payloads[i]);
    g_assert_null (wattle_jws_verify (jws, f->cloud.public_key, &error));
    assert_error (error, WATTLE_ERROR_NOT_GENUINE);
  }
}

/* Every character replaced, the parts rearranged, the size. */
static void
test_jws_forged (struct fixture *f, gconstpointer data)
{
  g_autofree char *jws = signer_jws (&f->cloud, JWS_HEADER, "{\"kind\":\"device-deletion\"}");
  g_auto (GStrv) parts = g_strsplit (jws, ".", -1);
  g_autofree char *padding = g_strnfill (WATTLE_JWS_MAX_SIZE, 'A');
  /* H, P and S stand for header, payload and signature. */
  static const char *const forms[]
      = { "H.P", "H.P.", "H..S", ".P.S", "H.P.S.", "H.P.S=", "H.P.S.S", "P.H.S", " H.P.S", "H.P.SAAAA", "H.P.S\n", "" };
  g_autofree char *long_one = g_strconcat (jws, padding, NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; jws[i]; i++) {
    char kept = jws[i];

    jws[i] = kept == 'A' ? 'B' : 'A';
    g_assert_null (wattle_jws_verify (jws, f->cloud.public_key, &error));
    assert_error (error, WATTLE_ERROR_NOT_GENUINE);
    jws[i] = kept;
  }
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autoptr (GString) text = g_string_new (forms[i]);

    g_string_replace (text, "H", "\1", 0);
    g_string_replace (text, "P", "\2", 0);
    g_string_replace (text, "S", "\3", 0);
    g_string_replace (text, "\1", parts[0], 0);
    g_string_replace (text, "\2", parts[1], 0);
    g_string_replace (text, "\3", parts[2], 0);
    g_test_message ("%s", forms[i]);
    g_assert_null (wattle_jws_verify (text->str, f->cloud.public_key, NULL));
  }
  g_assert_null (wattle_jws_verify (long_one, f->cloud.public_key, NULL));
  g_assert_null (wattle_jws_verify (jws, f->device.public_key, NULL));
}

static void
assert_same (WattleEvidence *evidence)
{
  g_autoptr (JsonNode) node = wattle_evidence_to_json (evidence);
  g_autofree char *text = wattle_json_canonical (node);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleEvidence) back = wattle_evidence_from_json (node, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  again = wattle_evidence_to_json (back);
  text_again = wattle_json_canonical (again);
  g_assert_cmpstr (text_again, ==, text);
  g_assert_cmpint (wattle_evidence_get_kind (back), ==, wattle_evidence_get_kind (evidence));
  g_assert_cmpstr (wattle_evidence_get_key_sha256 (back), ==, wattle_evidence_get_key_sha256 (evidence));
}

static void
test_evidence (struct fixture *f, gconstpointer data)
{
  g_autoptr (WattleEvidence) device = device_evidence (&f->device, WATTLE_STATEMENT_WIPE, f->reference, 16);
  g_autoptr (WattleEvidence) cloud = cloud_evidence (&f->cloud, "{\"kind\":\"consent\"}");
  g_autoptr (WattleEvidence) local = wattle_evidence_new_local (3, 1790000000);
  static const char *const broken[] = {
    "null",
    "[]",
    "{}",
    "{\"kind\":\"rumour\"}",
    "{\"kind\":1}",
    "{\"kind\":\"computer\"}",
    "{\"kind\":\"computer\",\"removed\":-1,\"time\":1}",
    "{\"kind\":\"computer\",\"removed\":1,\"time\":\"x\"}",
    "{\"kind\":\"computer\",\"removed\":1,\"time\":1,\"more\":1}",
    "{\"kind\":\"cloud-receipt\",\"jws\":\"x\"}",
    "{\"kind\":\"device-statement\",\"statement\":\"\",\"signature\":\"\",\"key\":\"\"}",
  };

  assert_same (device);
  assert_same (cloud);
  assert_same (local);
  g_assert_nonnull (wattle_evidence_get_statement (device));
  g_assert_null (wattle_evidence_get_statement (cloud));
  g_assert_null (wattle_evidence_get_claims (device));
  g_assert_null (wattle_evidence_get_key_sha256 (local));
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_autoptr (JsonNode) node = json_from_string (broken[i], NULL);

    g_test_message ("%s", broken[i]);
    g_assert_null (wattle_evidence_from_json (node, NULL));
  }
  g_assert_null (wattle_evidence_from_json (NULL, NULL));
}

#define ADD(path, func) g_test_add (path, struct fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/evidence/statement", test_statement);
  g_test_add_func ("/evidence/statement-of-pairing", test_statement_of_pairing);
  ADD ("/evidence/statement-forged", test_statement_forged);
  ADD ("/evidence/statement-odd", test_statement_odd);
  ADD ("/evidence/jws", test_jws);
  g_test_add_func ("/evidence/jws-rfc7515", test_jws_rfc7515);
  ADD ("/evidence/jws-header", test_jws_header);
  ADD ("/evidence/jws-forged", test_jws_forged);
  ADD ("/evidence/evidence", test_evidence);
  return g_test_run ();
}
