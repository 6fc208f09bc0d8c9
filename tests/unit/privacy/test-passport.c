/* SPDX-License-Identifier: Apache-2.0 */
/* Passports: the samples, every statement left out, and all that is refused. */
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "support.h"

static void
test_thermometer (void)
{
  g_autoptr (WattlePassport) passport = sample_load (THERMOMETER);
  g_autofree char *text = sample_text (THERMOMETER);
  g_autofree char *json = wattle_passport_dup_json (passport);
  g_autofree char *sha256 = wattle_sha256_hex (text, strlen (text));
  g_auto (GStrv) omissions = wattle_passport_get_omissions (passport, NULL);
  g_auto (GStrv) third_parties = wattle_passport_get_third_parties (passport, NULL);

  g_assert_cmpstr (wattle_passport_get_sha256 (passport), ==, sha256);
  g_assert_cmpstr (json, ==, text);
  g_assert_cmpuint (wattle_passport_get_product (passport), ==, 0x00010001);
  g_assert_cmpstr (wattle_passport_get_name (passport, NULL), ==, "Gumleaf room thermometer");
  g_assert_cmpstr (wattle_passport_get_name (passport, "de_AT.UTF-8"), ==, "Gumleaf Raumthermometer");
  g_assert_cmpstr (wattle_passport_get_name (passport, "fr"), ==, "Gumleaf room thermometer");
  g_assert_cmpstr (wattle_passport_get_model (passport), ==, "GL-RT1");
  g_assert_cmpstr (wattle_passport_get_manufacturer (passport), ==, "Gumleaf Instruments Pty Ltd");
  g_assert_cmpstr (wattle_passport_get_support_start (passport), ==, "2026-03-02");
  g_assert_cmpstr (wattle_passport_get_support_end (passport), ==, "2032-03-01");
  g_assert_cmpstr (wattle_passport_get_security_contact (passport), ==, "mailto:security@gumleaf.example");
  g_assert_cmpstr (wattle_passport_get_unit (passport), ==, "°C");
  g_assert_cmpuint (wattle_passport_get_scale (passport), ==, 1000);
  g_assert_cmpuint (wattle_passport_get_decimals (passport), ==, 1);
  g_assert_true (wattle_passport_has_readings (passport));
  g_assert_true (g_strv_equal (wattle_passport_get_languages (passport), (const char *[]){ "en", "de", NULL }));
  g_assert_cmpuint (g_strv_length (omissions), ==, 0);
  g_assert_cmpuint (g_strv_length (third_parties), ==, 0);
}

static void
test_purposes (void)
{
  static const struct {
    const char *id;
    guint number;
    gboolean consent, cloud;
    const char *where;
  } expected[] = {
    { "local-readings", 1, FALSE, FALSE, "home" },
    { "cloud-history", 2, TRUE, TRUE, "cloud" },
    { "product-improvement", 3, TRUE, TRUE, "cloud" },
  };
  g_autoptr (WattlePassport) passport = sample_load (THERMOMETER);

  g_assert_cmpuint (wattle_passport_get_n_purposes (passport), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (passport, i);
    g_autofree char *retention = wattle_purpose_get_retention (purpose, "en");

    g_assert_cmpstr (wattle_purpose_get_id (purpose), ==, expected[i].id);
    g_assert_cmpuint (wattle_purpose_get_number (purpose), ==, expected[i].number);
    g_assert_cmpuint (wattle_purpose_get_bit (purpose), ==, 1u << i);
    g_assert_cmpint (wattle_purpose_needs_consent (purpose), ==, expected[i].consent);
    g_assert_cmpint (wattle_purpose_uses_cloud (purpose), ==, expected[i].cloud);
    g_assert_cmpstr (wattle_purpose_get_where (purpose), ==, expected[i].where);
    g_assert_cmpint (wattle_purpose_get_if_refused (purpose, "en") != NULL, ==, expected[i].consent);
    g_assert_true (*retention != '\0');
    g_assert_true (wattle_passport_find_purpose (passport, expected[i].id) == purpose);
    g_assert_true (wattle_passport_find_device_purpose (passport, i + 1) == purpose);
  }
  g_assert_null (wattle_passport_find_purpose (passport, "spying"));
  g_assert_null (wattle_passport_find_device_purpose (passport, 0));
  g_assert_null (wattle_passport_find_device_purpose (passport, 4));
  g_assert_cmpuint (wattle_passport_get_purpose_mask (passport), ==, 7);
  g_assert_cmpuint (wattle_passport_get_needed_mask (passport), ==, 1);
}

