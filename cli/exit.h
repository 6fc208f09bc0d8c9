/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `wattle` ends with.  Scripts depend on these numbers: they are listed
 * in wattle(1) and never change their meaning.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_EXIT_OK = 0,
  WATTLE_EXIT_FAILED = 1,
  WATTLE_EXIT_USAGE = 2,
  WATTLE_EXIT_NOT_FOUND = 3,
  WATTLE_EXIT_WRONG_SECRET = 4,
  WATTLE_EXIT_LOCKED = 5,
  WATTLE_EXIT_REFUSED = 6,
  WATTLE_EXIT_UNREACHABLE = 7,
  WATTLE_EXIT_KEYRING = 8,
  WATTLE_EXIT_CLOUD = 9,
  WATTLE_EXIT_WEAK_PASSWORD = 10,
  WATTLE_EXIT_NOT_TRUSTED = 11,
  WATTLE_EXIT_STORAGE = 12,
  WATTLE_EXIT_NO_SERVICE = 13,
  WATTLE_EXIT_BUSY = 14,
  WATTLE_EXIT_INTERRUPTED = 130,
} WattleExit;

typedef struct {
  WattleExit status;
  const char *name;    /* in the "name" of a JSON error */
  const char *meaning; /* N_() */
} WattleExitMeaning;

/* All of them, in order; ends with a NULL name. */
extern const WattleExitMeaning wattle_exit_meanings[];

/* The command line's own errors; the code is a WattleExit. */
#define WATTLE_EXIT_ERROR (wattle_exit_error_quark ())
GQuark wattle_exit_error_quark (void);

/* The status that tells a script about @error. */
WattleExit wattle_exit_from_error (const GError *error);

/* The name of @error for scripts: "WrongCode" of the service, "Usage" of ours. */
const char *wattle_exit_error_name (const GError *error);

/* The sentence for a person; free it. */
char *wattle_exit_error_sentence (const GError *error);

/* What to do about @error where its sentence may not say it, or NULL. */
const char *wattle_exit_error_hint (const GError *error);

G_END_DECLS
