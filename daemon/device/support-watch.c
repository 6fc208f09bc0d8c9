/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks, then sleeps until the earliest of all next moments.
 */
#include "daemon/device/support-watch.h"

#include "daemon/device/device-private.h"
#include "daemon/device/support.h"
#include "daemon/device/wall-timer.h"

struct _WattleSupportWatch {
  GObject parent_instance;

  WattleServices *services;
  WattleRegistry *registry;
  WattleWallTimer *timer; /* NULL before the first look */
  gboolean looking;
  gboolean again; /* something changed while looking */
};

G_DEFINE_FINAL_TYPE (WattleSupportWatch, wattle_support_watch, G_TYPE_OBJECT)

enum { SIGNAL_WARNING, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The earliest moment at which there is something to do. */
static gint64
look_at_all (WattleSupportWatch *self)
{
  g_autoptr (GPtrArray) devices = wattle_registry_list_devices (self->registry);
  gint64 now = wattle_services_now (self->services), next = 0;

  for (guint i = 0; i < devices->len; i++)
    g_object_ref (g_ptr_array_index (devices, i));
  g_ptr_array_set_free_func (devices, g_object_unref);
  for (guint i = 0; i < devices->len; i++) {
    WattleDevice *device = g_ptr_array_index (devices, i);
    const WattleSupportState *state = wattle_support_look (wattle_device_get_support (device), now);

    if (state->next != 0 && (next == 0 || state->next < next))
      next = state->next;
    if (state->due && wattle_device_get_wipe_job (device) == NULL)
      g_signal_emit (self, signals[SIGNAL_WARNING], 0, device);
  }
  return next;
}

void
wattle_support_watch_look (WattleSupportWatch *self)
{
  if (self->looking) {
    self->again = TRUE;
    return;
  }
  if (self->timer == NULL)
    self->timer = wattle_wall_timer_new ((WattleWallTimerFunc)wattle_support_watch_look, self);
  self->looking = TRUE;
  do {
    gint64 next;

    self->again = FALSE;
    next = look_at_all (self);
    if (self->timer != NULL)
      wattle_wall_timer_set (self->timer, next);
  } while (self->again);
  self->looking = FALSE;
}

/* Not before the first look: the service is starting then. */
static void
on_changed (WattleSupportWatch *self)
{
  if (self->timer != NULL)
    wattle_support_watch_look (self);
}

static void
follow (WattleSupportWatch *self, WattleDevice *device)
{
  g_signal_connect_object (wattle_device_get_support (device), "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
on_device_added (WattleSupportWatch *self, WattleDevice *device)
{
  follow (self, device);
  on_changed (self);
}

static void
wattle_support_watch_dispose (GObject *object)
{
  WattleSupportWatch *self = WATTLE_SUPPORT_WATCH (object);

  g_clear_pointer (&self->timer, wattle_wall_timer_free);
  g_clear_object (&self->registry);
  g_clear_object (&self->services);
  G_OBJECT_CLASS (wattle_support_watch_parent_class)->dispose (object);
}

static void
wattle_support_watch_class_init (WattleSupportWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_support_watch_dispose;
  signals[SIGNAL_WARNING] = g_signal_new ("warning", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, WATTLE_TYPE_DEVICE);
}

static void
wattle_support_watch_init (WattleSupportWatch *self)
{
}

WattleSupportWatch *
wattle_support_watch_new (WattleServices *services, WattleRegistry *registry)
{
  WattleSupportWatch *self = g_object_new (WATTLE_TYPE_SUPPORT_WATCH, NULL);
  g_autoptr (GPtrArray) devices = wattle_registry_list_devices (registry);

  self->services = g_object_ref (services);
  self->registry = g_object_ref (registry);
  for (guint i = 0; i < devices->len; i++)
    follow (self, g_ptr_array_index (devices, i));
  g_signal_connect_object (registry, "device-added", G_CALLBACK (on_device_added), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (registry, "device-removed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return self;
}
