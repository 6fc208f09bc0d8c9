/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cloud answers when it does not do what was asked: problem details
 * as of RFC 9457, with a "code" for programs.
 *
 * Inside the cloud they travel as GError of WATTLE_PROBLEM; the message is the
 * "detail".  What goes wrong at the start is WATTLE_ERROR, as everywhere.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_PROBLEM_INTERNAL,
  WATTLE_PROBLEM_MALFORMED,
  WATTLE_PROBLEM_UNAUTHORIZED,
  WATTLE_PROBLEM_NO_CONSENT,
  WATTLE_PROBLEM_FORGED,
  WATTLE_PROBLEM_STALE_NONCE,
  WATTLE_PROBLEM_TOO_MANY_DEVICES,
  WATTLE_PROBLEM_NOT_FOUND,
  WATTLE_PROBLEM_UNKNOWN_UNIT,
  WATTLE_PROBLEM_METHOD_NOT_ALLOWED,
  WATTLE_PROBLEM_STALE,
  WATTLE_PROBLEM_CONFLICT,
  WATTLE_PROBLEM_CLAIMED,
  WATTLE_PROBLEM_ERASED,
  WATTLE_PROBLEM_TOO_LARGE,
  WATTLE_PROBLEM_WRONG_TYPE,
  WATTLE_PROBLEM_TOO_MANY_REQUESTS,
  WATTLE_PROBLEM_STORE_CORRUPT,
  WATTLE_PROBLEM_BUSY,
  WATTLE_PROBLEM_STORAGE_FULL,
  WATTLE_N_PROBLEMS
} WattleProblem;

#define WATTLE_PROBLEM (wattle_problem_quark ())
GQuark wattle_problem_quark (void);

/* The HTTP status; 500 for what is not of WATTLE_PROBLEM. */
guint wattle_problem_status (const GError *error);

/* The "code", such as "no-consent"; "internal" for what is not of WATTLE_PROBLEM. */
const char *wattle_problem_code (const GError *error);

/* The document, one line of JSON.  Says nothing of what is not WATTLE_PROBLEM's:
 * its message may name files. */
char *wattle_problem_to_json (const GError *error);

/* Sets @error and returns FALSE, for "return wattle_problem (error, …)".
 * @detail: one sentence; NULL = the problem's usual one. */
gboolean wattle_problem (GError **error, WattleProblem problem, const char *detail);

G_END_DECLS
