/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict reading and canonical writing of JSON.
 */
#include "privacy/json.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "common/error.h"

/* The largest integer that every JSON reader understands alike, 2^53 - 1. */
#define MAX_INTEGER G_GINT64_CONSTANT (9007199254740991)
#define MAX_DIGITS 16

/* A text being checked.  Functions return FALSE with @why set. */
struct scan {
  const char *at, *end;
  guint depth;
  const char *why; /* what is wrong, for a person who writes JSON */
};

static gboolean scan_value (struct scan *s);

static gboolean
fail (struct scan *s, const char *why)
{
  s->why = why;
  return FALSE;
}

static void
skip_space (struct scan *s)
{
  while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
    s->at++;
}

static gboolean
scan_char (struct scan *s, char c)
{
  if (s->at >= s->end || *s->at != c)
    return FALSE;
  s->at++;
  return TRUE;
}

/* Four hexadecimal digits after \u; -1 if there are none. */
static int
scan_hex4 (struct scan *s)
{
  int value = 0;

  if (s->end - s->at < 4)
    return -1;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (*s->at++);

    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

static gboolean
scan_escape (struct scan *s)
{
  int unit;

  if (s->at >= s->end)
    return fail (s, N_ ("a text without an end"));
  if (strchr ("\"\\/bfnrt", *s->at) && *s->at != '\0') {
    s->at++;
    return TRUE;
  }
  if (!scan_char (s, 'u'))
    return fail (s, N_ ("an unknown escape"));
  unit = scan_hex4 (s);
  if (unit <= 0)
    return fail (s, N_ ("an unknown escape"));
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;
  if (unit > 0xdbff || !scan_char (s, '\\') || !scan_char (s, 'u'))
    return fail (s, N_ ("half a surrogate pair"));
  unit = scan_hex4 (s);
  return unit >= 0xdc00 && unit <= 0xdfff ? TRUE : fail (s, N_ ("half a surrogate pair"));
}

static gboolean
scan_string (struct scan *s)
{
  if (!scan_char (s, '"'))
    return fail (s, N_ ("a text was expected"));
  while (s->at < s->end) {
    unsigned char c = *s->at++;

    if (c == '"')
      return TRUE;
    if (c < 0x20)
      return fail (s, N_ ("a control character in a text"));
    if (c == '\\' && !scan_escape (s))
      return FALSE;
  }
  return fail (s, N_ ("a text without an end"));
}

/* Only integers: RFC 8259's int without frac and exp. */
static gboolean
scan_number (struct scan *s)
{
  g_autofree char *digits = NULL;
  const char *start;

  scan_char (s, '-');
  start = s->at;
  while (s->at < s->end && g_ascii_isdigit (*s->at))
    s->at++;
  if (s->at == start || (*start == '0' && s->at - start > 1))
    return fail (s, N_ ("not a number"));
  if (s->at < s->end && strchr (".eE", *s->at))
    return fail (s, N_ ("a number that is not whole"));
  digits = g_strndup (start, MIN (s->at - start, MAX_DIGITS + 1));
  if (s->at - start > MAX_DIGITS || g_ascii_strtoll (digits, NULL, 10) > MAX_INTEGER)
    return fail (s, N_ ("a number that is too large"));
  return TRUE;
}

static gboolean
scan_word (struct scan *s, const char *word)
{
  gsize length = strlen (word);

  if ((gsize)(s->end - s->at) < length || memcmp (s->at, word, length) != 0)
    return fail (s, N_ ("not a value"));
  s->at += length;
  return TRUE;
}

/* A member's name and colon; names must be new to @names and without escapes. */
static gboolean
scan_name (struct scan *s, GHashTable *names)
{
  const char *start = s->at + 1;
  g_autofree char *name = NULL;

  if (!scan_string (s))
    return FALSE;
  name = g_strndup (start, s->at - 1 - start);
  if (strchr (name, '\\'))
    return fail (s, N_ ("an escape in a name"));
  if (!g_hash_table_add (names, g_steal_pointer (&name)))
    return fail (s, N_ ("the same name twice"));
  skip_space (s);
  return scan_char (s, ':') ? TRUE : fail (s, N_ ("a colon was expected"));
}

static gboolean
scan_object (struct scan *s)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  s->at++;
  skip_space (s);
  if (scan_char (s, '}'))
    return TRUE;
  do {
    skip_space (s);
    if (!scan_name (s, names) || !scan_value (s))
      return FALSE;
    skip_space (s);
  } while (scan_char (s, ','));
  return scan_char (s, '}') ? TRUE : fail (s, N_ ("a comma or } was expected"));
}

