/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a passport must look like: const tables (passport-rules.c), one function that
 * walks them, and here the few rules that reach across.
 * data/passports/passport-1.schema.json says the same to programs and
 * docs/passport.md to people.
 */
#include "privacy/passport-rules.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "privacy/json.h"

/* Objects of the list @name; none where the list is missing. */
static guint
n_items (JsonObject *object, const char *name)
{
  JsonArray *array = wattle_json_get_array (object, name);

  return array ? json_array_get_length (array) : 0;
}

static JsonObject *
item (JsonObject *object, const char *name, guint index)
{
  return json_array_get_object_element (wattle_json_get_array (object, name), index);
}

/* The item of list @name whose id is @id. */
static JsonObject *
find_item (JsonObject *object, const char *name, const char *id)
{
  for (guint i = 0; i < n_items (object, name); i++)
    if (g_strcmp0 (wattle_json_get_string (item (object, name, i), "id"), id) == 0)
      return item (object, name, i);
  return NULL;
}

static void
check_unique_ids (struct wattle_walk *walk, JsonObject *root, const char *list)
{
  for (guint i = 0; i < n_items (root, list); i++) {
    const char *id = wattle_json_get_string (item (root, list, i), "id");
    g_autofree char *path = g_strdup_printf ("%s[%u].id", list, i);

    if (find_item (root, list, id) != item (root, list, i))
      wattle_walk_problem (walk, path, _ ("“%s” is there twice"), id);
    else if (g_str_equal (id, "owner") || g_str_equal (id, "manufacturer"))
      wattle_walk_problem (walk, path, _ ("“%s” has a meaning of its own"), id);
  }
}

/* Which places a party can hold data at. */
static gboolean
place_fits (JsonObject *root, const char *party, const char *place)
{
  JsonObject *other = find_item (root, "parties", party);
  const char *role = other ? wattle_json_get_string (other, "role") : party;

  if (g_str_equal (role, "owner"))
    return g_str_equal (place, "device") || g_str_equal (place, "home");
  return g_str_equal (place, g_str_equal (role, "third-party") ? "third-party" : "cloud");
}

/* Whom the party passes data on to. */
static void
check_shared (struct wattle_walk *walk, JsonObject *root, JsonObject *use, const char *path)
{
  JsonArray *others = wattle_json_get_array (use, "shared_with");
  const char *party = wattle_json_get_string (use, "party");
  gboolean own = g_str_equal (party, "owner");

  if (own && others)
    wattle_walk_problem (walk, path, _ ("what the owner holds is not shared by others"));
  if (!own && !others)
    wattle_walk_omit (walk, N_ ("For “{purpose}” the maker does not say whom all of the data is shared with."));
  for (guint i = 0; others && i < json_array_get_length (others); i++) {
    const char *other = json_array_get_string_element (others, i);

    if (!g_str_equal (other, "manufacturer") && !find_item (root, "parties", other))
      wattle_walk_problem (walk, path, _ ("there is no party “%s”"), other);
    else if (g_str_equal (other, party))
      wattle_walk_problem (walk, path, _ ("“%s” cannot share data with itself"), other);
  }
}

static void
check_use (struct wattle_walk *walk, JsonObject *root, JsonObject *use, const char *path)
{
  const char *party = wattle_json_get_string (use, "party"), *place = wattle_json_get_string (use, "place");
  gboolean own = g_str_equal (party, "owner");
  JsonObject *kept = wattle_json_get_object (use, "keep");
  JsonArray *ids = wattle_json_get_array (use, "data");

  if (!own && !g_str_equal (party, "manufacturer") && !find_item (root, "parties", party))
    wattle_walk_problem (walk, path, _ ("there is no party “%s”"), party);
  else if (!place_fits (root, party, place))
    wattle_walk_problem (walk, path, _ ("“%s” cannot hold data at “%s”"), party, place);
  if (own && json_object_has_member (use, "country"))
    wattle_walk_problem (walk, path, _ ("what the owner holds has no country"));
  if (!own && !json_object_has_member (use, "country"))
    wattle_walk_omit (walk, N_ ("For “{purpose}” the maker does not say in which country all of the data is."));
  check_shared (walk, root, use, path);
  if (kept && json_object_get_size (kept) != 1)
    wattle_walk_problem (walk, path, _ ("“keep” needs either “days” or “until”"));
  if (g_str_equal (place, "cloud") && !json_object_has_member (root, "cloud"))
    wattle_walk_problem (walk, path, _ ("it needs a cloud, but the passport has no part “cloud”"));
  for (guint i = 0; i < json_array_get_length (ids); i++)
    if (!find_item (root, "data", json_array_get_string_element (ids, i)))
      wattle_walk_problem (walk, path, _ ("there is no data “%s”"), json_array_get_string_element (ids, i));
}

