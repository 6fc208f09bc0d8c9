/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of units in memory.
 */
#include "cloud/units.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cloud/cloud.h"
#include "common/error.h"
#include "privacy/json.h"

#define LINE_MAX_SIZE 4096

struct _WattleUnits {
  GHashTable *units; /* unit id -> WattleUnit */
};

static gboolean
parse_line (WattleUnits *units, const char *line, gsize length)
{
  g_autoptr (JsonNode) node = wattle_json_parse (line, length, LINE_MAX_SIZE, NULL);
  g_autoptr (GBytes) key = NULL;
  g_autofree WattleUnit *unit = NULL;
  const WattleUnit *known;
  JsonObject *object;
  const char *id;
  gint64 product;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  object = json_node_get_object (node);
  id = wattle_member_string (object, "unit_id", NULL);
  key = wattle_member_bytes (object, "public_key", WATTLE_PUBLIC_KEY_SIZE, WATTLE_PUBLIC_KEY_SIZE, NULL);
  if (!wattle_is_unit (id) || !wattle_member_integer (object, "product", 0, G_MAXUINT32, &product, NULL) || !key)
    return FALSE;
  unit = g_new0 (WattleUnit, 1);
  unit->product = (guint32)product;
  memcpy (unit->public_key, g_bytes_get_data (key, NULL), sizeof unit->public_key);
  if (unit->public_key[0] != 4)
    return FALSE;
  known = g_hash_table_lookup (units->units, id);
  if (known)
    return known->product == unit->product
           && memcmp (known->public_key, unit->public_key, sizeof unit->public_key) == 0;
  g_hash_table_insert (units->units, g_strdup (id), g_steal_pointer (&unit));
  return TRUE;
}

WattleUnits *
wattle_units_load (const char *path, GError **error)
{
  g_autoptr (WattleUnits) units = g_new0 (WattleUnits, 1);
  g_autofree char *text = NULL;
  const char *at, *end;
  gsize size;

  units->units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!path)
    return g_steal_pointer (&units);
  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  at = text;
  end = text + size;
  for (guint line = 1; at < end; line++) {
    const char *eol = memchr (at, '\n', (gsize)(end - at));
    gsize length = (gsize)((eol ? eol : end) - at);

    if (length > 0 && !parse_line (units, at, length)) {
      g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                   _ ("Line %u of %s does not describe a unit. Put the line right and try again."), line, path);
      return NULL;
    }
    at += length + 1;
  }
  return g_steal_pointer (&units);
}

void
wattle_units_free (WattleUnits *units)
{
  g_hash_table_unref (units->units);
  g_free (units);
}

const WattleUnit *
wattle_units_find (WattleUnits *units, const char *unit_id)
{
  return g_hash_table_lookup (units->units, unit_id);
}

guint
wattle_units_count (WattleUnits *units)
{
  return g_hash_table_size (units->units);
}
