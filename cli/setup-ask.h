/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of `wattle setup`, for a person at the terminal. */
#pragma once

#include "cli/command.h"
#include "common/secret-fd.h"

G_BEGIN_DECLS

/* What the service says about a password; @reasons is the caller's. */
typedef struct {
  guint score;
  gboolean acceptable;
  char **reasons;
} WattleStrength;

gboolean wattle_setup_check_password (WattleCli *cli, WattleBusCandidate *candidate, const char *password,
                                      WattleStrength *strength, GError **error);

/* Looks for devices and lets the person choose one.  @join: one that belongs
 * to the household already. */
WattleBusObject *wattle_setup_ask_candidate (WattleCli *cli, gboolean join, GError **error);

/* Asks for a password until one is good enough; offers a generated one first. */
WattleSecret *wattle_setup_ask_password (WattleCli *cli, WattleBusCandidate *candidate, GError **error);

/* One purpose, one question, nothing preset. */
gboolean wattle_setup_ask_purpose (WattleCli *cli, gconstpointer purpose, guint number, guint count, gboolean *yes,
                                   GError **error);

G_END_DECLS