static void
test_who_gets_what (void)
{
  g_autoptr (WattlePassport) passport = sample_load (DOOR_LOCK);
  const WattlePurpose *parcels = wattle_passport_find_purpose (passport, "parcel-access");
  g_auto (GStrv) recipients = wattle_purpose_get_recipients (parcels, "en");
  g_auto (GStrv) data = wattle_purpose_get_data (parcels, "en");
  g_auto (GStrv) third_parties = wattle_passport_get_third_parties (passport, "en");
  g_autofree char *retention = wattle_purpose_get_retention (parcels, "en");

  g_assert_cmpuint (wattle_purpose_get_bit (parcels), ==, 0);
  g_assert_cmpstr (wattle_purpose_get_where (parcels), ==, "third-party");
  g_assert_true (g_strv_equal ((const char *const *)recipients,
                               (const char *[]){ "Saltbush Home AB (Sweden)", "Parcel Swift BV (Netherlands)", NULL }));
  g_assert_true (
      g_strv_equal ((const char *const *)data,
                    (const char *[]){ "a random account number", "when the door was locked or opened", NULL }));
  g_assert_cmpuint (g_strv_length (third_parties), ==, 1);
  g_assert_nonnull (strstr (third_parties[0], "Parcel Swift BV (Netherlands)"));
  g_assert_nonnull (strstr (third_parties[0], "https://parcel-swift.example/privacy"));
  g_assert_nonnull (strstr (retention, "365 days"));
  g_assert_nonnull (strstr (retention, "30 days"));
}

static void
test_cloud (void)
{
  g_autoptr (WattlePassport) template = sample_load (THERMOMETER);
  g_autoptr (WattlePassport) filled = NULL;
  g_autoptr (WattlePassport) without = NULL;
  g_autofree char *with_key = NULL;
  g_autofree char *no_purposes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  g_assert_true (wattle_passport_has_cloud (template));
  g_assert_true (wattle_passport_is_template (template));
  with_key = sample_edit (THERMOMETER, "cloud",
                          "{\"url\":\"https://127.0.0.1:8443\","
                          "\"spki_sha256\":\"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\","
                          "\"receipt_key\":{\"kty\":\"EC\",\"crv\":\"P-256\","
                          "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}}");
  filled = passport_from_text (with_key, &error);
  g_assert_no_error (error);
  g_assert_false (wattle_passport_is_template (filled));
  g_assert_cmpstr (wattle_passport_get_cloud_url (filled), ==, "https://127.0.0.1:8443");
  g_assert_cmpuint (wattle_passport_get_cloud_pin (filled)[0], ==, 1);
  g_assert_cmpuint (wattle_passport_get_cloud_pin (filled)[31], ==, 32);
  g_assert_cmpuint (wattle_passport_get_receipt_key (filled)[0], ==, 4);
  g_assert_cmpuint (wattle_passport_get_receipt_key (filled)[1], ==, 0x7f);
  g_assert_cmpuint (wattle_passport_get_receipt_key (filled)[64], ==, 0xad);

  no_purposes = sample_edit (THERMOMETER, "purposes", "[]");
  node = json_from_string (no_purposes, NULL);
  json_object_remove_member (json_node_get_object (node), "cloud");
  text = json_to_string (node, FALSE);
  without = passport_from_text (text, &error);
  g_assert_no_error (error);
  g_assert_false (wattle_passport_has_cloud (without));
  g_assert_false (wattle_passport_is_template (without));
  g_assert_null (wattle_passport_get_cloud_url (without));
  g_assert_null (wattle_passport_get_cloud_pin (without));
  g_assert_null (wattle_passport_get_receipt_key (without));
}

/* Every mandatory statement: left out, the passport still loads, and one sentence
 * with these words says what is missing. */
