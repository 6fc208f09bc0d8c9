/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences, words, grades and findings. */
#include "vendor/plain-language.h"

#include <glib/gi18n.h>
#include <string.h>

#include "vendor/plain-words.h"

void
vendor_finding_free (VendorFinding *finding)
{
  g_free (finding->sentence);
  g_free (finding->problem);
  g_free (finding);
}

/* ---------------------------------------------------------------- sentences */

/* Whether a sentence ends at @at: a mark, closing quotes, then a space or the end. */
static gboolean
ends_here (const char *at)
{
  static const char *const marks[] = { ".", "!", "?", "…", "。", "！", "？", "؟" };
  const char *next = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (marks) && !next; i++)
    if (g_str_has_prefix (at, marks[i]))
      next = at + strlen (marks[i]);
  if (!next)
    return FALSE;
  while (g_str_has_prefix (next, "”") || g_str_has_prefix (next, "“") || *next == ')' || *next == '"')
    next = g_utf8_next_char (next);
  return *next == '\0' || g_ascii_isspace (*next) || g_utf8_get_char (at) > 0x3000;
}

/* The sentences of @text; a line's end ends one, too. */
static GPtrArray *
split_sentences (const char *text)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;

  for (const char *at = text;; at = g_utf8_next_char (at)) {
    g_autofree char *sentence = NULL;

    if (*at && *at != '\n' && !ends_here (at))
      continue;
    sentence = g_strstrip (g_strndup (start, at - start + (*at && *at != '\n' ? g_utf8_skip[*(const guchar *)at] : 0)));
    if (*sentence)
      g_ptr_array_add (list, g_steal_pointer (&sentence));
    if (!*at)
      return list;
    start = g_utf8_next_char (at);
  }
}

/* -------------------------------------------------------------------- words */

static gboolean
is_word_character (gunichar c)
{
  return g_unichar_isalnum (c) || c == '\'' || c == 0x2019 || c == '-' || g_unichar_ismark (c);
}

/* What stands for something else, or is typed and not read aloud: {name}, %s, addresses, commands' options. */
static gboolean
is_placeholder (const char *token)
{
  return strpbrk (token, "{}%@/<>=_|\\") || g_str_has_prefix (token, "--") || strstr (token, "://");
}

/* The words of a sentence, in lower case; what is no word is "x". */
static GPtrArray *
split_words (const char *sentence)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) tokens = g_strsplit_set (sentence, " \t\n", -1);

  for (guint i = 0; tokens[i]; i++) {
    const char *at = tokens[i];

    if (is_placeholder (tokens[i])) {
      g_ptr_array_add (list, g_strdup ("x"));
      continue;
    }
    while (*at) {
      const char *start = at;

      while (*at && is_word_character (g_utf8_get_char (at)))
        at = g_utf8_next_char (at);
      if (at > start && g_unichar_isalnum (g_utf8_get_char (start)))
        g_ptr_array_add (list, g_utf8_strdown (start, at - start));
      if (*at)
        at = g_utf8_next_char (at);
    }
  }
  return list;
}

static gboolean
is_vowel (char c)
{
  return c != '\0' && strchr ("aeiouy", c);
}

/* Whether an e at the end of @word, or in its ending es or ed, is not spoken. */
static gboolean
has_silent_end (const char *word, gsize length)
{
  const char *end = word + length;

  if (length > 2 && end[-1] == 'e')
    return !(end[-2] == 'l' && length > 3 && !is_vowel (end[-3])) && !is_vowel (end[-2]);
  if (length > 3 && g_str_has_suffix (word, "ed"))
    return !strchr ("td", end[-3]) && !is_vowel (end[-3]);
  if (length > 3 && g_str_has_suffix (word, "es"))
    return !strchr ("sxzcg", end[-3]) && !is_vowel (end[-3]) && !g_str_has_suffix (word, "ches")
           && !g_str_has_suffix (word, "shes") && !(end[-3] == 'l' && !is_vowel (end[-4]));
  return FALSE;
}

/* Two vowels side by side that are two syllables: radio, media, being. */
static guint
count_split_vowels (const char *word)
{
  static const char *const pairs[] = { "ia", "io", "iu", "ua", "eo", "ying", "eing", "oing" };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    for (const char *at = strstr (word, pairs[i]); at; at = strstr (at + 1, pairs[i]))
      if (at == word || pairs[i][0] != 'i' || !strchr ("tscgx", at[-1]))
        n += !(pairs[i][0] == 'u' && at > word && strchr ("qg", at[-1]));
  return n;
}

guint
vendor_plain_syllables (const char *word)
{
  gsize length = strlen (word);
  int known = vendor_known_syllables (word);
  const char *dash = strchr (word, '-');
  guint n = 0;

  if (known > 0)
    return known;
  if (dash && dash > word && dash[1]) {
    g_autofree char *first = g_strndup (word, dash - word);

    return vendor_plain_syllables (first) + vendor_plain_syllables (dash + 1);
  }
  for (const char *at = word; *at; at++)
    n += is_vowel (*at) && (at == word || !is_vowel (at[-1]));
  if (n > 1 && has_silent_end (word, length))
    n--;
  n += count_split_vowels (word);
  return MAX (n, 1);
}

