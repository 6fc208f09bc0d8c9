/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row itself is daemon/store/devices.h; the place is a setting.
 */
#include "daemon/device/setup-store.h"

#include <json-glib/json-glib.h>

#include "daemon/store/settings.h"

static char *
setting_name (const char *id)
{
  return g_strconcat ("setup-place-", id, NULL);
}

static char *
place_of (WattlePeer *peer)
{
  return g_strdup_printf ("%s %s", wattle_peer_get_link_name (peer), wattle_peer_get_address (peer));
}

gboolean
wattle_setup_begin (WattleDatabase *database, const WattleDeviceRecord *record, WattlePeer *peer, GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (wattle_devices_put (database, record, error) && wattle_setup_keep_place (database, record->id, peer, error))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}

gboolean
wattle_setup_keep_place (WattleDatabase *database, const char *id, WattlePeer *peer, GError **error)
{
  g_autofree char *name = setting_name (id);
  g_autofree char *place = peer == NULL ? NULL : place_of (peer);

  return wattle_settings_set (database, name, place, error);
}

char *
wattle_setup_load_place (WattleDatabase *database, const char *id)
{
  g_autofree char *name = setting_name (id);

  return wattle_settings_get (database, name, NULL, NULL);
}

gboolean
wattle_setup_is_place (const char *place, WattlePeer *peer)
{
  g_autofree char *other = place_of (peer);

  return g_strcmp0 (place, other) == 0;
}

char *
wattle_setup_decisions_to_json (GVariant *decisions)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  GVariantIter iter;
  const char *id;
  gboolean yes;

  g_variant_iter_init (&iter, decisions);
  while (g_variant_iter_next (&iter, "{&sb}", &id, &yes))
    json_object_set_boolean_member (object, id, yes);
  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

GVariant *
wattle_setup_decisions_from_json (const char *json)
{
  g_autoptr (JsonNode) node = json == NULL ? NULL : json_from_string (json, NULL);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sb}"));

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    const char *id;
    JsonNode *value;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &id, &value))
      if (JSON_NODE_HOLDS_VALUE (value))
        g_variant_builder_add (&builder, "{sb}", id, json_node_get_boolean (value));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
