/* SPDX-License-Identifier: Apache-2.0 */
/* Objects come and go with the registry's signals. */
#include "daemon/bus/bus.h"

#include "daemon/bus/candidate-adaptor.h"
#include "daemon/bus/consent-adaptor.h"
#include "daemon/bus/device-adaptor.h"
#include "daemon/bus/job-adaptor.h"
#include "daemon/bus/manager-adaptor.h"
#include "daemon/bus/passport-adaptor.h"
#include "daemon/bus/paths.h"
#include "daemon/bus/update-adaptor.h"
#include "daemon/bus/wipe-adaptor.h"

struct _WattleBus {
  GObject parent_instance;
  WattleRegistry *registry;
  WattleGuard *guard;
  WattleManagerAdaptor *manager;
  GDBusObjectManagerServer *objects;
  GHashTable *passports; /* path -> number of objects that point to it */
};

G_DEFINE_TYPE (WattleBus, wattle_bus, G_TYPE_OBJECT)

/* Exports one object with @adaptors, each taken, NULL at the end. */
static void export(WattleBus *self, const char *path, GDBusInterfaceSkeleton **adaptors)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  for (; *adaptors != NULL; adaptors++) {
    g_dbus_object_skeleton_add_interface (object, *adaptors);
    g_object_unref (*adaptors);
  }
  g_dbus_object_manager_server_export (self->objects, object);
}

static void
hold_passport (WattleBus *self, WattlePassport *passport)
{
  g_autofree char *path = NULL;
  guint holds;

  if (passport == NULL)
    return;
  path = g_strdup_printf (WATTLE_PATH_PASSPORT, wattle_passport_get_sha256 (passport));
  holds = GPOINTER_TO_UINT (g_hash_table_lookup (self->passports, path));
  if (holds == 0)
    export(self, path,
           (GDBusInterfaceSkeleton *[]){
               G_DBUS_INTERFACE_SKELETON (wattle_passport_adaptor_new (self->guard, passport)), NULL });
  g_hash_table_insert (self->passports, g_steal_pointer (&path), GUINT_TO_POINTER (holds + 1));
}

static void
release_passport (WattleBus *self, WattlePassport *passport)
{
  g_autofree char *path = NULL;
  guint holds;

  if (passport == NULL)
    return;
  path = g_strdup_printf (WATTLE_PATH_PASSPORT, wattle_passport_get_sha256 (passport));
  holds = GPOINTER_TO_UINT (g_hash_table_lookup (self->passports, path));
  g_return_if_fail (holds > 0);
  if (holds > 1) {
    g_hash_table_insert (self->passports, g_steal_pointer (&path), GUINT_TO_POINTER (holds - 1));
    return;
  }
  g_hash_table_remove (self->passports, path);
  g_dbus_object_manager_server_unexport (self->objects, path);
}

/* A candidate's passport appears when it is opened, so before its path shows
 * in the candidate's properties. */
#define HELD_PASSPORT "wattle-held-passport"

static void
on_candidate_passport (WattleCandidate *candidate, GParamSpec *pspec, WattleBus *self)
{
  WattlePassport *held = g_object_get_data (G_OBJECT (candidate), HELD_PASSPORT);
  WattlePassport *passport = wattle_candidate_get_passport (candidate);

  if (held == passport)
    return;
  hold_passport (self, passport);
  release_passport (self, held);
  g_object_set_data_full (G_OBJECT (candidate), HELD_PASSPORT, passport != NULL ? g_object_ref (passport) : NULL,
                          g_object_unref);
}

static void
on_candidate_added (WattleRegistry *registry, WattleCandidate *candidate, WattleBus *self)
{
  g_autofree char *path = g_strdup_printf (WATTLE_PATH_CANDIDATE, wattle_candidate_get_id (candidate));

  g_signal_connect (candidate, "notify::passport", G_CALLBACK (on_candidate_passport), self);
  on_candidate_passport (candidate, NULL, self);
  export(self, path,
         (GDBusInterfaceSkeleton *[]){
             G_DBUS_INTERFACE_SKELETON (wattle_candidate_adaptor_new (self->guard, candidate)), NULL });
}

static void
on_candidate_removed (WattleRegistry *registry, WattleCandidate *candidate, WattleBus *self)
{
  g_autofree char *path = g_strdup_printf (WATTLE_PATH_CANDIDATE, wattle_candidate_get_id (candidate));

  g_signal_handlers_disconnect_by_data (candidate, self);
  g_dbus_object_manager_server_unexport (self->objects, path);
  release_passport (self, g_object_get_data (G_OBJECT (candidate), HELD_PASSPORT));
  g_object_set_data (G_OBJECT (candidate), HELD_PASSPORT, NULL);
}

