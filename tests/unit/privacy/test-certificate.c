/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of wipes: what they say, that nothing in them can be changed, and
 * that nobody can sign one anew. */
#include "privacy/certificate.h"

#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "support.h"

#define NOW G_GINT64_CONSTANT (1790000000)

static struct signer device, cloud;
static guint8 key[WATTLE_CERTIFICATE_KEY_SIZE];

static const char *const remains[] = { "Ask them: privacy@example.com", NULL };
static const WattleCertificateAbout about = { "Thermometer", "Gumleaf", remains };

static gboolean
write_nothing (gpointer journal, const char *wipe_id, guint step, const char *json, GError **error)
{
  return TRUE;
}

static void
do_place (WattleWipePlan *plan, WattleWipePlace place, WattleEvidence *taken)
{
  g_autoptr (WattleEvidence) evidence = taken;
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_wipe_plan_start (plan, place, &error));
  wattle_wipe_plan_finish (plan, place, evidence, NOW + place, &error);
  g_assert_no_error (error);
}

/* The receipt of a whole wipe whose id is that of @with. */
static char *
receipt_for (const guint8 *with)
{
  g_autoptr (WattleWipePlan) plan = wattle_wipe_plan_new (0, NOW);
  g_autofree char *unit = wattle_sha256_hex (TEST_UNIT, strlen (TEST_UNIT));
  g_autofree char *passport = g_strnfill (64, 'a');
  guint8 id[WATTLE_WIPE_ID_SIZE];
  const char *name;

  wattle_certificate_key_id (with, id);
  wattle_wipe_plan_set_id (plan, id);
  name = wattle_wipe_plan_get_id (plan);
  wattle_wipe_plan_set_journal (plan, write_nothing, NULL);
  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  do_place (plan, WATTLE_WIPE_CLOUD_DATA,
            cloud_evidence (&cloud,
                            "{\"kind\":\"device-deletion\",\"request\":\"%s\",\"device\":\"%s\",\"records_deleted\":7}",
                            name, unit));
  do_place (plan, WATTLE_WIPE_CLOUD_ACCOUNT,
            cloud_evidence (&cloud, "{\"kind\":\"account-deletion\",\"request\":\"%s\"}", name));
  do_place (plan, WATTLE_WIPE_DEVICE, device_evidence (&device, WATTLE_STATEMENT_WIPE, id, sizeof id));
  do_place (plan, WATTLE_WIPE_KEYRING, wattle_evidence_new_local (4, NOW));
  do_place (plan, WATTLE_WIPE_RECORDS, wattle_evidence_new_local (9, NOW));
  return wattle_wipe_receipt_compose (plan, 0x00010001, passport);
}

static char *
make (void)
{
  g_autofree char *receipt = receipt_for (key);
  g_autoptr (GError) error = NULL;
  char *json = wattle_certificate_make (receipt, &about, NOW + 60, key, &error);

  g_assert_no_error (error);
  return json;
}

static void
test_says (void)
{
  g_autofree char *json = make ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCertificate) certificate = wattle_certificate_verify (json, strlen (json), &error);
  g_autofree char *device_key = wattle_sha256_hex (device.public_key, 65);
  static const gint64 removed[] = { 7, -1, 7, 4, 9 };

  g_assert_no_error (error);
  g_assert_true (wattle_certificate_is_one (json, strlen (json)));
  g_assert_true (certificate->complete);
  g_assert_false (certificate->given_up);
  g_assert_true (certificate->bound);
  g_assert_cmpstr (certificate->product, ==, "Thermometer");
  g_assert_cmpstr (certificate->manufacturer, ==, "Gumleaf");
  g_assert_cmpstrv (certificate->remains, remains);
  g_assert_cmpint (certificate->requested_at, ==, NOW);
  g_assert_cmpint (certificate->issued_at, ==, NOW + 60);
  g_assert_cmpstr (certificate->unit_id, ==, TEST_UNIT);
  g_assert_cmpstr (certificate->device_key_sha256, ==, device_key);
  g_assert_cmpuint (certificate->places->len, ==, WATTLE_WIPE_TRACES);
  for (guint i = 0; i < certificate->places->len; i++) {
    const WattleCertificatePlace *place = &g_array_index (certificate->places, WattleCertificatePlace, i);

    g_assert_cmpstr (place->state, ==, "confirmed");
    g_assert_cmpint (place->done_at, ==, NOW + i);
    g_assert_cmpint (place->removed, ==, removed[i]);
    g_assert_cmpstr (place->signed_by, ==, i < 2 ? "cloud" : i == 2 ? "device" : "computer");
  }
}

