/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, their start and their end. */
#include "daemon/device/registry-internal.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/setup.h"
#include "daemon/device/wipe.h"
#include "daemon/device/wire-error.h"
#include "daemon/store/log.h"

#define JOB_LINGERS 60 /* seconds a job stays after its end */

G_DEFINE_FINAL_TYPE (WattleRegistry, wattle_registry, G_TYPE_OBJECT)

enum {
  SIGNAL_CANDIDATE_ADDED,
  SIGNAL_CANDIDATE_REMOVED,
  SIGNAL_DEVICE_ADDED,
  SIGNAL_DEVICE_REMOVED,
  SIGNAL_JOB_ADDED,
  SIGNAL_JOB_REMOVED,
  SIGNAL_PROBLEMS,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- jobs --- */

typedef struct {
  WattleRegistry *self; /* not owned: the source goes with the registry */
  WattleJob *job;
} Lingering;

static gboolean
on_job_lingered (gpointer user_data)
{
  Lingering *lingering = user_data;
  g_autoptr (WattleJob) job = g_object_ref (lingering->job);

  g_object_set_data (G_OBJECT (job), "wattle-linger", NULL);
  g_ptr_array_remove (lingering->self->jobs, job);
  g_signal_emit (lingering->self, signals[SIGNAL_JOB_REMOVED], 0, job);
  return G_SOURCE_REMOVE;
}

static void
forget_linger (WattleJob *job)
{
  guint id = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (job), "wattle-linger"));

  if (id != 0)
    g_source_remove (id);
  g_object_set_data (G_OBJECT (job), "wattle-linger", NULL);
}

void
wattle_registry_update_activity (WattleRegistry *self)
{
  WattleActivity activity
      = self->devices->len > 0 || self->candidates->len > 0 ? WATTLE_ACTIVITY_QUIET : WATTLE_ACTIVITY_OFF;

  for (guint i = 0; i < self->devices->len; i++)
    if (!wattle_device_is_connected (g_ptr_array_index (self->devices, i)))
      activity = WATTLE_ACTIVITY_BACKGROUND;
  for (guint i = 0; i < self->jobs->len; i++)
    if (!wattle_job_is_over (g_ptr_array_index (self->jobs, i)))
      activity = WATTLE_ACTIVITY_BACKGROUND;
  if (self->discovering)
    activity = WATTLE_ACTIVITY_INTERACTIVE;
  if (self->wakefulness != WATTLE_AWAKE)
    activity = self->wakefulness == WATTLE_ASLEEP ? WATTLE_ACTIVITY_OFF : MIN (activity, WATTLE_ACTIVITY_QUIET);
  for (guint i = 0; self->running && i < self->sources->len; i++)
    wattle_link_source_set_activity (g_ptr_array_index (self->sources, i), activity);
}

static void
on_job_state (WattleJob *job, GParamSpec *pspec, WattleRegistry *self)
{
  Lingering *lingering;

  if (!self->running || !wattle_job_is_over (job) || g_object_get_data (G_OBJECT (job), "wattle-linger") != NULL)
    return;
  wattle_passport_watch_look_soon (self->passport_watch); /* it held on to its device until now */
  lingering = g_new0 (Lingering, 1);
  lingering->self = self;
  lingering->job = job;
  g_object_set_data (G_OBJECT (job), "wattle-linger",
                     GUINT_TO_POINTER (g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, JOB_LINGERS, on_job_lingered,
                                                                   lingering, g_free)));
}

static void
add_job (WattleRegistry *self, WattleJob *job)
{
  if (g_ptr_array_find (self->jobs, job, NULL))
    return;
  g_ptr_array_add (self->jobs, g_object_ref (job));
  g_signal_connect_object (job, "notify::state", G_CALLBACK (on_job_state), self, 0);
  if (WATTLE_IS_WIPE_JOB (job))
    g_signal_connect_object (job, "stranger", G_CALLBACK (wattle_registry_route_peer), self, G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[SIGNAL_JOB_ADDED], 0, job);
  on_job_state (job, NULL, self); /* it may be over already */
  wattle_registry_update_activity (self);
}

/* --- devices --- */

static void
on_advert_key (WattleRegistry *self)
{
  if (self->running && !wattle_advert_keys_is_handing_out (self->advert_keys))
    wattle_registry_route_all (self);
}

