/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: all that a person has a right to know is in them, in one language, and
 * nothing that only a machine understands. */
#include <glib/gstdio.h>
#include <libintl.h>
#include <string.h>

#include "privacy/catalog.h"
#include "privacy/country.h"
#include "privacy/notice.h"
#include "privacy/vocabulary.h"
#include "support.h"

static void
assert_in (const char *text, const char *words)
{
  if (!strstr (text, words))
    g_error ("“%s” is not in:\n%s", words, text);
}

static void
test_complete (void)
{
  static const char *const words[] = {
    "Saltbush door lock is made by Saltbush Home AB (Sweden).",
    "It has a sensor: a fingerprint reader.",
    "Your data: Keep a list of who came when",
    "You decide: yes or no.",
    "If you say no: Parcels stay outside",
    "The product cannot do its job without this.",
    "On the device: a pattern made from a fingerprint, names that you give to guests. It is kept until you wipe the "
    "device.",
    "In the cloud of Saltbush Home AB (Sweden): when the door was locked or opened, a random account number. It is "
    "kept "
    "for 7 days.",
    "On computers of Fjord Cloud AS (Norway), who work for the maker:",
    "At Parcel Swift BV (Netherlands): when the door was locked or opened. It is kept for 365 days. It is passed on to "
    "nobody. They must show that a parcel came.",
    "In Wattle’s words, it is for: bringing things to you.",
    "In Wattle’s words, the data is: marks of your body; data that can hurt you in wrong hands; names.",
    "kept for 7 days. It is passed on to: Fjord Cloud AS (Norway).",
    "For “Let a parcel service in”, if you say yes, Parcel Swift BV (Netherlands) gets: when the door was locked or "
    "opened.",
    "It then tells you every 7 days how things stand.",
    "It fixes a serious problem within 30 days.",
    "The maker wrote this statement itself.",
    "In Australia, Saltbush Home Australia Pty Ltd answers for it: 40 Wharf Road",
    "When it was signed, security problems were to be fixed until 31 August 2035.",
    "Parcel Swift BV (Netherlands) may have copies of its own.",
    "until 31 August 2035.",
    "Support began on 1 September 2025.",
    "people keep a lock for a long time",
    "two years and one year before support ends",
    "Please replace it.",
    "Without internet: You cannot open the door from far away.",
    "Without the maker’s cloud:",
    "After support has ended:",
    "tell the maker at https://saltbush.example/security.",
    "within 2 days",
    "https://saltbush.example/security/known",
    "To reset it, open the cover",
    "Shops that sell locks take it back",
    "Signed by Lars Ek, Managing Director, Gothenburg, Sweden, 4 May 2026.",
  };
  g_autoptr (WattlePassport) passport = sample_load (DOOR_LOCK);
  g_autofree char *text = wattle_notice_to_text (passport, "en");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    assert_in (text, words[i]);
  g_assert_null (strstr (text, "leaves out"));
}

/* Every text of the passport for a person is in its notice; nothing machine-made is. */
static void
collect_texts (JsonNode *node, const char *language, GPtrArray *texts, GPtrArray *terms)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      collect_texts (json_array_get_element (array, i), language, texts, terms);
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));

    for (GList *l = names; l; l = l->next) {
      JsonNode *member = json_object_get_member (json_node_get_object (node), l->data);

      if (g_str_equal (l->data, language))
        g_ptr_array_add (texts, (gpointer)json_node_get_string (member));
      else if (!g_str_equal (l->data, "kind") && !g_str_equal (l->data, "readings"))
        collect_texts (member, language, texts, terms);
      if (g_str_equal (l->data, "id"))
        g_ptr_array_add (terms, (gpointer)json_node_get_string (member));
    }
  }
}

