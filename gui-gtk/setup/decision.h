/* SPDX-License-Identifier: Apache-2.0 */
/* One purpose that needs consent, and the person's yes or no.  Neither is
 * chosen beforehand. */
#pragma once

#include <adwaita.h>

#include "client/purpose.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DECISION (wattle_decision_get_type ())
G_DECLARE_FINAL_TYPE (WattleDecision, wattle_decision, WATTLE, DECISION, AdwBin)

/* Signal "decided". */
GtkWidget *wattle_decision_new (const WattlePurpose *purpose);

/* The purpose's id. */
const char *wattle_decision_get_purpose (WattleDecision *self);

/* Whether there is an answer, and which. */
gboolean wattle_decision_get (WattleDecision *self, gboolean *yes);
void wattle_decision_set (WattleDecision *self, gboolean yes);

G_END_DECLS
