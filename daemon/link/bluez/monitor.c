/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pattern is the service data's type and our UUID at the place where
 * pairing/gatt.h puts them.  What matches shows up as a Device1 like any other,
 * so there is nothing to do when BlueZ reports it here.
 *
 * The registration is never taken back: bluetoothd 5.66 can crash over
 * UnregisterMonitor, but not over a monitor that leaves the tree below the root.
 */
#include "daemon/link/bluez/monitor.h"

#include "pairing/gatt.h"
#include "wattle-bluez-callbacks.h"

#define ROOT_PREFIX "/org/wattle/Companion/bluez/monitor"
#define MONITOR_TYPE "or_patterns"

struct _WattleBluezMonitor {
  GObject parent_instance;

  WattleBluezAdvertisementMonitorManager1 *manager;
  GDBusObjectManagerServer *server;
  GDBusObjectSkeleton *object; /* NULL while not active */
  char *root;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (WattleBluezMonitor, wattle_bluez_monitor, G_TYPE_OBJECT)

enum { SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
on_released (WattleBluezMonitor *self, GDBusMethodInvocation *invocation, WattleBluezAdvertisementMonitor1 *skeleton)
{
  g_autoptr (WattleBluezMonitor) ref = g_object_ref (self);

  wattle_bluez_advertisement_monitor1_complete_release (skeleton, invocation);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_activated (WattleBluezMonitor *self, GDBusMethodInvocation *invocation, WattleBluezAdvertisementMonitor1 *skeleton)
{
  wattle_bluez_advertisement_monitor1_complete_activate (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_device_found (WattleBluezMonitor *self, GDBusMethodInvocation *invocation, const char *device,
                 WattleBluezAdvertisementMonitor1 *skeleton)
{
  wattle_bluez_advertisement_monitor1_complete_device_found (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_device_lost (WattleBluezMonitor *self, GDBusMethodInvocation *invocation, const char *device,
                WattleBluezAdvertisementMonitor1 *skeleton)
{
  wattle_bluez_advertisement_monitor1_complete_device_lost (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezMonitor) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_bluez_advertisement_monitor_manager1_call_register_monitor_finish (
          WATTLE_BLUEZ_ADVERTISEMENT_MONITOR_MANAGER1 (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_debug ("BlueZ does not take a monitor: %s", error->message);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0);
}

static GVariant *
patterns (void)
{
  static const guint8 uuid[] = WTL_GATT_SERVICE_UUID_BYTES;
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(yyay)"));

  g_variant_builder_add (&builder, "(yy@ay)", 0, WTL_GATT_AD_SERVICE_DATA128,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, uuid, sizeof uuid, 1));
  return g_variant_builder_end (&builder);
}

static GDBusObjectSkeleton *
new_object (WattleBluezMonitor *self)
{
  g_autofree char *path = g_strconcat (self->root, "/wattle", NULL);
  GDBusObjectSkeleton *object = g_dbus_object_skeleton_new (path);
  g_autoptr (WattleBluezAdvertisementMonitor1) skeleton = wattle_bluez_advertisement_monitor1_skeleton_new ();

  wattle_bluez_advertisement_monitor1_set_type_ (skeleton, MONITOR_TYPE);
  wattle_bluez_advertisement_monitor1_set_patterns (skeleton, patterns ());
  g_signal_connect_object (skeleton, "handle-release", G_CALLBACK (on_released), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (skeleton, "handle-activate", G_CALLBACK (on_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (skeleton, "handle-device-found", G_CALLBACK (on_device_found), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (skeleton, "handle-device-lost", G_CALLBACK (on_device_lost), self, G_CONNECT_SWAPPED);
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (skeleton));
  return object;
}

static void
wattle_bluez_monitor_finalize (GObject *object)
{
  WattleBluezMonitor *self = WATTLE_BLUEZ_MONITOR (object);

  wattle_bluez_monitor_stop (self);
  g_object_unref (self->manager);
  g_object_unref (self->cancellable);
  g_free (self->root);
  G_OBJECT_CLASS (wattle_bluez_monitor_parent_class)->finalize (object);
}

static void
wattle_bluez_monitor_class_init (WattleBluezMonitorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_bluez_monitor_finalize;
  signals[SIGNAL_FAILED]
      = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_bluez_monitor_init (WattleBluezMonitor *self)
{
  self->cancellable = g_cancellable_new ();
}

gboolean
wattle_bluez_monitor_is_supported (WattleBluezAdvertisementMonitorManager1 *manager)
{
  const char *const *types
      = manager == NULL ? NULL : wattle_bluez_advertisement_monitor_manager1_get_supported_monitor_types (manager);

  return types != NULL && g_strv_contains (types, MONITOR_TYPE);
}

WattleBluezMonitor *
wattle_bluez_monitor_new (WattleBluezAdvertisementMonitorManager1 *manager)
{
  static guint number;
  WattleBluezMonitor *self = g_object_new (WATTLE_TYPE_BLUEZ_MONITOR, NULL);

  self->manager = g_object_ref (manager);
  self->root = g_strdup_printf ("%s/%u", ROOT_PREFIX, ++number);
  self->server = g_dbus_object_manager_server_new (self->root);
  g_dbus_object_manager_server_set_connection (self->server, g_dbus_proxy_get_connection (G_DBUS_PROXY (manager)));
  wattle_bluez_monitor_set_active (self, TRUE);
  wattle_bluez_advertisement_monitor_manager1_call_register_monitor (manager, self->root, self->cancellable,
                                                                     on_registered, g_object_ref (self));
  return self;
}

void
wattle_bluez_monitor_set_active (WattleBluezMonitor *self, gboolean active)
{
  if (self->server == NULL || active == (self->object != NULL))
    return;
  if (active) {
    self->object = new_object (self);
    g_dbus_object_manager_server_export (self->server, self->object);
    return;
  }
  g_dbus_object_manager_server_unexport (self->server, g_dbus_object_get_object_path (G_DBUS_OBJECT (self->object)));
  g_clear_object (&self->object);
}

void
wattle_bluez_monitor_stop (WattleBluezMonitor *self)
{
  if (self->server == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  wattle_bluez_monitor_set_active (self, FALSE);
  g_dbus_object_manager_server_set_connection (self->server, NULL);
  g_clear_object (&self->server);
}
