/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request at a time, over whatever conversation is open; the device says how much
 * of the file it has, so that a new conversation goes on where the last one ended.
 */
#include "daemon/device/update-job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/smp-client.h"
#include "daemon/device/update-image.h"
#include "daemon/device/wire-error.h"

#define START_PATIENCE_S 60 /* until the person is told that the device is not back yet */
#define LOOKS_MAX 20        /* whether the image stays */
#define RESTARTS_MAX 3
#define FRAMES_MAX(size) (64 + (size) / 64) /* of one attempt: a device that takes none makes no progress */

/* Progress that the file's way to the device stands for. */
#define SENT_FROM 0.25
#define SENT_PART 0.5

enum { STEP_READ, STEP_SEND, STEP_START, STEP_PROVE, N_STEPS };

static const WattleStepSpec steps[N_STEPS] = {
  { "read", N_ ("Read and check the file") },
  { "send", N_ ("Send it to the device") },
  { "start", N_ ("Let the device start with it") },
  { "prove", N_ ("See whether it stays") },
};

/* What is being asked of the device. */
typedef enum { ASK_PIECE, ASK_TRY, ASK_RESET } Question;

struct _WattleUpdateJob {
  WattleJob parent_instance;

  WattleDevice *device; /* NULL once it is over */
  int fd;
  WattleUpdateImage *image;
  guint step;
  char *before;   /* the image that runs until then */
  guint32 boots;  /* how often the device had started */
  gboolean again; /* it is back, and has not told yet how often */

  WattleConversation *conversation; /* with a question under way; NULL = none */
  Question question;
  wtl_SmpFrame asked;
  guint8 sequence;
  gsize offset;
  guint frames, restarts, looks;
  guint timer;
};

G_DEFINE_FINAL_TYPE (WattleUpdateJob, wattle_update_job, WATTLE_TYPE_JOB)

static void ask (WattleUpdateJob *self, Question question);
static void send_file (WattleUpdateJob *self);

static WattleIntegrity *
integrity_of (WattleUpdateJob *self)
{
  return wattle_device_get_integrity (self->device);
}

static void
end (WattleUpdateJob *self, const GError *error)
{
  g_autoptr (WattleDevice) device = g_steal_pointer (&self->device);

  if (device == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->conversation);
  g_signal_handlers_disconnect_by_data (wattle_device_get_session (device), self);
  g_signal_handlers_disconnect_by_data (wattle_device_get_integrity (device), self);
  g_signal_handlers_disconnect_by_data (device, self);
  wattle_job_end (WATTLE_JOB (self), error);
  wattle_device_set_update_job (device, NULL);
}

static void
end_with (WattleUpdateJob *self, WattleError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, code, message);

  end (self, error);
}

static void
go_to (WattleUpdateJob *self, guint step)
{
  for (; self->step < step; self->step++)
    wattle_job_set_step (WATTLE_JOB (self), self->step, WATTLE_STEP_DONE);
  wattle_job_set_step (WATTLE_JOB (self), step, WATTLE_STEP_RUNNING);
}

/* The device is not there: goes on when it is. */
static void
wait_for_device (WattleUpdateJob *self, const GError *error)
{
  wattle_job_set_step (WATTLE_JOB (self), self->step, WATTLE_STEP_WAITING);
  wattle_job_wait (WATTLE_JOB (self), error);
}

/* --- which image runs then --- */

static void
conclude (WattleUpdateJob *self)
{
  GVariantBuilder result = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&result, "{sv}", "image", g_variant_new_string (self->image->hex));
  g_variant_builder_add (&result, "{sv}", "version", g_variant_new_string (self->image->version));
  wattle_job_set_result (WATTLE_JOB (self), g_variant_builder_end (&result));
  go_to (self, STEP_PROVE);
  end (self, NULL);
}

/* It runs what it is to run, but may still go back.  The device is asked again and again. */
static void
wait_for_proof (WattleUpdateJob *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  go_to (self, STEP_PROVE);
  if (++self->looks > LOOKS_MAX)
    end_with (
        self, WATTLE_ERROR_TIMED_OUT,
        _ ("The new software runs, but has not proven itself. At its next start the device may go back to the one "
           "before."));
}

/* It has started anew, and not with the image. */
static void
on_other_image (WattleUpdateJob *self, const char *image)
{
  g_autoptr (WattleIntegrity) integrity = g_object_ref (integrity_of (self));

  if (strcmp (image, self->before) != 0) {
    end_with (self, WATTLE_ERROR_FAILED,
              _ ("The device runs neither the new software nor the one before. Ask its maker about it."));
    return;
  }
  end_with (self, WATTLE_ERROR_FAILED,
            _ ("The device did not keep the new software: the one before runs again. It may not be signed by its "
               "maker, or it did not work."));
  wattle_integrity_drop_offer (integrity, self->image->hex);
}

