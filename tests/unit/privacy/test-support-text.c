/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about support, of every sample and at every stage. */
#include <libintl.h>
#include <string.h>

#include "privacy/support-text.h"

static WattlePassport *
load (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("WATTLE_TEST_PASSPORTS"), name, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WattlePassport *passport;
  gsize size;

  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new (text, size);
  passport = wattle_passport_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  return passport;
}

/* Everything that is said, with an empty line between. */
static char *
say_all (WattlePassport *passport, WattleSupportStage stage, gboolean relays, const char *language)
{
  const WattleSupportState state = { .stage = stage };
  g_autoptr (WattleSupportText) text = wattle_support_text_new (passport, "Küche {date}", &state, relays, language);
  const GStrv lists[] = { text->stops, text->isolate, text->replace, text->dispose };
  GString *out = g_string_new (text->headline);

  g_string_append_printf (out, "\n\n%s\n\n%s", text->sentence, text->risk);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint line = 0; lists[i][line] != NULL; line++)
      g_string_append_printf (out, "\n\n%s", lists[i][line]);
  return g_string_free (out, FALSE);
}

static void
test_samples (void)
{
  g_autoptr (GDir) dir = g_dir_open (g_getenv ("WATTLE_TEST_PASSPORTS"), 0, NULL);
  const char *name;
  guint samples = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autoptr (WattlePassport) passport = NULL;

    if (!g_str_has_suffix (name, ".json") || g_str_has_suffix (name, ".schema.json"))
      continue;
    passport = load (name);
    samples++;
    for (guint stage = 0; stage < WATTLE_SUPPORT_N_STAGES; stage++) {
      g_autofree char *all = say_all (passport, stage, TRUE, "en");

      g_assert_nonnull (strstr (all, "Küche {date}: ")); /* a name is no pattern */
      g_assert_null (strstr (all, "{name}"));
      g_assert_null (strstr (all, "{contact}"));
      g_assert_null (strstr (all, "{sentence}"));
      g_assert_nonnull (strstr (all, "Wipe it first"));
      g_assert_cmpint (wattle_passport_has_cloud (passport), ==,
                       strstr (all, "You can stop sending to the cloud") != NULL);
    }
  }
  g_assert_cmpuint (samples, >=, 2);
}

static void
test_switch (void)
{
  g_autoptr (WattlePassport) passport = load ("gumleaf-thermometer.json");
  g_autofree char *all = say_all (passport, WATTLE_SUPPORT_ENDED, FALSE, "en");

  g_assert_nonnull (strstr (all, "You have stopped sending to the cloud"));
  g_assert_null (strstr (all, "You can stop"));
  g_assert_nonnull (strstr (all, "ended on 1 March 2032"));
}

/* Every sentence in German, none left in English. */
static void
test_german (void)
{
  g_autoptr (WattlePassport) passport = load ("gumleaf-thermometer.json");

  for (guint stage = 0; stage < WATTLE_SUPPORT_N_STAGES; stage++)
    for (guint relays = 0; relays < 2; relays++) {
      g_autofree char *english = say_all (passport, stage, relays, "en");
      g_autofree char *german = say_all (passport, stage, relays, "de_AT.UTF-8");
      g_auto (GStrv) a = g_strsplit (english, "\n\n", -1);
      g_auto (GStrv) b = g_strsplit (german, "\n\n", -1);

      g_assert_cmpuint (g_strv_length (a), ==, g_strv_length (b));
      for (guint i = 0; a[i] != NULL; i++)
        g_assert_cmpstr (a[i], !=, b[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("WATTLE_TEST_LOCALES"));
  g_test_add_func ("/support-text/samples", test_samples);
  g_test_add_func ("/support-text/switch", test_switch);
  g_test_add_func ("/support-text/german", test_german);
  return g_test_run ();
}
