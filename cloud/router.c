/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of routes.
 */
#include "cloud/router.h"

#include <string.h>

#include "cloud/handlers.h"
#include "cloud/problem.h"

#define UNIT "{unit}"

const WattleRoute wattle_routes[] = {
  { "POST", "/v1/accounts", wattle_handle_create_account, WATTLE_AUTH_NONE, WATTLE_BODY_OPTIONAL, WATTLE_LIMIT_CREATE },
  { "DELETE", "/v1/account", wattle_handle_delete_account, WATTLE_AUTH_GRAVE, WATTLE_BODY_NONE },
  { "GET", "/v1/devices", wattle_handle_list_devices, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_NONE },
  { "PUT", "/v1/devices/{unit}", wattle_handle_claim_device, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_JSON },
  { "DELETE", "/v1/devices/{unit}", wattle_handle_delete_device, WATTLE_AUTH_GRAVE, WATTLE_BODY_NONE },
  { "GET", "/v1/devices/{unit}/claim", wattle_handle_begin_claim, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_NONE },
  { "PUT", "/v1/devices/{unit}/consent", wattle_handle_put_consent, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_JSON },
  { "POST", "/v1/devices/{unit}/readings", wattle_handle_post_readings, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_JSON },
  { "GET", "/v1/devices/{unit}/readings", wattle_handle_get_readings, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_NONE },
  { "GET", "/v1/export", wattle_handle_export, WATTLE_AUTH_ACCOUNT, WATTLE_BODY_NONE, WATTLE_LIMIT_EXPORT },
  { "GET", "/openapi.json", wattle_handle_openapi, WATTLE_AUTH_NONE, WATTLE_BODY_NONE },
  { "GET", "/.well-known/security.txt", wattle_handle_security_txt, WATTLE_AUTH_NONE, WATTLE_BODY_NONE },
  { "GET", "/healthz", wattle_handle_health, WATTLE_AUTH_NONE, WATTLE_BODY_NONE },
};
const guint wattle_n_routes = G_N_ELEMENTS (wattle_routes);

/* Whether @path is of @pattern's form; its unit id then goes to @unit. */
static gboolean
path_matches (const char *pattern, const char *path, char **unit)
{
  const char *slot = strstr (pattern, UNIT);
  gsize before, length;
  g_autofree char *id = NULL;

  if (!slot)
    return strcmp (pattern, path) == 0;
  before = (gsize)(slot - pattern);
  if (strncmp (pattern, path, before) != 0)
    return FALSE;
  length = strcspn (path + before, "/");
  if (strcmp (slot + strlen (UNIT), path + before + length) != 0)
    return FALSE;
  id = g_strndup (path + before, length);
  if (!wattle_is_unit (id))
    return FALSE;
  g_free (*unit);
  *unit = g_steal_pointer (&id);
  return TRUE;
}

const WattleRoute *
wattle_route_find (const char *method, const char *path, char **unit, char **allow, GError **error)
{
  g_autoptr (GPtrArray) methods = g_ptr_array_new ();

  *unit = *allow = NULL;
  for (guint i = 0; i < wattle_n_routes; i++) {
    if (!path_matches (wattle_routes[i].path, path, unit))
      continue;
    if (strcmp (wattle_routes[i].method, method) == 0)
      return &wattle_routes[i];
    g_ptr_array_add (methods, (gpointer)wattle_routes[i].method);
  }
  g_clear_pointer (unit, g_free);
  if (methods->len == 0) {
    wattle_problem (error, WATTLE_PROBLEM_NOT_FOUND, NULL);
    return NULL;
  }
  g_ptr_array_add (methods, NULL);
  *allow = g_strjoinv (", ", (char **)methods->pdata);
  wattle_problem (error, WATTLE_PROBLEM_METHOD_NOT_ALLOWED, NULL);
  return NULL;
}