static void
test_nothing_lost (void)
{
  static const char *const samples[] = { THERMOMETER, DOOR_LOCK, BAND, CAMERA, SPEAKER, PLUG };
  static const char *const languages[] = { "en", "de", "ar" };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    for (guint j = 0; j < G_N_ELEMENTS (languages); j++) {
      g_autoptr (WattlePassport) passport = sample_load (samples[i]);
      g_autofree char *notice = wattle_notice_to_text (passport, languages[j]);
      g_autofree char *json = wattle_passport_dup_json (passport);
      g_autoptr (JsonNode) root = json_from_string (json, NULL);
      g_autoptr (GPtrArray) texts = g_ptr_array_new (), ids = g_ptr_array_new ();

      if (!g_strv_contains (wattle_passport_get_languages (passport), languages[j]))
        continue;
      collect_texts (root, languages[j], texts, ids);
      g_assert_cmpuint (texts->len, >, 10);
      for (guint k = 0; k < texts->len; k++)
        assert_in (notice, g_ptr_array_index (texts, k));
      for (guint k = 0; k < ids->len; k++) {
        g_autofree char *word = g_strconcat (" ", g_ptr_array_index (ids, k), NULL);

        if (strchr (word, '-'))
          g_assert_null (strstr (notice, word));
      }
      g_assert_null (strstr (notice, "dpv:"));
      g_assert_null (strstr (notice, "pd:"));
      g_assert_null (strstr (notice, "mailto:"));
      g_assert_null (strpbrk (notice, "{}_"));
      g_assert_null (strstr (notice, "does not know"));
      g_assert_null (strstr (notice, "leaves out"));
    }
}

/* Before deciding, a person reads that a yes ends by itself. */
static void
test_end_of_a_yes (void)
{
  g_autoptr (WattlePassport) passport = sample_load (BAND);
  g_autofree char *text = wattle_notice_to_text (passport, "en");
  g_autofree char *edited = sample_edit (BAND, "purposes/1/consent_days", "1");
  g_autoptr (WattlePassport) one = passport_from_text (edited, NULL);
  g_autofree char *other = wattle_notice_to_text (one, "en");

  assert_in (text, "You decide: yes or no. You can change your mind at any time.\n\n"
                   "Your yes ends by itself after 730 days.");
  g_assert_null (strstr (text, "after one day."));
  assert_in (other, "Your yes ends by itself after one day.");
}

static void
test_sections (void)
{
  g_autoptr (WattlePassport) passport = sample_load (THERMOMETER);
  g_autoptr (GPtrArray) sections = wattle_notice_render (passport, NULL);
  static const char *const titles[] = {
    "The product",
    "Your data: Show the temperature at home",
    "Your data: See the temperature when you are away",
    "Your data: Help us make better thermometers",
    "Other companies",
    "How long it is supported",
    "What stops working",
    "Security problems",
    "Reset and disposal",
    "The maker’s statement",
  };

  g_assert_cmpuint (sections->len, ==, G_N_ELEMENTS (titles));
  for (guint i = 0; i < sections->len; i++) {
    const WattleNoticeSection *section = g_ptr_array_index (sections, i);

    g_assert_cmpstr (section->title, ==, titles[i]);
    g_assert_nonnull (section->paragraphs[0]);
  }
}

/* Terms become words; one that Wattle does not know is said to be so, not shown and not
 * guessed. */
static void
test_terms (void)
{
  g_autofree char *text = sample_edit (THERMOMETER, "purposes/2/dpv", "[\"dpv:SellDataToThirdParties\",\"dpv:Whim\"]");
  g_autofree char *odd = sample_edit (THERMOMETER, "data/0/dpv", "[\"pd:Whim\"]");
  g_autoptr (WattlePassport) passport = passport_from_text (text, NULL);
  g_autoptr (WattlePassport) odd_data = passport_from_text (odd, NULL);
  g_autofree char *english = wattle_notice_to_text (passport, "en");
  g_autofree char *german = wattle_notice_to_text (passport, "de");
  g_autofree char *of_data = wattle_notice_to_text (odd_data, "en");

  assert_in (english, "it is for: selling your data to others.\n\nThe maker gives a reason that Wattle does not know.");
  assert_in (german, "Ihre Daten an andere verkaufen.");
  assert_in (of_data, "The maker names a kind of data that Wattle does not know.");
  g_assert_null (strstr (english, "Whim"));
  g_assert_null (strstr (of_data, "Whim"));
  g_assert_null (wattle_vocabulary_purpose ("pd:Health"));
  g_assert_null (wattle_vocabulary_data ("dpv:Marketing"));
  for (const char *const *term
       = (const char *const[]){ "dpv:AcademicResearch", "dpv:Verification", "dpv:Marketing", NULL };
       *term; term++)
    g_assert_nonnull (wattle_vocabulary_purpose (*term));
  for (const char *const *term = (const char *const[]){ "dpv:AnonymisedData", "pd:Weight", "pd:Health", NULL }; *term;
       term++)
    g_assert_nonnull (wattle_vocabulary_data (*term));
}

