/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One warning after the other: what the desktop can do is asked first, then
 * whether there is an app to open, then it is shown.  What it was about is
 * looked at anew after each wait.
 */
#include "daemon/bus/support-notifier.h"

#include <glib/gi18n.h>

#include "daemon/bus/paths.h"
#include "daemon/device/support.h"

#define NOTIFICATIONS "org.freedesktop.Notifications"
#define NOTIFICATIONS_PATH "/org/freedesktop/Notifications"
#define SNOOZE_DAYS 7

enum { URGENCY_NORMAL = 1, URGENCY_CRITICAL = 2 };

struct _WattleSupportNotifier {
  GObject parent_instance;

  GDBusConnection *connection;
  WattleServices *services;
  WattleRegistry *registry;
  WattleSupportWatch *watch;
  GCancellable *cancellable;
  GQueue waiting;           /* of WattleDevice: to be told */
  WattleDevice *device;     /* being told; NULL = none */
  WattleSupportStage stage; /* of it */
  gboolean has_actions, has_markup, has_app;
  GHashTable *shown; /* id of a notification that is open -> device id */
  char *token;       /* of the activation that follows */
  guint signals;     /* subscription while any is open */
  guint name_watch;  /* for a desktop to appear */
  gboolean missing;  /* there is none: the next to appear may take it */
};

G_DEFINE_FINAL_TYPE (WattleSupportNotifier, wattle_support_notifier, G_TYPE_OBJECT)

static void tell_next (WattleSupportNotifier *self);

static void
call (WattleSupportNotifier *self, const char *name, const char *path, const char *interface, const char *method,
      GVariant *parameters, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->connection, name, path, interface, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, callback, callback == NULL ? NULL : g_object_ref (self));
}

/* --- nobody there --- */

static void
on_desktop_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  WATTLE_SUPPORT_NOTIFIER (user_data)->missing = TRUE;
}

static void
on_desktop_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  WattleSupportNotifier *self = user_data;

  if (!self->missing)
    return; /* the one that would not take it */
  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  wattle_support_watch_look (self->watch);
}

/* All that is due comes again at a later look. */
static void
give_up_for_now (WattleSupportNotifier *self, const GError *error)
{
  g_clear_object (&self->device);
  g_queue_clear_full (&self->waiting, g_object_unref);
  if (self->name_watch != 0)
    return;
  self->missing = g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
                  || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
  self->name_watch = g_bus_watch_name_on_connection (self->connection, NOTIFICATIONS, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                     on_desktop_appeared, on_desktop_vanished, self, NULL);
}

/* --- what the person answers --- */

static guint32
find_shown (WattleSupportNotifier *self, const char *device)
{
  GHashTableIter iter;
  gpointer id, of;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &id, &of))
    if (g_str_equal (of, device))
      return GPOINTER_TO_UINT (id);
  return 0;
}

static void
forget_shown (WattleSupportNotifier *self, guint32 id)
{
  g_hash_table_remove (self->shown, GUINT_TO_POINTER (id));
  if (g_hash_table_size (self->shown) == 0 && self->signals != 0) {
    g_dbus_connection_signal_unsubscribe (self->connection, self->signals);
    self->signals = 0;
  }
}

static void
open_app (WattleSupportNotifier *self, const char *device)
{
  GVariantBuilder parameter = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  GVariantBuilder platform = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&parameter, "v", g_variant_new_string (device));
  if (self->token != NULL) {
    g_variant_builder_add (&platform, "{sv}", "activation-token", g_variant_new_string (self->token));
    g_variant_builder_add (&platform, "{sv}", "desktop-startup-id", g_variant_new_string (self->token));
  }
  call (self, WATTLE_APP_BUS_NAME, WATTLE_APP_PATH, "org.freedesktop.Application", "ActivateAction",
        g_variant_new ("(sava{sv})", "show-device", &parameter, &platform), NULL);
}

