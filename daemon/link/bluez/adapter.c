/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wishes and calls are apart: sync() compares what should be with what BlueZ was
 * last asked for, and there is one call at a time.
 *
 * The discovery filter names no UUID: BlueZ's would drop a device's service
 * data (pairing/gatt.h says why).
 */
#include "daemon/link/bluez/adapter.h"

#include "daemon/link/bluez/monitor.h"

#define LOOK_S 8         /* one look in the background; most devices advertise every second or oftener */
#define LOOK_WAIT_S 16   /* for it to begin: the kernel may be busy for 10 s with that of a bluetoothd before */
#define PAUSE_FIRST_S 20 /* after the first look */
#define PAUSE_LAST_S 240 /* doubled up to this: 3 % of the time */
#define AGAIN_AFTER_ERROR_S 2
#define QUIET_S 10             /* a device that is there is connected to before; then others are looked for again */
#define MONITOR_FAILURES_MAX 3 /* after so many it looks by itself */

struct _WattleBluezAdapter {
  GObject parent_instance;

  WattleBluezAdapter1 *proxy;
  WattleBluezAdvertisementMonitorManager1 *monitors;
  WattleActivity activity;
  GCancellable *cancellable;
  GError *error;

  gboolean filtered;    /* the filter is set */
  gboolean discovering; /* as we asked for */
  gboolean afresh;      /* it is to end once, and begin anew */
  gboolean busy;        /* a call is under way */
  guint again_id;

  WattleConnectQueue *queue;
  GTask *reserving; /* until the radio is free; NULL = nobody waits for it */
  gboolean quiet;   /* no discovery, for an attempt's sake */
  guint quiet_id;   /* ends that */
  guint ending;     /* connections that BlueZ is ending */
  guint listeners;

  WattleBluezMonitor *monitor;
  guint monitor_failures; /* since the power came on */

  gboolean looking; /* in the background */
  guint cycle_id;
  guint pause_s;
};

G_DEFINE_FINAL_TYPE (WattleBluezAdapter, wattle_bluez_adapter, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void sync_discovery (WattleBluezAdapter *self);

static gboolean
has_property (WattleBluezAdapter *self, const char *name)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (self->proxy), name);

  return value != NULL;
}

static void
set_error (WattleBluezAdapter *self, const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error == NULL ? NULL : g_error_copy (error);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- discovery --- */

static gboolean
wants_discovery (WattleBluezAdapter *self)
{
  return wattle_bluez_adapter_get_state (self) == WATTLE_BLUEZ_ADAPTER_READY && !self->quiet
         && (self->activity == WATTLE_ACTIVITY_INTERACTIVE || self->looking || self->listeners > 0)
         && !(self->afresh && self->discovering);
}

static gboolean
on_again (gpointer user_data)
{
  WattleBluezAdapter *self = user_data;

  self->again_id = 0;
  sync_discovery (self);
  return G_SOURCE_REMOVE;
}

/* FALSE where the adapter is not ours any more. */
static gboolean
call_ended (WattleBluezAdapter *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  self->busy = FALSE;
  if (error == NULL)
    return TRUE;
  g_debug ("%s: %s", wattle_bluez_adapter_get_path (self), error->message);
  if (self->again_id == 0)
    self->again_id = g_timeout_add_seconds (AGAIN_AFTER_ERROR_S, on_again, self);
  return TRUE;
}

static gboolean on_cycle (gpointer user_data);

/* The look in the background, or its pause, goes on for @seconds. */
static void
set_cycle (WattleBluezAdapter *self, guint seconds)
{
  g_clear_handle_id (&self->cycle_id, g_source_remove);
  self->cycle_id = g_timeout_add_seconds (seconds, on_cycle, self);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezAdapter) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_adapter1_call_start_discovery_finish (WATTLE_BLUEZ_ADAPTER1 (source), result, &error);
  if (!call_ended (self, error))
    return;
  self->discovering = error == NULL;
  if (self->discovering && self->looking)
    set_cycle (self, LOOK_S);
  if (wattle_bluez_adapter_get_state (self) == WATTLE_BLUEZ_ADAPTER_READY)
    set_error (self, error);
  if (error == NULL)
    sync_discovery (self);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezAdapter) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_adapter1_call_stop_discovery_finish (WATTLE_BLUEZ_ADAPTER1 (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->busy = FALSE;
  /* Where it fails, there was none. */
  self->discovering = FALSE;
  self->afresh = FALSE;
  sync_discovery (self);
}

static void
on_filtered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezAdapter) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_adapter1_call_set_discovery_filter_finish (WATTLE_BLUEZ_ADAPTER1 (source), result, &error);
  if (!call_ended (self, error))
    return;
  self->filtered = error == NULL;
  if (error == NULL)
    sync_discovery (self);
  else
    set_error (self, error);
}

