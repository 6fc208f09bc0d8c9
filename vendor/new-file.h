/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are made once and never overwritten.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes @data to a new file at @path that only its owner may read, down to the
 * disk.  Fails where there is one, and leaves none behind when it fails. */
gboolean vendor_new_file (const char *path, gconstpointer data, gsize len, GError **error);

/* Writes all of @data to @fd. */
gboolean vendor_write_all (int fd, gconstpointer data, gsize len);

/* @error from errno: "PATH: reason". */
void vendor_set_errno (GError **error, const char *path);

G_END_DECLS