static void
snooze (WattleSupportNotifier *self, const char *id)
{
  WattleDevice *device = wattle_registry_find_device (self->registry, id);
  g_autoptr (GError) error = NULL;
  gint64 until;

  if (device != NULL
      && !wattle_support_snooze (wattle_device_get_support (device), SNOOZE_DAYS, wattle_services_now (self->services),
                                 &until, &error))
    g_warning ("%s", error->message);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
           GVariant *parameters, gpointer user_data)
{
  WattleSupportNotifier *self = user_data;
  g_autofree char *device = NULL;
  const char *text = "";
  guint32 id;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    g_variant_get (parameters, "(u&s)", &id, &text);
  else if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)")))
    g_variant_get (parameters, "(uu)", &id, NULL);
  else
    return;
  device = g_strdup (g_hash_table_lookup (self->shown, GUINT_TO_POINTER (id)));
  if (device == NULL)
    return;
  if (g_str_equal (signal, "ActivationToken")) {
    g_free (self->token);
    self->token = g_strdup (text);
  } else if (g_str_equal (signal, "NotificationClosed")) {
    forget_shown (self, id);
  } else if (g_str_equal (signal, "ActionInvoked") && g_str_equal (text, "snooze")) {
    snooze (self, device);
  } else if (g_str_equal (signal, "ActionInvoked")) {
    open_app (self, device);
    g_clear_pointer (&self->token, g_free);
  }
}

static void
close_shown (WattleSupportNotifier *self, guint32 id)
{
  call (self, NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "CloseNotification", g_variant_new ("(u)", id), NULL);
}

static void
on_device_removed (WattleSupportNotifier *self, WattleDevice *device)
{
  guint32 id = find_shown (self, wattle_device_get_id (device));

  if (id == 0)
    return;
  close_shown (self, id);
  forget_shown (self, id);
}

/* --- telling --- */

static void
remember_shown (WattleSupportNotifier *self, guint32 id, const char *device)
{
  g_hash_table_insert (self->shown, GUINT_TO_POINTER (id), g_strdup (device));
  if (self->signals == 0)
    self->signals
        = g_dbus_connection_signal_subscribe (self->connection, NOTIFICATIONS, NOTIFICATIONS, NULL, NOTIFICATIONS_PATH,
                                              NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
}

static void
on_notified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSupportNotifier) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (WattleDevice) device = g_steal_pointer (&self->device);
  g_autofree char *headline = NULL;
  g_autofree char *sentence = NULL;
  guint32 id = 0;

  if (device == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(u)"))) {
    give_up_for_now (self, error);
    return;
  }
  g_variant_get (reply, "(u)", &id);
  if (wattle_registry_find_device (self->registry, wattle_device_get_id (device)) != device) {
    close_shown (self, id);
    tell_next (self);
    return;
  }
  remember_shown (self, id, wattle_device_get_id (device));
  wattle_support_get_warning (wattle_device_get_support (device), wattle_device_get_name (device), &headline,
                              &sentence);
  if (!wattle_support_told (wattle_device_get_support (device), self->stage, headline,
                            wattle_services_now (self->services), &error)) {
    /* It would come again and again: rather not in this run. */
    g_warning ("%s", error->message);
    g_queue_clear_full (&self->waiting, g_object_unref);
    return;
  }
  tell_next (self);
}

static GVariant *
actions (WattleSupportNotifier *self)
{
  GVariantBuilder out = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  if (self->has_actions && self->has_app) {
    g_variant_builder_add (&out, "s", "default");
    g_variant_builder_add (&out, "s", _ ("Open"));
  }
  if (self->has_actions) {
    g_variant_builder_add (&out, "s", "snooze");
    g_variant_builder_add (&out, "s", _ ("Remind me in a week"));
  }
  return g_variant_builder_end (&out);
}

static GVariant *
hints (WattleSupportNotifier *self)
{
  GVariantBuilder out = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  guchar urgency = self->stage == WATTLE_SUPPORT_ENDED ? URGENCY_CRITICAL : URGENCY_NORMAL;

  g_variant_builder_add (&out, "{sv}", "urgency", g_variant_new_byte (urgency));
  g_variant_builder_add (&out, "{sv}", "category", g_variant_new_string ("device"));
  g_variant_builder_add (&out, "{sv}", "desktop-entry", g_variant_new_string (WATTLE_APP_BUS_NAME));
  return g_variant_builder_end (&out);
}

