/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cloud client against the real wattle-cloud: every call, and what it
 * refuses.
 */
#include <string.h>

#include "common/secret-fd.h"
#include "privacy/evidence.h"
#include "privacy/json.h"
#include "real-cloud.h"

#define REQUEST "00112233445566778899aabbccddeeff"
#define HASH "1111111111111111111111111111111111111111111111111111111111111111"

static RealCloud *cloud;

static char *
put_consent (WattleCloudClient *client, guint32 version, const char *const *allowed, guint64 *deleted, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_cloud_client_put_consent_async (client, REAL_CLOUD_UNIT, version, allowed, HASH, NULL, real_cloud_on_done,
                                         &waiting);
  result = real_cloud_await (&waiting);
  return wattle_cloud_client_put_consent_finish (client, result, deleted, error);
}

static gboolean
post (WattleCloudClient *client, const char *purpose, guint32 from, guint n, guint *accepted, guint32 *highest,
      GError **error)
{
  g_autofree WattleReading *readings = g_new0 (WattleReading, n);
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < n; i++)
    readings[i] = (WattleReading){ from + i, 1700000000 + i, -20000 + (gint32)i, 3 };
  wattle_cloud_client_post_readings_async (client, REAL_CLOUD_UNIT, purpose, readings, n, NULL, real_cloud_on_done,
                                           &waiting);
  result = real_cloud_await (&waiting);
  return wattle_cloud_client_post_readings_finish (client, result, accepted, highest, error);
}

static char *
delete_device (WattleCloudClient *client, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_cloud_client_delete_device_async (client, REAL_CLOUD_UNIT, REQUEST, NULL, real_cloud_on_done, &waiting);
  result = real_cloud_await (&waiting);
  return wattle_cloud_client_delete_device_finish (client, result, error);
}

static char *
delete_account (WattleCloudClient *client, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_cloud_client_delete_account_async (client, REQUEST, NULL, real_cloud_on_done, &waiting);
  result = real_cloud_await (&waiting);
  return wattle_cloud_client_delete_account_finish (client, result, error);
}

static JsonObject *
verify (const char *receipt)
{
  g_autoptr (GError) error = NULL;
  JsonObject *claims = wattle_jws_verify (receipt, wattle_passport_get_receipt_key (cloud->passport), &error);

  g_assert_no_error (error);
  return claims;
}

