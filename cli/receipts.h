/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of what was wiped and decided, and the code for the next owner. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Prints the receipt @id: what is gone from where.  With --json as an object. */
gboolean wattle_receipt_print (WattleCli *cli, const char *id, GError **error);

/* Prints the card with the next owner's code.  @decided: the person has just
 * asked for it. */
gboolean wattle_receipt_print_next_code (WattleCli *cli, const char *id, const char *device, gboolean decided,
                                         GError **error);

G_END_DECLS
