/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of all that is held about a device and the person: a file beside the
 * wanted one is opened and handed to the service, its job is followed, and the
 * file is given its name.  What waits for a disk does so in a thread.
 */
#include "gui-gtk/files/export.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#include "common/error.h"

typedef struct {
  WattleService *service;
  WattleBusDevice *device;
  char *path;
  char *partial; /* the file's name until it is whole */
  int fd;        /* -1 = not open */
  WattleBusJob *job;
  char *job_path;
  WattleExportProgress progress;
  gpointer progress_data;
  gulong cancelled;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  if (export->fd >= 0)
    close (export->fd);
  g_object_unref (export->service);
  g_object_unref (export->device);
  g_clear_object (&export->job);
  g_free (export->job_path);
  g_free (export->path);
  g_free (export->partial);
  g_free (export);
}

static void
return_errno (GTask *task, const Export *export)
{
  int why = errno;
  g_autofree char *shown = g_filename_display_name (export->path);

  g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (why), _ ("“%s” could not be written: %s"), shown,
                           g_strerror (why));
}

/* --- the end --- */

static void
settle (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;

  if (fsync (export->fd) != 0 || rename (export->partial, export->path) != 0)
    return_errno (task, export);
  else
    g_task_return_boolean (task, TRUE);
}

static void
discard (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *export = data;

  g_unlink (export->partial);
  g_task_return_boolean (task, TRUE);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* In a thread, whether or not the caller still wants it. */
static void
in_thread (GTask *task, GTaskThreadFunc work, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) thread = g_task_new (NULL, NULL, callback, callback != NULL ? g_object_ref (task) : NULL);

  g_object_ref (task); /* holds the data */
  g_object_set_data_full (G_OBJECT (thread), "wattle-export", task, g_object_unref);
  g_task_set_task_data (thread, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (thread, work);
}

/* Takes @error. */
static void
fail (GTask *task, GError *error)
{
  in_thread (task, discard, NULL);
  g_task_return_error (task, error);
}

/* --- the job --- */

static void
let_go (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  if (export->job != NULL)
    g_signal_handlers_disconnect_by_data (export->job, task);
  g_signal_handlers_disconnect_by_data (wattle_service_get_jobs (export->service), task);
  if (export->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), export->cancelled);
  export->cancelled = 0;
}

static void
on_progress (WattleBusJob *job, GParamSpec *pspec, GTask *task)
{
  const Export *export = g_task_get_task_data (task);

  export->progress (CLAMP (wattle_bus_job_get_progress (job), 0, 1), export->progress_data);
}

static void
on_state (WattleBusJob *job, GParamSpec *pspec, GTask *task)
{
  const char *state = wattle_bus_job_get_state (job);
  GVariant *error = wattle_bus_job_get_error (job);
  const char *sentence = "";

  if (g_str_equal (state, "running") || g_str_equal (state, "waiting"))
    return;
  let_go (task);
  if (g_str_equal (state, "done")) {
    in_thread (task, settle, on_settled);
  } else if (g_str_equal (state, "cancelled")) {
    fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("This was cancelled.")));
  } else {
    if (error != NULL)
      g_variant_get (error, "(&s&s)", NULL, &sentence);
    fail (task, g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED, sentence));
  }
  g_object_unref (task);
}

/* The service itself has gone. */
static void
on_owner (WattleBusJob *job, GParamSpec *pspec, GTask *task)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (job));

  if (owner != NULL)
    return;
  let_go (task);
  fail (task, g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED,
                                   _ ("Wattle's service has stopped. Nothing was written.")));
  g_object_unref (task);
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  const Export *export = g_task_get_task_data (task);

  if (export->job != NULL)
    wattle_bus_job_call_cancel (export->job, NULL, NULL, NULL);
}

/* @task is held until the job has ended. */
static void
look_for_job (GTask *task)
{
  Export *export = g_task_get_task_data (task);
  g_autoptr (WattleBusObject) object = wattle_service_dup_object (export->service, export->job_path);

  if (object == NULL || export->job != NULL)
    return;
  export->job = wattle_bus_object_get_job (object);
  g_signal_handlers_disconnect_by_data (wattle_service_get_jobs (export->service), task);
  g_signal_connect (export->job, "notify::progress", G_CALLBACK (on_progress), task);
  g_signal_connect (export->job, "notify::state", G_CALLBACK (on_state), task);
  g_signal_connect (export->job, "notify::g-name-owner", G_CALLBACK (on_owner), task);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    wattle_bus_job_call_cancel (export->job, NULL, NULL, NULL);
  on_state (export->job, NULL, task);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (!wattle_bus_device_call_export_finish (WATTLE_BUS_DEVICE (source), &export->job_path, NULL, result, &error)) {
    fail (task, error);
    return;
  }
  g_object_ref (task);
  export->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  g_signal_connect_swapped (wattle_service_get_jobs (export->service), "items-changed", G_CALLBACK (look_for_job),
                            task);
  look_for_job (task);
}

/* --- the beginning --- */

static void
open_partial (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;

  export->fd = open (export->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (export->fd < 0)
    return_errno (task, export);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  GError *error = NULL;
  int index;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    return;
  }
  index = g_unix_fd_list_append (list, export->fd, &error);
  if (index < 0) {
    fail (task, error);
    return;
  }
  wattle_bus_device_call_export (export->device, g_variant_new_handle (index), g_variant_new ("a{sv}", NULL), list,
                                 g_task_get_cancellable (task), on_begun, g_object_ref (task));
}

void
wattle_export_async (WattleService *service, WattleBusDevice *device, const char *path, WattleExportProgress progress,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Export *export = g_new0 (Export, 1);

  export->service = g_object_ref (service);
  export->device = g_object_ref (device);
  export->path = g_strdup (path);
  export->partial = g_strdup_printf ("%s.%08x.part", path, g_random_int ());
  export->fd = -1;
  export->progress = progress;
  export->progress_data = user_data;
  g_task_set_task_data (task, export, export_free);
  in_thread (task, open_partial, on_opened);
}

gboolean
wattle_export_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
