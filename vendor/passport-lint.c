/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor passport lint: whether people can read what a passport says.  With
 * --texts it judges any texts, one a line, which is how Wattle's own are judged.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "privacy/json.h"
#include "vendor/commands.h"
#include "vendor/passport-file.h"
#include "vendor/plain-language.h"

#define TEXTS_MAX (4 * 1024 * 1024) /* bytes */

struct lint {
  gboolean quiet; /* no hints */
  guint texts, problems, hints;
};

static void
lint_text (struct lint *lint, const char *place, const char *language, const char *text)
{
  g_autoptr (GPtrArray) findings = vendor_plain_check (text, language);

  lint->texts++;
  for (guint i = 0; i < findings->len; i++) {
    const VendorFinding *finding = g_ptr_array_index (findings, i);

    lint->problems += !finding->hint;
    lint->hints += finding->hint;
    if (finding->hint && lint->quiet)
      continue;
    g_print ("%s: %s: %s\n    %s\n", place, finding->hint ? _ ("hint") : _ ("not plain"), finding->problem,
             finding->sentence);
  }
}

/* Whether @object is a text: languages and nothing else. */
static gboolean
is_text (JsonObject *object)
{
  return wattle_json_get_string (object, "en") != NULL;
}

static void lint_node (struct lint *lint, const char *place, JsonNode *node);

static void
lint_object (struct lint *lint, const char *place, JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);
  gboolean text = is_text (object);

  for (GList *l = members; l; l = l->next) {
    g_autofree char *inner = g_strdup_printf ("%s%s%s", place, *place ? "." : "", (const char *)l->data);

    if (text)
      lint_text (lint, inner, l->data, wattle_json_get_string (object, l->data));
    else
      lint_node (lint, inner, json_object_get_member (object, l->data));
  }
}

static void
lint_node (struct lint *lint, const char *place, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    lint_object (lint, place, json_node_get_object (node));
  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
      g_autofree char *inner = g_strdup_printf ("%s[%u]", place, i);

      lint_node (lint, inner, json_array_get_element (json_node_get_array (node), i));
    }
}

static gboolean
lint_passport (struct lint *lint, const char *path)
{
  g_autoptr (WattlePassport) passport = vendor_load_passport (path);
  g_autofree char *json = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (!passport)
    return FALSE;
  json = wattle_passport_dup_json (passport);
  node = wattle_json_parse (json, strlen (json), WATTLE_PASSPORT_MAX_SIZE, NULL);
  lint_node (lint, "", node);
  return TRUE;
}

static gboolean
lint_lines (struct lint *lint, const char *path, const char *language)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = vendor_read_file (path, TEXTS_MAX, &error);
  g_autofree char *all = NULL;
  g_auto (GStrv) lines = NULL;

  if (!bytes) {
    g_printerr ("%s: %s\n", path, error->message);
    return FALSE;
  }
  all = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!g_utf8_validate (all, -1, NULL)) {
    g_printerr (_ ("%s: This is not UTF-8.\n"), path);
    return FALSE;
  }
  lines = g_strsplit (all, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_autofree char *place = g_strdup_printf ("%s:%u", path, i + 1);

    if (*lines[i])
      lint_text (lint, place, language, lines[i]);
  }
  return TRUE;
}

int
vendor_passport_lint (int argc, char **argv)
{
  g_autofree char *language = NULL;
  gboolean texts = FALSE;
  struct lint lint = { 0 };
  const GOptionEntry entries[] = {
    { "texts", 't', 0, G_OPTION_ARG_NONE, &texts, N_ ("The file has one text a line instead"), NULL },
    { "language", 'l', 0, G_OPTION_ARG_STRING, &language, N_ ("The language of these texts"), "LANGUAGE" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &lint.quiet, N_ ("Show no hints"), NULL },
    { NULL },
  };
  g_auto (GStrv) files = vendor_parse (argc, argv, entries, "FILE...", 0);
  gboolean good = files != NULL;

  for (guint i = 0; files && files[i]; i++)
    good = (texts ? lint_lines (&lint, files[i], language ? language : "en") : lint_passport (&lint, files[i])) && good;
  if (!files)
    return VENDOR_USAGE;
  g_print (_ ("%u texts, %u not plain, %u hints\n"), lint.texts, lint.problems, lint.hints);
  return good && lint.problems == 0 ? VENDOR_OK : VENDOR_FAILED;
}
