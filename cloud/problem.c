/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problem details: one table.
 */
#include "cloud/problem.h"

#include <json-glib/json-glib.h>

static const struct {
  guint status;
  const char *title; /* the status's phrase, RFC 9110 section 15 */
  const char *code;
  const char *detail;
} problems[WATTLE_N_PROBLEMS] = {
  [WATTLE_PROBLEM_INTERNAL]
  = { 500, "Internal Server Error", "internal", "Something went wrong; nothing was changed." },
  [WATTLE_PROBLEM_MALFORMED] = { 400, "Bad Request", "malformed", "The request is not as /openapi.json describes." },
  [WATTLE_PROBLEM_UNAUTHORIZED] = { 401, "Unauthorized", "unauthorized", "No such account, or a wrong secret." },
  [WATTLE_PROBLEM_NO_CONSENT] = { 403, "Forbidden", "no-consent", "This purpose is not allowed for the device." },
  [WATTLE_PROBLEM_FORGED] = { 403, "Forbidden", "forged", "The device did not sign this for this account." },
  [WATTLE_PROBLEM_STALE_NONCE] = { 403, "Forbidden", "stale-nonce", "The nonce is too old. Ask for a new one." },
  [WATTLE_PROBLEM_TOO_MANY_DEVICES]
  = { 403, "Forbidden", "too-many-devices", "The account has its full number of devices." },
  [WATTLE_PROBLEM_NOT_FOUND] = { 404, "Not Found", "not-found", "There is nothing here for this account." },
  [WATTLE_PROBLEM_UNKNOWN_UNIT] = { 404, "Not Found", "unknown-unit", "The manufacturer knows no such device." },
  [WATTLE_PROBLEM_METHOD_NOT_ALLOWED]
  = { 405, "Method Not Allowed", "method-not-allowed", "This cannot be done here." },
  [WATTLE_PROBLEM_STALE] = { 409, "Conflict", "stale", "A newer decision is in force." },
  [WATTLE_PROBLEM_CONFLICT] = { 409, "Conflict", "conflict", "This version was sent before with other contents." },
  [WATTLE_PROBLEM_CLAIMED]
  = { 409, "Conflict", "claimed", "The device belongs to another account until it is wiped there." },
  [WATTLE_PROBLEM_ERASED]
  = { 410, "Gone", "erased", "The account's key was destroyed; its data can no longer be read." },
  [WATTLE_PROBLEM_TOO_LARGE] = { 413, "Content Too Large", "too-large", "A body may have 65536 bytes." },
  [WATTLE_PROBLEM_WRONG_TYPE] = { 415, "Unsupported Media Type", "wrong-type", "A body must be application/json." },
  [WATTLE_PROBLEM_TOO_MANY_REQUESTS]
  = { 429, "Too Many Requests", "too-many-requests", "Wait as long as Retry-After says." },
  [WATTLE_PROBLEM_STORE_CORRUPT]
  = { 500, "Internal Server Error", "store-corrupt", "The store is damaged; nothing was changed." },
  [WATTLE_PROBLEM_BUSY] = { 503, "Service Unavailable", "busy", "Try again later." },
  [WATTLE_PROBLEM_STORAGE_FULL]
  = { 507, "Insufficient Storage", "storage-full", "There is no room now; nothing was changed. Try again later." },
};

G_DEFINE_QUARK (wattle - problem, wattle_problem)

static WattleProblem
problem_of (const GError *error)
{
  if (error->domain != WATTLE_PROBLEM || error->code < 0 || error->code >= WATTLE_N_PROBLEMS)
    return WATTLE_PROBLEM_INTERNAL;
  return (WattleProblem)error->code;
}

guint
wattle_problem_status (const GError *error)
{
  return problems[problem_of (error)].status;
}

const char *
wattle_problem_code (const GError *error)
{
  return problems[problem_of (error)].code;
}

char *
wattle_problem_to_json (const GError *error)
{
  WattleProblem problem = problem_of (error);
  g_autoptr (JsonNode) node = json_node_alloc ();
  JsonObject *object = json_object_new ();
  const char *detail = error->domain == WATTLE_PROBLEM ? error->message : problems[problem].detail;

  json_object_set_string_member (object, "type", "about:blank");
  json_object_set_string_member (object, "title", problems[problem].title);
  json_object_set_int_member (object, "status", problems[problem].status);
  json_object_set_string_member (object, "detail", detail);
  json_object_set_string_member (object, "code", problems[problem].code);
  json_node_init_object (node, object);
  json_object_unref (object);
  return json_to_string (node, FALSE);
}

gboolean
wattle_problem (GError **error, WattleProblem problem, const char *detail)
{
  g_set_error_literal (error, WATTLE_PROBLEM, (int)problem, detail ? detail : problems[problem].detail);
  return FALSE;
}