static void
on_device_job (WattleRegistry *self, WattleJob *job)
{
  add_job (self, job);
}

static void
on_device_gone (WattleRegistry *self, WattleDevice *device)
{
  g_autoptr (WattleDevice) ref = g_object_ref (device);

  wattle_device_stop (device);
  g_signal_handlers_disconnect_by_data (device, self);
  g_ptr_array_remove (self->devices, device);
  g_signal_emit (self, signals[SIGNAL_DEVICE_REMOVED], 0, device);
  wattle_registry_update_activity (self);
  wattle_registry_route_all (self);
}

static void
on_gone (WattleDevice *device, WattleRegistry *self)
{
  on_device_gone (self, device);
}

static void
on_device_state (WattleRegistry *self, GParamSpec *pspec, WattleDevice *device)
{
  if (self->running && wattle_device_is_connected (device))
    wattle_passport_watch_look_soon (self->passport_watch);
}

static void
add_device (WattleRegistry *self, WattleDevice *device)
{
  g_ptr_array_add (self->devices, g_object_ref (device));
  wattle_session_set_asleep (wattle_device_get_session (device), self->wakefulness != WATTLE_AWAKE);
  g_signal_connect_object (device, "notify::state", G_CALLBACK (wattle_registry_update_activity), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (device, "advert-key", G_CALLBACK (on_advert_key), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (device, "job-started", G_CALLBACK (on_device_job), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (device, "gone", G_CALLBACK (on_gone), self, 0);
  g_signal_connect_object (device, "notify::state", G_CALLBACK (on_device_state), self, G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[SIGNAL_DEVICE_ADDED], 0, device);
}

static WattleDevice *
load_device (WattleRegistry *self, WattleDeviceRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup (record->name);
  g_autoptr (WattleDevice) device = wattle_device_new (self->services, record, &error);

  if (device == NULL) {
    g_ptr_array_add (self->load_errors, g_error_new (WATTLE_ERROR, error->code, "%s: %s", name, error->message));
    return NULL;
  }
  add_device (self, device);
  return device;
}

/* Another passport is in force in the store: makes the object anew, which connects again. */
static void
reload_device (WattleRegistry *self, WattleDevice *device)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autofree char *id = g_strdup (wattle_device_get_id (device));
  WattleDeviceRecord *record = wattle_devices_get (database, id, NULL);

  if (record == NULL)
    return; /* at the next start */
  on_device_gone (self, device);
  device = load_device (self, record);
  if (device != NULL)
    wattle_device_start (device);
  wattle_registry_update_activity (self);
  wattle_registry_route_all (self);
}

/* --- set-ups --- */

/* The device is ours now. */
static void
on_committed (WattleSetupJob *job, WattleRegistry *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;
  WattleDeviceRecord *record = wattle_devices_get (database, wattle_setup_job_get_device_id (job), &error);
  WattleDevice *device = record == NULL ? NULL : load_device (self, record);
  g_autoptr (WattlePeer) peer = NULL;

  if (device == NULL) {
    wattle_job_end (WATTLE_JOB (job), error);
    return;
  }
  wattle_device_start (device);
  peer = wattle_setup_job_get_peer (job) == NULL ? NULL : g_object_ref (wattle_setup_job_get_peer (job));
  /* The open conversation before anything that tells where the device is, so
   * that no second one is made. */
  wattle_setup_job_attach_device (job, device);
  if (wattle_setup_job_get_advert_key (job) != NULL)
    wattle_device_take_advert_key (device, wattle_setup_job_get_advert_key (job), NULL);
  if (peer != NULL && wattle_peer_is_present (peer))
    wattle_device_set_peer (device, peer);
  wattle_registry_update_activity (self);
}

static void
add_setup_job (WattleRegistry *self, WattleJob *job)
{
  g_signal_connect_object (job, "committed", G_CALLBACK (on_committed), self, 0);
  g_signal_connect_object (job, "keys-loaded", G_CALLBACK (wattle_registry_route_all), self, G_CONNECT_SWAPPED);
  add_job (self, job);
}

/* The code has just opened this unit: a set-up of it that was interrupted never
 * took place. */
static void
end_interrupted_setups (WattleRegistry *self, WattleCandidate *candidate)
{
  const char *unit_id = wattle_candidate_get_unit_id (candidate);

  for (guint i = 0; i < self->jobs->len; i++) {
    WattleJob *job = g_ptr_array_index (self->jobs, i);

    if (WATTLE_IS_SETUP_JOB (job) && unit_id[0] != '\0')
      wattle_setup_job_unit_is_unowned (WATTLE_SETUP_JOB (job), unit_id);
  }
}

void
wattle_registry_take_candidate_job (WattleRegistry *self, WattleJob *job, WattleCandidate *candidate)
{
  end_interrupted_setups (self, candidate);
  add_setup_job (self, job);
}

static void
on_peer_seen (WattleRegistry *self, WattlePeer *peer)
{
  if (self->running)
    wattle_registry_route_peer (self, peer);
}

static void
on_problem (WattleRegistry *self)
{
  g_signal_emit (self, signals[SIGNAL_PROBLEMS], 0);
}

/* --- object --- */

static void
wattle_registry_dispose (GObject *object)
{
  wattle_registry_stop (WATTLE_REGISTRY (object));
  G_OBJECT_CLASS (wattle_registry_parent_class)->dispose (object);
}

static void
wattle_registry_finalize (GObject *object)
{
  WattleRegistry *self = WATTLE_REGISTRY (object);

  g_clear_pointer (&self->advert_keys, wattle_advert_keys_free);
  g_clear_pointer (&self->passport_watch, wattle_passport_watch_free);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->candidates);
  g_ptr_array_unref (self->devices);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->interrupted);
  g_ptr_array_unref (self->load_errors);
  g_clear_object (&self->services);
  G_OBJECT_CLASS (wattle_registry_parent_class)->finalize (object);
}