static GVariant *
new_filter (void)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "Transport", g_variant_new_string ("le"));
  /* The same data again says that the device is still there. */
  g_variant_builder_add (&builder, "{sv}", "DuplicateData", g_variant_new_boolean (TRUE));
  return g_variant_builder_end (&builder);
}

static gboolean
is_stopped (WattleBluezAdapter *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
on_quiet_over (gpointer user_data)
{
  WattleBluezAdapter *self = user_data;

  self->quiet_id = 0;
  self->quiet = FALSE;
  sync_discovery (self);
  return G_SOURCE_REMOVE;
}

static void
tell_if_free (WattleBluezAdapter *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->reserving == NULL || (!is_stopped (self) && (self->busy || self->discovering || self->ending > 0)))
    return;
  task = g_steal_pointer (&self->reserving);
  self->quiet_id = g_timeout_add_seconds (QUIET_S, on_quiet_over, self);
  g_task_return_boolean (task, TRUE);
}

static void
sync_discovery (WattleBluezAdapter *self)
{
  gboolean wanted = wants_discovery (self);

  if (is_stopped (self) || self->busy || self->again_id != 0 || wanted == self->discovering) {
    tell_if_free (self);
    return;
  }
  self->busy = TRUE;
  if (!wanted)
    wattle_bluez_adapter1_call_stop_discovery (self->proxy, self->cancellable, on_stopped, g_object_ref (self));
  else if (!self->filtered)
    wattle_bluez_adapter1_call_set_discovery_filter (self->proxy, new_filter (), self->cancellable, on_filtered,
                                                     g_object_ref (self));
  else
    wattle_bluez_adapter1_call_start_discovery (self->proxy, self->cancellable, on_started, g_object_ref (self));
}

/* --- in the background --- */

static void start_background (WattleBluezAdapter *self);

static gboolean
on_cycle (gpointer user_data)
{
  WattleBluezAdapter *self = user_data;

  self->cycle_id = 0;
  self->looking = !self->looking;
  if (self->looking) {
    set_cycle (self, self->discovering ? LOOK_S : LOOK_WAIT_S);
  } else {
    set_cycle (self, self->pause_s);
    self->pause_s = MIN (2 * self->pause_s, PAUSE_LAST_S);
  }
  sync_discovery (self);
  return G_SOURCE_REMOVE;
}

static void
stop_background (WattleBluezAdapter *self)
{
  g_clear_handle_id (&self->cycle_id, g_source_remove);
  self->looking = FALSE;
  if (self->monitor != NULL)
    wattle_bluez_monitor_set_active (self->monitor, FALSE);
}

static void
drop_monitor (WattleBluezAdapter *self)
{
  if (self->monitor == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  wattle_bluez_monitor_stop (self->monitor);
  g_clear_object (&self->monitor);
}

static void
on_monitor_failed (WattleBluezMonitor *monitor, WattleBluezAdapter *self)
{
  self->monitor_failures++;
  drop_monitor (self);
  if (self->activity == WATTLE_ACTIVITY_BACKGROUND)
    start_background (self);
  sync_discovery (self);
}

static void
start_background (WattleBluezAdapter *self)
{
  if (self->monitor != NULL)
    wattle_bluez_monitor_set_active (self->monitor, TRUE);
  if (self->monitor != NULL || self->cycle_id != 0)
    return;
  if (self->monitor_failures < MONITOR_FAILURES_MAX && wattle_bluez_monitor_is_supported (self->monitors)) {
    self->monitor = wattle_bluez_monitor_new (self->monitors);
    g_signal_connect (self->monitor, "failed", G_CALLBACK (on_monitor_failed), self);
    return;
  }
  self->pause_s = PAUSE_FIRST_S;
  on_cycle (self);
}

/* --- for connections --- */

void
wattle_bluez_adapter_reserve_async (WattleBluezAdapter *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->reserving == NULL);

  self->reserving = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->reserving, wattle_bluez_adapter_reserve_async);
  self->quiet = TRUE;
  sync_discovery (self);
}

void
wattle_bluez_adapter_release (WattleBluezAdapter *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->reserving);

  if (task != NULL)
    g_task_return_boolean (task, TRUE);
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  self->quiet = FALSE;
  sync_discovery (self);
}

void
wattle_bluez_adapter_begin_disconnect (WattleBluezAdapter *self)
{
  self->ending++;
}

void
wattle_bluez_adapter_end_disconnect (WattleBluezAdapter *self)
{
  g_return_if_fail (self->ending > 0);
  self->ending--;
  tell_if_free (self);
}

