/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords that are and are not taken, and passphrases.
 */
#include <math.h>
#include <string.h>

#include "common/secret-fd.h"
#include "daemon/password/password.h"

static const char *const related[] = { "gumleaf", "GL-00014711", "73950182", NULL };

static const struct {
  const char *password;
  gboolean acceptable;
  const char *reason; /* part of one; NULL = any */
} cases[] = {
  { "", FALSE, "short" },
  { "x9$Lq2!vB", FALSE, "short" },
  { "ÄÖÜäöüßéè", FALSE, "short" }, /* 9 characters, 18 bytes */
  { "password123", FALSE, "Common words" },
  { "p@ssw0rd123", FALSE, "@ for a" },
  { "%%%%%%%%%%%%", FALSE, "Repeats" },
  { "abcdefghijkl", FALSE, "Runs" },
  { "qwertyuiop", FALSE, "Common words" },
  { "zaq1xsw2cde3", FALSE, "Rows" },
  { "1987-06-30", FALSE, "Dates" },
  { "gumleafgumleaf", FALSE, "off the device" },
  { "GL-00014711", FALSE, "off the device" },
  { "73950182 73950182", FALSE, "off the device" },
  { "\xff\xfe garbage bytes", FALSE, "no letter" },
  { "correct zebra battery staple", TRUE, NULL },
  { "kT7#vQ2pLx9!", TRUE, NULL },
  { "виноград чайник облако", TRUE, NULL },
};

static gboolean
says (WattlePasswordStrength *strength, const char *part)
{
  for (gsize i = 0; strength->reasons[i]; i++)
    if (strstr (strength->reasons[i], part))
      return TRUE;
  return FALSE;
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WattlePasswordStrength) strength = wattle_password_check (cases[i].password, related);

    g_test_message ("%u: score %u", (guint)i, strength->score);
    g_assert_cmpint (strength->acceptable, ==, cases[i].acceptable);
    g_assert_cmpuint (strength->score, <=, 4);
    if (cases[i].reason)
      g_assert_true (says (strength, cases[i].reason));
    if (!strength->acceptable)
      g_assert_cmpuint (g_strv_length (strength->reasons), >=, 1);
    if (strength->score == 4 && strength->acceptable)
      g_assert_cmpuint (g_strv_length (strength->reasons), ==, 0);
  }
}

/* What is known about the device makes its words worthless. */
static void
test_related (void)
{
  g_autoptr (WattlePasswordStrength) alone = wattle_password_check ("zyxomma-vlint-9", NULL);
  const char *const known[] = { "zyxomma-vlint-9", NULL };
  g_autoptr (WattlePasswordStrength) given = wattle_password_check ("zyxomma-vlint-9", known);

  g_assert_true (alone->acceptable);
  g_assert_false (given->acceptable);
}

/* An estimate must not become a way to keep the service busy. */
static void
test_long (void)
{
  g_autofree char *endless = g_strnfill (100000, 'a');
  g_autofree char *longest = g_malloc0 (WATTLE_PASSWORD_MAX_LENGTH + 2);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (WattlePasswordStrength) refused = wattle_password_check (endless, related);
  g_autoptr (WattlePasswordStrength) taken = NULL, over = NULL;

  g_assert_false (refused->acceptable);
  g_assert_true (says (refused, "too long"));
  for (gsize i = 0; i < WATTLE_PASSWORD_MAX_LENGTH; i++)
    longest[i] = (char)('!' + (i * 37 + i * i) % 90);
  taken = wattle_password_check (longest, related);
  g_assert_true (taken->acceptable);
  longest[WATTLE_PASSWORD_MAX_LENGTH] = 'x';
  over = wattle_password_check (longest, related);
  g_assert_false (over->acceptable);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_TIME_SPAN_SECOND);
}

static void
test_passphrase (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpfloat (5 * log2 (wattle_passphrase_words ()), >, 50.0);
  for (int i = 0; i < 200; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (WattleSecret) phrase = wattle_passphrase_new (&error);
    g_auto (GStrv) words = g_strsplit (phrase, " ", -1);
    g_autoptr (WattlePasswordStrength) strength = wattle_password_check (phrase, related);

    g_assert_no_error (error);
    g_assert_cmpuint (g_strv_length (words), ==, 5);
    g_assert_true (strength->acceptable);
    g_assert_true (g_hash_table_add (seen, g_strdup (phrase)));
    for (gsize j = 0; words[j]; j++)
      g_hash_table_add (seen, g_strdup (words[j]));
  }
  /* 1000 draws: every part of the list is drawn from. */
  g_assert_cmpuint (g_hash_table_size (seen), >, 200 + 500);
}

/* Words that differ, that can be read aloud and typed anywhere. */
static void
test_list (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wordlist.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (text, "\n"));
  words = g_strsplit (g_strchomp (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (words), ==, wattle_passphrase_words ());
  g_assert_cmpuint (g_strv_length (words), >, 1024);
  for (gsize i = 0; words[i]; i++) {
    gsize length = strlen (words[i]);

    g_assert_cmpuint (length, >=, 3);
    g_assert_cmpuint (length, <=, 8);
    g_assert_cmpuint (strspn (words[i], "abcdefghijklmnopqrstuvwxyz"), ==, length);
    g_assert_true (g_hash_table_add (seen, words[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/password/cases", test_cases);
  g_test_add_func ("/password/related", test_related);
  g_test_add_func ("/password/long", test_long);
  g_test_add_func ("/password/passphrase", test_passphrase);
  g_test_add_func ("/password/list", test_list);
  return g_test_run ();
}
