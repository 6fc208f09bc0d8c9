/* SPDX-License-Identifier: Apache-2.0 */
/* The page for somebody else who is measured: what is allowed is on it, what is not
 * is named as off, and it is short. */
#include <libintl.h>
#include <string.h>

#include "privacy/others-notice.h"
#include "support.h"

static char *
page (const char *sample, const char *who, const char *const *allowed, const char *language)
{
  g_autoptr (WattlePassport) passport = sample_load (sample);
  g_autoptr (GPtrArray) sections = wattle_others_notice_render (passport, who, allowed, language);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < sections->len; i++) {
    const WattleNoticeSection *section = g_ptr_array_index (sections, i);
    g_autofree char *paragraphs = g_strjoinv ("\n", section->paragraphs);

    g_string_append_printf (out, "%s\n%s\n", section->title, paragraphs);
  }
  return g_string_free (out, FALSE);
}

static void
assert_in (const char *text, const char *words)
{
  if (!strstr (text, words))
    g_error ("“%s” is not in:\n%s", words, text);
}

static void
test_page (void)
{
  static const char *const some[] = { "training", "cloud-copy", NULL };
  g_autofree char *text = page (BAND, "Grandma", some, "en");

  assert_in (text, "This page is for: Grandma.");
  assert_in (text, "Show your heart rate and steps: On the device: ");
  assert_in (text, "Keep a copy in the cloud: In the cloud of ");
  assert_in (text, "This is off now: Draw your runs on a map, Help a study of sleep.");
  assert_in (text, "They can show you what it has noted");
  g_assert_null (strstr (text, "sleep-institute"));
  g_assert_null (strpbrk (text, "{}"));
}

static void
test_nothing_allowed (void)
{
  static const char *const none[] = { NULL };
  g_autofree char *text = page (BAND, "", none, "en");

  g_assert_null (strstr (text, "This page is for"));
  assert_in (text, "It may use data for nothing now.");
  assert_in (text, "This is off now: Show your heart rate and steps, ");
}

static void
test_other_languages (void)
{
  static const char *const some[] = { "local-readings", NULL };
  g_autoptr (WattlePassport) passport = sample_load (THERMOMETER);
  g_autofree char *title = wattle_others_notice_title (passport, "de");
  g_autofree char *text = page (THERMOMETER, "Oma", some, "de");

  g_assert_true (g_str_has_prefix (title, "Hier ist in Betrieb: "));
  assert_in (text, "Diese Seite ist für: Oma.");
  assert_in (text, "Das ist jetzt aus: ");
  g_assert_null (strstr (text, "This"));
}

/* All of it allowed, of every sample: still a page. */
static void
test_short (void)
{
  static const char *const samples[] = { THERMOMETER, DOOR_LOCK, BAND, CAMERA, SPEAKER, PLUG };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (WattlePassport) passport = sample_load (samples[i]);
    g_autoptr (GPtrArray) all = g_ptr_array_new ();
    g_autofree char *text = NULL;

    for (guint j = 0; j < wattle_passport_get_n_purposes (passport); j++)
      g_ptr_array_add (all, (gpointer)wattle_purpose_get_id (wattle_passport_get_purpose (passport, j)));
    g_ptr_array_add (all, NULL);
    text = page (samples[i], "Everybody", (const char *const *)all->pdata, "en");
    g_assert_cmpuint (strlen (text), <, 4000);
    g_assert_null (strstr (text, "This is off now"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("WATTLE_TEST_LOCALES"));
  g_test_add_func ("/others-notice/page", test_page);
  g_test_add_func ("/others-notice/nothing-allowed", test_nothing_allowed);
  g_test_add_func ("/others-notice/other-languages", test_other_languages);
  g_test_add_func ("/others-notice/short", test_short);
  return g_test_run ();
}
