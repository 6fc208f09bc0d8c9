/* SPDX-License-Identifier: Apache-2.0 */
/* Wattle's service as the app sees it. */
#include "gui-gtk/service/service.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "client/text.h"
#include "common/error.h"
#include "gui-gtk/service/object-model.h"

#define BUS_NAME "org.wattle.Companion"
#define ROOT_PATH "/org/wattle/Companion"
#define UNIT_NAME "wattled.service" /* data/systemd */

/* The oldest service with all that the screens call. */
#define OLDEST_MAJOR 0
#define OLDEST_MINOR 1

struct _WattleService {
  GObject parent_instance;
  GCancellable *cancellable;
  GDBusObjectManager *objects; /* NULL until it has been reached once */
  WattleBusManager *manager;   /* likewise */
  WattleServiceState state;
  WattleObjectModel *devices;
  WattleObjectModel *candidates;
  WattleObjectModel *jobs;
  guint discovery_holds;
};

G_DEFINE_FINAL_TYPE (WattleService, wattle_service, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_PROBLEMS, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
set_state (WattleService *self, WattleServiceState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static gboolean
is_old (const char *version)
{
  int major = 0, minor = 0;

  if (version == NULL || sscanf (version, "%d.%d", &major, &minor) != 2)
    return TRUE;
  return major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR);
}

/* Interest in new devices is forgotten with the service that was asked. */
static void
ask_for_discovery (WattleService *self)
{
  if (self->state != WATTLE_SERVICE_READY)
    return;
  if (self->discovery_holds > 0)
    wattle_bus_manager_call_start_discovery (self->manager, self->cancellable, NULL, NULL);
  else
    wattle_bus_manager_call_stop_discovery (self->manager, self->cancellable, NULL, NULL);
}

static void
on_owner_changed (WattleService *self)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->manager));

  if (owner == NULL) {
    set_state (self, WATTLE_SERVICE_GONE);
  } else if (is_old (wattle_bus_manager_get_version (self->manager))) {
    set_state (self, WATTLE_SERVICE_OLD);
  } else {
    set_state (self, WATTLE_SERVICE_READY);
    if (self->discovery_holds > 0)
      ask_for_discovery (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEMS]);
}

static void
on_problems (WattleService *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEMS]);
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleBusManager) manager = wattle_bus_manager_proxy_new_for_bus_finish (result, &error);

  if (manager == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      set_state (self, WATTLE_SERVICE_GONE);
    return;
  }
  g_set_object (&self->manager, manager);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (manager), G_MAXINT);
  wattle_object_model_set_manager (self->devices, self->objects);
  wattle_object_model_set_manager (self->candidates, self->objects);
  wattle_object_model_set_manager (self->jobs, self->objects);
  g_signal_connect_object (manager, "notify::g-name-owner", G_CALLBACK (on_owner_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::version", G_CALLBACK (on_owner_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::problems", G_CALLBACK (on_problems), self, G_CONNECT_SWAPPED);
  on_owner_changed (self);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusObjectManager) objects = wattle_bus_object_manager_client_new_for_bus_finish (result, &error);

  if (objects == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      set_state (self, WATTLE_SERVICE_GONE);
    return;
  }
  g_set_object (&self->objects, objects);
  wattle_bus_manager_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, BUS_NAME, ROOT_PATH,
                                        self->cancellable, on_manager, g_object_ref (self));
}

static void
connect_service (WattleService *self)
{
  wattle_bus_object_manager_client_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE, BUS_NAME,
                                                ROOT_PATH, self->cancellable, on_objects, g_object_ref (self));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleService) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  /* Where it has started, its name's owner has told the rest. */
  if (reply == NULL && self->state == WATTLE_SERVICE_CONNECTING)
    set_state (self, WATTLE_SERVICE_GONE);
}

void
wattle_service_retry (WattleService *self)
{
  if (self->state != WATTLE_SERVICE_GONE)
    return;
  set_state (self, WATTLE_SERVICE_CONNECTING);
  if (self->manager == NULL) {
    connect_service (self);
    return;
  }
  g_dbus_connection_call (g_dbus_proxy_get_connection (G_DBUS_PROXY (self->manager)), "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", "StartServiceByName",
                          g_variant_new ("(su)", BUS_NAME, 0), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, on_started, g_object_ref (self));
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                             _ ("The service could not be started again from here. Please log out and in again."));
}

static void
restart (GTask *task, GDBusConnection *bus)
{
  g_dbus_connection_call (bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                          "org.freedesktop.systemd1.Manager", "RestartUnit",
                          g_variant_new ("(ss)", UNIT_NAME, "replace"), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE,
                          -1, g_task_get_cancellable (task), on_restarted, task);
}

