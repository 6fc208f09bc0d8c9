/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a person asked for. */
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0) {
    gssize n = write (fd, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    data += n;
    size -= (gsize)n;
  }
  return fsync (fd) == 0 || errno == EINVAL; /* a pipe cannot be synced */
}

gboolean
wattle_file_write_new (const char *path, gconstpointer data, gsize size, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean written = fd >= 0 && write_all (fd, data, size);
  int why = errno;

  if (fd >= 0)
    close (fd);
  if (written)
    return TRUE;
  if (fd >= 0)
    unlink (path);
  if (why == EEXIST)
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED, _ ("“%s” is there already. Choose another name."),
                 path);
  else
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, _ ("“%s” could not be written: %s"), path,
                 g_strerror (why));
  return FALSE;
}

char *
wattle_file_read (const char *path, gsize max, gsize *size, GError **error)
{
  gboolean standard = strcmp (path, "-") == 0;
  int fd = standard ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  guint8 buffer[8192];
  gssize n = fd < 0 ? -1 : 0;
  int why;

  while (fd >= 0 && data->len <= max && ((n = read (fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      g_byte_array_append (data, buffer, (guint)n);
  why = errno;
  if (fd >= 0 && !standard)
    close (fd);
  if (n < 0) {
    g_set_error (error, WATTLE_EXIT_ERROR, why == ENOENT ? WATTLE_EXIT_NOT_FOUND : WATTLE_EXIT_STORAGE,
                 _ ("“%s” could not be read: %s"), path, g_strerror (why));
    return NULL;
  }
  if (data->len > max) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, _ ("“%s” is too long to be what is asked for."), path);
    return NULL;
  }
  *size = data->len;
  g_byte_array_append (data, (const guint8 *)"", 1);
  return (char *)g_byte_array_free (g_steal_pointer (&data), FALSE);
}
