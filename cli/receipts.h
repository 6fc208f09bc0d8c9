/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of what was wiped and decided. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Prints the receipt @id: what is gone from where.  With --json as an object. */
gboolean wattle_receipt_print (WattleCli *cli, const char *id, GError **error);

/* The whole document of the receipt whose id is @text or begins so. */
char *wattle_receipt_get (WattleCli *cli, const char *text, GError **error);

/* The id and the device's name of that receipt. */
gboolean wattle_receipt_find (WattleCli *cli, const char *text, char **id, char **device, GError **error);

G_END_DECLS