/* What is left out comes first, and nothing is put in its place. */
static void
test_omissions (void)
{
  g_autofree char *text = sample_edit (THERMOMETER, "support", NULL);
  g_autoptr (WattlePassport) passport = passport_from_text (text, NULL);
  g_autoptr (GPtrArray) sections = wattle_notice_render (passport, "en");
  g_autofree char *notice = wattle_notice_to_text (passport, "en");
  const WattleNoticeSection *first = g_ptr_array_index (sections, 0);

  g_assert_cmpstr (first->title, ==, "What the maker leaves out");
  g_assert_cmpuint (g_strv_length (first->paragraphs), ==, 5);
  assert_in (notice, "How long it is supported\n\nThe maker does not say until when it fixes security problems.\n");
}

static void
test_smallest (void)
{
  static const char text[] = "{\"format\":\"wattle-passport-1\",\"version\":1,\"published\":\"2026-01-01\","
                             "\"product\":{\"number\":1,\"name\":{\"en\":\"Lamp\"}},\"manufacturer\":{\"name\":\"X\"}}";
  static const char none[] = "{\"format\":\"wattle-passport-1\",\"version\":1,\"published\":\"2026-01-01\","
                             "\"sensors\":[],\"purposes\":[],"
                             "\"product\":{\"number\":1,\"name\":{\"en\":\"Lamp\"}},\"manufacturer\":{\"name\":\"X\"}}";
  g_autoptr (WattlePassport) silent = passport_from_text (text, NULL);
  g_autoptr (WattlePassport) harmless = passport_from_text (none, NULL);
  g_autofree char *notice = wattle_notice_to_text (silent, NULL);
  g_autofree char *calm = wattle_notice_to_text (harmless, NULL);

  assert_in (notice, "Lamp is made by X.");
  assert_in (notice, "The maker does not say what your data is used for.");
  g_assert_null (strstr (notice, "uses no data"));
  assert_in (calm, "This product uses no data about you.");
  assert_in (calm, "It has no sensors.");
  assert_in (calm, "This product works without a cloud.");
}

static void
test_german (void)
{
  g_autoptr (WattlePassport) passport = sample_load (THERMOMETER);
  static const char *const names[] = { "de", "de_AT.UTF-8", "de-CH", "de_DE@euro" };
  g_autofree char *english = wattle_notice_sha256 (passport, "en");
  g_autofree char *german = wattle_notice_sha256 (passport, "de");

  g_assert_cmpstr (english, !=, german);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *notice = wattle_notice_to_text (passport, names[i]);
    g_autofree char *language = wattle_notice_language (passport, names[i]);

    g_assert_cmpstr (language, ==, "de");
    assert_in (notice, "Der Hersteller behebt Sicherheitslücken bis zum 1. März 2032.");
    assert_in (notice, "Das bleibt 365 Tage lang.");
    assert_in (notice, "Sie entscheiden: Ja oder Nein.");
    g_assert_null (strstr (notice, "The "));
    g_assert_null (strstr (notice, "You "));
  }
}

/* Right to left: the same frame, the same order, and nothing that turns it around. */
static void
test_arabic (void)
{
  static const char *const samples[] = { CAMERA, PLUG };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (WattlePassport) passport = sample_load (samples[i]);
    g_autofree char *notice = wattle_notice_to_text (passport, "ar_AE.UTF-8");
    g_autofree char *language = wattle_notice_language (passport, "ar");

    g_assert_cmpstr (language, ==, "ar");
    assert_in (notice, "يصلح المصنّع مشكلات الأمان حتى");
    g_assert_null (strstr (notice, "The "));
    g_assert_null (strstr (notice, "It "));
    for (const char *at = notice; *at; at = g_utf8_next_char (at)) {
      gunichar c = g_utf8_get_char (at);

      g_assert_false ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
    }
  }
}

