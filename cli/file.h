/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a person asked for, read and written whole. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A new file at @path, for this user alone; one that is there already is left as
 * it is, and one that could not be written whole is gone again.
 * WATTLE_EXIT_REFUSED, WATTLE_EXIT_STORAGE. */
gboolean wattle_file_write_new (const char *path, gconstpointer data, gsize size, GError **error);

/* At most @max bytes of the file at @path ("-" = standard input).
 * WATTLE_EXIT_NOT_FOUND, WATTLE_EXIT_STORAGE. */
char *wattle_file_read (const char *path, gsize max, gsize *size, GError **error);

G_END_DECLS