static guint
new_signal (WattleRegistryClass *klass, const char *name, GType type)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, type);
}

static void
wattle_registry_class_init (WattleRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_registry_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_registry_finalize;
  signals[SIGNAL_CANDIDATE_ADDED] = new_signal (klass, "candidate-added", WATTLE_TYPE_CANDIDATE);
  signals[SIGNAL_CANDIDATE_REMOVED] = new_signal (klass, "candidate-removed", WATTLE_TYPE_CANDIDATE);
  signals[SIGNAL_DEVICE_ADDED] = new_signal (klass, "device-added", WATTLE_TYPE_DEVICE);
  signals[SIGNAL_DEVICE_REMOVED] = new_signal (klass, "device-removed", WATTLE_TYPE_DEVICE);
  signals[SIGNAL_JOB_ADDED] = new_signal (klass, "job-added", WATTLE_TYPE_JOB);
  signals[SIGNAL_JOB_REMOVED] = new_signal (klass, "job-removed", WATTLE_TYPE_JOB);
  signals[SIGNAL_PROBLEMS] = g_signal_new ("problems-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_registry_init (WattleRegistry *self)
{
  self->sources = g_ptr_array_new_with_free_func (g_object_unref);
  self->candidates = g_ptr_array_new_with_free_func (g_object_unref);
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->interrupted = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_device_record_free);
  self->load_errors = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
}

WattleRegistry *
wattle_registry_new (WattleServices *services)
{
  WattleRegistry *self = g_object_new (WATTLE_TYPE_REGISTRY, NULL);
  WattleDatabase *database = wattle_services_get_database (services, NULL);

  self->services = g_object_ref (services);
  if (database != NULL)
    g_signal_connect_object (database, "disk-changed", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
  self->passport_watch = wattle_passport_watch_new (
      services, self->devices, self->jobs, (WattlePassportWatchFunc)reload_device, (GDestroyNotify)on_problem, self);
  self->advert_keys = wattle_advert_keys_new (wattle_services_get_keyring (services), self->devices,
                                              (WattleAdvertKeysFunc)on_advert_key, self);
  g_signal_connect_object (wattle_services_get_keyring (services), "notify::state", G_CALLBACK (on_problem), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
wattle_registry_add_source (WattleRegistry *self, WattleLinkSource *source)
{
  g_ptr_array_add (self->sources, g_object_ref (source));
  g_signal_connect_object (source, "peer-appeared", G_CALLBACK (on_peer_seen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "peer-changed", G_CALLBACK (on_peer_seen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "peer-vanished", G_CALLBACK (wattle_registry_lose_peer), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "problem-changed", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
}

/* --- start and stop --- */

static void
load_devices (WattleRegistry *self, WattleDatabase *database)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = wattle_devices_list (database, &error);

  if (records == NULL) {
    g_ptr_array_add (self->load_errors, g_steal_pointer (&error));
    return;
  }
  for (guint i = 0; i < records->len; i++) {
    WattleDeviceRecord *record = wattle_device_record_copy (g_ptr_array_index (records, i));

    if (record->stage == WATTLE_STAGE_SETTING_UP)
      g_ptr_array_add (self->interrupted, record);
    else
      load_device (self, record);
  }
}

void
wattle_registry_load (WattleRegistry *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);

  if (database != NULL && !self->loaded)
    load_devices (self, database);
  self->loaded = TRUE;
}

static void
resume_setups (WattleRegistry *self)
{
  for (guint i = 0; i < self->interrupted->len; i++) {
    WattleDeviceRecord *record = g_steal_pointer (&g_ptr_array_index (self->interrupted, i));
    g_autoptr (WattleJob) job = wattle_setup_job_new_resumed (self->services, record);

    add_setup_job (self, job);
  }
  g_ptr_array_set_size (self->interrupted, 0);
}

static void
resume_wipe (WattleRegistry *self, const WattleWipeRecord *record)
{
  WattleDevice *device = wattle_registry_find_device (self, record->device);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJob) job = wattle_wipe_job_new_resumed (self->services, record, device, &error);

  if (job == NULL) {
    g_ptr_array_add (self->load_errors, g_steal_pointer (&error));
    return;
  }
  if (device != NULL)
    wattle_device_set_wipe_job (device, job);
  add_job (self, job);
  wattle_wipe_job_start (WATTLE_WIPE_JOB (job));
}

static void
resume_wipes (WattleRegistry *self, WattleDatabase *database)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = wattle_wipes_list (database, &error);

  if (records == NULL)
    g_ptr_array_add (self->load_errors, g_steal_pointer (&error));
  for (guint i = 0; records != NULL && i < records->len; i++)
    resume_wipe (self, g_ptr_array_index (records, i));
}

void
wattle_registry_start (WattleRegistry *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GPtrArray) devices = NULL;

  if (self->running)
    return;
  wattle_registry_load (self);
  self->running = TRUE;
  resume_setups (self);
  if (database != NULL)
    resume_wipes (self, database);
  wattle_passport_watch_look (self->passport_watch);
  devices = wattle_registry_list_devices (self);
  if (devices->len > 0) /* they cannot be reached without */
    wattle_keyring_expect (wattle_services_get_keyring (self->services));
  for (guint i = 0; i < devices->len; i++)
    wattle_device_start (g_ptr_array_index (devices, i));
  wattle_registry_update_activity (self);
  /* What was seen while the list of jobs was not whole yet. */
  wattle_registry_route_all (self);
  on_problem (self);
}

void
wattle_registry_stop (WattleRegistry *self)
{
  if (!self->running)
    return;
  self->running = FALSE;
  wattle_passport_watch_stop (self->passport_watch);
  for (guint i = 0; i < self->jobs->len; i++) {
    WattleJob *job = g_ptr_array_index (self->jobs, i);

    forget_linger (job);
    if (WATTLE_IS_WIPE_JOB (job))
      wattle_wipe_job_stop (WATTLE_WIPE_JOB (job));
    else
      g_cancellable_cancel (wattle_job_get_gcancellable (job));
  }
  for (guint i = 0; i < self->candidates->len; i++) {
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->candidates, i), self);
    wattle_candidate_stop (g_ptr_array_index (self->candidates, i));
  }
  for (guint i = 0; i < self->devices->len; i++)
    wattle_device_stop (g_ptr_array_index (self->devices, i));
  for (guint i = 0; i < self->sources->len; i++)
    wattle_link_source_set_activity (g_ptr_array_index (self->sources, i), WATTLE_ACTIVITY_OFF);
}