/* One language all through: not the sentences of one and the frame of another. */
static void
test_fallback (void)
{
  g_autofree char *french = sample_edit (THERMOMETER, "product/name/fr", "\"Thermomètre\"");
  g_autofree char *half = sample_edit (THERMOMETER, "reset/de", NULL);
  g_autoptr (WattlePassport) one_text = passport_from_text (french, NULL);
  g_autoptr (WattlePassport) half_german = passport_from_text (half, NULL);
  static const char *const odd[] = { "fr", "xx", "", "C", "POSIX", "C.UTF-8", "../../etc", "de/../de", "-", "\xff" };
  g_autofree char *english = wattle_notice_to_text (one_text, "en");
  g_autofree char *of_half = wattle_notice_language (half_german, "de");

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autofree char *notice = wattle_notice_to_text (one_text, odd[i]);

    g_assert_cmpstr (notice, ==, english);
  }
  g_assert_cmpstr (of_half, ==, "en");
}

static void
test_dates (void)
{
  static const char *const dates[][3] = {
    { "2031-06-30", "30 June 2031", "30. Juni 2031" },
    { "2026-01-01", "1 January 2026", "1. Januar 2026" },
    { "2028-02-29", "29 February 2028", "29. Februar 2028" },
    { "2031-12-09", "9 December 2031", "9. Dezember 2031" },
  };
  static const char *const no_dates[] = { "", "soon", "2026-13-01", "2026-02-29", "0000-01-01", "2026-00-10", "2026" };

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++) {
    g_autofree char *english = wattle_notice_date (dates[i][0], NULL);
    g_autofree char *german = wattle_notice_date (dates[i][0], "de_DE");

    g_assert_cmpstr (english, ==, dates[i][1]);
    g_assert_cmpstr (german, ==, dates[i][2]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (no_dates); i++)
    g_assert_null (wattle_notice_date (no_dates[i], NULL));
}

static void
test_format (void)
{
  g_autofree char *text = wattle_catalog_format (NULL, "{b} and {a}, {b}{c}{", "a", "{b}", "b", "2", NULL);
  g_autofree char *country = wattle_country_name ("NL", NULL);

  /* A value is never looked into again. */
  g_assert_cmpstr (text, ==, "2 and {b}, 2{c}{");
  g_assert_cmpstr (country, ==, "Netherlands");
  g_assert_null (wattle_country_name ("ZZ", NULL));
  g_assert_null (wattle_country_name ("", NULL));
}

/* A damaged .mo file is no catalogue, and never a crash. */
static void
test_damaged_catalog (void)
{
  g_autofree char *source = g_build_filename (g_getenv ("WATTLE_TEST_LOCALES"), "de/LC_MESSAGES/wattle.mo", NULL);
  g_autofree char *root = g_dir_make_tmp ("wattle-mo-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (root, "qq", "LC_MESSAGES", NULL);
  g_autofree char *path = g_build_filename (folder, "damaged.mo", NULL);
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (source, &data, &length, NULL));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  bindtextdomain ("damaged", root);
  for (guint i = 0; i < 200; i++) {
    gsize at = i < 100 ? i % 28 : (gsize)g_test_rand_int_range (0, length);
    char kept = data[at];
    g_autoptr (WattleCatalog) catalog = NULL;

    data[at] = g_test_rand_int ();
    g_assert_true (g_file_set_contents_full (path, data, i % 3 ? length : at, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    catalog = wattle_catalog_open ("damaged", "qq");
    g_assert_nonnull (wattle_catalog_lookup (catalog, "The product"));
    g_assert_nonnull (wattle_catalog_lookup (catalog, ""));
    data[at] = kept;
  }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_rmdir (folder);
  g_free (folder);
  folder = g_build_filename (root, "qq", NULL);
  g_rmdir (folder);
  g_rmdir (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("WATTLE_TEST_LOCALES"));
  g_test_add_func ("/notice/complete", test_complete);
  g_test_add_func ("/notice/nothing-lost", test_nothing_lost);
  g_test_add_func ("/notice/end-of-a-yes", test_end_of_a_yes);
  g_test_add_func ("/notice/sections", test_sections);
  g_test_add_func ("/notice/terms", test_terms);
  g_test_add_func ("/notice/omissions", test_omissions);
  g_test_add_func ("/notice/smallest", test_smallest);
  g_test_add_func ("/notice/german", test_german);
  g_test_add_func ("/notice/arabic", test_arabic);
  g_test_add_func ("/notice/fallback", test_fallback);
  g_test_add_func ("/notice/dates", test_dates);
  g_test_add_func ("/notice/format", test_format);
  g_test_add_func ("/notice/damaged-catalog", test_damaged_catalog);
  return g_test_run ();
}