static gboolean
scan_array (struct scan *s)
{
  s->at++;
  skip_space (s);
  if (scan_char (s, ']'))
    return TRUE;
  do {
    if (!scan_value (s))
      return FALSE;
    skip_space (s);
  } while (scan_char (s, ','));
  return scan_char (s, ']') ? TRUE : fail (s, N_ ("a comma or ] was expected"));
}

static gboolean
scan_value (struct scan *s)
{
  gboolean ok;

  skip_space (s);
  if (s->at >= s->end)
    return fail (s, N_ ("it ends too early"));
  switch (*s->at) {
    case '{':
    case '[':
      if (s->depth >= WATTLE_JSON_MAX_DEPTH)
        return fail (s, N_ ("nested too deeply"));
      s->depth++;
      ok = *s->at == '{' ? scan_object (s) : scan_array (s);
      s->depth--;
      return ok;
    case '"':
      return scan_string (s);
    case 't':
      return scan_word (s, "true");
    case 'f':
      return scan_word (s, "false");
    case 'n':
      return scan_word (s, "null");
    default:
      return scan_number (s);
  }
}

static guint
line_of (const char *text, const char *at)
{
  guint line = 1;

  for (; text < at; text++)
    line += *text == '\n';
  return line;
}

JsonNode *
wattle_json_parse (const char *text, gsize length, gsize max_size, GError **error)
{
  struct scan s = { .at = text, .end = text + length };
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local = NULL;
  const char *wrong;

  if (length > max_size) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                 _ ("This is too large: %zu bytes, where at most %zu are allowed."), length, max_size);
    return NULL;
  }
  if (!g_utf8_validate_len (text, length, &wrong)) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This is not UTF-8 text: byte %zu cannot be."),
                 (gsize)(wrong - text) + 1);
    return NULL;
  }
  if (scan_value (&s)) {
    skip_space (&s);
    if (s.at < s.end)
      fail (&s, N_ ("something follows the end"));
  }
  if (s.why) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This is not valid JSON, line %u: %s."),
                 line_of (text, MIN (s.at, s.end)), _ (s.why));
    return NULL;
  }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, length, &local)) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This is not valid JSON: %s"), local->message);
    return NULL;
  }
  return json_parser_steal_root (parser);
}

/* json-glib's own getters convert between types or complain aloud. */
static JsonNode *
get_member (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && json_node_get_value_type (node) == type ? node : NULL;
}

const char *
wattle_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name, G_TYPE_STRING);

  return node ? json_node_get_string (node) : NULL;
}

JsonObject *
wattle_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name, JSON_TYPE_OBJECT);

  return node ? json_node_get_object (node) : NULL;
}

JsonArray *
wattle_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name, JSON_TYPE_ARRAY);

  return node ? json_node_get_array (node) : NULL;
}

gboolean
wattle_json_get_integer (JsonObject *object, const char *name, gint64 *value)
{
  JsonNode *node = get_member (object, name, G_TYPE_INT64);

  if (node)
    *value = json_node_get_int (node);
  return node != NULL;
}