static const struct {
  const char *path;
  guint n; /* sentences */
  const char *words;
} omissions[] = {
  { "manufacturer/country", 1, "which country it is in" },
  { "manufacturer/address", 1, "its postal address" },
  { "manufacturer/contact", 1, "how you can reach it" },
  { "sensors", 1, "which sensors" },
  { "purposes", 2, "what your data is used for" },
  { "purposes/1/uses", 2, "“See the temperature when you are away” the maker does not say who gets data" },
  { "purposes/1/uses/0/keep", 1, "“See the temperature when you are away” the maker does not say how long" },
  { "purposes/0/uses/1/keep", 1, "“Show the temperature at home” the maker does not say how long" },
  { "purposes/2/uses/0/country", 1, "“Help us make better thermometers” the maker does not say in which country" },
  { "purposes/1/uses/1/shared_with", 1, "whom all of the data is shared with" },
  { "purposes/1/uses", 2, "what data Southern Hosting Ltd gets and why" },
  { "purposes/1/if_refused", 1, "“See the temperature when you are away” the maker does not say what you do without" },
  { "support", 5, "until when it fixes security problems" },
  { "support/start", 1, "when support began" },
  { "support/end", 1, "until when it fixes security problems" },
  { "support/reason", 1, "why support lasts this long" },
  { "support/promise", 1, "how it will tell you before support ends" },
  { "support/after", 1, "what to do once support has ended" },
  { "security", 5, "where to report a security problem" },
  { "security/contact", 1, "where to report a security problem" },
  { "security/answer_days", 1, "how fast it answers a report" },
  { "security/status_days", 1, "how a report goes on" },
  { "security/fix_days", 1, "how fast it fixes a serious" },
  { "security/advisories", 1, "where it lists known security problems" },
  { "stops", 3, "what stops working without internet" },
  { "stops/without_internet", 1, "what stops working without internet" },
  { "stops/without_cloud", 1, "what stops working without its cloud" },
  { "stops/after_support", 1, "what stops working after support ends" },
  { "reset", 1, "how to reset the product" },
  { "disposal", 1, "how to dispose of the product" },
  { "compliance", 10, "which security rules the product meets" },
  { "compliance/rules", 1, "which security rules the product meets" },
  { "compliance/product", 1, "which type of product" },
  { "compliance/prepared_by", 1, "who wrote it" },
  { "compliance/support_end", 1, "statement does not say until when" },
  { "compliance/representatives", 1, "who answers for it in other countries" },
  { "compliance/batch", 1, "which batches its statement is for" },
  { "compliance/declaration", 1, "does not declare" },
  { "compliance/place", 1, "where it was signed" },
  { "compliance/date", 1, "when it was signed" },
  { "compliance/signatory", 1, "who signed it" },
};

static void
test_omissions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (omissions); i++) {
    g_autofree char *text = sample_edit (THERMOMETER, omissions[i].path, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (WattlePassport) passport = passport_from_text (text, &error);
    g_auto (GStrv) sentences = NULL;
    guint found = 0;

    g_test_message ("%s", omissions[i].path);
    g_assert_no_error (error);
    sentences = wattle_passport_get_omissions (passport, "en");
    g_assert_cmpuint (g_strv_length (sentences), ==, omissions[i].n);
    for (guint j = 0; sentences[j]; j++)
      found += strstr (sentences[j], omissions[i].words) != NULL;
    g_assert_cmpuint (found, ==, 1);
  }
}

