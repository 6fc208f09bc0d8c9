/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A temporary folder for one test.
 */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

typedef struct {
  char *path;
} Folder;

static inline void
folder_set_up (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  folder->path = g_dir_make_tmp ("wattle-cloud-XXXXXX", &error);
  g_assert_no_error (error);
}

static inline void
folder_tear_down (Folder *folder, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder->path, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
  g_free (folder->path);
}