static void
write_string (GString *out, const char *text)
{
  static const char short_escapes[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";

  g_string_append_c (out, '"');
  for (; *text; text++) {
    const char *found = strchr (short_escapes, *text);

    if (found)
      g_string_append_printf (out, "\\%c", letters[found - short_escapes]);
    else if ((unsigned char)*text < 0x20)
      g_string_append_printf (out, "\\u%04x", *text);
    else
      g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

/* RFC 8785, section 3.2.3: by UTF-16 code units.  UTF-8 sorts the same, except that
 * UTF-16 has what is beyond U+FFFF (a first byte of 0xF0 or more) before U+E000 to
 * U+FFFF (0xEE and 0xEF). */
static int
compare_names (gconstpointer a, gconstpointer b)
{
  const guchar *left = a, *right = b;

  for (; *left && *left == *right; left++)
    right++;
  if (*left >= 0xf0 && *right >= 0xee && *right < 0xf0)
    return -1;
  if (*right >= 0xf0 && *left >= 0xee && *left < 0xf0)
    return 1;
  return (int)*left - (int)*right;
}

static gboolean write_node (GString *out, JsonNode *node);

static gboolean
write_object (GString *out, JsonObject *object)
{
  g_autoptr (GList) names = g_list_sort (json_object_get_members (object), compare_names);

  g_string_append_c (out, '{');
  for (GList *l = names; l; l = l->next) {
    if (l != names)
      g_string_append_c (out, ',');
    write_string (out, l->data);
    g_string_append_c (out, ':');
    if (!write_node (out, json_object_get_member (object, l->data)))
      return FALSE;
  }
  g_string_append_c (out, '}');
  return TRUE;
}

static gboolean
write_array (GString *out, JsonArray *array)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (i)
      g_string_append_c (out, ',');
    if (!write_node (out, json_array_get_element (array, i)))
      return FALSE;
  }
  g_string_append_c (out, ']');
  return TRUE;
}

static gboolean
write_scalar (GString *out, JsonNode *node)
{
  switch (json_node_get_value_type (node)) {
    case G_TYPE_STRING:
      write_string (out, json_node_get_string (node));
      return TRUE;
    case G_TYPE_BOOLEAN:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      return TRUE;
    case G_TYPE_INT64: {
      gint64 value = json_node_get_int (node);

      g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
      return value >= -MAX_INTEGER && value <= MAX_INTEGER;
    }
    default:
      return FALSE;
  }
}

static gboolean
write_node (GString *out, JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
    case JSON_NODE_OBJECT:
      return write_object (out, json_node_get_object (node));
    case JSON_NODE_ARRAY:
      return write_array (out, json_node_get_array (node));
    case JSON_NODE_NULL:
      g_string_append (out, "null");
      return TRUE;
    case JSON_NODE_VALUE:
    default:
      return write_scalar (out, node);
  }
}

char *
wattle_json_canonical (JsonNode *node)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_val_if_fail (node != NULL, NULL);
  if (!write_node (out, node))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
wattle_sha256_hex (gconstpointer data, gsize length)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, length);
}

gboolean
wattle_is_hex (const char *text, gsize digits)
{
  return text && strlen (text) == digits && strspn (text, "0123456789abcdef") == digits;
}

char *
wattle_base64url_encode (gconstpointer data, gsize length)
{
  char *text = g_base64_encode (data, length);
  gsize n = strlen (text);

  while (n > 0 && text[n - 1] == '=')
    text[--n] = '\0';
  return g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
}

GBytes *
wattle_base64url_decode (const char *text, gsize length)
{
  g_autofree char *padded = NULL;
  g_autofree char *again = NULL;
  g_autofree guchar *data = NULL;
  gsize size;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return NULL;
  if (length % 4 == 1)
    return NULL;
  padded = g_strdup_printf ("%.*s%s", (int)length, text, &"==="[3 - (4 - length % 4) % 4]);
  g_strdelimit (g_strdelimit (padded, "-", '+'), "_", '/');
  data = g_base64_decode (padded, &size);
  /* Stray bits in the last character would make two texts of the same bytes. */
  again = wattle_base64url_encode (data, size);
  if (strlen (again) != length || memcmp (again, text, length) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), size);
}
