/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passport files.
 */
#include "daemon/store/passports.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* FALSE stops. */
typedef gboolean (*PassportFunc) (GBytes *bytes, gpointer user_data);

/* NULL where it is no regular file of a sensible size.  O_NONBLOCK, as opening
 * a pipe would wait for its writer. */
static GBytes *
load (const char *path)
{
  g_autofree guint8 *data = NULL;
  struct stat status;
  gsize size = 0, done = 0;
  gssize n = 0;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size > 0
      && status.st_size <= WATTLE_PASSPORT_FILE_MAX) {
    size = (gsize)status.st_size;
    data = g_malloc (size);
    while (done < size && ((n = read (fd, data + done, size - done)) > 0 || (n < 0 && errno == EINTR)))
      done += n > 0 ? (gsize)n : 0;
  }
  g_close (fd, NULL);
  return data && done == size ? g_bytes_new_take (g_steal_pointer (&data), size) : NULL;
}

static gboolean
visit_folder (const char *data_dir, PassportFunc func, gpointer user_data)
{
  g_autofree char *folder = g_build_filename (data_dir, "wattle", "passports", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GBytes) bytes = g_str_has_suffix (name, ".json") ? load (path) : NULL;

    if (bytes && !func (bytes, user_data))
      return FALSE;
  }
  return TRUE;
}

static void
visit (PassportFunc func, gpointer user_data)
{
  const char *const *dirs = g_get_system_data_dirs ();

  if (!visit_folder (g_get_user_data_dir (), func, user_data))
    return;
  while (*dirs && visit_folder (*dirs, func, user_data))
    dirs++;
}

struct search {
  const guint8 *sha256;
  GBytes *found;
};

static gboolean
compare (GBytes *bytes, gpointer user_data)
{
  struct search *search = user_data;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize digest_size = sizeof digest, size;
  const guchar *data = g_bytes_get_data (bytes, &size);

  g_checksum_update (checksum, data, (gssize)size);
  g_checksum_get_digest (checksum, digest, &digest_size);
  if (memcmp (digest, search->sha256, sizeof digest) != 0)
    return TRUE;
  search->found = g_bytes_ref (bytes);
  return FALSE;
}

static gboolean
collect (GBytes *bytes, gpointer user_data)
{
  g_ptr_array_add (user_data, g_bytes_ref (bytes));
  return TRUE;
}

GBytes *
wattle_passports_find (const guint8 sha256[32], GError **error)
{
  struct search search = { sha256, NULL };

  visit (compare, &search);
  if (!search.found)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
                         _ ("The passport of this product is not on your computer. Install the package or file that "
                            "its maker offers, then try again."));
  return search.found;
}

/* Adds what tells of a change of the folder's files. */
static void
stamp_folder (const char *data_dir, GString *stamp)
{
  g_autofree char *folder = g_build_filename (data_dir, "wattle", "passports", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    struct stat status;

    if (g_str_has_suffix (name, ".json") && stat (path, &status) == 0)
      g_string_append_printf (stamp, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%ld %" G_GUINT64_FORMAT "\n", path,
                              (gint64)status.st_size, (gint64)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                              (guint64)status.st_ino);
  }
}

char *
wattle_passports_stamp (void)
{
  g_autoptr (GString) stamp = g_string_new (NULL);
  const char *const *dirs = g_get_system_data_dirs ();

  stamp_folder (g_get_user_data_dir (), stamp);
  for (; *dirs; dirs++)
    stamp_folder (*dirs, stamp);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, stamp->str, -1);
}

GPtrArray *
wattle_passports_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  visit (collect, list);
  return list;
}