static void
check_purposes (struct wattle_walk *walk, JsonObject *root)
{
  guint32 seen = 0;

  for (guint i = 0; i < n_items (root, "purposes"); i++) {
    JsonObject *purpose = item (root, "purposes", i);
    g_autofree char *path = g_strdup_printf ("purposes[%u].device_purpose", i);
    gint64 number = 0;

    walk->purpose_title = wattle_json_get_object (purpose, "title");
    if (wattle_json_get_integer (purpose, "device_purpose", &number) && (seen & (1u << number)))
      wattle_walk_problem (walk, path, _ ("the number %d is there twice"), (int)number);
    seen |= number ? 1u << number : 0;
    if (json_object_has_member (purpose, "consent_days")
        && g_strcmp0 (wattle_json_get_string (purpose, "legal_basis"), "consent") != 0) {
      g_autofree char *days = g_strdup_printf ("purposes[%u].consent_days", i);

      wattle_walk_problem (walk, days, _ ("it needs no consent, so there is none that could end"));
    }
    if (g_strcmp0 (wattle_json_get_string (purpose, "legal_basis"), "consent") == 0
        && !json_object_has_member (purpose, "if_refused"))
      wattle_walk_omit (walk, N_ ("For “{purpose}” the maker does not say what you do without if you say no."));
    for (guint j = 0; j < n_items (purpose, "uses"); j++) {
      g_autofree char *use = g_strdup_printf ("purposes[%u].uses[%u]", i, j);

      check_use (walk, root, item (purpose, "uses", j), use);
    }
  }
  walk->purpose_title = NULL;
}

/* Whether a purpose says that the party gets data. */
static gboolean
is_used (JsonObject *root, const char *party)
{
  for (guint i = 0; i < n_items (root, "purposes"); i++)
    for (guint j = 0; j < n_items (item (root, "purposes", i), "uses"); j++) {
      JsonObject *use = item (item (root, "purposes", i), "uses", j);
      JsonArray *others = wattle_json_get_array (use, "shared_with");

      if (g_strcmp0 (wattle_json_get_string (use, "party"), party) == 0)
        return TRUE;
      for (guint k = 0; others && k < json_array_get_length (others); k++)
        if (g_str_equal (json_array_get_string_element (others, k), party))
          return TRUE;
    }
  return FALSE;
}

static void
check_parties (struct wattle_walk *walk, JsonObject *root)
{
  for (guint i = 0; i < n_items (root, "parties"); i++) {
    JsonObject *party = item (root, "parties", i);

    walk->party = wattle_json_get_string (party, "name");
    if (!is_used (root, wattle_json_get_string (party, "id")))
      wattle_walk_omit (walk, N_ ("The maker does not say what data {party} gets and why."));
  }
  walk->party = NULL;
}

static void
check_cloud (struct wattle_walk *walk, JsonObject *root)
{
  JsonObject *object = wattle_json_get_object (root, "cloud");
  const char *url = object ? wattle_json_get_string (object, "url") : NULL;

  JsonObject *stopping = wattle_json_get_object (root, "stops");

  if (url && (!stopping || !json_object_has_member (stopping, "without_cloud")))
    wattle_walk_omit (walk, N_ ("The maker does not say what stops working without its cloud."));
  if (url && strchr (url + strlen ("https://"), '/'))
    wattle_walk_problem (walk, "cloud.url", _ ("no path may follow the host, not even a slash"));
}

static void
check_support (struct wattle_walk *walk, JsonObject *root)
{
  JsonObject *object = wattle_json_get_object (root, "support");
  JsonObject *statement = wattle_json_get_object (root, "compliance");
  const char *start = object ? wattle_json_get_string (object, "start") : NULL;
  const char *end = object ? wattle_json_get_string (object, "end") : NULL;
  const char *promised = statement ? wattle_json_get_string (statement, "support_end") : NULL;

  /* ISO 8601 dates sort as text. */
  if (start && end && strcmp (start, end) > 0)
    wattle_walk_problem (walk, "support.end", _ ("support ends before it begins"));
  /* The statement has the date as it was when it was signed; it may only have moved later. */
  if (end && promised && strcmp (promised, end) > 0)
    wattle_walk_problem (walk, "support.end",
                         _ ("support ends before the day that the statement of compliance promises"));
}

WattlePassportCheck *
wattle_passport_check (JsonNode *root)
{
  WattlePassportCheck *check = g_new0 (WattlePassportCheck, 1);
  struct wattle_walk walk = { .check = check };
  JsonObject *object;

  check->problems = g_ptr_array_new_with_free_func (g_free);
  check->omissions = g_ptr_array_new_with_free_func (g_free);
  check->languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    wattle_walk_problem (&walk, "passport", _ ("an object is expected"));
    return check;
  }
  object = json_node_get_object (root);
  wattle_walk_object (&walk, object, wattle_passport_rules, "");
  if (check->problems->len > 0)
    return check;
  check_unique_ids (&walk, object, "data");
  check_unique_ids (&walk, object, "parties");
  check_unique_ids (&walk, object, "purposes");
  check_purposes (&walk, object);
  check_parties (&walk, object);
  check_cloud (&walk, object);
  check_support (&walk, object);
  return check;
}

void
wattle_passport_check_free (WattlePassportCheck *check)
{
  g_ptr_array_unref (check->problems);
  g_ptr_array_unref (check->omissions);
  g_hash_table_unref (check->languages);
  g_free (check);
}
