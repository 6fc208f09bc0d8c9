/* SPDX-License-Identifier: Apache-2.0 */
/* The page that tells a person what happens to their data. */
#pragma once

#include <json-glib/json-glib.h>

#include "cli/command.h"

G_BEGIN_DECLS

/* Fetches and prints it: what is collected, for how long the device is
 * supported, and what the manufacturer does not say.  @paged: waits for Enter
 * before a part would push out what was not read yet. */
gboolean wattle_notice_print (WattleCli *cli, WattleBusPassport *passport, const char *language, gboolean paged,
                              GError **error);

/* Adds @sections, a(sas) as GetNotice tells them, as the member "sections". */
void wattle_notice_add_json (JsonBuilder *json, GVariant *sections);

G_END_DECLS
