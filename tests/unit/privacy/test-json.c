/* SPDX-License-Identifier: Apache-2.0 */
/* privacy/json.h: what is let in, and that there is one way to write it. */
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"
#include "support.h"

static const char *const good[] = {
  "{}",
  "[]",
  "0",
  "-1",
  "true",
  "false",
  "null",
  "\"\"",
  " \t\r\n[ ] ",
  "[1,2]",
  "{\"a\":{\"b\":[]}}",
  "9007199254740991",
  "-9007199254740991",
  "\"\\u00e4\\n\\\"\\\\\\/\"",
  "\"\\ud83d\\ude00\"",
  "\"ä😀\"",
  "-0",
};

static const char *const bad[] = {
  "",
  " ",
  "{",
  "[",
  "}",
  "[1,]",
  "[,1]",
  "{\"a\"}",
  "{\"a\":}",
  "{\"a\":1,}",
  "{a:1}",
  "{'a':1}",
  "01",
  "+1",
  "1.",
  ".5",
  "1.5",
  "1e3",
  "1E3",
  "9007199254740992",
  "99999999999999999999999",
  "-",
  "tru",
  "True",
  "nul",
  "NaN",
  "Infinity",
  "\"",
  "\"\\x\"",
  "\"\\u12\"",
  "\"\\u0000\"",
  "\"\\ud800\"",
  "\"\\udc00\"",
  "\"\\ud800\\u0041\"",
  "\"\t\"",
  "\"\n\"",
  "[] []",
  "[]x",
  "/* c */ []",
  "[] // c",
  "var a = [];",
  "{\"a\":1,\"a\":2}",
  "{\"\\u0061\":1}",
  "\xff",
  "\"\xc3\"",
  "\"\xed\xa0\x80\"",
  "\"\xc0\xaf\"",
  "\xef\xbb\xbf[]",
  "[1 2]",
  "{\"a\" 1}",
  "[\"a\":1]",
  "\"a\\",
  "{\"a",
  "\"\x7f",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = wattle_json_parse (good[i], strlen (good[i]), 1000, &error);

    g_test_message ("%s", good[i]);
    g_assert_no_error (error);
    g_assert_nonnull (node);
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%u", i);
    g_assert_null (wattle_json_parse (bad[i], strlen (bad[i]), 1000, &error));
    assert_error (error, WATTLE_ERROR_INVALID_ARGUMENT);
  }
  g_assert_null (wattle_json_parse ("[1\0]", 4, 1000, NULL));
  g_assert_null (wattle_json_parse ("[1]\0", 4, 1000, NULL));
}

