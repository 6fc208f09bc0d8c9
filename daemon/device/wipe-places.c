/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wiping the cloud, the keyring and the records.  Each act can be done again
 * and comes to the same.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/wipe-private.h"
#include "daemon/device/wire-error.h"
#include "daemon/store/readings.h"

/* --- the cloud --- */

typedef void (*WithClient) (WattleWipeJob *self, WattleCloudClient *client);

typedef struct {
  WattleWipeJob *self;
  WattleWipePlace place;
  WithClient then;
} Opening;

static GCancellable *
cancellable_of (WattleWipeJob *self)
{
  return wattle_job_get_gcancellable (WATTLE_JOB (self));
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Opening *opening = user_data;
  g_autoptr (WattleWipeJob) self = opening->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCloudClient) client = wattle_cloud_open_finish (WATTLE_CLOUD (source), result, &error);

  if (self->stopped)
    return;
  if (client == NULL)
    wattle_wipe_place_waits (self, opening->place, error, TRUE);
  else
    opening->then (self, client);
}

static void
with_client (WattleWipeJob *self, WattleWipePlace place, WithClient then)
{
  Opening *opening;

  if (self->device == NULL) {
    g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT,
                                                    _ ("The records of this wipe do not fit together."));

    wattle_wipe_place_waits (self, place, error, FALSE);
    return;
  }
  opening = g_new0 (Opening, 1);
  opening->self = g_object_ref (self);
  opening->place = place;
  opening->then = then;
  wattle_cloud_open_async (wattle_device_get_cloud (self->device), cancellable_of (self), on_client, opening);
}

/* The cloud's receipt for @place, or why there is none. */
static void
take_receipt (WattleWipeJob *self, WattleWipePlace place, const char *jws, GError *error)
{
  g_autoptr (GError) why = error;
  WattlePassport *passport;
  WattleEvidence *evidence;

  if (self->stopped)
    return;
  passport = wattle_device_get_passport (self->device);
  evidence = jws == NULL ? NULL : wattle_evidence_new_cloud (jws, wattle_passport_get_receipt_key (passport), &why);
  if (evidence == NULL)
    wattle_wipe_place_waits (self, place, why, TRUE);
  else
    wattle_wipe_place_done (self, place, evidence);
}

static void
on_data_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  GError *error = NULL;
  g_autofree char *jws = wattle_cloud_client_delete_device_finish (WATTLE_CLOUD_CLIENT (source), result, &error);

  take_receipt (self, WATTLE_WIPE_CLOUD_DATA, jws, error);
}

static void
delete_data (WattleWipeJob *self, WattleCloudClient *client)
{
  if (wattle_wipe_place_start (self, WATTLE_WIPE_CLOUD_DATA))
    wattle_cloud_client_delete_device_async (client, wattle_device_get_unit_id (self->device),
                                             wattle_wipe_plan_get_id (self->plan), cancellable_of (self),
                                             on_data_deleted, g_object_ref (self));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) units = wattle_cloud_client_list_devices_finish (WATTLE_CLOUD_CLIENT (source), result, &error);

  if (self->stopped)
    return;
  if (units == NULL)
    wattle_wipe_place_waits (self, WATTLE_WIPE_CLOUD_DATA, error, TRUE);
  else if (g_strv_contains ((const char *const *)units, wattle_device_get_unit_id (self->device)))
    delete_data (self, WATTLE_CLOUD_CLIENT (source));
  else
    wattle_wipe_place_skip (self, WATTLE_WIPE_CLOUD_DATA); /* the cloud never heard of it */
}

static void
list_or_delete (WattleWipeJob *self, WattleCloudClient *client)
{
  if (wattle_wipe_plan_get_state (self->plan, WATTLE_WIPE_CLOUD_DATA) == WATTLE_WIPE_PENDING)
    wattle_cloud_client_list_devices_async (client, cancellable_of (self), on_listed, g_object_ref (self));
  else
    delete_data (self, client);
}

void
wattle_wipe_cloud_data (WattleWipeJob *self)
{
  with_client (self, WATTLE_WIPE_CLOUD_DATA, list_or_delete);
}

static void
on_account_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  GError *error = NULL;
  g_autofree char *jws = wattle_cloud_client_delete_account_finish (WATTLE_CLOUD_CLIENT (source), result, &error);

  take_receipt (self, WATTLE_WIPE_CLOUD_ACCOUNT, jws, error);
}

static void
delete_account (WattleWipeJob *self, WattleCloudClient *client)
{
  if (wattle_wipe_place_start (self, WATTLE_WIPE_CLOUD_ACCOUNT))
    wattle_cloud_client_delete_account_async (client, wattle_wipe_plan_get_id (self->plan), cancellable_of (self),
                                              on_account_deleted, g_object_ref (self));
}

void
wattle_wipe_cloud_account (WattleWipeJob *self)
{
  with_client (self, WATTLE_WIPE_CLOUD_ACCOUNT, delete_account);
}

/* --- this computer --- */

static void
done_here (WattleWipeJob *self, WattleWipePlace place, guint removed)
{
  wattle_wipe_place_done (self, place, wattle_evidence_new_local (removed, wattle_services_now (self->services)));
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWipeJob) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean cleared = wattle_keyring_clear_device_finish (WATTLE_KEYRING (source), result, &error);
  guint removed = 3; /* owner key, advertising key, password check */

  if (self->stopped)
    return;
  if (!cleared) {
    /* A locked keyring says when it is open. */
    wattle_wipe_place_waits (self, WATTLE_WIPE_KEYRING, error, FALSE);
    return;
  }
  if (self->device != NULL && wattle_cloud_has_account (wattle_device_get_cloud (self->device)))
    removed++;
  done_here (self, WATTLE_WIPE_KEYRING, removed);
}

void
wattle_wipe_keyring (WattleWipeJob *self)
{
  if (wattle_wipe_place_start (self, WATTLE_WIPE_KEYRING))
    wattle_keyring_clear_device_async (wattle_services_get_keyring (self->services), self->device_id,
                                       WATTLE_KEYRING_QUIET, NULL, on_cleared, g_object_ref (self));
}

guint
wattle_wipe_count_readings (WattleWipeJob *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  guint count = 0;
  guint32 after = 0;

  for (;;) {
    g_autoptr (GArray) some = wattle_readings_query (database, self->device_id, after, 0, 1000, NULL);

    if (some == NULL || some->len == 0)
      return count;
    count += some->len;
    after = g_array_index (some, WattleReading, some->len - 1).sequence;
  }
}

void
wattle_wipe_records (WattleWipeJob *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;
  guint readings;

  if (!wattle_wipe_place_start (self, WATTLE_WIPE_RECORDS))
    return;
  readings = wattle_wipe_count_readings (self);
  if (wattle_devices_erase (database, self->device_id, &error) && wattle_database_scrub (database, &error))
    done_here (self, WATTLE_WIPE_RECORDS, readings + 1);
  else
    wattle_wipe_place_waits (self, WATTLE_WIPE_RECORDS, error, TRUE);
}
