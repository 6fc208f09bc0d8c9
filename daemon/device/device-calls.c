/* SPDX-License-Identifier: Apache-2.0 */
/* What a client asks of a device of ours: each is checked, then handed on. */
#include <glib/gi18n-lib.h>

#include "daemon/device/device-internal.h"
#include "daemon/device/device-name.h"
#include "daemon/device/export.h"
#include "daemon/device/update-job.h"
#include "daemon/device/wipe.h"
#include "daemon/device/wire-error.h"
#include "daemon/store/others.h"

#define READINGS_DEFAULT 1000

gboolean
wattle_device_set_name (WattleDevice *self, const char *name, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL || !wattle_device_check_usable (self, error) || !wattle_device_name_is_valid (name, error)
      || !wattle_devices_set_name (database, self->record->id, name, error))
    return FALSE;
  g_free (self->record->name);
  self->record->name = g_strdup (name);
  g_object_notify (G_OBJECT (self), "name");
  return TRUE;
}

gboolean
wattle_device_set_others (WattleDevice *self, const char *who, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL || !wattle_device_check_usable (self, error))
    return FALSE;
  if (!wattle_line_is_valid (who, WATTLE_OTHERS_MAX)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("Say on one line who is measured, too, in fewer words."));
    return FALSE;
  }
  if (!wattle_others_store_set (database, self->record->id, who, wattle_services_now (self->services), error))
    return FALSE;
  wattle_services_log (self->services, self->record->id, "others-noted",
                       *who != '\0' ? _ ("You noted that the device measures somebody else, too.")
                                    : _ ("You noted that the device measures nobody else."));
  g_free (self->others);
  self->others = g_strdup (who);
  g_object_notify (G_OBJECT (self), "others");
  return TRUE;
}

gboolean
wattle_device_set_relays (WattleDevice *self, gboolean relays, GError **error)
{
  return wattle_device_check_usable (self, error)
         && wattle_support_set_relays (self->support, relays, wattle_services_now (self->services), error);
}

gboolean
wattle_device_accept_image (WattleDevice *self, const char *image, GError **error)
{
  return wattle_device_check_usable (self, error) && wattle_integrity_accept (self->integrity, image, error);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_session_connect_finish (WATTLE_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, wattle_error_own (g_steal_pointer (&error)));
}

/* The person waits, so the keyring may ask for its password. */
static void
on_key_for_connect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleDevice *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);

  if (wattle_error_is_cancelled (error)) {
    g_task_return_error (task, wattle_error_cancelled ());
    return;
  }
  if (!self->has_advert_key)
    wattle_device_take_advert_key (self, key, error);
  if (self->key_error != NULL)
    g_task_return_error (task, g_error_copy (self->key_error));
  else
    wattle_session_connect_async (self->session, cancellable, on_connected, g_steal_pointer (&task));
}

void
wattle_device_connect_async (WattleDevice *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  if (!wattle_device_check_usable (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (!self->has_advert_key) {
    wattle_keyring_lookup_async (wattle_services_get_keyring (self->services), self->record->id,
                                 WATTLE_SECRET_ADVERT_KEY, WATTLE_KEYRING_INTERACTIVE, cancellable, on_key_for_connect,
                                 g_steal_pointer (&task));
    return;
  }
  wattle_session_connect_async (self->session, cancellable, on_connected, g_steal_pointer (&task));
}

gboolean
wattle_device_connect_finish (WattleDevice *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
wattle_device_disconnect (WattleDevice *self, GError **error)
{
  if (!wattle_device_check_usable (self, error))
    return FALSE;
  wattle_session_hang_up (self->session);
  return TRUE;
}

GArray *
wattle_device_get_readings (WattleDevice *self, guint64 after, guint max, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL)
    return NULL;
  if (after >= G_MAXUINT32)
    return g_array_new (FALSE, FALSE, sizeof (WattleReading));
  return wattle_readings_query (database, self->record->id, after, 0, max == 0 ? READINGS_DEFAULT : max, error);
}

WattleJob *
wattle_device_export (WattleDevice *self, int fd, GError **error)
{
  g_autoptr (WattleJob) job = NULL;

  if (!wattle_device_check_usable (self, error) || wattle_services_get_database (self->services, error) == NULL)
    return NULL;
  job = wattle_export_job_new (self, fd, error);
  if (job == NULL)
    return NULL;
  g_signal_emit_by_name (self, "job-started", job);
  wattle_export_job_start (WATTLE_EXPORT_JOB (job));
  return job; /* the registry's list holds it */
}

WattleJob *
wattle_device_install (WattleDevice *self, int fd, GError **error)
{
  g_autoptr (WattleJob) job = NULL;

  if (!wattle_device_check_usable (self, error) || wattle_services_get_database (self->services, error) == NULL)
    return NULL;
  if (self->update_job != NULL) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY,
                         _ ("Software is being installed on the device. Wait until that is done."));
    return NULL;
  }
  if (!wattle_integrity_get_record (self->integrity)->can_install) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_VERSION,
                         _ ("The device takes no software from Wattle. Its maker says how to update it."));
    return NULL;
  }
  job = wattle_update_job_new (self, fd, error);
  if (job == NULL)
    return NULL;
  wattle_device_set_update_job (self, job);
  g_signal_emit_by_name (self, "job-started", job);
  wattle_update_job_start (WATTLE_UPDATE_JOB (job));
  return job; /* the registry's list holds it */
}

void
wattle_device_get_wipe_plan (WattleDevice *self, GVariant **places, char ***remains)
{
  wattle_wipe_describe (self, places, remains);
}

WattleJob *
wattle_device_wipe (WattleDevice *self, GError **error)
{
  if (self->wipe_job == NULL && !wattle_wipe_job_begin (self, FALSE, error))
    return NULL;
  return self->wipe_job;
}

WattleJob *
wattle_device_wipe_lost (WattleDevice *self, GError **error)
{
  gboolean begun = self->wipe_job == NULL ? wattle_wipe_job_begin (self, TRUE, error)
                                          : wattle_wipe_job_declare_lost (WATTLE_WIPE_JOB (self->wipe_job), error);

  return begun ? self->wipe_job : NULL;
}

WattleJob *
wattle_device_give_up_cloud (WattleDevice *self, GError **error)
{
  if (self->wipe_job == NULL) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("This device is not being wiped."));
    return NULL;
  }
  return wattle_wipe_job_give_up_cloud (WATTLE_WIPE_JOB (self->wipe_job), error) ? self->wipe_job : NULL;
}
