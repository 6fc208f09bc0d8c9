/* SPDX-License-Identifier: Apache-2.0 */
/* What a string of a passport may be. */
#include "privacy/passport-rules.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "privacy/country.h"
#include "privacy/json.h"

/* What reaches a person: no line may end, hide or turn around what follows. */
gboolean
wattle_form_is_line (const char *text, glong max)
{
  glong length = g_utf8_strlen (text, -1);

  if (length < 1 || length > max)
    return FALSE;
  for (; *text; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
        || c == 0x2028 || c == 0x2029)
      return FALSE;
  }
  return TRUE;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define ALNUM LOWER UPPER DIGITS

/* The forms are checked by hand: a regular expression library costs an idle
 * daemon more memory than all of this file. */

/* Moves @at past @min to @max characters of @set; FALSE where there are fewer. */
static gboolean
skip (const char **at, const char *set, gsize min, gsize max)
{
  gsize length = strspn (*at, set);

  if (length < min)
    return FALSE;
  *at += MIN (length, max);
  return TRUE;
}

static gboolean
skip_text (const char **at, const char *text)
{
  if (!g_str_has_prefix (*at, text))
    return FALSE;
  *at += strlen (text);
  return TRUE;
}

/* Letters, digits, dots and dashes, with a letter or digit at either end. */
static gboolean
skip_host (const char **at)
{
  const char *start = *at;

  return skip (at, ALNUM ".-", 1, G_MAXSIZE) && g_ascii_isalnum (start[0]) && g_ascii_isalnum ((*at)[-1]);
}

static gboolean
is_day_form (const char *at)
{
  return *at == '2' && skip (&at, DIGITS, 4, 4) && skip_text (&at, "-") && skip (&at, DIGITS, 2, 2)
         && skip_text (&at, "-") && skip (&at, DIGITS, 2, 2) && *at == '\0';
}

/* "https://host[:port][/path]", all of it printable ASCII. */
static gboolean
is_https (const char *at)
{
  if (!skip_text (&at, "https://") || !skip_host (&at) || (skip_text (&at, ":") && !skip (&at, DIGITS, 1, 5)))
    return FALSE;
  if (*at == '/')
    while (*at >= '!' && *at <= '~')
      at++;
  return *at == '\0';
}

static gboolean
is_mailto (const char *at)
{
  return skip_text (&at, "mailto:") && skip (&at, ALNUM "._+-", 1, G_MAXSIZE) && skip_text (&at, "@") && skip_host (&at)
         && *at == '\0';
}

/* "de", "zh-Hant", "de-AT", "es-419" (BCP 47). */
gboolean
wattle_form_is_language (const char *at)
{
  if (!skip (&at, LOWER, 2, 3))
    return FALSE;
  if (at[0] == '-' && g_ascii_isupper (at[1]) && strspn (at + 2, LOWER) == 3)
    at += 5;
  if (at[0] == '-' && strspn (at + 1, UPPER) == 2)
    at += 3;
  else if (at[0] == '-' && strspn (at + 1, DIGITS) == 3)
    at += 4;
  return *at == '\0';
}

static gboolean
is_name (const char *at)
{
  return g_ascii_islower (*at) && skip (&at, LOWER DIGITS "-", 1, 40) && *at == '\0';
}

/* A term of the Data Privacy Vocabulary, "dpv:Term". */
static gboolean
is_vocabulary (const char *at)
{
  return (skip_text (&at, "dpv:") || skip_text (&at, "pd:") || skip_text (&at, "eu-gdpr:")) && g_ascii_isalpha (*at)
         && skip (&at, ALNUM "-", 1, 80) && *at == '\0';
}

static gboolean
is_date (const char *text)
{
  int year, month, day;

  if (!is_day_form (text))
    return FALSE;
  if (sscanf (text, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return FALSE;
  return g_date_valid_dmy (day, month, year);
}

static gboolean
is_base64 (const char *text, gsize bytes, gboolean url)
{
  g_autofree char *plain = g_strdup (text);
  g_autoptr (GBytes) decoded = NULL;
  gsize length = strlen (text);

  if (!url) {
    if (length % 4 != 0 || strpbrk (text, "-_"))
      return FALSE;
    while (length > 0 && plain[length - 1] == '=')
      plain[--length] = '\0';
    g_strdelimit (g_strdelimit (plain, "+", '-'), "/", '_');
  }
  decoded = wattle_base64url_decode (plain, length);
  return decoded && g_bytes_get_size (decoded) == bytes;
}

static gboolean
is_choice (const char *text, const char *choices)
{
  g_auto (GStrv) words = g_strsplit (choices, " ", -1);

  return g_strv_contains ((const char *const *)words, text);
}

static gboolean
is_country (const char *text)
{
  g_autofree char *name = wattle_country_name (text, NULL);

  return name != NULL;
}

gboolean
wattle_form_fits (const struct wattle_rule *rule, const char *text)
{
  if (!wattle_form_is_line (text, WATTLE_PASSPORT_MAX_LINE))
    return FALSE;
  switch (rule->type) {
    case DATE:
      return is_date (text);
    case URL:
      return is_https (text);
    case CONTACT:
      return is_https (text) || is_mailto (text);
    case ID:
      return is_name (text);
    case COUNTRY:
      return is_country (text);
    case TERM:
      return is_vocabulary (text);
    case BASE64:
    case BASE64URL:
      return is_base64 (text, rule->min, rule->type == BASE64URL);
    case CHOICE:
      return is_choice (text, rule->choices);
    default:
      return TRUE;
  }
}

const char *
wattle_form_expected (enum wattle_rule_type type)
{
  static const char *const expected[] = {
    [STRING] = N_ ("one line of at most 500 characters is expected"),
    [DATE] = N_ ("a date like 2031-06-30 is expected"),
    [URL] = N_ ("an address that starts with https:// is expected"),
    [CONTACT] = N_ ("an address that starts with https:// or mailto: is expected"),
    [ID] = N_ ("a short name of small letters, digits and dashes is expected"),
    [COUNTRY] = N_ ("a country code of ISO 3166-1, like AU, is expected"),
    [TERM] = N_ ("a term like dpv:ServiceProvision is expected"),
    [BASE64] = N_ ("32 bytes in base64 are expected"),
    [BASE64URL] = N_ ("32 bytes in base64url without = are expected"),
  };

  return type < G_N_ELEMENTS (expected) ? expected[type] : NULL;
}
