/* SPDX-License-Identifier: Apache-2.0 */
/* privacy/canonical.h: it takes what the canonical writer writes, and nothing else. */
#include <string.h>

#include "privacy/canonical.h"
#include "privacy/json.h"
#include "support.h"

/* Each is its own canonical text. */
static const char *const good[] = {
  "{}",
  "{\"a\":1}",
  "{\"a\":-1,\"b\":0}",
  "{\"a\":[],\"b\":{},\"c\":[1,\"x\",[true,false,null]]}",
  "{\"a\":\"\\n\\t\\b\\f\\r\\\"\\\\\\u0001\\u001f\\u000b\"}",
  "{\"a\":\"ä😀/\x7f\"}",
  "{\"A\":1,\"a\":1,\"ab\":1,\"b\":1}",
  "{\"a\":9007199254740991,\"b\":-9007199254740991}",
};

/* What reads as something, but is not how it is written; and what is not JSON. */
static const char *const bad[] = {
  "",
  "[]",
  "1",
  "{",
  "{}}",
  "{} ",
  " {}",
  "{\"a\": 1}",
  "{\"a\":1 }",
  "{\"a\" :1}",
  "{\"b\":1,\"a\":1}",
  "{\"a\":1,\"a\":1}",
  "{\"ab\":1,\"a\":1}",
  "{\"a\":1,}",
  "{\"a\":[1,]}",
  "{\"a\":01}",
  "{\"a\":-0}",
  "{\"a\":+1}",
  "{\"a\":1.0}",
  "{\"a\":1e2}",
  "{\"a\":9007199254740992}",
  "{\"a\":-}",
  "{\"a\":\"\\u0061\"}",
  "{\"a\":\"\\u001F\"}",
  "{\"a\":\"\\u000a\"}",
  "{\"a\":\"\\u0020\"}",
  "{\"a\":\"\\u0000\"}",
  "{\"a\":\"\\/\"}",
  "{\"a\":\"\n\"}",
  "{\"a\":\"12345678\n\"}",
  "{\"a\":\"\xff\"}",
  "{\"a\":\"\xc0\x80\"}",
  "{\"\\u0061\":1}",
  "{\"a\":tru}",
  "{\"a\":\"",
  "{\"a\":\"\\",
};

static gboolean
reads (const char *text, gsize *at)
{
  return wattle_canonical_read (text, strlen (text), NULL, 0, at);
}

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (JsonNode) node = wattle_json_parse (good[i], strlen (good[i]), 4096, NULL);
    g_autofree char *written = node ? wattle_json_canonical (node) : NULL;

    g_test_message ("%s", good[i]);
    g_assert_cmpstr (written, ==, good[i]);
    g_assert_true (reads (good[i], NULL));
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    gsize at = G_MAXSIZE;

    g_test_message ("bad text %u", i); /* not all of them can be printed */
    g_assert_false (reads (bad[i], &at));
    g_assert_cmpuint (at, <=, strlen (bad[i]));
  }
}

/* Where something is wrong is told exactly. */
static void
test_offset (void)
{
  static const struct {
    const char *text;
    gsize at;
  } rows[] = {
    { "{\"a\":1, \"b\":2}", 7 }, { "{\"a\":x}", 5 },        { "{\"a\":1}x", 7 },
    { "{\"b\":1,\"a\":2}", 8 },  { "{\"a\":\"x\ty\"}", 7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gsize at = 0;

    g_assert_false (reads (rows[i].text, &at));
    g_assert_cmpuint (at, ==, rows[i].at);
  }
}

static void
test_depth (void)
{
  for (guint depth = WATTLE_JSON_MAX_DEPTH - 1; depth <= WATTLE_JSON_MAX_DEPTH + 1; depth++) {
    g_autofree char *open = g_strnfill (depth - 1, '[');
    g_autofree char *close = g_strnfill (depth - 1, ']');
    g_autofree char *text = g_strdup_printf ("{\"a\":%s%s}", open, close);

    g_assert_cmpint (reads (text, NULL), ==, depth <= WATTLE_JSON_MAX_DEPTH);
  }
}

static void
test_fields (void)
{
  const char *text = "{\"a\":{\"b\":\"deep\",\"c\":[{\"b\":\"no\"}]},\"b\":\"\\n\",\"n\":12,\"o\":{\"x\":1}}";
  WattleCanonicalField fields[] = { { "a/b" }, { "b" }, { "n" }, { "o" }, { "a/c/b" }, { "x" } };
  g_autofree char *deep = NULL;

  g_assert_true (wattle_canonical_read (text, strlen (text), fields, G_N_ELEMENTS (fields), NULL));
  deep = wattle_canonical_dup (&fields[0]);
  g_assert_cmpstr (deep, ==, "deep");
  g_assert_true (wattle_canonical_equals (&fields[0], "deep"));
  g_assert_false (wattle_canonical_equals (&fields[0], "dee"));
  g_assert_nonnull (fields[1].start);
  g_assert_null (wattle_canonical_dup (&fields[1]));
  g_assert_null (wattle_canonical_dup (&fields[2]));
  g_assert_cmpuint (fields[2].length, ==, 2);
  g_assert_cmpuint (fields[3].length, ==, strlen ("{\"x\":1}"));
  g_assert_null (fields[4].start);
  g_assert_null (fields[5].start);
}

/* Whatever a byte of a real text becomes: this reader and the strict parser with
 * the canonical writer say the same. */
static void
test_agrees (void)
{
  static const char tries[] = { 'a', '"', '\\', '0', ' ', '{', ']', ',', '\n', '\x7f', (char)0x80, '-' };
  g_autofree char *sample = sample_text (THERMOMETER);
  g_autoptr (JsonNode) whole = wattle_json_parse (sample, strlen (sample), 1 << 20, NULL);
  g_autofree char *text = wattle_json_canonical (whole);
  gsize length = MIN (strlen (text), 1500);
  guint compared = 0;

  g_assert_true (reads (text, NULL));
  g_free (text);
  text = wattle_json_canonical (json_object_get_member (json_node_get_object (whole), "support"));
  length = strlen (text);
  for (gsize i = 0; i < length; i++)
    for (guint t = 0; t < G_N_ELEMENTS (tries); t++) {
      char kept = text[i];
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *written = NULL;

      text[i] = tries[t];
      node = wattle_json_parse (text, length, 1 << 20, NULL);
      written = node && JSON_NODE_HOLDS_OBJECT (node) ? wattle_json_canonical (node) : NULL;
      if (reads (text, NULL) != (g_strcmp0 (written, text) == 0))
        g_error ("byte %" G_GSIZE_FORMAT " as %02x: %s", i, (guchar)tries[t], text);
      text[i] = kept;
      compared++;
    }
  g_test_message ("%u edits judged alike", compared);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canonical/good", test_good);
  g_test_add_func ("/canonical/bad", test_bad);
  g_test_add_func ("/canonical/offset", test_offset);
  g_test_add_func ("/canonical/depth", test_depth);
  g_test_add_func ("/canonical/fields", test_fields);
  g_test_add_func ("/canonical/agrees", test_agrees);
  return g_test_run ();
}
