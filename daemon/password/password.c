/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How good a device password is, by zxcvbn's estimate of the guesses it takes.
 */
#include "daemon/password/password.h"

#include <glib/gi18n-lib.h>
#include <zxcvbn.h>

/* Bits at which the next score begins: 10^3, 10^6, 10^8 and 10^10 guesses. */
static const double score_bits[] = { 9.97, 19.93, 26.58, 33.22 };

/* What zxcvbn found, and what a person is told. */
static const struct {
  guint types; /* bits of 1 << ZxcTypeMatch_t */
  const char *sentence;
} findings[] = {
  { 1u << USER_MATCH | 1u << USER_LEET_MATCH,
    N_ ("It contains something that others can read off the device or its box.") },
  { 1u << DICTIONARY_MATCH | 1u << DICT_LEET_MATCH, N_ ("Common words and passwords are guessed first.") },
  { 1u << DICT_LEET_MATCH, N_ ("Swaps such as @ for a help little.") },
  { 1u << REPEATS_MATCH, N_ ("Repeats such as “aaa” help little.") },
  { 1u << SEQUENCE_MATCH, N_ ("Runs such as “abcd” or “4321” help little.") },
  { 1u << SPATIAL_MATCH, N_ ("Rows of keys such as “qwerty” are guessed first.") },
  { 1u << DATE_MATCH | 1u << YEAR_MATCH, N_ ("Dates and years are guessed first.") },
};

static guint
score_from_bits (double bits)
{
  guint score = 0;

  while (score < G_N_ELEMENTS (score_bits) && bits >= score_bits[score])
    score++;
  return score;
}

static guint
matched_types (const ZxcMatch_t *matches)
{
  guint types = 0;

  for (const ZxcMatch_t *match = matches; match; match = match->Next)
    types |= 1u << ((guint)match->Type & ~(guint)MULTIPLE_MATCH);
  return types;
}

/* NULL where its length and letters are in order. */
static char *
refuse (const char *password)
{
  if (!g_utf8_validate (password, -1, NULL))
    return g_strdup (_ ("It contains something that is no letter, digit or sign."));
  if (g_utf8_strlen (password, -1) < WATTLE_PASSWORD_MIN_LENGTH)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "It is too short: use at least %d character.",
                                         "It is too short: use at least %d characters.", WATTLE_PASSWORD_MIN_LENGTH),
                            WATTLE_PASSWORD_MIN_LENGTH);
  if (strlen (password) > WATTLE_PASSWORD_MAX_LENGTH)
    return g_strdup_printf (_ ("It is too long for the device, which takes %d letters."), WATTLE_PASSWORD_MAX_LENGTH);
  return NULL;
}

/* zxcvbn takes seconds over very long texts; the first bytes decide. */
static double
estimate (const char *password, const char *const *related, guint *types)
{
  g_autofree char *start = g_strndup (password, WATTLE_PASSWORD_MAX_LENGTH);
  ZxcMatch_t *matches = NULL;
  double bits = ZxcvbnMatch (start, (const char **)related, &matches);

  *types = matched_types (matches);
  ZxcvbnFreeInfo (matches);
  explicit_bzero (start, strlen (start));
  return bits;
}

void
wattle_password_strength_free (WattlePasswordStrength *strength)
{
  if (!strength)
    return;
  g_strfreev (strength->reasons);
  g_free (strength);
}

WattlePasswordStrength *
wattle_password_check (const char *password, const char *const *related)
{
  WattlePasswordStrength *strength = g_new0 (WattlePasswordStrength, 1);
  g_autoptr (GStrvBuilder) reasons = g_strv_builder_new ();
  g_autofree char *refusal = refuse (password);
  guint types;

  strength->score = score_from_bits (estimate (password, related, &types));
  strength->acceptable = !refusal && strength->score >= WATTLE_PASSWORD_MIN_SCORE;
  if (refusal)
    g_strv_builder_add (reasons, refusal);
  for (gsize i = 0; strength->score < 4 && i < G_N_ELEMENTS (findings); i++)
    if (types & findings[i].types)
      g_strv_builder_add (reasons, _ (findings[i].sentence));
  if (strength->score < 4)
    g_strv_builder_add (reasons, _ ("One or two more words that have nothing to do with each other make it better."));
  strength->reasons = g_strv_builder_end (reasons);
  return strength;
}
