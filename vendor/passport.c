/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor passport: checks passports, fills in a cloud, shows the notice.
 */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "privacy/json.h"
#include "privacy/notice.h"
#include "vendor/commands.h"
#include "vendor/passport-file.h"

#define CLOUD_INFO_MAX (64 * 1024) /* bytes */

/* -------------------------------------------------------------------- check */

static int
check (const char *path)
{
  g_autoptr (WattlePassport) passport = vendor_load_passport (path);
  g_auto (GStrv) omissions = NULL;
  g_autofree char *languages = NULL;

  if (!passport)
    return VENDOR_FAILED;
  omissions = wattle_passport_get_omissions (passport, NULL);
  languages = g_strjoinv (", ", (GStrv)wattle_passport_get_languages (passport));
  g_print ("%s: %s\n", path, wattle_passport_get_name (passport, NULL));
  g_print (_ ("  product 0x%08x, %s, languages: %s\n"), wattle_passport_get_product (passport),
           wattle_passport_get_manufacturer (passport), languages);
  g_print ("  sha256 %s\n", wattle_passport_get_sha256 (passport));
  if (wattle_passport_is_template (passport))
    g_print (_ ("  note: the part “cloud” holds placeholders; wattle-vendor passport fill replaces them\n"));
  for (guint i = 0; omissions[i]; i++)
    g_print (_ ("  missing: %s\n"), omissions[i]);
  if (omissions[0])
    return VENDOR_INCOMPLETE;
  g_print (_ ("  complete\n"));
  return VENDOR_OK;
}

int
vendor_passport_check (int argc, char **argv)
{
  g_auto (GStrv) files = vendor_parse (argc, argv, NULL, "FILE...", 0);
  int worst = VENDOR_OK;

  for (guint i = 0; files && files[i]; i++) {
    int status = check (files[i]);

    if (worst != VENDOR_FAILED && status != VENDOR_OK)
      worst = status;
  }
  return files ? worst : VENDOR_USAGE;
}

/* ------------------------------------------------------------------- notice */

int
vendor_passport_notice (int argc, char **argv)
{
  g_autofree char *language = NULL;
  const GOptionEntry entries[] = {
    { "language", 'l', 0, G_OPTION_ARG_STRING, &language, N_ ("Language, such as de"), "LANGUAGE" },
    { NULL },
  };
  g_auto (GStrv) files = vendor_parse (argc, argv, entries, "FILE", 1);
  g_autoptr (WattlePassport) passport = NULL;
  g_autofree char *text = NULL;

  if (!files)
    return VENDOR_USAGE;
  passport = vendor_load_passport (files[0]);
  if (!passport)
    return VENDOR_FAILED;
  text = wattle_notice_to_text (passport, language);
  g_print ("%s", text);
  return VENDOR_OK;
}

/* --------------------------------------------------------------------- fill */

/* A JSON file's object; NULL after a message. */
static JsonNode *
load_object (const char *path, gsize max)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = vendor_read_file (path, max, &error);
  g_autoptr (JsonNode) node = NULL;
  gsize length = 0;
  const char *text = bytes ? g_bytes_get_data (bytes, &length) : NULL;

  if (text)
    node = wattle_json_parse (text, length, max, &error);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_printerr ("%s: %s\n", path, error ? error->message : _ ("This is not what wattle-cloud --init prints."));
    return NULL;
  }
  return g_steal_pointer (&node);
}

/* The passport's part "cloud" from what `wattle-cloud --init` prints, of which only
 * what a passport holds is taken; what is missing, checking the result will tell. */
static JsonObject *
cloud_part (JsonObject *info, const char *url)
{
  static const char *const members[] = { "kty", "crv", "x", "y" };
  JsonObject *cloud = json_object_new (), *key = json_object_new ();
  JsonObject *given = wattle_json_get_object (info, "receipt_key");
  const char *pin = wattle_json_get_string (info, "spki_sha256");

  json_object_set_string_member (cloud, "url", url);
  if (pin)
    json_object_set_string_member (cloud, "spki_sha256", pin);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    const char *value = given ? wattle_json_get_string (given, members[i]) : NULL;

    if (value)
      json_object_set_string_member (key, members[i], value);
  }
  json_object_set_object_member (cloud, "receipt_key", key);
  return cloud;
}

/* The template with its part "cloud" replaced, members in the order they had. */
static char *
fill (JsonObject *template, JsonObject *info, const char *url)
{
  g_autoptr (JsonObject) filled = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), filled);
  g_autoptr (GList) names = json_object_get_members (template);
  g_autofree char *text = NULL;

  for (GList *l = names; l; l = l->next)
    if (g_str_equal (l->data, "cloud"))
      json_object_set_object_member (filled, "cloud", cloud_part (info, url));
    else
      json_object_set_member (filled, l->data, json_node_copy (json_object_get_member (template, l->data)));
  if (!json_object_has_member (filled, "cloud"))
    json_object_set_object_member (filled, "cloud", cloud_part (info, url));
  text = json_to_string (node, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/* Writes @text if it is a valid passport that is not a template any more. */
static int
write_passport (const char *text, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (WattlePassport) passport = wattle_passport_new_from_bytes (bytes, &error);

  if (passport && wattle_passport_is_template (passport)) {
    g_printerr ("%s\n", _ ("The cloud information still holds placeholders."));
    return VENDOR_FAILED;
  }
  if (!passport || !g_file_set_contents (path, text, -1, &error)) {
    g_printerr ("%s: %s\n", path, error->message);
    return VENDOR_FAILED;
  }
  g_print ("%s\n", wattle_passport_get_sha256 (passport));
  return VENDOR_OK;
}

int
vendor_passport_fill (int argc, char **argv)
{
  g_autofree char *url = NULL;
  g_autofree char *info_path = NULL;
  g_autofree char *out = NULL;
  const GOptionEntry entries[] = {
    { "cloud-url", 0, 0, G_OPTION_ARG_STRING, &url, N_ ("Where the cloud listens, https://HOST[:PORT]"), "URL" },
    { "cloud-info", 0, 0, G_OPTION_ARG_FILENAME, &info_path, N_ ("What wattle-cloud --init printed"), "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("Where to write the passport"), "FILE" },
    { NULL },
  };
  g_auto (GStrv) files = vendor_parse (argc, argv, entries, "TEMPLATE", 1);
  g_autoptr (JsonNode) template = NULL;
  g_autoptr (JsonNode) info = NULL;
  g_autofree char *text = NULL;

  if (!files)
    return VENDOR_USAGE;
  if (!url || !info_path || !out) {
    g_printerr ("%s\n", _ ("--cloud-url, --cloud-info and --output are needed."));
    return VENDOR_USAGE;
  }
  template = load_object (files[0], WATTLE_PASSPORT_MAX_SIZE);
  info = template ? load_object (info_path, CLOUD_INFO_MAX) : NULL;
  if (!info)
    return VENDOR_FAILED;
  text = fill (json_node_get_object (template), json_node_get_object (info), url);
  return write_passport (text, out);
}
