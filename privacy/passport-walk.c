/* SPDX-License-Identifier: Apache-2.0 */
/* Holds a document against the rules. */
#include "privacy/passport-rules.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "privacy/json.h"
#include "privacy/passport.h"

#define MAX_LANGUAGES 40

void
wattle_walk_problem (struct wattle_walk *walk, const char *path, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (walk->check->problems->len >= WATTLE_PASSPORT_MAX_PROBLEMS)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  /* Translators: a place in a file, such as "support.end", and what is wrong there. */
  g_ptr_array_add (walk->check->problems, g_strdup_printf (_ ("%s: %s"), path, message));
}

static void
string_problem (struct wattle_walk *walk, const struct wattle_rule *rule, const char *path)
{
  if (rule->type == CHOICE)
    wattle_walk_problem (walk, path, _ ("one of these is expected: %s"), rule->choices);
  else
    wattle_walk_problem (walk, path, "%s", _ (wattle_form_expected (rule->type)));
}

static void
check_text (struct wattle_walk *walk, JsonNode *node, const char *path)
{
  g_autoptr (GList) languages = NULL;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    wattle_walk_problem (walk, path, _ ("a text in languages is expected, like {\"en\": \"...\"}"));
    return;
  }
  object = json_node_get_object (node);
  languages = json_object_get_members (object);
  walk->check->n_texts++;
  if (!json_object_has_member (object, "en"))
    wattle_walk_problem (walk, path, _ ("the text in English (\"en\") is missing"));
  if (json_object_get_size (object) > MAX_LANGUAGES)
    wattle_walk_problem (walk, path, _ ("there are more than %d languages"), MAX_LANGUAGES);
  for (GList *l = languages; l; l = l->next) {
    const char *text = wattle_json_get_string (object, l->data);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (walk->check->languages, l->data));

    if (!wattle_form_is_language (l->data))
      wattle_walk_problem (walk, path, _ ("“%s” is not a language"), (const char *)l->data);
    else if (!text || !wattle_form_is_line (text, WATTLE_PASSPORT_MAX_TEXT))
      wattle_walk_problem (walk, path, _ ("the text in “%s” must be one line of at most %d characters"),
                           (const char *)l->data, WATTLE_PASSPORT_MAX_TEXT);
    else
      g_hash_table_insert (walk->check->languages, g_strdup (l->data), GUINT_TO_POINTER (n + 1));
  }
}

/* One value, not a list. */
static void
check_value (struct wattle_walk *walk, const struct wattle_rule *rule, JsonNode *node, const char *path)
{
  switch (rule->type) {
    case TEXT:
      check_text (walk, node, path);
      return;
    case OBJECT:
      if (JSON_NODE_HOLDS_OBJECT (node))
        wattle_walk_object (walk, json_node_get_object (node), rule->members, path);
      else
        wattle_walk_problem (walk, path, _ ("an object is expected"));
      return;
    case INTEGER:
      if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < rule->min
          || json_node_get_int (node) > rule->max)
        wattle_walk_problem (walk, path, _ ("a whole number from %" PRId64 " to %" PRId64 " is expected"), rule->min,
                             rule->max);
      return;
    case BOOLEAN:
      if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        wattle_walk_problem (walk, path, _ ("true or false is expected"));
      return;
    default:
      if (json_node_get_value_type (node) != G_TYPE_STRING || !wattle_form_fits (rule, json_node_get_string (node)))
        string_problem (walk, rule, path);
  }
}

static void
check_list (struct wattle_walk *walk, const struct wattle_rule *rule, JsonNode *node, const char *path)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    wattle_walk_problem (walk, path, _ ("a list is expected"));
    return;
  }
  array = json_node_get_array (node);
  if (json_array_get_length (array) < rule->min || json_array_get_length (array) > rule->max)
    wattle_walk_problem (walk, path, _ ("a list of %" PRId64 " to %" PRId64 " items is expected"), rule->min,
                         rule->max);
  for (guint i = 0; i < json_array_get_length (array) && i < rule->max; i++) {
    g_autofree char *item = g_strdup_printf ("%s[%u]", path, i);

    check_value (walk, rule, json_array_get_element (array, i), item);
  }
}

void
wattle_walk_omit (struct wattle_walk *walk, const char *sentence)
{
  WattleOmission *omission;

  /* The same gap in several places of one purpose is one sentence. */
  for (guint i = 0; i < walk->check->omissions->len; i++) {
    omission = g_ptr_array_index (walk->check->omissions, i);
    if (omission->sentence == sentence && omission->purpose == walk->purpose_title
        && g_strcmp0 (omission->party, walk->party) == 0)
      return;
  }
  omission = g_new0 (WattleOmission, 1);
  omission->sentence = sentence;
  omission->purpose = walk->purpose_title;
  omission->party = walk->party;
  g_ptr_array_add (walk->check->omissions, omission);
}

/* @rule's member is not there. */
static void
check_missing (struct wattle_walk *walk, const struct wattle_rule *rule, const char *path)
{
  if (rule->required)
    wattle_walk_problem (walk, path, _ ("this is missing"));
  else if (rule->omission)
    wattle_walk_omit (walk, rule->omission);
  else if (rule->type == OBJECT && !rule->list)
    for (const struct wattle_rule *member = rule->members; member->name; member++)
      if (member->omission)
        wattle_walk_omit (walk, member->omission);
}

static const struct wattle_rule *
find_rule (const struct wattle_rule *rules, const char *name)
{
  for (; rules->name; rules++)
    if (g_str_equal (rules->name, name))
      return rules;
  return NULL;
}

void
wattle_walk_object (struct wattle_walk *walk, JsonObject *object, const struct wattle_rule *rules, const char *path)
{
  g_autoptr (GList) names = json_object_get_members (object);
  const char *dot = *path ? "." : "";
  gboolean is_purpose = rules == wattle_purpose_rules;

  if (is_purpose)
    walk->purpose_title = wattle_json_get_object (object, "title");
  for (GList *l = names; l; l = l->next) {
    g_autofree char *member = g_strconcat (path, dot, l->data, NULL);

    if (!find_rule (rules, l->data))
      wattle_walk_problem (walk, member, _ ("this name is not known"));
  }
  for (; rules->name; rules++) {
    g_autofree char *member = g_strconcat (path, dot, rules->name, NULL);
    JsonNode *node = json_object_get_member (object, rules->name);

    if (!node)
      check_missing (walk, rules, member);
    else if (rules->list)
      check_list (walk, rules, node, member);
    else
      check_value (walk, rules, node, member);
  }
  if (is_purpose)
    walk->purpose_title = NULL;
}
