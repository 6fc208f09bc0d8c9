/* SPDX-License-Identifier: Apache-2.0 */
/* Text fits, cannot drive a terminal, and says times as people do. */
#include <locale.h>
#include <string.h>

#include "cli/client.h"
#include "cli/exit.h"
#include "cli/text.h"
#include "client/words.h"
#include "common/error.h"

static void
test_clean (void)
{
  static const char *const pairs[][2] = {
    { "Küche", "Küche" },
    { "red \033[31malert\007", "red [31malert" },
    { "two\nlines\tand tab", "two lines and tab" },
    { "abc\xe2\x80\xae"
      "def",
      "abcdef" }, /* right-to-left override */
    { "\xc2\x9b"
      "2J",
      "2J" }, /* C1 control sequence introducer */
    { "bad\xff"
      "byte",
      "bad\xef\xbf\xbd"
      "byte" },
  };
  g_autofree char *nothing = wattle_text_clean (NULL);

  g_assert_cmpstr (nothing, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *clean = wattle_text_clean (pairs[i][0]);

    g_assert_cmpstr (clean, ==, pairs[i][1]);
  }
}

static void
test_width_and_cut (void)
{
  g_autofree char *whole = wattle_text_cut ("short", 5);
  g_autofree char *cut = wattle_text_cut ("a long name", 6);
  g_autofree char *wide = wattle_text_cut ("温度計です", 6);

  g_assert_cmpint (wattle_text_width ("Küche"), ==, 5);
  g_assert_cmpint (wattle_text_width ("温度"), ==, 4);
  g_assert_cmpint (wattle_text_width ("e\xcc\x81"), ==, 1); /* e and a combining accent */
  g_assert_cmpstr (whole, ==, "short");
  g_assert_cmpstr (cut, ==, "a lon…");
  g_assert_cmpint (wattle_text_width (wide), <=, 6);
}

static void
test_wrap (void)
{
  g_autofree char *narrow = wattle_text_wrap ("one two three https://example.org/a/long/address four", 2, 12);
  g_autofree char *endless = wattle_text_wrap ("one  two", 0, 0);

  g_assert_cmpstr (narrow, ==, "  one two\n  three\n  https://example.org/a/long/address\n  four\n");
  g_assert_cmpstr (endless, ==, "one two\n");
}

static void
test_table (void)
{
  g_autoptr (WattleTable) table = wattle_table_new ("Name", "State", "Id", NULL);
  g_autofree char *wide = NULL;
  g_autofree char *narrow = NULL;

  wattle_table_add (table, "Küche", "connected", "d1", NULL);
  wattle_table_add (table, "温度計", "", "d2", NULL);
  wide = wattle_table_format (table, 0);
  narrow = wattle_table_format (table, 20);
  g_assert_cmpuint (wattle_table_rows (table), ==, 2);
  g_assert_cmpstr (wide, ==,
                   "Name    State      Id\n"
                   "Küche   connected  d1\n"
                   "温度計             d2\n");
  g_assert_cmpstr (narrow, ==,
                   "Küche\n"
                   "  State: connected\n"
                   "  Id: d1\n"
                   "温度計\n"
                   "  Id: d2\n");
}

static void
test_codes (void)
{
  g_autofree char *grouped = wattle_text_group_code ("1234567890");
  g_autofree char *other = wattle_text_group_code ("12ab");

  g_assert_cmpstr (grouped, ==, "1234-567-890");
  g_assert_cmpstr (other, ==, "12ab");
  g_assert_true (wattle_text_looks_like_code ("1234-567-890"));
  g_assert_true (wattle_text_looks_like_code ("1234567890"));
  g_assert_true (wattle_text_looks_like_code ("wtl:1.00010001.1234567890.GL-1"));
  g_assert_false (wattle_text_looks_like_code ("c1"));
  g_assert_false (wattle_text_looks_like_code ("Kitchen"));
  g_assert_false (wattle_text_looks_like_code ("GL-000000001"));
}