static void
test_limits (void)
{
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autofree char *open = g_strnfill (WATTLE_JSON_MAX_DEPTH, '['), *close = g_strnfill (WATTLE_JSON_MAX_DEPTH, ']');
  g_autofree char *deepest = g_strconcat (open, close, NULL);
  g_autofree char *deeper = g_strconcat ("[", deepest, "]", NULL);
  g_autoptr (JsonNode) node = wattle_json_parse (deepest, strlen (deepest), 1000, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (node);
  g_assert_null (wattle_json_parse (deeper, strlen (deeper), 1000, NULL));
  g_assert_null (wattle_json_parse (deep, strlen (deep), G_MAXSIZE, NULL));
  g_assert_null (wattle_json_parse ("[1, 2, 3]", 9, 8, NULL));
  g_assert_null (wattle_json_parse ("[\n\n1,\n\n]", 8, 100, &error));
  g_assert_nonnull (strstr (error->message, "line 5"));
}

static char *
canonical_of (const char *text)
{
  g_autoptr (JsonNode) node = wattle_json_parse (text, strlen (text), 1000, NULL);

  g_assert_nonnull (node);
  return wattle_json_canonical (node);
}

static void
test_canonical (void)
{
  static const char *const pairs[][2] = {
    { " { \"b\" : [ 1 , true , null ] , \"a\" : { } } ", "{\"a\":{},\"b\":[1,true,null]}" },
    { "\"\\u0041\\/\\u00e4\\u0008\\u001f\\\"\\\\\"", "\"A/ä\\b\\u001f\\\"\\\\\"" },
    { "-0", "0" },
    /* RFC 8785, section 3.2.3, without the name that is a control character. */
    { "{\"€\":1,\"\xef\xac\xb3\":2,\"1\":3,\"😀\":4,\"\xc2\x80\":5,\"ö\":6}",
      "{\"1\":3,\"\xc2\x80\":5,\"ö\":6,\"€\":1,\"😀\":4,\"\xef\xac\xb3\":2}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *text = canonical_of (pairs[i][0]);
    g_autofree char *again = canonical_of (text);

    g_assert_cmpstr (text, ==, pairs[i][1]);
    g_assert_cmpstr (again, ==, text);
  }
}

static void
test_not_canonical (void)
{
  g_autoptr (JsonNode) fraction = json_node_init_double (json_node_alloc (), 1.5);
  g_autoptr (JsonNode) large = json_node_init_int (json_node_alloc (), G_MAXINT64);

  g_assert_null (wattle_json_canonical (fraction));
  g_assert_null (wattle_json_canonical (large));
}

static void
test_getters (void)
{
  const char *text = "{\"s\":\"x\",\"i\":5,\"b\":true,\"n\":null,\"o\":{},\"a\":[]}";
  g_autoptr (JsonNode) node = wattle_json_parse (text, strlen (text), 1000, NULL);
  JsonObject *object = json_node_get_object (node);
  gint64 value = 42;

  g_assert_cmpstr (wattle_json_get_string (object, "s"), ==, "x");
  g_assert_null (wattle_json_get_string (object, "i"));
  g_assert_null (wattle_json_get_string (object, "n"));
  g_assert_null (wattle_json_get_string (object, "none"));
  g_assert_null (wattle_json_get_string (NULL, "s"));
  g_assert_true (wattle_json_get_integer (object, "i", &value));
  g_assert_cmpint (value, ==, 5);
  g_assert_false (wattle_json_get_integer (object, "b", &value));
  g_assert_false (wattle_json_get_integer (object, "s", &value));
  g_assert_nonnull (wattle_json_get_object (object, "o"));
  g_assert_null (wattle_json_get_object (object, "a"));
  g_assert_nonnull (wattle_json_get_array (object, "a"));
  g_assert_null (wattle_json_get_array (object, "o"));
}

static void
test_base64url (void)
{
  static const char *const refused[] = { "A", "AA=", "AA==", "A+", "A/", "AAA\n", "AA AA", "AB", "AAB", "Ä" };

  for (gsize length = 0; length < 70; length++) {
    guint8 data[70];
    g_autofree char *text = NULL;
    g_autoptr (GBytes) back = NULL;

    for (gsize i = 0; i < length; i++)
      data[i] = g_test_rand_int ();
    text = wattle_base64url_encode (data, length);
    g_assert_null (strpbrk (text, "+/="));
    back = wattle_base64url_decode (text, strlen (text));
    g_assert_nonnull (back);
    g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), data, length);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_null (wattle_base64url_decode (refused[i], strlen (refused[i])));
}

static void
test_hex (void)
{
  g_autofree char *hash = wattle_sha256_hex ("abc", 3);

  /* FIPS 180-4's example. */
  g_assert_cmpstr (hash, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true (wattle_is_hex (hash, WATTLE_SHA256_HEX_LENGTH));
  g_assert_false (wattle_is_hex (hash, 63));
  g_assert_false (wattle_is_hex ("AB", 2));
  g_assert_false (wattle_is_hex ("ag", 2));
  g_assert_false (wattle_is_hex (NULL, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/good", test_good);
  g_test_add_func ("/json/bad", test_bad);
  g_test_add_func ("/json/limits", test_limits);
  g_test_add_func ("/json/canonical", test_canonical);
  g_test_add_func ("/json/not-canonical", test_not_canonical);
  g_test_add_func ("/json/getters", test_getters);
  g_test_add_func ("/json/base64url", test_base64url);
  g_test_add_func ("/json/hex", test_hex);
  return g_test_run ();
}
