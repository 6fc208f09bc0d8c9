/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader that accepts what the canonical writer writes and nothing else.
 */
#include "privacy/canonical.h"

#include <string.h>

#include "privacy/json.h"

#define PATH_MAX_LENGTH 256
#define FIELDS_MAX 16
#define MAX_INTEGER G_GINT64_CONSTANT (9007199254740991)
#define MAX_DIGITS 16

/* Where reading stands.  Functions return FALSE with @at at what is wrong. */
struct reader {
  const char *at, *end;
  guint depth;
  guint arrays; /* how many of them are open: there are no paths in them */
  char path[PATH_MAX_LENGTH];
  gsize path_length;
  WattleCanonicalField *fields;
  guint n_fields;
  gsize lengths[FIELDS_MAX]; /* of their paths */
};

static gboolean read_value (struct reader *r);

static gboolean
expect (struct reader *r, char c)
{
  if (r->at >= r->end || *r->at != c)
    return FALSE;
  r->at++;
  return TRUE;
}

/* After a backslash: the one way in which RFC 8785 escapes a character. */
static gboolean
read_escape (struct reader *r)
{
  int high, low;

  if (r->at >= r->end)
    return FALSE;
  if (*r->at != '\0' && strchr ("\"\\bfnrt", *r->at)) {
    r->at++;
    return TRUE;
  }
  if (r->end - r->at < 5 || memcmp (r->at, "u00", 3) != 0 || g_ascii_isupper (r->at[4]))
    return FALSE;
  high = g_ascii_xdigit_value (r->at[3]);
  low = g_ascii_xdigit_value (r->at[4]);
  /* Those that have a short escape are written with it. */
  if (high < 0 || high > 1 || low < 0 || (high == 0 && low >= 8 && low <= 13 && low != 11) || high + low == 0)
    return FALSE;
  r->at += 5;
  return TRUE;
}

/* Each byte of @word that is zero has its high bit set in the result, or one
 * before it has. */
#define ONES G_GUINT64_CONSTANT (0x0101010101010101)
#define ZEROS(word) (((word)-ONES) & ~(word) & (ONES << 7))
/* Bytes below 0x20 likewise. */
#define CONTROLS(word) (((word)-ONES * 0x20) & ~(word) & (ONES << 7))

/* Where @text stops being UTF-8 without a NUL; its end where it does not. */
static const char *
valid_until (const char *text, gsize length)
{
  const char *end = text + length, *at = text;
  guint64 word;

  /* Nearly all of it is ASCII. */
  for (; end - at >= (gssize)sizeof word; at += sizeof word) {
    memcpy (&word, at, sizeof word);
    if ((word & (ONES << 7)) || ZEROS (word))
      break;
  }
  if (at < end)
    g_utf8_validate_len (at, end - at, &at);
  return at;
}

/* Goes on to the next quote, backslash or control character, or a few bytes
 * before it: eight bytes at a time. */
static void
skip_plain (struct reader *r)
{
  guint64 word;

  for (; r->end - r->at >= (gssize)sizeof word; r->at += sizeof word) {
    memcpy (&word, r->at, sizeof word);
    if (ZEROS (word ^ ONES * '"') | ZEROS (word ^ ONES * '\\') | CONTROLS (word))
      return;
  }
}

/* The text is UTF-8 as a whole, which is checked before. */
static gboolean
read_string (struct reader *r)
{
  if (!expect (r, '"'))
    return FALSE;
  skip_plain (r);
  while (r->at < r->end) {
    guchar c = *r->at;

    if (c == '"') {
      r->at++;
      return TRUE;
    }
    if (c < 0x20)
      return FALSE;
    r->at++;
    if (c == '\\' && !read_escape (r))
      return FALSE;
  }
  return FALSE;
}

static gboolean
read_integer (struct reader *r)
{
  const char *start = r->at, *digits;
  gint64 value = 0;

  digits = start + (*start == '-');
  for (r->at = digits; r->at < r->end && g_ascii_isdigit (*r->at); r->at++)
    if (r->at - digits < MAX_DIGITS)
      value = value * 10 + (*r->at - '0');
  if (r->at == digits || r->at - digits > MAX_DIGITS || value > MAX_INTEGER)
    return FALSE;
  return *digits != '0' || (r->at - start == 1);
}

