/* SPDX-License-Identifier: Apache-2.0 */
/* What a device's properties tell, as sentences.  Strings returned as char *
 * are the caller's, and safe to show. */
#pragma once

#include "wattle-bus.h"

G_BEGIN_DECLS

/* "Kitchen" */
char *wattle_say_name (WattleBusDevice *device);

/* "Connected", "Out of reach", and an icon that says the same. */
char *wattle_say_state (WattleBusDevice *device);
const char *wattle_say_state_icon (WattleBusDevice *device);

/* The step of a job that runs or waits, or why it waits; "" where it says nothing. */
char *wattle_say_job (WattleBusJob *job);

/* The language that texts for the person are asked for in, such as "de_AT";
 * "" = the service's. */
char *wattle_say_language (void);

G_END_DECLS