static double
grade (guint words, guint sentences, guint syllables)
{
  if (words == 0)
    return 0;
  return 0.39 * words / MAX (sentences, 1) + 11.8 * syllables / words - 15.59;
}

static guint
count_syllables (GPtrArray *words)
{
  guint n = 0;

  for (guint i = 0; i < words->len; i++)
    n += vendor_plain_syllables (g_ptr_array_index (words, i));
  return n;
}

double
vendor_plain_grade (const char *text)
{
  g_autoptr (GPtrArray) sentences = split_sentences (text);
  g_autoptr (GPtrArray) words = split_words (text);

  return grade (words->len, sentences->len, count_syllables (words));
}

/* ----------------------------------------------------------------- findings */

static void find (GPtrArray *findings, const char *sentence, gboolean hint, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
find (GPtrArray *findings, const char *sentence, gboolean hint, const char *format, ...)
{
  VendorFinding *finding = g_new0 (VendorFinding, 1);
  va_list args;

  va_start (args, format);
  finding->problem = g_strdup_vprintf (format, args);
  va_end (args);
  finding->sentence = g_strdup (sentence);
  finding->hint = hint;
  g_ptr_array_add (findings, finding);
}

static const char *
longest_word (GPtrArray *words, guint *syllables)
{
  const char *longest = "";

  *syllables = 0;
  for (guint i = 0; i < words->len; i++) {
    guint n = vendor_plain_syllables (g_ptr_array_index (words, i));

    if (n > *syllables) {
      *syllables = n;
      longest = g_ptr_array_index (words, i);
    }
  }
  return longest;
}

static void
check_grade (GPtrArray *findings, const char *sentence, GPtrArray *words)
{
  double needed = grade (words->len, 1, count_syllables (words));
  guint syllables;
  const char *longest = longest_word (words, &syllables);

  if (words->len < VENDOR_PLAIN_SHORT) {
    if (syllables > VENDOR_PLAIN_MAX_SYLLABLES)
      find (findings, sentence, FALSE, _ ("“%s” is a long word. Is there a shorter one?"), longest);
  } else if (needed >= VENDOR_PLAIN_MAX_GRADE + 0.05) { /* as it is shown */
    find (findings, sentence, FALSE,
          _ ("reading grade %.1f, more than %.0f. Use shorter words than “%s”, or make two sentences of it."), needed,
          VENDOR_PLAIN_MAX_GRADE, longest);
  }
}

/* The words of the sentence with one space between and around them, to search in. */
static char *
join_words (GPtrArray *words)
{
  GString *all = g_string_new (" ");

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (all, "%s ", (const char *)g_ptr_array_index (words, i));
  return g_string_free (all, FALSE);
}

static void
check_jargon (GPtrArray *findings, const char *sentence, GPtrArray *words)
{
  g_autofree char *all = join_words (words);

  for (const struct vendor_jargon *j = vendor_jargon; j->word; j++) {
    g_autofree char *wanted = g_strdup_printf (" %s ", j->word);

    if (strstr (all, wanted))
      find (findings, sentence, FALSE, _ ("“%s” is a word of the trade. Say: %s."), j->word, j->instead);
  }
}

/* "is kept", "were sent by": who does it would be plainer. */
static void
check_passive (GPtrArray *findings, const char *sentence, GPtrArray *words)
{
  for (guint i = 0; i + 1 < words->len; i++) {
    const char *be = g_ptr_array_index (words, i), *next = g_ptr_array_index (words, i + 1);

    if (vendor_is_form_of_be (be) && vendor_is_participle (next)) {
      find (findings, sentence, TRUE, _ ("“%s %s” hides who does it. Can you say who?"), be, next);
      return;
    }
  }
}

static void
check_length (GPtrArray *findings, const char *sentence, guint words)
{
  glong characters = g_utf8_strlen (sentence, -1);

  if (words > VENDOR_PLAIN_MAX_WORDS)
    find (findings, sentence, FALSE, _ ("%u words, more than %d. Make two sentences of it."), words,
          VENDOR_PLAIN_MAX_WORDS);
  else if (!strchr (sentence, ' ') && characters > VENDOR_PLAIN_MAX_CHARACTERS && !is_placeholder (sentence))
    find (findings, sentence, FALSE, _ ("%ld characters, more than %d. Make two sentences of it."), characters,
          VENDOR_PLAIN_MAX_CHARACTERS);
}

GPtrArray *
vendor_plain_check (const char *text, const char *language)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)vendor_finding_free);
  g_autoptr (GPtrArray) sentences = split_sentences (text);
  gboolean english = g_str_equal (language, "en") || g_str_has_prefix (language, "en-");

  for (guint i = 0; i < sentences->len; i++) {
    const char *sentence = g_ptr_array_index (sentences, i);
    g_autoptr (GPtrArray) words = split_words (sentence);

    check_length (findings, sentence, words->len);
    if (!english)
      continue;
    check_grade (findings, sentence, words);
    check_jargon (findings, sentence, words);
    check_passive (findings, sentence, words);
  }
  return findings;
}