static void
test_optional (void)
{
  static const char *const optional[] = {
    "$schema",
    "product/model",
    "product/kind",
    "manufacturer/website",
    "sensors/0/note",
    "readings",
    "readings/decimals",
    "data/0/sensitive",
    "purposes/0/device_purpose",
    "purposes/1/uses/1/why",
    "security/policy",
    "compliance/representatives/0/country",
  };

  for (guint i = 0; i < G_N_ELEMENTS (optional); i++) {
    g_autofree char *text = sample_edit (THERMOMETER, optional[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (WattlePassport) passport = passport_from_text (text, &error);
    g_auto (GStrv) sentences = NULL;

    g_test_message ("%s", optional[i]);
    g_assert_no_error (error);
    sentences = wattle_passport_get_omissions (passport, NULL);
    g_assert_cmpuint (g_strv_length (sentences), ==, 0);
  }
}

/* What cannot be used, and the place that the message must name. */
static const struct {
  const char *path, *value, *place;
} invalid[] = {
  /* required members */
  { "format", NULL, "format" },
  { "version", NULL, "version" },
  { "published", NULL, "published" },
  { "product", NULL, "product" },
  { "product/number", NULL, "product.number" },
  { "product/name", NULL, "product.name" },
  { "product/name/en", NULL, "product.name" },
  { "manufacturer", NULL, "manufacturer" },
  { "manufacturer/name", NULL, "manufacturer.name" },
  { "sensors/0/name", NULL, "sensors[0].name" },
  { "readings/name", NULL, "readings.name" },
  { "readings/unit", NULL, "readings.unit" },
  { "readings/scale", NULL, "readings.scale" },
  { "data/0/id", NULL, "data[0].id" },
  { "data/0/name", NULL, "data[0].name" },
  { "data/0/dpv", NULL, "data[0].dpv" },
  { "parties/0/id", NULL, "parties[0].id" },
  { "parties/0/role", NULL, "parties[0].role" },
  { "parties/0/name", NULL, "parties[0].name" },
  { "parties/0/country", NULL, "parties[0].country" },
  { "parties/0/contact", NULL, "parties[0].contact" },
  { "parties/0/does", NULL, "parties[0].does" },
  { "purposes/0/id", NULL, "purposes[0].id" },
  { "purposes/0/title", NULL, "purposes[0].title" },
  { "purposes/0/sentence", NULL, "purposes[0].sentence" },
  { "purposes/0/legal_basis", NULL, "purposes[0].legal_basis" },
  { "purposes/0/dpv", NULL, "purposes[0].dpv" },
  { "purposes/0/uses/0/party", NULL, "purposes[0].uses[0].party" },
  { "purposes/0/uses/0/place", NULL, "purposes[0].uses[0].place" },
  { "purposes/0/uses/0/data", NULL, "purposes[0].uses[0].data" },
  { "cloud/url", NULL, "cloud.url" },
  { "cloud/spki_sha256", NULL, "cloud.spki_sha256" },
  { "cloud/receipt_key", NULL, "cloud.receipt_key" },
  { "cloud/receipt_key/x", NULL, "cloud.receipt_key.x" },
  { "compliance/representatives/0/name", NULL, "compliance.representatives[0].name" },
  /* wrong values */
  { "format", "\"wattle-passport-2\"", "format" },
  { "version", "0", "version" },
  { "version", "\"1\"", "version" },
  { "published", "\"2026-02-30\"", "published" },
  { "published", "\"2.3.2026\"", "published" },
  { "product/number", "0", "product.number" },
  { "product/number", "4294967296", "product.number" },
  { "product/number", "-1", "product.number" },
  { "product/number", "true", "product.number" },
  { "product/name", "\"Thermometer\"", "product.name" },
  { "product/name", "[]", "product.name" },
  { "product/name/en", "\"\"", "product.name" },
  { "product/name/en", "1", "product.name" },
  { "product/name/en", "\"two\\nlines\"", "product.name" },
  { "product/name/en", "\"\\u001b[2J\"", "product.name" },
  { "product/name/en", "\"\\u202egnirts\"", "product.name" },
  { "product/name/en", "\"\\u009b31m\"", "product.name" },
  { "product/name/EN", "\"x\"", "product.name" },
  { "product/name/..", "\"x\"", "product.name" },
  { "manufacturer/name", "\"a\\tb\"", "manufacturer.name" },
  { "manufacturer/country", "\"XX\"", "manufacturer.country" },
  { "manufacturer/country", "\"au\"", "manufacturer.country" },
  { "manufacturer/contact", "\"care@gumleaf.example\"", "manufacturer.contact" },
  { "manufacturer/contact", "\"javascript:alert(1)\"", "manufacturer.contact" },
  { "manufacturer/contact", "\"mailto:a@b.example?bcc=c@d.example\"", "manufacturer.contact" },
  { "manufacturer/website", "\"http://gumleaf.example\"", "manufacturer.website" },
  { "manufacturer/website", "\"https://\"", "manufacturer.website" },
  { "manufacturer/website", "\"https://a b\"", "manufacturer.website" },
  { "sensors", "{}", "sensors" },
  { "sensors/0", "\"thermometer\"", "sensors[0]" },
  { "readings/scale", "0", "readings.scale" },
  { "data/0/id", "\"Temperature\"", "data[0].id" },
  { "data/0/dpv", "[]", "data[0].dpv" },
  { "data/0/dpv/0", "\"temperature\"", "data[0].dpv[0]" },
  { "data/0/sensitive", "\"no\"", "data[0].sensitive" },
  { "parties/0/role", "\"friend\"", "parties[0].role" },
  { "purposes/0/legal_basis", "\"legitimate interest\"", "purposes[0].legal_basis" },
  { "purposes/0/device_purpose", "0", "purposes[0].device_purpose" },
  { "purposes/0/device_purpose", "17", "purposes[0].device_purpose" },
  { "purposes/0/uses", "[]", "purposes[0].uses" },
  { "purposes/0/uses/0/place", "\"moon\"", "purposes[0].uses[0].place" },
  { "purposes/0/uses/0/data", "[]", "purposes[0].uses[0].data" },
  { "purposes/1/uses/0/keep", "{}", "purposes[1].uses[0]" },
  { "purposes/1/uses/0/keep", "{\"days\":1,\"until\":\"wipe\"}", "purposes[1].uses[0]" },
  { "purposes/1/uses/0/keep/days", "0", "purposes[1].uses[0].keep.days" },
  { "purposes/1/uses/0/keep/days", "36501", "purposes[1].uses[0].keep.days" },
  { "support/end", "\"soon\"", "support.end" },
  { "security/answer_days", "91", "security.answer_days" },
  { "cloud/url", "\"http://cloud.gumleaf.example\"", "cloud.url" },
  { "cloud/url", "\"https://cloud.gumleaf.example/\"", "cloud.url" },
  { "cloud/url", "\"https://user@cloud.gumleaf.example\"", "cloud.url" },
  { "cloud/spki_sha256", "\"AAAA\"", "cloud.spki_sha256" },
  { "cloud/spki_sha256", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\"", "cloud.spki_sha256" },
  { "cloud/receipt_key/kty", "\"RSA\"", "cloud.receipt_key.kty" },
  { "cloud/receipt_key/crv", "\"P-384\"", "cloud.receipt_key.crv" },
  { "cloud/receipt_key/x", "\"AAAA\"", "cloud.receipt_key.x" },
  { "cloud/receipt_key/d", "\"AAAA\"", "cloud.receipt_key.d" },
  { "compliance/date", "\"2026-13-01\"", "compliance.date" },
  { "surprise", "1", "surprise" },
  { "product/surprise", "1", "product.surprise" },
  { "purposes/0/uses/0/surprise", "1", "purposes[0].uses[0].surprise" },
  /* what reaches across */
  { "data/1/id", "\"temperature\"", "data[1].id" },
  { "data/1/id", "\"owner\"", "data[1].id" },
  { "parties/0/id", "\"manufacturer\"", "parties[0].id" },
  { "parties/0/id", "\"someone-else\"", "purposes[1].uses[1]" },
  { "purposes/1/id", "\"local-readings\"", "purposes[1].id" },
  { "purposes/1/device_purpose", "1", "purposes[1].device_purpose" },
  { "purposes/0/uses/0/data/0", "\"heartbeat\"", "purposes[0].uses[0]" },
  { "purposes/0/uses/0/place", "\"cloud\"", "purposes[0].uses[0]" },
  { "purposes/0/uses/0/country", "\"AU\"", "purposes[0].uses[0]" },
  { "purposes/1/uses/0/place", "\"device\"", "purposes[1].uses[0]" },
  { "purposes/1/uses/1/place", "\"third-party\"", "purposes[1].uses[1]" },
  { "cloud", NULL, "purposes[1].uses[0]" },
  { "support/end", "\"2026-03-01\"", "support.end" },
};

static void
test_invalid (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++) {
    g_autofree char *text = sample_edit (THERMOMETER, invalid[i].path, invalid[i].value);
    g_autofree char *line = g_strdup_printf ("\n- %s: ", invalid[i].place);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s = %s", invalid[i].path, invalid[i].value);
    g_assert_null (passport_from_text (text, &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, line));
    assert_error (error, WATTLE_ERROR_PASSPORT);
  }
}

/* All problems at once, and no endless list. */
static void
test_all_problems (void)
{
  g_autofree char *text = g_strdup ("{\"format\":\"x\",\"version\":0,\"product\":{},\"a\":1,\"b\":2}");
  g_autoptr (GString) many = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) limited = NULL;

  g_assert_null (passport_from_text (text, &error));
  lines = g_strsplit (error->message, "\n- ", -1);
  /* format, version, published, product.number, product.name, manufacturer, a, b */
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 8);
  g_clear_error (&error);

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (many, "%s\"m%u\":1", i ? "," : "", i);
  g_string_append_c (many, '}');
  g_assert_null (passport_from_text (many->str, &error));
  limited = g_strsplit (error->message, "\n- ", -1);
  g_assert_cmpuint (g_strv_length (limited), ==, 1 + WATTLE_PASSPORT_MAX_PROBLEMS);
}