/* The device told something: whether it has started anew, and with what. */
static void
on_told (WattleUpdateJob *self)
{
  const WattleIntegrityRecord *record = wattle_integrity_get_record (integrity_of (self));

  if (self->step < STEP_START)
    return;
  if (strcmp (record->image, self->image->hex) == 0) {
    if (record->confirmed)
      conclude (self);
    else
      wait_for_proof (self);
  } else if (record->boot_count != self->boots) {
    on_other_image (self, record->image);
  } else if (self->again) {
    /* The connection was lost before it heard that it is to start anew. */
    self->again = FALSE;
    if (++self->restarts > RESTARTS_MAX)
      end_with (self, WATTLE_ERROR_FAILED, _ ("The device does not start anew. Switch it off and on."));
    else
      ask (self, ASK_TRY);
  }
}

static gboolean
on_not_back (gpointer user_data)
{
  WattleUpdateJob *self = user_data;
  g_autoptr (GError) error
      = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, _ ("The device is out of range or switched off."));

  self->timer = 0;
  wait_for_device (self, error);
  return G_SOURCE_REMOVE;
}

/* --- asking --- */

static void
on_piece_taken (WattleUpdateJob *self, guint32 offset)
{
  gsize size = g_bytes_get_size (self->image->bytes);

  if (offset > size || ++self->frames > FRAMES_MAX (size)) {
    end_with (self, WATTLE_ERROR_PROTOCOL, _ ("The device does not take the software in. Try again later."));
    return;
  }
  self->offset = offset;
  wattle_job_set_progress (WATTLE_JOB (self), SENT_FROM + SENT_PART * (double)offset / (double)size);
  ask (self, offset < size ? ASK_PIECE : ASK_TRY);
}

static void
on_good_answer (WattleUpdateJob *self, guint32 offset)
{
  switch (self->question) {
    case ASK_PIECE:
      on_piece_taken (self, offset);
      break;
    case ASK_TRY:
      ask (self, ASK_RESET);
      break;
    case ASK_RESET: /* it will hang up, and come back */
      break;
  }
}

/* The connection has ended; there may be another one already. */
static void
lost (WattleUpdateJob *self, const GError *error)
{
  if (wattle_session_get_conversation (wattle_device_get_session (self->device)) != NULL)
    send_file (self);
  else
    wait_for_device (self, error);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleUpdateJob) self = user_data;
  WattleConversation *conversation = WATTLE_CONVERSATION (source);
  g_autoptr (GError) error = NULL;
  wtl_Response response;
  guint32 offset = 0;
  gboolean good = wattle_conversation_request_finish (conversation, result, &response, &error);

  if (self->device == NULL || conversation != self->conversation)
    return;
  g_clear_object (&self->conversation);
  if (!good) {
    if (wattle_error_is_cancelled (error)
        && g_cancellable_is_cancelled (wattle_job_get_gcancellable (WATTLE_JOB (self))))
      end (self, error);
    else if (wattle_conversation_is_open (conversation))
      end (self, error); /* the device said no */
    else if (self->step < STEP_START)
      lost (self, error);
    return;
  }
  if (wattle_smp_read_answer (&self->asked, &response.body.smp, self->question == ASK_PIECE ? &offset : NULL, &error))
    on_good_answer (self, offset);
  else
    end (self, error);
}

/* From here on the device may start with it at any time. */
static gboolean
commit (WattleUpdateJob *self)
{
  g_autoptr (GError) error = NULL;

  if (self->step >= STEP_START)
    return TRUE;
  if (!wattle_integrity_offer (integrity_of (self), self->image->hex, &error)) {
    end (self, error);
    return FALSE;
  }
  wattle_job_set_cancellable (WATTLE_JOB (self), FALSE);
  go_to (self, STEP_START);
  self->timer = g_timeout_add_seconds (START_PATIENCE_S, on_not_back, self);
  return TRUE;
}

static void
ask (WattleUpdateJob *self, Question question)
{
  WattleConversation *conversation = wattle_session_get_conversation (wattle_device_get_session (self->device));
  wtl_Request request = { .which_body = wtl_Request_smp_tag };
  gsize size;
  const guint8 *file = g_bytes_get_data (self->image->bytes, &size);

  if (question == ASK_TRY && !commit (self))
    return;
  if (conversation == NULL)
    return; /* goes on when there is one */
  self->question = question;
  self->sequence++;
  if (question == ASK_PIECE)
    wattle_smp_put_piece (&self->asked, self->sequence, file, size, self->offset, self->image->sha256);
  else if (question == ASK_TRY)
    wattle_smp_put_try (&self->asked, self->sequence, self->image->image.sha256);
  else
    wattle_smp_put_reset (&self->asked, self->sequence);
  request.body.smp = self->asked;
  g_set_object (&self->conversation, conversation);
  wattle_conversation_request_async (conversation, &request, wattle_job_get_gcancellable (WATTLE_JOB (self)), on_answer,
                                     g_object_ref (self));
}

