/* SPDX-License-Identifier: Apache-2.0 */
/* Devices near that are not ours. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Asks the service to look; it stops when we leave the bus or call the other. */
gboolean wattle_candidates_start (WattleCli *cli, GError **error);
void wattle_candidates_stop (WattleCli *cli);

/* Those known now, strongest signal first; of WattleBusObject. */
GPtrArray *wattle_candidates_list (WattleCli *cli);

/* The one that @text names, as wattle_client_match() does. */
WattleBusObject *wattle_candidates_match (GPtrArray *candidates, const char *text, GError **error);

/* Whether its State is @state. */
gboolean wattle_candidate_is (WattleBusCandidate *candidate, const char *state);

/* "Gumleaf room thermometer, ready to set up, very near".  Free it. */
char *wattle_candidate_describe (WattleBusCandidate *candidate);

G_END_DECLS