static void
assert_refused (const char *text, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;

  g_assert_null (wattle_passport_new_from_bytes (bytes, &error));
  assert_error (error, WATTLE_ERROR_PASSPORT);
}

static void
test_malformed (void)
{
  g_autofree char *text = sample_text (THERMOMETER);
  gsize length = strlen (text);
  g_autofree char *large = g_strnfill (WATTLE_PASSPORT_MAX_SIZE + 1, ' ');
  g_autofree char *twice = g_strconcat (text, text, NULL);
  static const char *const texts[] = { "", "null", "[]", "1", "\"x\"", "{}", "{\"format\":\"wattle-passport-1\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], strlen (texts[i]));
  assert_refused (text, length + 1); /* with the NUL */
  assert_refused (twice, 2 * length);
  memcpy (large, text, length);
  assert_refused (large, WATTLE_PASSPORT_MAX_SIZE + 1);
  for (gsize cut = 0; cut + 1 < length; cut += 1 + cut % 31)
    assert_refused (text, cut);
}

/* Whatever one byte becomes: refused, or a passport that can be read all through. */
static void
test_mutations (void)
{
  g_autofree char *text = sample_text (DOOR_LOCK);
  gsize length = strlen (text);
  guint loaded = 0, refused = 0;

  for (guint i = 0; i < 1000; i++) {
    gsize at = g_test_rand_int_range (0, length);
    char kept = text[at];
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (WattlePassport) passport = NULL;

    text[at] = g_test_rand_bit () ? g_test_rand_int () : "{}[]\",:0a"[g_test_rand_int_range (0, 9)];
    bytes = g_bytes_new (text, length);
    text[at] = kept;
    passport = wattle_passport_new_from_bytes (bytes, NULL);
    if (passport) {
      g_auto (GStrv) sentences = wattle_passport_get_omissions (passport, "de");

      for (guint j = 0; j < wattle_passport_get_n_purposes (passport); j++) {
        const WattlePurpose *purpose = wattle_passport_get_purpose (passport, j);
        g_auto (GStrv) uses = wattle_purpose_get_uses (purpose, "en");

        g_assert_nonnull (wattle_purpose_get_title (purpose, "en"));
        g_assert_true (g_utf8_validate (wattle_purpose_get_sentence (purpose, "en"), -1, NULL));
      }
    }
    *(passport ? &loaded : &refused) += 1;
  }
  g_test_message ("%u loaded, %u refused", loaded, refused);
  g_assert_cmpuint (refused, >, 100);
  g_assert_cmpuint (loaded, >, 100);
}

static void
test_languages (void)
{
  g_autofree char *more = sample_edit (THERMOMETER, "product/name/fr", "\"Thermomètre\"");
  g_autofree char *fewer = sample_edit (THERMOMETER, "reset/de", NULL);
  g_autoptr (WattlePassport) french = passport_from_text (more, NULL);
  g_autoptr (WattlePassport) english = passport_from_text (fewer, NULL);

  /* A language counts only where every text has it, but a single text is used. */
  g_assert_true (g_strv_equal (wattle_passport_get_languages (french), (const char *[]){ "en", "de", NULL }));
  g_assert_cmpstr (wattle_passport_get_name (french, "fr-CA"), ==, "Thermomètre");
  g_assert_true (g_strv_equal (wattle_passport_get_languages (english), (const char *[]){ "en", NULL }));
  g_assert_true (g_str_has_prefix (wattle_passport_get_reset (english, "de"), "To reset it"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/passport/thermometer", test_thermometer);
  g_test_add_func ("/passport/purposes", test_purposes);
  g_test_add_func ("/passport/who-gets-what", test_who_gets_what);
  g_test_add_func ("/passport/cloud", test_cloud);
  g_test_add_func ("/passport/omissions", test_omissions);
  g_test_add_func ("/passport/optional", test_optional);
  g_test_add_func ("/passport/invalid", test_invalid);
  g_test_add_func ("/passport/all-problems", test_all_problems);
  g_test_add_func ("/passport/malformed", test_malformed);
  g_test_add_func ("/passport/mutations", test_mutations);
  g_test_add_func ("/passport/languages", test_languages);
  return g_test_run ();
}
