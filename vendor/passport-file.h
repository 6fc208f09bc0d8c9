/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of the commands about passports, and the files they name. */
#pragma once

#include "privacy/passport.h"

G_BEGIN_DECLS

/* Reads options and exactly @n_files file names (0: one or more).  They are
 * returned, to be freed with g_strfreev(), or NULL after a message. */
GStrv vendor_parse (int argc, char **argv, const GOptionEntry *entries, const char *arguments, guint n_files);

/* The file's bytes, never more than one beyond @max of them. */
GBytes *vendor_read_file (const char *path, gsize max, GError **error);

/* The passport in the file; NULL after a message. */
WattlePassport *vendor_load_passport (const char *path);

G_END_DECLS
