/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the successor of each device's passport and puts it in its place. */
#include "daemon/device/passport-watch.h"

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-private.h"
#include "daemon/device/passport-cache.h"
#include "daemon/device/promise.h"
#include "daemon/device/setup.h"
#include "daemon/store/notices.h"
#include "daemon/store/passports.h"
#include "privacy/notice-diff.h"

struct _WattlePassportWatch {
  WattleServices *services;
  GPtrArray *devices, *jobs; /* the registry's */
  WattlePassportWatchFunc func;
  GDestroyNotify problems_func;
  gpointer user_data;
  guint look_id; /* the look that is due; 0 = none */
  char *stamp;   /* of the files as they were last read; NULL = never */
  GPtrArray *problems;
};

WattlePassportWatch *
wattle_passport_watch_new (WattleServices *services, GPtrArray *devices, GPtrArray *jobs, WattlePassportWatchFunc func,
                           GDestroyNotify problems, gpointer user_data)
{
  WattlePassportWatch *self = g_new0 (WattlePassportWatch, 1);

  self->services = g_object_ref (services);
  self->devices = devices;
  self->jobs = jobs;
  self->func = func;
  self->problems_func = problems;
  self->user_data = user_data;
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
  return self;
}

void
wattle_passport_watch_free (WattlePassportWatch *self)
{
  wattle_passport_watch_stop (self);
  g_object_unref (self->services);
  g_ptr_array_unref (self->problems);
  g_free (self->stamp);
  g_free (self);
}

GPtrArray *
wattle_passport_watch_get_problems (WattlePassportWatch *self)
{
  return self->problems;
}

/* @after is refused for the device, and @error says why. */
static void
tell_refusal (WattlePassportWatch *self, WattleDevice *device, WattlePassport *after, const GError *error)
{
  const char *id = wattle_device_get_id (device);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gboolean first = FALSE;

  g_ptr_array_add (self->problems, g_error_new (WATTLE_ERROR, WATTLE_ERROR_PASSPORT, "%s: %s",
                                                wattle_device_get_name (device), error->message));
  if (database != NULL && wattle_notices_refuse (database, id, wattle_passport_get_sha256 (after), &first, NULL)
      && first)
    wattle_services_log (self->services, id, "passport-refused", error->message);
}

/* Whether @after may follow the device's passport.  What is at the maker's cloud could
 * not be deleted there any more if the address was another one. */
static gboolean
check (WattleDevice *device, WattlePassport *after, GError **error)
{
  WattlePassport *before = wattle_device_get_passport (device);

  if (!wattle_passport_check_successor (before, after, error))
    return FALSE;
  if (wattle_device_get_record (device)->cloud_account == NULL
      || g_strcmp0 (wattle_passport_get_cloud_url (before), wattle_passport_get_cloud_url (after)) == 0)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
                       _ ("The maker has moved its cloud, but your data is still in the old one. Wattle goes on with "
                          "the old passport. To move, wipe the device and set it up again."));
  return FALSE;
}

/* The newest passport that may follow the device's; NULL if there is none.  @files:
 * of GBytes. */
static WattlePassport *
find_successor (WattlePassportWatch *self, WattleDevice *device, GPtrArray *files, GBytes **bytes)
{
  WattlePassport *best = NULL;

  for (guint i = 0; i < files->len; i++) {
    g_autoptr (WattlePassport) passport = wattle_passport_cache_get (g_ptr_array_index (files, i), NULL);
    g_autoptr (GError) error = NULL;

    if (passport == NULL)
      continue;
    if (!check (device, passport, &error)) {
      if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT))
        tell_refusal (self, device, passport, error);
      continue;
    }
    if (best != NULL && wattle_passport_get_version (best) >= wattle_passport_get_version (passport))
      continue;
    g_set_object (&best, passport);
    *bytes = g_ptr_array_index (files, i);
  }
  return best;
}

