/* SPDX-License-Identifier: Apache-2.0 */
/* The page that tells a person what happens to their data. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Fetches and prints it: what is collected, for how long the device is
 * supported, and what the manufacturer does not say.  @paged: waits for Enter
 * before a part would push out what was not read yet. */
gboolean wattle_notice_print (WattleCli *cli, WattleBusPassport *passport, const char *language, gboolean paged,
                              GError **error);

G_END_DECLS