static void
show (WattleSupportNotifier *self)
{
  WattleSupport *support = wattle_device_get_support (self->device);
  const WattleSupportState *state = wattle_support_look (support, wattle_services_now (self->services));
  guint32 replaced = find_shown (self, wattle_device_get_id (self->device));
  g_autofree char *headline = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *body = NULL;

  if (!state->due || wattle_device_get_wipe_job (self->device) != NULL) {
    g_clear_object (&self->device);
    tell_next (self);
    return;
  }
  self->stage = state->stage;
  wattle_support_get_warning (support, wattle_device_get_name (self->device), &headline, &sentence);
  body = self->has_markup ? g_markup_escape_text (sentence, -1) : g_strdup (sentence);
  /* No time at which it goes away by itself. */
  call (self, NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "Notify",
        g_variant_new ("(susss@as@a{sv}i)", "Wattle", replaced, WATTLE_APP_BUS_NAME, headline, body, actions (self),
                       hints (self), 0),
        on_notified);
}

static void
on_activatable (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSupportNotifier) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autofree const char **names = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(as)")))
    g_variant_get (reply, "(^a&s)", &names);
  self->has_app = names != NULL && g_strv_contains (names, WATTLE_APP_BUS_NAME);
  show (self);
}

static void
on_capabilities (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleSupportNotifier) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **capabilities = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(as)"))) {
    give_up_for_now (self, error);
    return;
  }
  g_variant_get (reply, "(^a&s)", &capabilities);
  self->has_actions = g_strv_contains (capabilities, "actions");
  self->has_markup = g_strv_contains (capabilities, "body-markup");
  call (self, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListActivatableNames", NULL,
        on_activatable);
}

static void
tell_next (WattleSupportNotifier *self)
{
  if (self->device != NULL)
    return;
  self->device = g_queue_pop_head (&self->waiting);
  if (self->device != NULL)
    call (self, NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "GetCapabilities", NULL, on_capabilities);
}

static void
on_warning (WattleSupportNotifier *self, WattleDevice *device)
{
  if (device == self->device || g_queue_find (&self->waiting, device) != NULL || self->name_watch != 0)
    return;
  g_queue_push_tail (&self->waiting, g_object_ref (device));
  tell_next (self);
}

/* --- object --- */

static void
wattle_support_notifier_dispose (GObject *object)
{
  WattleSupportNotifier *self = WATTLE_SUPPORT_NOTIFIER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  if (self->signals != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signals);
  self->signals = 0;
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_object (&self->device);
  g_clear_object (&self->watch);
  g_clear_object (&self->registry);
  g_clear_object (&self->services);
  G_OBJECT_CLASS (wattle_support_notifier_parent_class)->dispose (object);
}

static void
wattle_support_notifier_finalize (GObject *object)
{
  WattleSupportNotifier *self = WATTLE_SUPPORT_NOTIFIER (object);

  g_hash_table_unref (self->shown);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self->token);
  G_OBJECT_CLASS (wattle_support_notifier_parent_class)->finalize (object);
}

static void
wattle_support_notifier_class_init (WattleSupportNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_support_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_support_notifier_finalize;
}

static void
wattle_support_notifier_init (WattleSupportNotifier *self)
{
  self->cancellable = g_cancellable_new ();
  self->shown = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_queue_init (&self->waiting);
}

WattleSupportNotifier *
wattle_support_notifier_new (GDBusConnection *connection, WattleServices *services, WattleRegistry *registry)
{
  WattleSupportNotifier *self = g_object_new (WATTLE_TYPE_SUPPORT_NOTIFIER, NULL);

  self->connection = g_object_ref (connection);
  self->services = g_object_ref (services);
  self->registry = g_object_ref (registry);
  self->watch = wattle_support_watch_new (services, registry);
  g_signal_connect_object (self->watch, "warning", G_CALLBACK (on_warning), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (registry, "device-removed", G_CALLBACK (on_device_removed), self, G_CONNECT_SWAPPED);
  wattle_support_watch_look (self->watch);
  return self;
}
