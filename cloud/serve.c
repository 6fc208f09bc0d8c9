/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to a reply: route, limits, account, body, handler.
 */
#include <string.h>

#include "cloud/accounts.h"
#include "cloud/cloud.h"
#include "cloud/deletion.h"
#include "cloud/log.h"
#include "cloud/problem.h"
#include "cloud/router.h"
#include "cloud/store.h"
#include "privacy/json.h"

#define TOMBSTONE_DAYS 400
#define RELEASE_LIFE (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC) /* far longer than a nonce lives */

/* An IPv6 customer has at least a /64; the 96 bits of a mapped IPv4 address stay. */
static gsize
address_size (const WattleRequest *request)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  return memcmp (request->address, mapped, sizeof mapped) == 0 ? 16 : 8;
}

static gboolean
limited (guint seconds, WattleReply *reply, GError **error)
{
  if (seconds == 0)
    return FALSE;
  reply->retry_after = seconds;
  wattle_problem (error, WATTLE_PROBLEM_TOO_MANY_REQUESTS, NULL);
  return TRUE;
}

static gboolean
limit_address (WattleCloud *cloud, WattleLimit limit, const WattleRequest *request, WattleReply *reply, GError **error)
{
  guint seconds
      = wattle_limits_take (cloud->limits, limit, request->address, address_size (request), g_get_monotonic_time ());

  return !limited (seconds, reply, error);
}

static gboolean
limit_account (WattleCloud *cloud, WattleLimit limit, const WattleRequest *request, WattleReply *reply, GError **error)
{
  const WattleRef *ref = &request->account.ref;

  return !limited (wattle_limits_take (cloud->limits, limit, ref->bytes, sizeof ref->bytes, g_get_monotonic_time ()),
                   reply, error);
}

static gboolean
check_account (WattleCloud *cloud, const WattleRoute *route, WattleRequest *request, WattleReply *reply, GError **error)
{
  if (route->auth == WATTLE_AUTH_NONE)
    return TRUE;
  if (limited (wattle_limits_peek (cloud->limits, WATTLE_LIMIT_GUESS, request->address, address_size (request),
                                   g_get_monotonic_time ()),
               reply, error)
      || !wattle_account_identify (cloud, request, error))
    return FALSE;
  if (!request->account.known)
    return route->auth == WATTLE_AUTH_GRAVE || wattle_problem (error, WATTLE_PROBLEM_UNAUTHORIZED, NULL);
  return limit_account (cloud, WATTLE_LIMIT_ACCOUNT, request, reply, error)
         && (route->limit != WATTLE_LIMIT_EXPORT || limit_account (cloud, route->limit, request, reply, error));
}

static gboolean
is_json_type (const char *type)
{
  static const char json[] = "application/json";
  gsize length = type ? strcspn (type, "; \t") : 0;

  return length == sizeof json - 1 && g_ascii_strncasecmp (type, json, length) == 0;
}

/* Puts the body's object into request->json; @node owns it. */
static gboolean
read_body (const WattleRoute *route, WattleRequest *request, JsonNode **node, GError **error)
{
  gsize size = request->body ? g_bytes_get_size (request->body) : 0;
  g_autoptr (GError) parse_error = NULL;

  if (size == 0)
    return route->body != WATTLE_BODY_JSON
           || wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "The request has to have a body.");
  if (route->body == WATTLE_BODY_NONE)
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "The request may not have a body.");
  if (!is_json_type (request->content_type))
    return wattle_problem (error, WATTLE_PROBLEM_WRONG_TYPE, NULL);
  *node = wattle_json_parse (g_bytes_get_data (request->body, NULL), size, WATTLE_BODY_MAX, &parse_error);
  if (!*node)
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, parse_error->message);
  if (!JSON_NODE_HOLDS_OBJECT (*node))
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "The body is not a JSON object.");
  request->json = json_node_get_object (*node);
  return TRUE;
}

static gboolean
serve (WattleCloud *cloud, WattleRequest *request, const WattleRoute **route, WattleReply *reply, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *unit = NULL;
  gboolean done;

  if (!limit_address (cloud, WATTLE_LIMIT_ADDRESS, request, reply, error))
    return FALSE;
  *route = wattle_route_find (request->method, request->path, &unit, &reply->allow, error);
  if (!*route)
    return FALSE;
  if (request->bad_query)
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "The query has too many arguments, or one twice.");
  request->unit = unit;
  done
      = check_account (cloud, *route, request, reply, error) && read_body (*route, request, &node, error)
        && ((*route)->limit != WATTLE_LIMIT_CREATE || limit_address (cloud, WATTLE_LIMIT_CREATE, request, reply, error))
        && (*route)->handler (cloud, request, reply, error);
  request->unit = NULL;
  request->json = NULL;
  return done;
}

static void
reply_problem (WattleReply *reply, const GError *error)
{
  char *text = wattle_problem_to_json (error);

  g_clear_pointer (&reply->body, g_bytes_unref);
  reply->status = wattle_problem_status (error);
  reply->type = "application/problem+json";
  reply->body = g_bytes_new_take (text, strlen (text));
  if (reply->status == 503)
    reply->retry_after = 5;
}

void
wattle_cloud_serve (WattleCloud *cloud, WattleRequest *request, WattleReply *reply)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cloud->lock);
  const WattleRoute *route = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!serve (cloud, request, &route, reply, &error)) {
    wattle_db_rollback (cloud->db);
    if (g_error_matches (error, WATTLE_PROBLEM, WATTLE_PROBLEM_UNAUTHORIZED))
      wattle_limits_take (cloud->limits, WATTLE_LIMIT_GUESS, request->address, address_size (request),
                          g_get_monotonic_time ());
    if (error->domain != WATTLE_PROBLEM)
      wattle_log (WATTLE_LOG_ERROR, "%s", error->message);
    reply_problem (reply, error);
  }
  wattle_account_clear (&request->account);
  /* The route, never the path: that names a device. */
  wattle_log (WATTLE_LOG_INFO, "%s %s %u%s%s %.1f ms", route ? route->method : "-", route ? route->path : "-",
              reply->status, error ? " " : "", error ? wattle_problem_code (error) : "",
              (double)(g_get_monotonic_time () - start) / 1000);
}

static gboolean
expire_readings (WattleCloud *cloud, GError **error)
{
  g_auto (GStrv) purposes = wattle_store_list_purposes (cloud->db, error);
  gint64 removed = 0;

  for (guint i = 0; purposes && purposes[i]; i++) {
    gpointer days = g_hash_table_lookup (cloud->retain, purposes[i]);
    gint64 keep = days ? GPOINTER_TO_INT (days) : (gint64)cloud->retain_days;
    gint64 gone = wattle_store_expire_readings (cloud->db, purposes[i], wattle_today () - keep, error);

    if (gone < 0)
      return FALSE;
    removed += gone;
  }
  if (removed > 0)
    wattle_log (WATTLE_LOG_INFO, "%" G_GINT64_FORMAT " readings had their time and were removed", removed);
  return purposes != NULL;
}

void
wattle_cloud_tidy (WattleCloud *cloud)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cloud->lock);
  g_autoptr (GError) error = NULL;

  if (!wattle_erasures_finish (cloud, &error) || !expire_readings (cloud, &error)
      || !wattle_store_expire_tombstones (cloud->db, wattle_today () - TOMBSTONE_DAYS,
                                          g_get_real_time () - RELEASE_LIFE, &error))
    wattle_log (WATTLE_LOG_WARNING, "tidying up will be tried again: %s", error->message);
}