static void
test_times (void)
{
  g_autofree char *never = wattle_words_time (0);
  g_autofree char *when = wattle_words_time (1795410000);
  g_autofree char *beyond = wattle_words_time (G_MAXUINT64);
  g_autofree char *iso = wattle_words_iso_time (1795410000);
  g_autofree char *iso_never = wattle_words_iso_time (0);

  g_assert_cmpstr (never, ==, "never");
  g_assert_cmpstr (when, ==, "23 November 2026, 05:00");
  g_assert_cmpstr (beyond, ==, "unknown");
  g_assert_cmpstr (iso, ==, "2026-11-23T05:00:00Z");
  g_assert_null (iso_never);
}

static void
test_spans (void)
{
  static const struct {
    gint64 seconds;
    const char *words;
  } spans[] = {
    { -5, "0 seconds" },    { 1, "1 second" },       { 90, "90 seconds" },    { 121, "3 minutes" },
    { 3600, "60 minutes" }, { 3 * 3600, "3 hours" }, { 86400 * 3, "3 days" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++) {
    g_autofree char *words = wattle_words_span (spans[i].seconds);

    g_assert_cmpstr (words, ==, spans[i].words);
  }
}

static void
test_support_end (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 23, 5, 0, 0);
  static const char *const pairs[][2] = {
    { "2031-03-31", "Security updates come until 31 March 2031: for another 4 years and 4 months." },
    { "2026-11-23", "Security updates come until 23 November 2026: for another 19 hours." },
    { "2026-11-22", "Security updates ended on 22 November 2026, 5 hours ago. Weaknesses found since are not "
                    "repaired." },
    { "", "The manufacturer does not say how long security updates will come." },
    { "soon", "The manufacturer does not say how long security updates will come." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *sentence = wattle_words_support_end (pairs[i][0], now);

    g_assert_cmpstr (sentence, ==, pairs[i][1]);
  }
}

static void
test_match (void)
{
  static const WattleNames names[] = {
    { "d1", "Kitchen", "GL-0001" },
    { "d10", "Kitchen window", "GL-0002" },
    { "d2", "Bedroom", "GL-0003" },
  };
  static const struct {
    const char *text;
    int index; /* -1 = none, -2 = more than one */
  } cases[] = {
    { "Kitchen", 0 }, { "kitchen", 0 }, { "kit", -2 }, { "kitchen w", 1 }, { "d1", 0 }, { "d10", 1 },
    { "BED", 2 },     { "gl-0003", 2 }, { "GL", -2 },  { "", -1 },         { "x", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    int index = wattle_client_match (cases[i].text, names, G_N_ELEMENTS (names), &error);

    g_assert_cmpint (index, ==, MAX (cases[i].index, -1));
    if (index >= 0) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND);
    g_assert_cmpint (strstr (error->message, "more than one") != NULL, ==, cases[i].index == -2);
  }
}

/* Every error of the service has a status of its own kind, and a meaning. */
static void
test_exits (void)
{
  for (WattleError code = 0; code <= WATTLE_ERROR_LAST; code++) {
    g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, code, "why");
    g_autofree char *sentence = wattle_exit_error_sentence (error);
    gboolean listed = FALSE;

    for (const WattleExitMeaning *m = wattle_exit_meanings; m->name != NULL; m++)
      listed = listed || m->status == wattle_exit_from_error (error);
    g_assert_true (listed);
    g_assert_cmpint (wattle_exit_from_error (error), !=, WATTLE_EXIT_OK);
    g_assert_cmpstr (wattle_exit_error_name (error), ==, wattle_error_name (code));
    g_assert_cmpstr (sentence, ==, "why");
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/text/clean", test_clean);
  g_test_add_func ("/cli/text/width-and-cut", test_width_and_cut);
  g_test_add_func ("/cli/text/wrap", test_wrap);
  g_test_add_func ("/cli/text/table", test_table);
  g_test_add_func ("/cli/text/codes", test_codes);
  g_test_add_func ("/cli/words/times", test_times);
  g_test_add_func ("/cli/words/spans", test_spans);
  g_test_add_func ("/cli/words/support-end", test_support_end);
  g_test_add_func ("/cli/client/match", test_match);
  g_test_add_func ("/cli/exit/every-error", test_exits);
  return g_test_run ();
}
