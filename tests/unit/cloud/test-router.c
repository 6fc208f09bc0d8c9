/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths find their handlers, and the table is what cloud/openapi.json describes.
 */
#include <string.h>

#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "cloud/router.h"

static const WattleRoute *
find (const char *method, const char *path, char **unit, char **allow, GError **error)
{
  g_free (*unit);
  g_free (*allow);
  g_clear_error (error);
  return wattle_route_find (method, path, unit, allow, error);
}

static void
test_found (void)
{
  g_autofree char *unit = NULL, *allow = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (find ("GET", "/healthz", &unit, &allow, &error)->handler == wattle_handle_health);
  g_assert_null (unit);
  g_assert_true (find ("PUT", "/v1/devices/GL-1", &unit, &allow, &error)->handler == wattle_handle_claim_device);
  g_assert_cmpstr (unit, ==, "GL-1");
  g_assert_true (find ("GET", "/v1/devices/A/readings", &unit, &allow, &error)->handler == wattle_handle_get_readings);
  g_assert_cmpstr (unit, ==, "A");
  /* A unit may be called like a part of a path. */
  g_assert_true (find ("DELETE", "/v1/devices/CLAIM", &unit, &allow, &error)->handler == wattle_handle_delete_device);
  g_assert_cmpstr (unit, ==, "CLAIM");
}

static void
test_not_found (void)
{
  const char *const paths[] = {
    "",
    "/",
    "//",
    "/v1/accounts/",
    "/v1/devices/",
    "/v1/devices//",
    "/v1/devices/a",
    "/v1/devices/A/",
    "/v1/devices/A/claims",
    "/v1/devices/A/claim/",
    "/v1/devices/A/B/claim",
    "/v1/devices/..",
    "/v1/devices/A%41",
    "/v1/devices/ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456",
    "/v1/devices/{unit}",
    "/HEALTHZ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *unit = NULL, *allow = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_null (wattle_route_find ("GET", paths[i], &unit, &allow, &error));
    g_assert_error (error, WATTLE_PROBLEM, WATTLE_PROBLEM_NOT_FOUND);
    g_assert_null (unit);
    g_assert_null (allow);
  }
}

static void
test_method (void)
{
  g_autofree char *unit = NULL, *allow = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (find ("PATCH", "/v1/devices/A/readings", &unit, &allow, &error));
  g_assert_error (error, WATTLE_PROBLEM, WATTLE_PROBLEM_METHOD_NOT_ALLOWED);
  g_assert_cmpstr (allow, ==, "POST, GET");
  g_assert_null (unit);
  g_assert_null (find ("get", "/healthz", &unit, &allow, &error));
  g_assert_cmpstr (allow, ==, "GET");
}

static JsonObject *
operation_of (JsonObject *paths, const WattleRoute *route)
{
  g_autofree char *method = g_ascii_strdown (route->method, -1);
  JsonObject *item = json_object_get_object_member (paths, route->path);

  g_assert_nonnull (item);
  g_assert_true (json_object_has_member (item, method));
  return json_object_get_object_member (item, method);
}

/* Both ways: nothing is served that is not described, and the other way round;
 * and what asks for an account says so. */
static void
test_described (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GList) names = NULL;
  JsonObject *paths;
  guint described = 0;

  json_parser_load_from_file (parser, g_test_get_filename (G_TEST_DIST, "openapi.json", NULL), &error);
  g_assert_no_error (error);
  paths = json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)), "paths");
  for (guint i = 0; i < wattle_n_routes; i++) {
    JsonObject *operation = operation_of (paths, &wattle_routes[i]);
    JsonArray *security = json_object_get_array_member (operation, "security");

    g_assert_cmpint (json_array_get_length (security) > 0, ==, wattle_routes[i].auth != WATTLE_AUTH_NONE);
    g_assert_cmpint (json_object_has_member (operation, "requestBody"), ==, wattle_routes[i].body == WATTLE_BODY_JSON);
  }
  names = json_object_get_members (paths);
  for (GList *name = names; name; name = name->next) {
    JsonObject *item = json_object_get_object_member (paths, name->data);

    described += json_object_get_size (item) - json_object_has_member (item, "parameters");
  }
  g_assert_cmpuint (described, ==, wattle_n_routes);
}

/* Every code that can be answered is in the document, with its status. */
static void
test_problems (void)
{
  g_autofree char *document = NULL;

  g_assert_true (g_file_get_contents (g_test_get_filename (G_TEST_DIST, "openapi.json", NULL), &document, NULL, NULL));
  for (int i = 0; i < WATTLE_N_PROBLEMS; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *quoted = NULL, *json = NULL;

    wattle_problem (&error, (WattleProblem)i, NULL);
    quoted = g_strdup_printf ("\"%s\"", wattle_problem_code (error));
    g_assert_nonnull (strstr (document, quoted));
    json = wattle_problem_to_json (error);
    g_assert_nonnull (strstr (json, quoted));
    g_assert_cmpuint (wattle_problem_status (error), >=, 400);
  }
}

static void
test_foreign_errors_say_nothing (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_ACCES, "/var/lib/secret");
  g_autofree char *json = wattle_problem_to_json (error);

  g_assert_cmpuint (wattle_problem_status (error), ==, 500);
  g_assert_null (strstr (json, "secret"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud/router/found", test_found);
  g_test_add_func ("/cloud/router/not-found", test_not_found);
  g_test_add_func ("/cloud/router/method", test_method);
  g_test_add_func ("/cloud/router/described", test_described);
  g_test_add_func ("/cloud/problem/described", test_problems);
  g_test_add_func ("/cloud/problem/foreign", test_foreign_errors_say_nothing);
  return g_test_run ();
}
