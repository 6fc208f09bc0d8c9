/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading requests and making replies.
 */
#include "cloud/cloud.h"

#include <string.h>

#include "cloud/problem.h"
#include "privacy/json.h"

#define SECONDS_PER_DAY 86400

void
wattle_reply_clear (WattleReply *reply)
{
  g_clear_pointer (&reply->body, g_bytes_unref);
  g_free (reply->allow);
  if (reply->data && reply->free_data)
    reply->free_data (reply->data);
  memset (reply, 0, sizeof *reply);
}

void
wattle_reply_json (WattleReply *reply, guint status, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  char *text;

  json_node_init_object (node, object);
  json_object_unref (object);
  text = json_to_string (node, FALSE);
  reply->status = status;
  reply->body = g_bytes_new_take (text, strlen (text));
}

static gpointer
malformed (GError **error, const char *what, const char *name)
{
  g_autofree char *detail = g_strdup_printf ("\"%s\" %s.", name, what);

  wattle_problem (error, WATTLE_PROBLEM_MALFORMED, detail);
  return NULL;
}

const char *
wattle_request_argument (const WattleRequest *request, const char *name)
{
  for (guint i = 0; i < request->n_arguments; i++)
    if (strcmp (request->arguments[i].name, name) == 0)
      return request->arguments[i].value;
  return NULL;
}

const char *
wattle_request_id (const WattleRequest *request, GError **error)
{
  const char *id = wattle_request_argument (request, "request");

  return wattle_is_hex (id, 32) ? id : malformed (error, "is not 32 hexadecimal digits", "request");
}

static JsonNode *
member (JsonObject *object, const char *name, GType type, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (!node)
    return malformed (error, "is missing", name);
  if (type == JSON_TYPE_ARRAY ? !JSON_NODE_HOLDS_ARRAY (node)
                              : !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return malformed (error, "is of another type", name);
  return node;
}

const char *
wattle_member_string (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = member (object, name, G_TYPE_STRING, error);

  return node ? json_node_get_string (node) : NULL;
}

GBytes *
wattle_member_bytes (JsonObject *object, const char *name, gsize min, gsize max, GError **error)
{
  const char *text = wattle_member_string (object, name, error);
  g_autoptr (GBytes) bytes = NULL;

  if (!text)
    return NULL;
  bytes = wattle_base64url_decode (text, strlen (text));
  if (!bytes)
    return malformed (error, "is not base64url", name);
  if (g_bytes_get_size (bytes) < min || g_bytes_get_size (bytes) > max)
    return malformed (error, "is of the wrong size", name);
  return g_steal_pointer (&bytes);
}

gboolean
wattle_member_integer (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *out, GError **error)
{
  JsonNode *node = member (object, name, G_TYPE_INT64, error);

  if (!node)
    return FALSE;
  *out = json_node_get_int (node);
  if (*out < min || *out > max)
    return malformed (error, "is out of range", name) != NULL;
  return TRUE;
}

JsonArray *
wattle_member_array (JsonObject *object, const char *name, guint min, guint max, GError **error)
{
  JsonNode *node = member (object, name, JSON_TYPE_ARRAY, error);
  JsonArray *array = node ? json_node_get_array (node) : NULL;

  if (array && (json_array_get_length (array) < min || json_array_get_length (array) > max))
    return malformed (error, "has too few or too many items", name);
  return array;
}

gboolean
wattle_members_only (JsonObject *object, guint n, GError **error)
{
  return json_object_get_size (object) == n
         || wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "There are members that are not described.");
}

static gboolean
consists_of (const char *text, const char *letters, gsize max)
{
  gsize length = text ? strlen (text) : 0;

  return length > 0 && length <= max && strspn (text, letters) == length;
}

gboolean
wattle_is_purpose (const char *text)
{
  return consists_of (text, "abcdefghijklmnopqrstuvwxyz0123456789-", 64) && text[0] != '-';
}

gboolean
wattle_is_unit (const char *text)
{
  return consists_of (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", 32);
}

gint64
wattle_today (void)
{
  return g_get_real_time () / G_USEC_PER_SEC / SECONDS_PER_DAY;
}
