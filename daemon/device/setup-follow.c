/* SPDX-License-Identifier: Apache-2.0 */
/* After the commit point. */
#include "daemon/device/setup-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-private.h"
#include "daemon/device/device-private.h"
#include "daemon/device/setup-store.h"
#include "pairing/secret.h"

#define FOLLOW_LIMIT 30 /* seconds the job stays to see decisions delivered */
#define STORE_RETRY 30  /* seconds */

static gboolean
on_follow_limit (gpointer user_data)
{
  WattleSetupJob *self = user_data;

  self->timer_id = 0;
  g_clear_object (&self->device);
  wattle_job_end (WATTLE_JOB (self), NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
device_owes (WattleSetupJob *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gint64 since = 0;

  return database != NULL
         && wattle_deliveries_outstanding_since (database, self->record->id, WATTLE_PLACE_DEVICE, &since, NULL)
         && since != 0;
}

/* What is not delivered yet goes on by itself after the job. */
static void
follow (WattleSetupJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  WattleCloudState cloud;

  if (self->device == NULL || wattle_job_is_over (job))
    return;
  cloud = wattle_device_get_cloud_state (self->device);
  wattle_job_set_step (job, WATTLE_SETUP_DEVICE,
                       wattle_sync_is_settled (wattle_device_get_sync (self->device)) && !device_owes (self)
                           ? WATTLE_STEP_DONE
                           : WATTLE_STEP_RUNNING);
  if (cloud == WATTLE_CLOUD_NONE)
    wattle_job_set_step (job, WATTLE_SETUP_CLOUD, WATTLE_STEP_SKIPPED);
  else if (cloud == WATTLE_CLOUD_ACTIVE)
    wattle_job_set_step (job, WATTLE_SETUP_CLOUD, WATTLE_STEP_DONE);
  else if (cloud == WATTLE_CLOUD_UNREACHABLE)
    wattle_job_set_step (job, WATTLE_SETUP_CLOUD, WATTLE_STEP_WAITING);
  else
    wattle_job_set_step (job, WATTLE_SETUP_CLOUD, WATTLE_STEP_RUNNING);
  if (wattle_device_get_state (self->device) == WATTLE_DEVICE_AWAY
      || wattle_device_get_state (self->device) == WATTLE_DEVICE_PROBLEM)
    wattle_job_set_step (job, WATTLE_SETUP_DEVICE, WATTLE_STEP_WAITING);
  if (wattle_job_get_step (job, WATTLE_SETUP_DEVICE) == WATTLE_STEP_RUNNING
      || wattle_job_get_step (job, WATTLE_SETUP_CLOUD) == WATTLE_STEP_RUNNING)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->device, self);
  g_signal_handlers_disconnect_by_data (wattle_device_get_sync (self->device), self);
  g_clear_object (&self->device);
  wattle_job_end (job, NULL);
}

void
wattle_setup_job_attach_device (WattleSetupJob *self, WattleDevice *device)
{
  g_autoptr (WattleConversation) conversation = g_steal_pointer (&self->conversation);

  self->device = g_object_ref (device);
  self->timer_id = g_timeout_add_seconds (FOLLOW_LIMIT, on_follow_limit, self);
  g_signal_connect_object (device, "notify", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_device_get_sync (device), "settled", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_DEVICE, WATTLE_STEP_RUNNING);
  wattle_job_set_step (WATTLE_JOB (self), WATTLE_SETUP_CLOUD, WATTLE_STEP_RUNNING);
  if (conversation != NULL)
    wattle_session_adopt (wattle_device_get_session (device), conversation);
}

static void
tell_committed (WattleSetupJob *self)
{
  GVariantDict result;

  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "device", "s", self->record->id);
  wattle_job_set_result (WATTLE_JOB (self), g_variant_dict_end (&result));
  g_signal_emit_by_name (self, "committed");
}

static void
on_password_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSetupJob) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_keyring_store_password_check_finish (WATTLE_KEYRING (source), result, &error))
    g_warning ("Reuse of this password cannot be noticed: %s", error->message);
  tell_committed (self);
}

/* Before anybody is told that the device is theirs: a wipe that began at once
 * would not find it in the keyring. */
static void
keep_password_check (WattleSetupJob *self)
{
  g_autofree char *password = NULL;
  gsize len;

  if (self->password == NULL) {
    tell_committed (self);
    return;
  }
  len = g_bytes_get_size (self->password);
  password = g_strndup (g_bytes_get_data (self->password, NULL), len);
  wattle_keyring_store_password_check_async (wattle_setup_keyring (self), self->record->id, self->record->name,
                                             password, WATTLE_KEYRING_QUIET, NULL, on_password_kept,
                                             g_object_ref (self));
  wtl_wipe (password, len);
}

static gboolean
record_in_database (WattleSetupJob *self, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  g_autoptr (WattleConsent) consent = NULL;

  if (database == NULL || !wattle_database_begin (database, error))
    return FALSE;
  consent = wattle_consent_new (self->services, self->record, self->passport);
  if (wattle_devices_put (database, self->record, error)
      && wattle_consent_decide_first (consent, self->decisions, error)
      && wattle_devices_set_up_done (database, self->record->id, wattle_services_now (self->services), error)
      && wattle_setup_keep_place (database, self->record->id, NULL, error))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}

static gboolean
on_store_retry (gpointer user_data)
{
  WattleSetupJob *self = user_data;

  self->timer_id = 0;
  wattle_job_resume (WATTLE_JOB (self));
  wattle_setup_record (self);
  return G_SOURCE_REMOVE;
}

void
wattle_setup_record (WattleSetupJob *self)
{
  WattleJob *job = WATTLE_JOB (self);
  g_autoptr (GError) error = NULL;

  wattle_job_set_step (job, WATTLE_SETUP_DECISIONS, WATTLE_STEP_RUNNING);
  if (!record_in_database (self, &error)) {
    /* The device is ours, so there is no way back: a full disk has to be freed. */
    wattle_job_set_step (job, WATTLE_SETUP_DECISIONS, WATTLE_STEP_WAITING);
    wattle_job_wait (job, error);
    self->timer_id = g_timeout_add_seconds (STORE_RETRY, on_store_retry, self);
    return;
  }
  wattle_job_set_step (job, WATTLE_SETUP_DECISIONS, WATTLE_STEP_DONE);
  wattle_services_log (self->services, self->record->id, "set-up", _ ("The device is yours now."));
  keep_password_check (self);
}
