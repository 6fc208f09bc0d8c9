/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects, then writes.  Writing may block for as long as the reader of a pipe
 * likes, so a thread does it, over bytes that nothing else touches.
 */
#include "daemon/device/export.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/export-files.h"
#include "daemon/device/wire-error.h"

#define DEVICE_READINGS_MAX 100000

enum { STEP_COMPUTER, STEP_DEVICE, STEP_CLOUD, STEP_WRITE, N_STEPS };

static const WattleStepSpec steps[N_STEPS] = {
  { "computer", N_ ("Collect what this computer holds") },
  { "device", N_ ("Ask the device what it holds") },
  { "cloud", N_ ("Ask the manufacturer's cloud what it holds") },
  { "write", N_ ("Write the archive") },
};

struct _WattleExportJob {
  WattleJob parent_instance;

  WattleDevice *device;
  int fd;
  GPtrArray *files; /* of WattleExportFile */
  GStrvBuilder *left_out;
  wtl_Info info;
  GArray *readings; /* of wtl_Reading: the device's own */
};

G_DEFINE_FINAL_TYPE (WattleExportJob, wattle_export_job, WATTLE_TYPE_JOB)

static GCancellable *
cancellable_of (WattleExportJob *self)
{
  return wattle_job_get_gcancellable (WATTLE_JOB (self));
}

static void
end (WattleExportJob *self, const GError *error)
{
  g_clear_object (&self->device);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  wattle_job_end (WATTLE_JOB (self), error);
}

/* --- writing, in a thread --- */

typedef struct {
  GPtrArray *files;
  int fd;
  GCancellable *cancellable;
  gint64 time;
  GError *error;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_ptr_array_unref (writing->files);
  close (writing->fd);
  g_object_unref (writing->cancellable);
  g_clear_error (&writing->error);
  g_free (writing);
}

/* Until @fd takes more, or the person does not want it any more. */
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
    n = write (writing->fd, buffer, length);
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
  gboolean written;

  archive_entry_set_pathname (entry, file->name);
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
write_archive (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Writing *writing = task_data;
  struct archive *archive = archive_write_new ();
  gboolean written;

  archive_write_set_format_ustar (archive);
  written = archive_write_open (archive, writing, NULL, write_some, NULL) == ARCHIVE_OK;
  for (guint i = 0; written && i < writing->files->len; i++)
    written = write_file (archive, g_ptr_array_index (writing->files, i), writing->time);
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

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  WattleServices *services = wattle_device_get_services (self->device);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    wattle_services_log (services, wattle_device_get_id (self->device), "exported",
                         _ ("You exported everything held about the device."));
  end (self, error);
}

static void
write_files (WattleExportJob *self)
{
  g_auto (GStrv) left_out = g_strv_builder_end (self->left_out);
  Writing *writing = g_new0 (Writing, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, g_object_ref (self));

  wattle_job_set_step (WATTLE_JOB (self), STEP_WRITE, WATTLE_STEP_RUNNING);
  wattle_export_files_seal (self->files, self->device, (const char *const *)left_out);
  writing->files = g_steal_pointer (&self->files);
  writing->fd = self->fd;
  self->fd = -1;
  writing->cancellable = g_object_ref (cancellable_of (self));
  writing->time = g_get_real_time () / G_USEC_PER_SEC;
  g_task_set_task_data (task, writing, writing_free);
  g_task_run_in_thread (task, write_archive);
}

/* --- the cloud --- */

static void
miss (WattleExportJob *self, guint step, const char *sentence, const GError *error)
{
  g_autofree char *text = g_strdup_printf ("%s %s", sentence, error == NULL ? "" : error->message);

  g_strv_builder_add (self->left_out, g_strchomp (text));
  wattle_job_set_step (WATTLE_JOB (self), step, WATTLE_STEP_SKIPPED);
}

static gboolean
is_cancelled (WattleExportJob *self)
{
  g_autoptr (GError) error = NULL;

  if (!g_cancellable_set_error_if_cancelled (cancellable_of (self), &error))
    return FALSE;
  end (self, error);
  return TRUE;
}

typedef struct {
  WattleExportJob *self;
  GOutputStream *stream;
} CloudExport;

static void
on_cloud_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree CloudExport *cloud = user_data;
  g_autoptr (WattleExportJob) self = cloud->self;
  g_autoptr (GOutputStream) stream = cloud->stream;
  g_autoptr (GError) error = NULL;
  gssize n = wattle_cloud_client_export_finish (WATTLE_CLOUD_CLIENT (source), result, &error);

  if (is_cancelled (self))
    return;
  if (n < 0 || !g_output_stream_close (stream, NULL, &error)) {
    miss (self, STEP_CLOUD, _ ("What the manufacturer's cloud holds."), error);
  } else {
    wattle_export_files_add (self->files, "cloud.json",
                             g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream)));
    wattle_job_set_step (WATTLE_JOB (self), STEP_CLOUD, WATTLE_STEP_DONE);
  }
  write_files (self);
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCloudClient) client = wattle_cloud_open_finish (WATTLE_CLOUD (source), result, &error);
  CloudExport *cloud;

  if (is_cancelled (self))
    return;
  if (client == NULL) {
    miss (self, STEP_CLOUD, _ ("What the manufacturer's cloud holds."), error);
    write_files (self);
    return;
  }
  cloud = g_new0 (CloudExport, 1);
  cloud->self = g_object_ref (self);
  cloud->stream = g_memory_output_stream_new_resizable ();
  wattle_cloud_client_export_async (client, cloud->stream, cancellable_of (self), on_cloud_exported, cloud);
}

