/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are made once and never overwritten.
 */
#include "vendor/new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <unistd.h>

void
vendor_set_errno (GError **error, const char *path)
{
  int code = errno;

  if (code == EEXIST)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _ ("%s exists already. It is left as it is; choose another name."), path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
}

gboolean
vendor_write_all (int fd, gconstpointer data, gsize len)
{
  const guint8 *bytes = data;

  while (len > 0) {
    ssize_t n = write (fd, bytes, len);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    bytes += n;
    len -= (gsize)n;
  }
  return TRUE;
}

gboolean
vendor_new_file (const char *path, gconstpointer data, gsize len, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok;

  if (fd < 0) {
    vendor_set_errno (error, path);
    return FALSE;
  }
  ok = vendor_write_all (fd, data, len) && fsync (fd) == 0;
  if (!ok)
    vendor_set_errno (error, path);
  close (fd);
  if (!ok)
    unlink (path);
  return ok;
}