void
wattle_bluez_adapter_begin_listening (WattleBluezAdapter *self)
{
  self->listeners++;
  self->afresh = self->discovering;
  sync_discovery (self);
}

void
wattle_bluez_adapter_end_listening (WattleBluezAdapter *self)
{
  g_return_if_fail (self->listeners > 0);
  self->listeners--;
  sync_discovery (self);
}

WattleConnectQueue *
wattle_bluez_adapter_get_queue (WattleBluezAdapter *self)
{
  return self->queue;
}

/* --- object --- */

static void
wattle_bluez_adapter_dispose (GObject *object)
{
  WattleBluezAdapter *self = WATTLE_BLUEZ_ADAPTER (object);

  wattle_bluez_adapter_stop (self, TRUE);
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  g_clear_pointer (&self->queue, wattle_connect_queue_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->proxy);
  g_clear_object (&self->monitors);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (wattle_bluez_adapter_parent_class)->dispose (object);
}

static void
wattle_bluez_adapter_class_init (WattleBluezAdapterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_bluez_adapter_dispose;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_bluez_adapter_init (WattleBluezAdapter *self)
{
  self->cancellable = g_cancellable_new ();
  self->queue = wattle_connect_queue_new ();
}

WattleBluezAdapter *
wattle_bluez_adapter_new (WattleBluezAdapter1 *proxy, WattleBluezAdvertisementMonitorManager1 *monitors)
{
  WattleBluezAdapter *self = g_object_new (WATTLE_TYPE_BLUEZ_ADAPTER, NULL);

  self->proxy = g_object_ref (proxy);
  g_set_object (&self->monitors, monitors);
  return self;
}

void
wattle_bluez_adapter_stop (WattleBluezAdapter *self, gboolean gone)
{
  if (self->cancellable == NULL || is_stopped (self))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->again_id, g_source_remove);
  stop_background (self);
  drop_monitor (self);
  if (!gone && (self->discovering || self->busy))
    wattle_bluez_adapter1_call_stop_discovery (self->proxy, NULL, NULL, NULL);
  tell_if_free (self); /* the attempt finds out by itself */
}

const char *
wattle_bluez_adapter_get_path (WattleBluezAdapter *self)
{
  return g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->proxy));
}

WattleBluezAdapterState
wattle_bluez_adapter_get_state (WattleBluezAdapter *self)
{
  const char *const *roles = wattle_bluez_adapter1_get_roles (self->proxy);

  if (wattle_bluez_adapter1_get_powered (self->proxy)) {
    /* Since BlueZ 5.55. */
    if (!has_property (self, "Roles"))
      return WATTLE_BLUEZ_ADAPTER_OLD_BLUEZ;
    return g_strv_contains (roles, "central") ? WATTLE_BLUEZ_ADAPTER_READY : WATTLE_BLUEZ_ADAPTER_NO_LE;
  }
  /* Since BlueZ 5.66; before, blocked looks like off. */
  return g_strcmp0 (wattle_bluez_adapter1_get_power_state (self->proxy), "off-blocked") == 0
             ? WATTLE_BLUEZ_ADAPTER_BLOCKED
             : WATTLE_BLUEZ_ADAPTER_OFF;
}

const GError *
wattle_bluez_adapter_get_error (WattleBluezAdapter *self)
{
  return self->error;
}

void
wattle_bluez_adapter_set_activity (WattleBluezAdapter *self, WattleActivity activity)
{
  gboolean ready = wattle_bluez_adapter_get_state (self) == WATTLE_BLUEZ_ADAPTER_READY;

  self->activity = activity;
  if (ready && activity == WATTLE_ACTIVITY_BACKGROUND)
    start_background (self);
  else
    stop_background (self);
  sync_discovery (self);
}

void
wattle_bluez_adapter_update (WattleBluezAdapter *self)
{
  if (wattle_bluez_adapter_get_state (self) != WATTLE_BLUEZ_ADAPTER_READY) {
    /* What was asked for is forgotten with the power. */
    self->discovering = FALSE;
    self->filtered = FALSE;
    self->monitor_failures = 0;
    drop_monitor (self);
    g_clear_error (&self->error);
  } else if (self->discovering && !self->busy && !wattle_bluez_adapter1_get_discovering (self->proxy)) {
    /* BlueZ ended it by itself. */
    self->discovering = FALSE;
    if (self->again_id == 0)
      self->again_id = g_timeout_add_seconds (AGAIN_AFTER_ERROR_S, on_again, self);
  }
  wattle_bluez_adapter_set_activity (self, self->activity);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