static void
on_device_added (WattleRegistry *registry, WattleDevice *device, WattleBus *self)
{
  g_autofree char *path = g_strdup_printf (WATTLE_PATH_DEVICE, wattle_device_get_id (device));

  hold_passport (self, wattle_device_get_passport (device));
  export(self, path,
         (GDBusInterfaceSkeleton *[]){ G_DBUS_INTERFACE_SKELETON (wattle_device_adaptor_new (self->guard, device)),
                                       G_DBUS_INTERFACE_SKELETON (wattle_consent_adaptor_new (self->guard, device)),
                                       G_DBUS_INTERFACE_SKELETON (wattle_update_adaptor_new (self->guard, device)),
                                       G_DBUS_INTERFACE_SKELETON (wattle_wipe_adaptor_new (self->guard, device)),
                                       NULL });
}

static void
on_device_removed (WattleRegistry *registry, WattleDevice *device, WattleBus *self)
{
  g_autofree char *path = g_strdup_printf (WATTLE_PATH_DEVICE, wattle_device_get_id (device));

  g_dbus_object_manager_server_unexport (self->objects, path);
  release_passport (self, wattle_device_get_passport (device));
}

static void
on_job_added (WattleRegistry *registry, WattleJob *job, WattleBus *self)
{
  g_autofree char *path = g_strdup_printf (WATTLE_PATH_JOB, wattle_job_get_number (job));

  export(self, path,
         (GDBusInterfaceSkeleton *[]){ G_DBUS_INTERFACE_SKELETON (wattle_job_adaptor_new (self->guard, job)), NULL });
}

static void
on_job_removed (WattleRegistry *registry, WattleJob *job, WattleBus *self)
{
  g_autofree char *path = g_strdup_printf (WATTLE_PATH_JOB, wattle_job_get_number (job));

  g_dbus_object_manager_server_unexport (self->objects, path);
}

static const struct {
  const char *added;
  const char *removed;
  GPtrArray *(*list) (WattleRegistry *registry);
  GCallback on_added;
  GCallback on_removed;
} kinds[] = {
  { "candidate-added", "candidate-removed", wattle_registry_list_candidates, G_CALLBACK (on_candidate_added),
    G_CALLBACK (on_candidate_removed) },
  { "device-added", "device-removed", wattle_registry_list_devices, G_CALLBACK (on_device_added),
    G_CALLBACK (on_device_removed) },
  { "job-added", "job-removed", wattle_registry_list_jobs, G_CALLBACK (on_job_added), G_CALLBACK (on_job_removed) },
};

static void
follow_registry (WattleBus *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GPtrArray) objects = kinds[i].list (self->registry);

    g_signal_connect (self->registry, kinds[i].added, kinds[i].on_added, self);
    g_signal_connect (self->registry, kinds[i].removed, kinds[i].on_removed, self);
    for (guint o = 0; o < objects->len; o++)
      ((void (*) (WattleRegistry *, gpointer, WattleBus *))kinds[i].on_added) (self->registry,
                                                                               g_ptr_array_index (objects, o), self);
  }
}

static void
wattle_bus_dispose (GObject *object)
{
  WattleBus *self = WATTLE_BUS (object);

  if (self->registry != NULL) {
    g_autoptr (GPtrArray) candidates = wattle_registry_list_candidates (self->registry);

    g_signal_handlers_disconnect_by_data (self->registry, self);
    for (guint i = 0; i < candidates->len; i++)
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (candidates, i), self);
  }
  if (self->objects != NULL)
    g_dbus_object_manager_server_set_connection (self->objects, NULL);
  if (self->manager != NULL
      && g_dbus_interface_skeleton_get_object_path (G_DBUS_INTERFACE_SKELETON (self->manager)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->manager));
  g_clear_object (&self->objects);
  g_clear_object (&self->manager);
  g_clear_object (&self->guard);
  g_clear_object (&self->registry);
  g_clear_pointer (&self->passports, g_hash_table_unref);
  G_OBJECT_CLASS (wattle_bus_parent_class)->dispose (object);
}

static void
wattle_bus_class_init (WattleBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_bus_dispose;
}

static void
wattle_bus_init (WattleBus *self)
{
  self->passports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

WattleBus *
wattle_bus_new (GDBusConnection *connection, WattleServices *services, WattleRegistry *registry, GError **error)
{
  g_autoptr (WattleBus) self = g_object_new (WATTLE_TYPE_BUS, NULL);

  self->registry = g_object_ref (registry);
  self->guard = wattle_guard_new (connection, services);
  self->manager = wattle_manager_adaptor_new (self->guard, registry);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->manager), connection, WATTLE_PATH_ROOT,
                                         error))
    return NULL;
  self->objects = g_dbus_object_manager_server_new (WATTLE_PATH_ROOT);
  follow_registry (self);
  g_dbus_object_manager_server_set_connection (self->objects, connection);
  return g_steal_pointer (&self);
}
