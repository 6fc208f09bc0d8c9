/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing may block for as long as the reader of a pipe likes, so a thread does
 * it, over bytes that nothing else touches.
 */
#include "daemon/device/export-archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

typedef struct {
  GPtrArray *files;
  int fd;
  GCancellable *cancellable;
  WattleExportAbout *about;
  GError *error;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_ptr_array_unref (writing->files);
  close (writing->fd);
  g_object_unref (writing->cancellable);
  wattle_export_about_free (writing->about);
  g_clear_error (&writing->error);
  g_free (writing);
}

/* Until @fd takes PIPE_BUF bytes without blocking (poll(2)), or the person does not want it any more. */
static gboolean
wait_writable (Writing *writing)
{
  struct pollfd fds[2] = { { .fd = writing->fd, .events = POLLOUT }, { .fd = -1, .events = POLLIN } };
  GPollFD cancel;

  if (g_cancellable_make_pollfd (writing->cancellable, &cancel))
    fds[1].fd = cancel.fd;
  while (poll (fds, 2, -1) < 0 && errno == EINTR)
    ;
  if (fds[1].fd >= 0)
    g_cancellable_release_fd (writing->cancellable);
  return !g_cancellable_set_error_if_cancelled (writing->cancellable, &writing->error);
}

static la_ssize_t
write_some (struct archive *archive, void *data, const void *buffer, size_t length)
{
  Writing *writing = data;
  gssize n;

  do {
    if (writing->error != NULL || !wait_writable (writing))
      return -1;
    /* The descriptor may block, and its flags are the caller's. */
    n = write (writing->fd, buffer, MIN (length, PIPE_BUF));
  } while (n < 0 && (errno == EINTR || errno == EAGAIN));
  if (n < 0)
    g_set_error (&writing->error, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                 _ ("The archive could not be written: %s. Free some space or choose another place."),
                 g_strerror (errno));
  return n;
}

static gboolean
write_file (struct archive *archive, const WattleExportFile *file, gint64 time)
{
  struct archive_entry *entry = archive_entry_new ();
  gsize size;
  const void *data = g_bytes_get_data (file->bytes, &size);
  g_autofree char *path = g_strconcat (WATTLE_EXPORT_FOLDER, file->name, NULL);
  gboolean written;

  archive_entry_set_pathname (entry, path);
  archive_entry_set_size (entry, size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0600);
  archive_entry_set_mtime (entry, time, 0);
  written = archive_write_header (archive, entry) == ARCHIVE_OK
            && (size == 0 || archive_write_data (archive, data, size) == (la_ssize_t)size);
  archive_entry_free (entry);
  return written;
}

static void
add_sums (GPtrArray *files)
{
  GString *sums = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++) {
    const WattleExportFile *file = g_ptr_array_index (files, i);
    g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file->bytes);

    g_string_append_printf (sums, "%s  %s\n", sum, file->name);
  }
  wattle_export_files_add (files, "SHA256SUMS", g_string_free_to_bytes (sums));
}

static void
write_archive (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Writing *writing = task_data;
  struct archive *archive = archive_write_new ();
  gboolean written;

  wattle_export_files_add_cloud_tables (writing->files);
  wattle_export_page_add (writing->files, writing->about);
  add_sums (writing->files);
  archive_write_set_format_ustar (archive);
  written = archive_write_open (archive, writing, NULL, write_some, NULL) == ARCHIVE_OK;
  for (guint i = 0; written && i < writing->files->len; i++)
    written = write_file (archive, g_ptr_array_index (writing->files, i), writing->about->time);
  if (written)
    written = archive_write_close (archive) == ARCHIVE_OK;
  if (!written && writing->error == NULL)
    g_set_error (&writing->error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("The archive could not be written: %s."),
                 archive_error_string (archive) == NULL ? "?" : archive_error_string (archive));
  archive_write_free (archive);
  if (written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&writing->error));
}

void
wattle_export_archive_write_async (GPtrArray *files, int fd, WattleExportAbout *about, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Writing *writing = g_new0 (Writing, 1);

  writing->files = files;
  writing->fd = fd;
  writing->about = about;
  writing->cancellable = g_object_ref (cancellable);
  g_task_set_task_data (task, writing, writing_free);
  g_task_run_in_thread (task, write_archive);
}

gboolean
wattle_export_archive_write_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