static void
ask_cloud (WattleExportJob *self)
{
  WattleCloud *cloud = wattle_device_get_cloud (self->device);

  if (!wattle_cloud_has_account (cloud)) {
    wattle_job_set_step (WATTLE_JOB (self), STEP_CLOUD, WATTLE_STEP_SKIPPED);
    write_files (self);
    return;
  }
  wattle_job_set_step (WATTLE_JOB (self), STEP_CLOUD, WATTLE_STEP_RUNNING);
  wattle_cloud_open_async (cloud, cancellable_of (self), on_client, g_object_ref (self));
}

/* --- the device --- */

static void fetch (WattleExportJob *self, WattleConversation *conversation);

static void
on_readings (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  g_autoptr (GError) error = NULL;
  wtl_Response response;
  wtl_ReadingsReply *reply = &response.body.readings;
  guint32 last;

  wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error);
  if (is_cancelled (self))
    return;
  if (error != NULL) {
    miss (self, STEP_DEVICE, _ ("What the device holds."), error);
    ask_cloud (self);
    return;
  }
  last = self->readings->len == 0 ? 0 : g_array_index (self->readings, wtl_Reading, self->readings->len - 1).sequence;
  for (guint i = 0; i < reply->readings_count && reply->readings[i].sequence > last; i++) {
    g_array_append_val (self->readings, reply->readings[i]);
    last = reply->readings[i].sequence;
  }
  if (reply->more && reply->readings_count > 0 && self->readings->len < DEVICE_READINGS_MAX) {
    fetch (self, WATTLE_CONVERSATION (source));
    return;
  }
  wattle_export_files_add_device (self->files, self->device, &self->info, self->readings);
  wattle_job_set_step (WATTLE_JOB (self), STEP_DEVICE, WATTLE_STEP_DONE);
  ask_cloud (self);
}

static void
fetch (WattleExportJob *self, WattleConversation *conversation)
{
  wtl_Request request = { .which_body = wtl_Request_readings_tag };

  if (self->readings->len > 0)
    request.body.readings.after = g_array_index (self->readings, wtl_Reading, self->readings->len - 1).sequence;
  wattle_conversation_request_async (conversation, &request, cancellable_of (self), on_readings, g_object_ref (self));
}

static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  g_autoptr (GError) error = NULL;
  wtl_Response response;

  wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error);
  if (is_cancelled (self))
    return;
  if (error != NULL) {
    miss (self, STEP_DEVICE, _ ("What the device holds."), error);
    ask_cloud (self);
    return;
  }
  self->info = response.body.info;
  fetch (self, WATTLE_CONVERSATION (source));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  WattleConversation *conversation;
  wtl_Request request = { .which_body = wtl_Request_get_info_tag };
  g_autoptr (GError) error = NULL;

  wattle_session_connect_finish (WATTLE_SESSION (source), result, &error);
  if (is_cancelled (self))
    return;
  conversation = wattle_session_get_conversation (WATTLE_SESSION (source));
  if (conversation == NULL) {
    miss (self, STEP_DEVICE, _ ("What the device holds."), error);
    ask_cloud (self);
    return;
  }
  wattle_conversation_request_async (conversation, &request, cancellable_of (self), on_info, g_object_ref (self));
}

void
wattle_export_job_start (WattleExportJob *self)
{
  g_autoptr (GError) error = NULL;

  wattle_job_set_step (WATTLE_JOB (self), STEP_COMPUTER, WATTLE_STEP_RUNNING);
  if (!wattle_export_files_add_local (self->files, self->device, &error)) {
    end (self, error);
    return;
  }
  wattle_job_set_step (WATTLE_JOB (self), STEP_COMPUTER, WATTLE_STEP_DONE);
  wattle_job_set_step (WATTLE_JOB (self), STEP_DEVICE, WATTLE_STEP_RUNNING);
  wattle_session_connect_async (wattle_device_get_session (self->device), cancellable_of (self), on_connected,
                                g_object_ref (self));
}

static void
wattle_export_job_finalize (GObject *object)
{
  WattleExportJob *self = WATTLE_EXPORT_JOB (object);

  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->device);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_strv_builder_unref (self->left_out);
  g_array_unref (self->readings);
  G_OBJECT_CLASS (wattle_export_job_parent_class)->finalize (object);
}

static void
wattle_export_job_class_init (WattleExportJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_export_job_finalize;
  WATTLE_JOB_CLASS (klass)->kind = "export";
}

static void
wattle_export_job_init (WattleExportJob *self)
{
  self->fd = -1;
  self->files = wattle_export_files_new ();
  self->left_out = g_strv_builder_new ();
  self->readings = g_array_new (FALSE, FALSE, sizeof (wtl_Reading));
}

WattleJob *
wattle_export_job_new (WattleDevice *device, int fd, GError **error)
{
  g_autoptr (WattleExportJob) self = g_object_new (WATTLE_TYPE_EXPORT_JOB, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Exporting everything about %s"), wattle_device_get_name (device));
  int flags = fcntl (fd, F_GETFL);

  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This file is not open for writing."));
    return NULL;
  }
  self->fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (self->fd < 0) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, g_strerror (errno));
    return NULL;
  }
  self->device = g_object_ref (device);
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_DEVICE, wattle_device_get_id (device), steps, N_STEPS);
  return WATTLE_JOB (g_steal_pointer (&self));
}
