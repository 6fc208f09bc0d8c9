/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What anybody may read: this interface's description, whom to tell about a
 * weakness, and whether the service works.
 */
#include <string.h>

#include "cloud/handlers.h"
#include "cloud/store.h"

#define SECURITY_TXT_DAYS 30

/* cloud/openapi.json, compiled in. */
extern GResource *wattle_cloud_get_resource (void);

gboolean
wattle_handle_openapi (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  reply->status = 200;
  reply->body = g_resource_lookup_data (wattle_cloud_get_resource (), "/org/wattle/cloud/openapi.json",
                                        G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  return reply->body != NULL;
}

gboolean
wattle_handle_security_txt (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) expires = g_date_time_add_days (now, SECURITY_TXT_DAYS);
  g_autofree char *stamp = g_date_time_format (expires, "%Y-%m-%dT00:00:00Z");
  char *text = g_strdup_printf ("Contact: %s\r\nExpires: %s\r\nPreferred-Languages: en\r\n"
                                "Canonical: %s/.well-known/security.txt\r\n",
                                cloud->contact, stamp, cloud->origin);

  reply->status = 200;
  reply->type = "text/plain; charset=utf-8";
  reply->body = g_bytes_new_take (text, strlen (text));
  return TRUE;
}

gboolean
wattle_handle_health (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  JsonObject *object;
  WattleRef pair;

  if (!wattle_store_get_pair (cloud->db, &pair, error) || !wattle_keys_check (cloud->keys, error))
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "status", "ok");
  json_object_set_string_member (object, "version", WATTLE_VERSION);
  wattle_reply_json (reply, 200, object);
  return TRUE;
}
