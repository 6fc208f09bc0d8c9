/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which handler answers a method and a path: one const table.
 */
#pragma once

#include "cloud/cloud.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_AUTH_NONE,
  WATTLE_AUTH_ACCOUNT, /* an account that exists, with its secret */
  WATTLE_AUTH_GRAVE,   /* credentials, but the account may be gone: deletions are repeated */
} WattleAuth;

typedef enum {
  WATTLE_BODY_NONE,
  WATTLE_BODY_OPTIONAL,
  WATTLE_BODY_JSON,
} WattleBody;

typedef struct {
  const char *method;
  const char *path; /* "{unit}" stands for a unit id */
  WattleHandler handler;
  WattleAuth auth;
  WattleBody body;
  WattleLimit limit; /* beside those of address and account; left out = none */
} WattleRoute;

/* All of them, in the order of cloud/openapi.json. */
extern const WattleRoute wattle_routes[];
extern const guint wattle_n_routes;

/* Finds the route.  @unit is then the path's unit id (free it) or NULL.  NULL with
 * WATTLE_PROBLEM_NOT_FOUND, or WATTLE_PROBLEM_METHOD_NOT_ALLOWED and @allow, the
 * methods that are (free it). */
const WattleRoute *wattle_route_find (const char *method, const char *path, char **unit, char **allow, GError **error);

G_END_DECLS
