/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects place by place, a page of readings at a time so that the service
 * goes on meanwhile, then writes (export-archive.h).
 */
#include "daemon/device/export.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/export-archive.h"
#include "daemon/device/wire-error.h"

#define DEVICE_READINGS_MAX 100000
#define PAGE 1000 /* readings between two looks at the rest of the world */

enum { STEP_COMPUTER, STEP_KEYRING, STEP_DEVICE, STEP_CLOUD, STEP_WRITE, N_STEPS };

static const WattleStepSpec steps[N_STEPS] = {
  { "computer", N_ ("Collect what this computer holds") },
  { "keyring", N_ ("Look what your keyring calls the keys") },
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
  GCancellable *cloud_cancellable; /* of what is asked of the cloud */
  WattleRows *local;               /* the readings here, as far as they are taken */
  guint32 after;                   /* the last of these */
  GArray *readings;                /* of wtl_Reading: the device's own */
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

/* --- writing --- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  WattleServices *services = wattle_device_get_services (self->device);
  g_autoptr (GError) error = NULL;

  if (wattle_export_archive_write_finish (result, &error))
    wattle_services_log (services, wattle_device_get_id (self->device), "exported",
                         _ ("You exported everything held about the device."));
  end (self, error);
}

static void
write_files (WattleExportJob *self)
{
  WattleServices *services = wattle_device_get_services (self->device);
  WattleExportAbout *about = wattle_export_about_new (self->device, wattle_services_now (services));
  int fd = self->fd;

  about->left_out = g_strv_builder_end (self->left_out);
  self->fd = -1;
  wattle_job_set_step (WATTLE_JOB (self), STEP_WRITE, WATTLE_STEP_RUNNING);
  wattle_export_archive_write_async (g_steal_pointer (&self->files), fd, about, cancellable_of (self), on_written,
                                     g_object_ref (self));
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
  wattle_cloud_client_export_async (client, cloud->stream, self->cloud_cancellable, on_cloud_exported, cloud);
}

/* The person's switch is for this, too. */
static void
on_support_changed (WattleSupport *support, WattleExportJob *self)
{
  if (!wattle_support_get_relays (support))
    g_cancellable_cancel (self->cloud_cancellable);
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
  /* Stopped by the person, this fails with what to do about it. */
  wattle_job_set_step (WATTLE_JOB (self), STEP_CLOUD, WATTLE_STEP_RUNNING);
  self->cloud_cancellable = g_cancellable_new ();
  g_signal_connect_object (cancellable_of (self), "cancelled", G_CALLBACK (g_cancellable_cancel),
                           self->cloud_cancellable, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_device_get_support (self->device), "changed", G_CALLBACK (on_support_changed), self,
                           0);
  wattle_cloud_open_async (cloud, self->cloud_cancellable, on_client, g_object_ref (self));
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

/* --- this computer --- */

static void
on_labels (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) labels = wattle_keyring_list_labels_finish (WATTLE_KEYRING (source), result, &error);

  if (is_cancelled (self))
    return;
  if (labels != NULL) {
    wattle_export_files_add_keyring (self->files, labels);
    wattle_job_set_step (WATTLE_JOB (self), STEP_KEYRING, WATTLE_STEP_DONE);
  } else {
    miss (self, STEP_KEYRING, _ ("What your keyring calls the keys."), error);
  }
  wattle_job_set_step (WATTLE_JOB (self), STEP_DEVICE, WATTLE_STEP_RUNNING);
  wattle_session_connect_async (wattle_device_get_session (self->device), cancellable_of (self), on_connected,
                                g_object_ref (self));
}

static void
ask_keyring (WattleExportJob *self)
{
  WattleServices *services = wattle_device_get_services (self->device);

  wattle_job_set_step (WATTLE_JOB (self), STEP_COMPUTER, WATTLE_STEP_DONE);
  wattle_job_set_step (WATTLE_JOB (self), STEP_KEYRING, WATTLE_STEP_RUNNING);
  wattle_keyring_list_labels_async (wattle_services_get_keyring (services), wattle_device_get_id (self->device),
                                    WATTLE_KEYRING_QUIET, cancellable_of (self), on_labels, g_object_ref (self));
}

/* One page of the readings here; FALSE after the last. */
static gboolean
take_page (WattleExportJob *self, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (wattle_device_get_services (self->device), error);
  g_autoptr (GArray) page = NULL;

  if (database == NULL)
    return FALSE;
  page = wattle_readings_query (database, wattle_device_get_id (self->device), self->after, 0, PAGE, error);
  for (guint i = 0; page != NULL && i < page->len; i++) {
    const WattleReading *reading = &g_array_index (page, WattleReading, i);

    wattle_export_reading_rows_add (self->local, self->device, reading);
    self->after = reading->sequence;
  }
  return page != NULL && page->len > 0;
}

static gboolean
on_idle (gpointer user_data)
{
  WattleExportJob *self = user_data;
  g_autoptr (GError) error = NULL;

  if (is_cancelled (self))
    return G_SOURCE_REMOVE;
  if (take_page (self, &error))
    return G_SOURCE_CONTINUE;
  if (error != NULL) {
    end (self, error);
    return G_SOURCE_REMOVE;
  }
  wattle_export_files_add_rows (self->files, "readings", g_steal_pointer (&self->local));
  ask_keyring (self);
  return G_SOURCE_REMOVE;
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
  self->local = wattle_export_reading_rows_new ();
  g_idle_add_full (G_PRIORITY_LOW, on_idle, g_object_ref (self), g_object_unref);
}

static void
wattle_export_job_finalize (GObject *object)
{
  WattleExportJob *self = WATTLE_EXPORT_JOB (object);

  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->device);
  g_clear_object (&self->cloud_cancellable);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->local, wattle_rows_free);
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