void
wattle_registry_set_wakefulness (WattleRegistry *self, WattleWakefulness wakefulness)
{
  gboolean awake = wakefulness == WATTLE_AWAKE;

  if (self->wakefulness == wakefulness)
    return;
  self->wakefulness = wakefulness;
  for (guint i = 0; i < self->devices->len; i++)
    wattle_session_set_asleep (wattle_device_get_session (g_ptr_array_index (self->devices, i)), !awake);
  /* One that takes ownership just now goes on: it survives a cut. */
  for (guint i = self->candidates->len; !awake && i-- > 0;)
    if (i < self->candidates->len)
      wattle_candidate_close (g_ptr_array_index (self->candidates, i), NULL);
  wattle_registry_update_activity (self);
}

gboolean
wattle_registry_is_quiet (WattleRegistry *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (wattle_link_source_is_busy (g_ptr_array_index (self->sources, i)))
      return FALSE;
  return TRUE;
}

/* --- what a client sees --- */

void
wattle_registry_set_discovering (WattleRegistry *self, gboolean discovering)
{
  if (self->discovering == discovering)
    return;
  self->discovering = discovering;
  wattle_registry_update_activity (self);
  if (discovering)
    wattle_registry_route_all (self);
  else
    wattle_registry_prune_candidates (self);
}