/* One transaction: the passport, and that widened purposes are no longer allowed. */
static gboolean
adopt (WattlePassportWatch *self, WattleDevice *device, WattlePassport *after, GBytes *bytes, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  const char *id = wattle_device_get_id (device);

  if (database == NULL || !wattle_database_begin (database, error))
    return FALSE;
  if (wattle_notices_replace (database, id, bytes, wattle_services_now (self->services), error)
      && wattle_consent_adopt (wattle_device_get_consent (device), after, error))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}

static void
update_device (WattlePassportWatch *self, WattleDevice *device, GPtrArray *files)
{
  GBytes *bytes = NULL;
  g_autoptr (WattlePassport) after = find_successor (self, device, files, &bytes);
  g_autoptr (GError) error = NULL;

  if (after == NULL)
    return;
  if (!adopt (self, device, after, bytes, &error)) {
    g_warning ("Passport of %s: %s", wattle_device_get_id (device), error->message);
    g_clear_pointer (&self->stamp, g_free); /* next time again */
    return;
  }
  wattle_services_log (self->services, wattle_device_get_id (device), "passport-changed",
                       _ ("The maker has changed what it says about this device. Read what is new: some of it may need "
                          "your decision."));
  self->func (self->user_data, device);
}

/* Another text whenever a file or a device may have come, gone or changed. */
static char *
make_stamp (GPtrArray *devices)
{
  g_autofree char *files = wattle_passports_stamp ();
  g_autoptr (GString) stamp = g_string_new (files);

  for (guint i = 0; i < devices->len; i++) {
    WattleDevice *device = g_ptr_array_index (devices, i);

    g_string_append_printf (stamp, " %s %s", wattle_device_get_id (device),
                            wattle_passport_get_sha256 (wattle_device_get_passport (device)));
  }
  return g_string_free (g_steal_pointer (&stamp), FALSE);
}

/* Whether a job that goes on holds on to the device. */
static gboolean
is_busy (WattleDevice *device, GPtrArray *jobs)
{
  const char *id = wattle_device_get_id (device);

  for (guint i = 0; i < jobs->len; i++) {
    WattleJob *job = g_ptr_array_index (jobs, i);
    const char *of = WATTLE_IS_SETUP_JOB (job) ? wattle_setup_job_get_device_id (WATTLE_SETUP_JOB (job))
                                               : wattle_job_get_subject_id (job);

    if (!wattle_job_is_over (job) && g_strcmp0 (of, id) == 0)
      return TRUE;
  }
  return FALSE;
}

void
wattle_passport_watch_look (WattlePassportWatch *self)
{
  g_autofree char *stamp = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->devices->len; i++) /* they may change under us */
    if (!is_busy (g_ptr_array_index (self->devices, i), self->jobs))
      g_ptr_array_add (all, g_object_ref (g_ptr_array_index (self->devices, i)));
  stamp = make_stamp (all);
  if (g_strcmp0 (stamp, self->stamp) == 0)
    return;
  g_free (self->stamp);
  self->stamp = g_steal_pointer (&stamp);
  g_ptr_array_set_size (self->problems, 0);
  files = wattle_promise_list_passports (self->services);
  for (guint i = 0; i < all->len; i++)
    if (wattle_device_get_wipe_job (g_ptr_array_index (all, i)) == NULL)
      update_device (self, g_ptr_array_index (all, i), files);
  self->problems_func (self->user_data);
}

static gboolean
on_look (gpointer user_data)
{
  WattlePassportWatch *self = user_data;

  self->look_id = 0;
  wattle_passport_watch_look (self);
  return G_SOURCE_REMOVE;
}

void
wattle_passport_watch_look_soon (WattlePassportWatch *self)
{
  if (self->look_id == 0)
    self->look_id = g_idle_add (on_look, self);
}

void
wattle_passport_watch_stop (WattlePassportWatch *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
}
