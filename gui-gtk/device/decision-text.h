/* SPDX-License-Identifier: Apache-2.0 */
/* A purpose's decision in words.  Free what is returned; it is safe to show. */
#pragma once

#include "client/purpose.h"

G_BEGIN_DECLS

/* What was decided, and who has confirmed it: "You said yes. The device has
 * confirmed it. The cloud has not, since 23 November 2026, 05:00." */
char *wattle_decision_say_status (const WattlePurpose *purpose);

/* Where the data goes, who gets it and for how long: a line each. */
char *wattle_decision_say_facts (const WattlePurpose *purpose);

G_END_DECLS