static gboolean
read_word (struct reader *r)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize length = strlen (words[i]);

    if ((gsize)(r->end - r->at) >= length && memcmp (r->at, words[i], length) == 0) {
      r->at += length;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
read_array (struct reader *r)
{
  gboolean ok;

  r->at++;
  if (expect (r, ']'))
    return TRUE;
  r->arrays++;
  do
    ok = read_value (r);
  while (ok && expect (r, ','));
  r->arrays--;
  return ok && expect (r, ']');
}

/* A name, without its quotes; names have no escapes, and each is greater than
 * the @last, so that none is there twice. */
static gboolean
read_name (struct reader *r, const char **last, gsize *last_length)
{
  const char *name = r->at + 1;
  gsize length;
  int order;

  if (!expect (r, '"'))
    return FALSE;
  while (r->at < r->end && *r->at != '"') {
    if ((guchar)*r->at < 0x20 || (guchar)*r->at >= 0x80 || *r->at == '\\')
      return FALSE;
    r->at++;
  }
  length = r->at - name;
  if (*last) {
    order = memcmp (*last, name, MIN (*last_length, length));
    if (order > 0 || (order == 0 && *last_length >= length)) {
      r->at = name;
      return FALSE;
    }
  }
  *last = name;
  *last_length = length;
  return expect (r, '"') && expect (r, ':');
}

/* Notes where the value of the path that is being read begins and ends. */
static void
note (struct reader *r, const char *start)
{
  for (guint i = 0; i < r->n_fields; i++)
    if (strlen (r->fields[i].path) == r->path_length && memcmp (r->fields[i].path, r->path, r->path_length) == 0) {
      r->fields[i].start = start;
      r->fields[i].length = r->at - start;
    }
}

static gboolean
read_member (struct reader *r, const char **last, gsize *last_length)
{
  gsize kept = r->path_length;
  const char *start;
  gboolean ok;

  if (!read_name (r, last, last_length))
    return FALSE;
  if (r->arrays)
    return read_value (r);
  if (kept + *last_length + 1 > PATH_MAX_LENGTH)
    return FALSE;
  if (kept)
    r->path[r->path_length++] = '/';
  memcpy (r->path + r->path_length, *last, *last_length);
  r->path_length += *last_length;
  start = r->at;
  ok = read_value (r);
  if (ok)
    note (r, start);
  r->path_length = kept;
  return ok;
}

static gboolean
read_object (struct reader *r)
{
  const char *last = NULL;
  gsize last_length = 0;
  gboolean ok;

  r->at++;
  if (expect (r, '}'))
    return TRUE;
  do
    ok = read_member (r, &last, &last_length);
  while (ok && expect (r, ','));
  return ok && expect (r, '}');
}

static gboolean
read_value (struct reader *r)
{
  gboolean ok;

  if (r->at >= r->end)
    return FALSE;
  switch (*r->at) {
    case '"':
      return read_string (r);
    case '{':
    case '[':
      if (r->depth == WATTLE_JSON_MAX_DEPTH)
        return FALSE;
      r->depth++;
      ok = *r->at == '{' ? read_object (r) : read_array (r);
      r->depth--;
      return ok;
    case 't':
    case 'f':
    case 'n':
      return read_word (r);
    default:
      return read_integer (r);
  }
}

gboolean
wattle_canonical_read (const char *text, gsize length, WattleCanonicalField *fields, guint n_fields, gsize *at)
{
  struct reader r = { .at = text, .end = text + length, .fields = fields, .n_fields = n_fields };
  gboolean ok;

  g_return_val_if_fail (n_fields <= FIELDS_MAX, FALSE);
  for (guint i = 0; i < n_fields; i++) {
    fields[i].start = NULL;
    r.lengths[i] = strlen (fields[i].path);
  }
  r.end = valid_until (text, length);
  ok = r.at < r.end && *r.at == '{' && read_value (&r) && r.at == text + length;
  if (!ok && at)
    *at = r.at - text;
  return ok;
}

static gboolean
is_plain_text (const WattleCanonicalField *field)
{
  return field->start && *field->start == '"' && !memchr (field->start, '\\', field->length);
}

char *
wattle_canonical_dup (const WattleCanonicalField *field)
{
  return is_plain_text (field) ? g_strndup (field->start + 1, field->length - 2) : NULL;
}

gboolean
wattle_canonical_equals (const WattleCanonicalField *field, const char *text)
{
  return is_plain_text (field) && strlen (text) == field->length - 2
         && memcmp (field->start + 1, text, field->length - 2) == 0;
}
