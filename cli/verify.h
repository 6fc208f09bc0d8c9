/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts and ledgers as files, checked with nothing else at hand. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Whether @text is meant as a file rather than as a device: "-", a path, or a
 * name that ends in ".json". */
gboolean wattle_verify_is_file (const char *text);

/* Verifies the receipt or ledger at @path ("-": standard input) and prints what it
 * is.  FALSE with @error, which says where, if anything is wrong. */
gboolean wattle_verify_file (WattleCli *cli, const char *path, GError **error);

/* Prints what each place says it has deleted, as far as the receipt @json tells,
 * once it is verified; @error as above. */
gboolean wattle_verify_print_removed (const char *json, GError **error);

G_END_DECLS
