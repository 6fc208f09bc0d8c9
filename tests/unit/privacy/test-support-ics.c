/* SPDX-License-Identifier: Apache-2.0 */
/* Content lines of RFC 5545; whole calendars are read in tests/integration. */
#include <string.h>

#include "privacy/support-ics.h"

static const struct {
  const char *text, *line;
} lines[] = {
  { "", "X:\r\n" },
  { "plain", "X:plain\r\n" },
  { "a,b;c:d\"e", "X:a\\,b\\;c:d\"e\r\n" },
  { "back\\slash", "X:back\\\\slash\r\n" },
  { "no\\new line", "X:no\\\\new line\r\n" },
  { "two\nlines\r\n", "X:two\\nlines \\n\r\n" },
  { "END:VEVENT\r\nBEGIN:VALARM", "X:END:VEVENT \\nBEGIN:VALARM\r\n" },
  { "bell\a tab\t", "X:bell  tab \r\n" },
};

static void
test_escape (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GString) out = g_string_new (NULL);

    wattle_ics_add_text (out, "X", lines[i].text);
    g_assert_cmpstr (out->str, ==, lines[i].line);
  }
}

/* Every length around the folds, of letters of one to four octets. */
static void
test_fold (void)
{
  static const char *const letters[] = { "a", "ü", "€", "𝄞", "," };

  for (gsize l = 0; l < G_N_ELEMENTS (letters); l++)
    for (guint count = 0; count < 240; count++) {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GString) unfolded = NULL;
      g_auto (GStrv) pieces = NULL;

      for (guint i = 0; i < count; i++)
        g_string_append (text, letters[l]);
      wattle_ics_add_text (out, "X", text->str);
      pieces = g_strsplit (out->str, "\r\n", -1);
      for (guint i = 0; pieces[i] != NULL; i++) {
        g_assert_cmpuint (strlen (pieces[i]), <=, 75);
        g_assert_true (g_utf8_validate (pieces[i], -1, NULL));
      }
      unfolded = g_string_new (out->str);
      g_string_replace (unfolded, "\r\n ", "", 0);
      g_string_replace (unfolded, "\\,", ",", 0);
      g_assert_true (g_str_has_prefix (unfolded->str, "X:"));
      g_assert_true (g_str_has_suffix (unfolded->str, "\r\n"));
      g_string_truncate (unfolded, unfolded->len - 2);
      g_assert_cmpstr (unfolded->str + 2, ==, text->str);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/support-ics/escape", test_escape);
  g_test_add_func ("/support-ics/fold", test_fold);
  return g_test_run ();
}