/* From the claim to the end of the account. */
static void
test_story (void)
{
  const char *const allowed[] = { "cloud-history", NULL };
  const char *const nothing[] = { NULL };
  g_autofree char *account = NULL, *receipt = NULL, *same = NULL, *withdrawn = NULL, *gone = NULL, *again = NULL;
  g_autofree char *closed = NULL, *closed_again = NULL;
  g_autoptr (WattleCloudClient) client = real_cloud_claimed_client (cloud, &account);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) given = NULL, deletion = NULL, end = NULL;
  guint64 deleted;
  guint32 highest;
  guint accepted;

  /* Not without a yes. */
  g_assert_false (post (client, "cloud-history", 1, 3, &accepted, &highest, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
  g_clear_error (&error);

  receipt = put_consent (client, 1, allowed, &deleted, &error);
  g_assert_no_error (error);
  given = verify (receipt);
  g_assert_cmpstr (json_object_get_string_member (given, "record_sha256"), ==, HASH);
  same = put_consent (client, 1, allowed, &deleted, NULL);
  g_assert_cmpstr (same, ==, receipt);

  g_assert_true (post (client, "cloud-history", 1, WATTLE_CLOUD_BATCH_MAX, &accepted, &highest, &error));
  g_assert_cmpuint (accepted, ==, WATTLE_CLOUD_BATCH_MAX);
  g_assert_cmpuint (highest, ==, WATTLE_CLOUD_BATCH_MAX);
  g_assert_true (post (client, "cloud-history", 499, 4, &accepted, &highest, &error));
  g_assert_cmpuint (accepted, ==, 2);
  g_assert_cmpuint (highest, ==, 502);
  g_assert_false (post (client, "product-improvement", 1, 1, &accepted, &highest, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
  g_clear_error (&error);

  withdrawn = put_consent (client, 2, nothing, &deleted, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (deleted, ==, 502);
  g_assert_null (put_consent (client, 1, allowed, &deleted, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CLOUD);
  g_clear_error (&error);

  gone = delete_device (client, &error);
  g_assert_no_error (error);
  deletion = verify (gone);
  g_assert_cmpstr (json_object_get_string_member (deletion, "request"), ==, REQUEST);
  again = delete_device (client, &error);
  g_assert_cmpstr (again, ==, gone);
  closed = delete_account (client, &error);
  g_assert_no_error (error);
  end = verify (closed);
  g_assert_cmpstr (json_object_get_string_member (end, "request"), ==, REQUEST);
  closed_again = delete_account (client, &error);
  g_assert_cmpstr (closed_again, ==, closed);

  g_assert_null (put_consent (client, 3, allowed, &deleted, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CLOUD);
}

static void
test_get (void)
{
  const char *const allowed[] = { "cloud-history", NULL };
  g_autofree char *account = NULL, *receipt = NULL, *closed = NULL, *gone = NULL;
  g_autoptr (WattleCloudClient) client = real_cloud_claimed_client (cloud, &account);
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) listed = NULL, got = NULL, rest = NULL, exported = NULL;
  g_autoptr (GArray) readings = NULL, none = NULL;
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (JsonNode) all = NULL;
  g_auto (GStrv) units = NULL;
  guint64 deleted;
  guint32 highest;
  guint accepted;
  gssize written;

  receipt = put_consent (client, 1, allowed, &deleted, &error);
  g_assert_true (post (client, "cloud-history", 7, 3, &accepted, &highest, &error));
  wattle_cloud_client_list_devices_async (client, NULL, real_cloud_on_done, &waiting);
  listed = real_cloud_await (&waiting);
  units = wattle_cloud_client_list_devices_finish (client, listed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (units), ==, 1);
  g_assert_cmpstr (units[0], ==, REAL_CLOUD_UNIT);

  wattle_cloud_client_get_readings_async (client, REAL_CLOUD_UNIT, "cloud-history", 7, NULL, real_cloud_on_done,
                                          &waiting);
  got = real_cloud_await (&waiting);
  readings = wattle_cloud_client_get_readings_finish (client, got, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (readings->len, ==, 2);
  g_assert_cmpuint (g_array_index (readings, WattleReading, 1).sequence, ==, 9);
  g_assert_cmpint (g_array_index (readings, WattleReading, 1).value, ==, -19998);
  wattle_cloud_client_get_readings_async (client, REAL_CLOUD_UNIT, "cloud-history", 9, NULL, real_cloud_on_done,
                                          &waiting);
  rest = real_cloud_await (&waiting);
  none = wattle_cloud_client_get_readings_finish (client, rest, &error);
  g_assert_cmpuint (none->len, ==, 0);

  wattle_cloud_client_export_async (client, stream, NULL, real_cloud_on_done, &waiting);
  exported = real_cloud_await (&waiting);
  written = wattle_cloud_client_export_finish (client, exported, &error);
  g_assert_no_error (error);
  g_assert_cmpint (written, ==, (gssize)g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
  all = wattle_json_parse (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)), (gsize)written, 1 << 20,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (all), "account"), ==, account);
  gone = delete_device (client, &error);
  closed = delete_account (client, &error);
  g_assert_no_error (error);
}

static GError *
begin_claim_error (WattleCloudClient *client, const char *unit)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  wattle_cloud_client_begin_claim_async (client, unit, NULL, real_cloud_on_done, &waiting);
  result = real_cloud_await (&waiting);
  g_assert_null (wattle_cloud_client_begin_claim_finish (client, result, &error));
  return error;
}

static void
assert_refused (WattleCloudClient *client, const char *unit, WattleError code)
{
  g_autoptr (GError) error = begin_claim_error (client, unit);

  g_assert_error (error, WATTLE_ERROR, (int)code);
}

static void
test_refusals (void)
{
  g_autofree char *account = NULL, *gone = NULL, *closed = NULL;
  g_autoptr (WattleCloudClient) client = real_cloud_claimed_client (cloud, &account);
  g_autoptr (WattleCloudClient) stranger = real_cloud_client (cloud);
  g_autoptr (GBytes) wrong = g_bytes_new ("wrong", 5);
  g_autoptr (GBytes) rubbish = g_bytes_new ("rubbish", 7);
  guint8 zeros[64] = { 0 };
  g_autoptr (GBytes) signature = g_bytes_new (zeros, sizeof zeros);
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  assert_refused (client, "NO-SUCH-UNIT", WATTLE_ERROR_NOT_FOUND);
  assert_refused (client, "../../etc/passwd?x=1#", WATTLE_ERROR_NOT_FOUND);
  assert_refused (stranger, REAL_CLOUD_UNIT, WATTLE_ERROR_CLOUD);
  wattle_cloud_client_set_account (stranger, account, wrong);
  assert_refused (stranger, REAL_CLOUD_UNIT, WATTLE_ERROR_CLOUD);
  wattle_cloud_client_claim_async (client, REAL_CLOUD_UNIT, rubbish, signature, NULL, real_cloud_on_done, &waiting);
  result = real_cloud_await (&waiting);
  g_assert_false (wattle_cloud_client_claim_finish (client, result, &error));
  g_assert_true (error->domain == WATTLE_ERROR);
  g_clear_error (&error);
  gone = delete_device (client, &error);
  closed = delete_account (client, &error);
  g_assert_no_error (error);
}

/* The key decides, and nothing is sent to a wrong one. */
static void
test_wrong_pin (void)
{
  guint8 other[32] = { 1 };
  g_autofree char *pin = g_base64_encode (other, sizeof other);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCloudClient) client = wattle_cloud_client_new (cloud->origin, pin, &error);

  g_assert_no_error (error);
  assert_refused (client, REAL_CLOUD_UNIT, WATTLE_ERROR_NOT_GENUINE);
}

static void
test_unreachable (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCloudClient) client = real_cloud_client (cloud);

  real_cloud_stop (cloud);
  assert_refused (client, REAL_CLOUD_UNIT, WATTLE_ERROR_CLOUD_UNREACHABLE);
  real_cloud_start (cloud);
  assert_refused (client, REAL_CLOUD_UNIT, WATTLE_ERROR_CLOUD); /* reached: it asks for an account */
}

static void
test_bad_passports (void)
{
  const char *const origins[]
      = { "http://127.0.0.1:1", "https://", "https://a/b", "https://a/", "https://u@a", "https://a?x", "ftp://a", "" };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++) {
    g_assert_null (wattle_cloud_client_new (origins[i], cloud->pin, &error));
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT);
    g_clear_error (&error);
  }
  g_assert_null (wattle_cloud_client_new (cloud->origin, "AAAA", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  cloud = real_cloud_new ();
  g_test_add_func ("/cloud/story", test_story);
  g_test_add_func ("/cloud/get", test_get);
  g_test_add_func ("/cloud/refusals", test_refusals);
  g_test_add_func ("/cloud/wrong-pin", test_wrong_pin);
  g_test_add_func ("/cloud/unreachable", test_unreachable);
  g_test_add_func ("/cloud/bad-passports", test_bad_passports);
  status = g_test_run ();
  real_cloud_free (cloud);
  return status;
}