gboolean
wattle_registry_get_discovering (WattleRegistry *self)
{
  return self->discovering;
}

static void
add_problem (GVariantBuilder *builder, const GError *error)
{
  g_variant_builder_add (
      builder, "(ss)",
      wattle_error_name (error->domain == WATTLE_ERROR ? (WattleError)error->code : WATTLE_ERROR_FAILED),
      error->message);
}

GVariant *
wattle_registry_get_problems (WattleRegistry *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  WattleKeyring *keyring = wattle_services_get_keyring (self->services);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  const GError *error
      = database != NULL ? wattle_database_get_refusal (database) : wattle_services_get_database_error (self->services);

  if (error != NULL)
    add_problem (&builder, error);
  if (wattle_keyring_get_advice (keyring) != NULL)
    g_variant_builder_add (&builder, "(ss)",
                           wattle_error_name (wattle_keyring_get_state (keyring) == WATTLE_KEYRING_LOCKED
                                                  ? WATTLE_ERROR_KEYRING_LOCKED
                                                  : WATTLE_ERROR_KEYRING_MISSING),
                           wattle_keyring_get_advice (keyring));
  for (guint i = 0; i < self->load_errors->len; i++)
    add_problem (&builder, g_ptr_array_index (self->load_errors, i));
  for (guint i = 0; i < wattle_passport_watch_get_problems (self->passport_watch)->len; i++)
    add_problem (&builder, g_ptr_array_index (wattle_passport_watch_get_problems (self->passport_watch), i));
  for (guint i = 0; i < self->sources->len; i++) {
    error = wattle_link_source_get_problem (g_ptr_array_index (self->sources, i));
    if (error != NULL)
      add_problem (&builder, error);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GPtrArray *
copy_list (GPtrArray *list)
{
  GPtrArray *copy = g_ptr_array_sized_new (list->len);

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (copy, g_ptr_array_index (list, i));
  return copy;
}

GPtrArray *
wattle_registry_list_candidates (WattleRegistry *self)
{
  return copy_list (self->candidates);
}

GPtrArray *
wattle_registry_list_devices (WattleRegistry *self)
{
  return copy_list (self->devices);
}

GPtrArray *
wattle_registry_list_jobs (WattleRegistry *self)
{
  return copy_list (self->jobs);
}

WattleCandidate *
wattle_registry_find_candidate (WattleRegistry *self, const char *id)
{
  for (guint i = 0; i < self->candidates->len; i++)
    if (strcmp (wattle_candidate_get_id (g_ptr_array_index (self->candidates, i)), id) == 0)
      return g_ptr_array_index (self->candidates, i);
  return NULL;
}

WattleDevice *
wattle_registry_find_device (WattleRegistry *self, const char *id)
{
  for (guint i = 0; i < self->devices->len; i++)
    if (strcmp (wattle_device_get_id (g_ptr_array_index (self->devices, i)), id) == 0)
      return g_ptr_array_index (self->devices, i);
  return NULL;
}

WattleJob *
wattle_registry_find_job (WattleRegistry *self, guint number)
{
  for (guint i = 0; i < self->jobs->len; i++)
    if (wattle_job_get_number (g_ptr_array_index (self->jobs, i)) == number)
      return g_ptr_array_index (self->jobs, i);
  return NULL;
}

gboolean
wattle_registry_is_idle (WattleRegistry *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    if (!wattle_job_is_over (g_ptr_array_index (self->jobs, i)))
      return FALSE;
  return !self->discovering && self->devices->len == 0 && self->candidates->len == 0;
}