void
wattle_service_restart (WattleService *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (self->manager != NULL)
    restart (task, g_dbus_proxy_get_connection (G_DBUS_PROXY (self->manager)));
  else {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("Wattle's service is not there yet."));
    g_object_unref (task);
  }
}

gboolean
wattle_service_restart_finish (WattleService *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

WattleServiceState
wattle_service_get_state (WattleService *self)
{
  return self->state;
}

GVariant *
wattle_service_get_problems (WattleService *self)
{
  return self->manager != NULL ? wattle_bus_manager_get_problems (self->manager) : NULL;
}

gboolean
wattle_service_shares_problem (WattleService *self, WattleBusDevice *device)
{
  GVariant *problems = wattle_service_get_problems (self);
  GVariant *problem = wattle_bus_device_get_problem (device);
  const char *ours, *its;

  if (problem == NULL || problems == NULL || g_variant_n_children (problems) == 0)
    return FALSE;
  g_variant_get_child (problems, 0, "(&s&s)", &ours, NULL);
  g_variant_get_child (problem, 0, "&s", &its);
  return g_str_equal (ours, its);
}

WattleBusManager *
wattle_service_get_manager (WattleService *self)
{
  return self->manager;
}

GListModel *
wattle_service_get_devices (WattleService *self)
{
  return G_LIST_MODEL (self->devices);
}

GListModel *
wattle_service_get_candidates (WattleService *self)
{
  return G_LIST_MODEL (self->candidates);
}

GListModel *
wattle_service_get_jobs (WattleService *self)
{
  return G_LIST_MODEL (self->jobs);
}

WattleBusObject *
wattle_service_dup_object (WattleService *self, const char *path)
{
  GDBusObject *object = NULL;

  if (self->objects != NULL && path != NULL && g_variant_is_object_path (path))
    object = g_dbus_object_manager_get_object (self->objects, path);
  return object != NULL ? WATTLE_BUS_OBJECT (object) : NULL;
}

WattleBusPassport *
wattle_service_dup_passport (WattleService *self, const char *path)
{
  g_autoptr (WattleBusObject) object = wattle_service_dup_object (self, path);

  return object != NULL ? wattle_bus_object_get_passport (object) : NULL;
}

WattleBusObject *
wattle_service_dup_device (WattleService *self, const char *id)
{
  GListModel *devices = G_LIST_MODEL (self->devices);

  for (guint i = 0; i < g_list_model_get_n_items (devices); i++) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (devices, i);

    if (g_strcmp0 (wattle_bus_device_get_id (wattle_bus_object_peek_device (object)), id) == 0)
      return g_steal_pointer (&object);
  }
  return NULL;
}

void
wattle_service_hold_discovery (WattleService *self)
{
  if (self->discovery_holds++ == 0)
    ask_for_discovery (self);
}

void
wattle_service_release_discovery (WattleService *self)
{
  g_return_if_fail (self->discovery_holds > 0);
  if (--self->discovery_holds == 0)
    ask_for_discovery (self);
}

char *
wattle_service_error_sentence (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return g_strdup (_ ("Wattle's service has stopped. Nothing is lost. Please try again."));
  g_dbus_error_strip_remote_error (copy);
  return wattle_text_clean (copy->message);
}

static void
wattle_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleService *self = WATTLE_SERVICE (object);

  if (id == PROP_STATE)
    g_value_set_int (value, self->state);
  else
    g_value_set_variant (value, wattle_service_get_problems (self));
}

static void
wattle_service_dispose (GObject *object)
{
  WattleService *self = WATTLE_SERVICE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->devices);
  g_clear_object (&self->candidates);
  g_clear_object (&self->jobs);
  g_clear_object (&self->objects);
  g_clear_object (&self->manager);
  G_OBJECT_CLASS (wattle_service_parent_class)->dispose (object);
}

static void
wattle_service_class_init (WattleServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = wattle_service_dispose;
  object_class->get_property = wattle_service_get_property;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, WATTLE_SERVICE_CONNECTING, WATTLE_SERVICE_OLD,
                                        WATTLE_SERVICE_CONNECTING, flags);
  props[PROP_PROBLEMS] = g_param_spec_variant ("problems", NULL, NULL, G_VARIANT_TYPE ("a(ss)"), NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_service_init (WattleService *self)
{
  self->cancellable = g_cancellable_new ();
  self->devices = wattle_object_model_new ("org.wattle.Companion1.Device");
  self->candidates = wattle_object_model_new ("org.wattle.Companion1.Candidate");
  self->jobs = wattle_object_model_new ("org.wattle.Companion1.Job");
}

WattleService *
wattle_service_new (void)
{
  WattleService *self = g_object_new (WATTLE_TYPE_SERVICE, NULL);

  wattle_error_quark (); /* from now on errors of the service are known as such */
  connect_service (self);
  return self;
}