/* --- the connection --- */

/* It takes up the file where it has it: asked for the beginning once more, it says so. */
static void
send_file (WattleUpdateJob *self)
{
  if (self->conversation != NULL)
    return;
  wattle_job_resume (WATTLE_JOB (self));
  go_to (self, STEP_SEND);
  self->offset = 0;
  self->frames = 0;
  ask (self, ASK_PIECE);
}

static void
on_session_connected (WattleUpdateJob *self)
{
  if (self->step == STEP_SEND) {
    send_file (self);
    return;
  }
  if (self->step < STEP_SEND)
    return;
  self->again = TRUE;
  wattle_job_resume (WATTLE_JOB (self));
  wattle_job_set_step (WATTLE_JOB (self), self->step, WATTLE_STEP_RUNNING);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleUpdateJob) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean connected = wattle_session_connect_finish (WATTLE_SESSION (source), result, &error);

  if (self->device == NULL || self->step != STEP_SEND)
    return;
  if (g_cancellable_is_cancelled (wattle_job_get_gcancellable (WATTLE_JOB (self))))
    end (self, error);
  else if (connected)
    send_file (self);
  else
    wait_for_device (self, error);
}

/* The file can be sent as soon as the device is there. */
static void
connect_to_device (WattleUpdateJob *self)
{
  WattleSession *session = wattle_device_get_session (self->device);

  go_to (self, STEP_SEND);
  g_signal_connect_object (session, "connected", G_CALLBACK (on_session_connected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (integrity_of (self), "changed", G_CALLBACK (on_told), self, G_CONNECT_SWAPPED);
  wattle_session_connect_async (session, wattle_job_get_gcancellable (WATTLE_JOB (self)), on_connected,
                                g_object_ref (self));
}

/* --- the file --- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleUpdateJob) self = user_data;
  g_autoptr (GError) error = NULL;
  const WattleIntegrityRecord *record;

  self->image = wattle_update_image_read_finish (result, &error);
  close (self->fd);
  self->fd = -1;
  if (self->device == NULL)
    return;
  record = wattle_integrity_get_record (integrity_of (self));
  if (self->image == NULL
      || !wattle_update_image_check (self->image, wattle_device_get_product (self->device),
                                     wattle_device_get_firmware_version (self->device), record->image, &error)) {
    end (self, error);
    return;
  }
  self->before = g_strdup (record->image);
  self->boots = record->boot_count;
  connect_to_device (self);
}

void
wattle_update_job_start (WattleUpdateJob *self)
{
  wattle_job_set_step (WATTLE_JOB (self), STEP_READ, WATTLE_STEP_RUNNING);
  wattle_update_image_read_async (self->fd, wattle_job_get_gcancellable (WATTLE_JOB (self)), on_read,
                                  g_object_ref (self));
}

/* --- object --- */

static void
on_stopped (WattleUpdateJob *self)
{
  g_autoptr (GError) error = wattle_error_cancelled ();

  end (self, error);
}

/* Stopped while nothing is under way, there is nobody to notice. */
static gboolean
wattle_update_job_cancel (WattleJob *job, GError **error)
{
  WattleUpdateJob *self = WATTLE_UPDATE_JOB (job);

  if (self->step == STEP_SEND && self->conversation == NULL)
    on_stopped (self);
  return TRUE;
}

static void
wattle_update_job_finalize (GObject *object)
{
  WattleUpdateJob *self = WATTLE_UPDATE_JOB (object);

  if (self->fd >= 0)
    close (self->fd);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->conversation);
  g_clear_object (&self->device);
  g_clear_pointer (&self->image, wattle_update_image_free);
  g_free (self->before);
  G_OBJECT_CLASS (wattle_update_job_parent_class)->finalize (object);
}

static void
wattle_update_job_class_init (WattleUpdateJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_update_job_finalize;
  WATTLE_JOB_CLASS (klass)->kind = "update";
  WATTLE_JOB_CLASS (klass)->cancel = wattle_update_job_cancel;
}

static void
wattle_update_job_init (WattleUpdateJob *self)
{
  self->fd = -1;
}

WattleJob *
wattle_update_job_new (WattleDevice *device, int fd, GError **error)
{
  g_autoptr (WattleUpdateJob) self = g_object_new (WATTLE_TYPE_UPDATE_JOB, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Installing software on %s"), wattle_device_get_name (device));

  self->fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (self->fd < 0) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, g_strerror (errno));
    return NULL;
  }
  self->device = g_object_ref (device);
  wattle_job_setup (WATTLE_JOB (self), title, WATTLE_SUBJECT_DEVICE, wattle_device_get_id (device), steps, N_STEPS);
  /* A wipe takes the device for itself. */
  g_signal_connect_object (device, "notify::wipe-job", G_CALLBACK (on_stopped), self, G_CONNECT_SWAPPED);
  return WATTLE_JOB (g_steal_pointer (&self));
}
