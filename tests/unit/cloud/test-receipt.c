/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts, verified by what a companion verifies them with.
 */
#include <string.h>

#include "cloud/certificate.h"
#include "cloud/receipt.h"
#include "common/error.h"
#include "privacy/evidence.h"
#include "privacy/json.h"

static WattleReceiptKey *
make_key (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = wattle_certificate_make_key (&error);
  WattleReceiptKey *key = wattle_receipt_key_new (pem, &error);

  g_assert_no_error (error);
  return key;
}

/* The uncompressed point of a key's JWK. */
static void
public_point (WattleReceiptKey *key, guint8 out[65])
{
  g_autoptr (JsonObject) jwk = wattle_receipt_key_to_jwk (key);
  const char *const names[] = { "x", "y" };

  out[0] = 4;
  for (guint i = 0; i < 2; i++) {
    const char *text = json_object_get_string_member (jwk, names[i]);
    g_autoptr (GBytes) coordinate = wattle_base64url_decode (text, strlen (text));

    g_assert_cmpuint (g_bytes_get_size (coordinate), ==, 32);
    memcpy (out + 1 + 32 * i, g_bytes_get_data (coordinate, NULL), 32);
  }
}

/* Many times: r, s, x and y may begin with zeros, which GnuTLS leaves out. */
static void
test_companion_verifies (void)
{
  for (guint i = 0; i < 300; i++) {
    g_autoptr (WattleReceiptKey) key = make_key ();
    g_autoptr (JsonObject) claims = wattle_receipt_claims ("https://cloud.example", "consent", i, i % 2 == 1);
    g_autoptr (GError) error = NULL;
    g_autofree char *jws = wattle_receipt_sign (key, claims, &error);
    g_autoptr (JsonObject) verified = NULL;
    guint8 point[65];

    g_assert_no_error (error);
    public_point (key, point);
    verified = wattle_jws_verify (jws, point, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (json_object_get_string_member (verified, "iss"), ==, "https://cloud.example");
    g_assert_cmpstr (json_object_get_string_member (verified, "kind"), ==, "consent");
    g_assert_cmpint (json_object_get_int_member (verified, "records_deleted"), ==, i);
    g_assert_cmpint (json_object_get_boolean_member (verified, "key_destroyed"), ==, i % 2 == 1);
    g_assert_cmpint (ABS (json_object_get_int_member (verified, "time") - g_get_real_time () / G_USEC_PER_SEC), <, 60);
  }
}

static void
test_another_key_does_not (void)
{
  g_autoptr (WattleReceiptKey) key = make_key ();
  g_autoptr (WattleReceiptKey) other = make_key ();
  g_autoptr (JsonObject) claims = wattle_receipt_claims ("https://cloud.example", "consent", 0, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *jws = wattle_receipt_sign (key, claims, &error);
  guint8 point[65];

  public_point (other, point);
  g_assert_null (wattle_jws_verify (jws, point, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE);
}

static void
test_bad_keys (void)
{
  const char *const pems[] = { "", "rubbish", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" };

  for (guint i = 0; i < G_N_ELEMENTS (pems); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (wattle_receipt_key_new (pems[i], &error));
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud/receipt/companion-verifies", test_companion_verifies);
  g_test_add_func ("/cloud/receipt/another-key-does-not", test_another_key_does_not);
  g_test_add_func ("/cloud/receipt/bad-keys", test_bad_keys);
  return g_test_run ();
}