/* The cloud was given up: over, not confirmed, and the certificate says both. */
static void
test_given_up (void)
{
  g_autoptr (WattleWipePlan) plan = wattle_wipe_plan_new (1u << WATTLE_WIPE_DEVICE, NOW);
  g_autofree char *passport = g_strnfill (64, 'a');
  g_autofree char *receipt = NULL;
  g_autofree char *json = NULL;
  g_autoptr (WattleCertificate) certificate = NULL;
  guint given_up = 0;
  guint8 id[WATTLE_WIPE_ID_SIZE];

  wattle_certificate_key_id (key, id);
  wattle_wipe_plan_set_id (plan, id);
  wattle_wipe_plan_set_journal (plan, write_nothing, NULL);
  g_assert_true (wattle_wipe_plan_begin (plan, NULL));
  g_assert_true (wattle_wipe_plan_give_up_cloud (plan, NOW + 30, NULL));
  do_place (plan, WATTLE_WIPE_KEYRING, wattle_evidence_new_local (4, NOW));
  do_place (plan, WATTLE_WIPE_RECORDS, wattle_evidence_new_local (9, NOW));
  receipt = wattle_wipe_receipt_compose (plan, 0x00010001, passport);
  json = wattle_certificate_make (receipt, &about, NOW + 60, key, NULL);
  certificate = wattle_certificate_verify (json, strlen (json), NULL);
  g_assert_nonnull (certificate);
  g_assert_true (certificate->complete);
  g_assert_true (certificate->given_up);
  for (guint i = 0; i < certificate->places->len; i++) {
    const WattleCertificatePlace *place = &g_array_index (certificate->places, WattleCertificatePlace, i);

    if (!g_str_equal (place->state, "given-up"))
      continue;
    given_up++;
    g_assert_null (place->signed_by);
    g_assert_cmpint (place->done_at, ==, NOW + 30);
  }
  g_assert_cmpuint (given_up, ==, 2);
}

/* Whatever byte is another, it is noticed. */
static void
test_changed (void)
{
  g_autofree char *json = make ();
  gsize length = strlen (json);
  static const char *const files[] = { "", "{}", "[]", "{\"format\":\"wattle-wipe-certificate-1\"}" };

  for (gsize i = 0; i < length; i += 3) {
    char kept = json[i];

    json[i] = kept == 'e' ? 'f' : 'e';
    g_assert_null (wattle_certificate_verify (json, length, NULL));
    json[i] = kept;
  }
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_null (wattle_certificate_verify (files[i], strlen (files[i]), NULL));
}

/* Somebody changes what is not signed by device and cloud, and signs the whole
 * with a key of their own: then the wipe's id is not that key's. */
static void
test_signed_anew (void)
{
  static const char *const nothing[] = { NULL };
  const WattleCertificateAbout other = { "Thermometer", "Gumleaf", nothing };
  g_autofree char *receipt = receipt_for (key);
  g_autofree char *json = NULL;
  g_autoptr (WattleCertificate) certificate = NULL;
  guint8 own[WATTLE_CERTIFICATE_KEY_SIZE];

  wattle_certificate_key_new (own);
  json = wattle_certificate_make (receipt, &other, NOW, own, NULL);
  certificate = wattle_certificate_verify (json, strlen (json), NULL);
  g_assert_nonnull (certificate);
  g_assert_false (certificate->bound);
}

static void
test_bad_keys (void)
{
  g_autofree char *receipt = receipt_for (key);
  g_autoptr (GError) error = NULL;
  guint8 bad[WATTLE_CERTIFICATE_KEY_SIZE];

  for (guint i = 0; i < sizeof bad; i += 16) {
    memcpy (bad, key, sizeof bad);
    bad[i] ^= 1;
    g_assert_null (wattle_certificate_make (receipt, &about, NOW, bad, &error));
    assert_error (error, WATTLE_ERROR_INVALID_ARGUMENT);
  }
  g_assert_null (wattle_certificate_make ("{", &about, NOW, key, &error));
  assert_error (error, WATTLE_ERROR_INVALID_ARGUMENT);
}

/* A key's numbers can begin with zeros. */
static void
test_many_keys (void)
{
  g_autofree char *receipt = receipt_for (key);

  for (guint i = 0; i < 300; i++) {
    guint8 fresh[WATTLE_CERTIFICATE_KEY_SIZE];
    g_autofree char *json = NULL;

    wattle_certificate_key_new (fresh);
    json = wattle_certificate_make (receipt, &about, NOW, fresh, NULL);
    g_assert_nonnull (json);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  signer_init (&device);
  signer_init (&cloud);
  wattle_certificate_key_new (key);
  g_test_add_func ("/certificate/says", test_says);
  g_test_add_func ("/certificate/given-up", test_given_up);
  g_test_add_func ("/certificate/changed", test_changed);
  g_test_add_func ("/certificate/signed-anew", test_signed_anew);
  g_test_add_func ("/certificate/bad-keys", test_bad_keys);
  g_test_add_func ("/certificate/many-keys", test_many_keys);
  status = g_test_run ();
  signer_clear (&device);
  signer_clear (&cloud);
  return status;
}
