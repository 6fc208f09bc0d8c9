/* SPDX-License-Identifier: Apache-2.0 */
/* The code for the next owner of a device that was wiped. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Shows the code under the receipt @id: digits and QR picture, and, where @card
 * is not NULL, as PDF in that new file.  @decided: the person has just asked for
 * it. */
gboolean wattle_next_code_print (WattleCli *cli, const char *id, const char *device, gboolean decided, const char *card,
                                 GError **error);

G_END_DECLS
