/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Wipe. */
#include "daemon/bus/wipe-adaptor.h"

#include "daemon/bus/call.h"

struct _WattleWipeAdaptor {
  WattleBusWipeSkeleton parent_instance;
  WattleDevice *device;
};

static void wipe_iface_init (WattleBusWipeIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleWipeAdaptor, wattle_wipe_adaptor, WATTLE_BUS_TYPE_WIPE_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_WIPE, wipe_iface_init))

static gboolean
handle_get_plan (WattleBusWipe *object, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) places = NULL;
  g_auto (GStrv) remains = NULL;

  wattle_device_get_wipe_plan (WATTLE_WIPE_ADAPTOR (object)->device, &places, &remains);
  wattle_call_return (invocation, g_variant_new ("(@a(ss)^as)", places, remains));
  return TRUE;
}

static gboolean
handle_start (WattleBusWipe *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  GError *error = NULL;
  WattleJob *job = wattle_device_wipe (WATTLE_WIPE_ADAPTOR (object)->device, &error);

  wattle_call_return_job (invocation, job, error);
  return TRUE;
}

static gboolean
handle_declare_lost (WattleBusWipe *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;
  WattleJob *job = wattle_device_wipe_lost (WATTLE_WIPE_ADAPTOR (object)->device, &error);

  wattle_call_return_job (invocation, job, error);
  return TRUE;
}

static gboolean
handle_give_up_cloud (WattleBusWipe *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;
  WattleJob *job = wattle_device_give_up_cloud (WATTLE_WIPE_ADAPTOR (object)->device, &error);

  wattle_call_return_job (invocation, job, error);
  return TRUE;
}

static void
wattle_wipe_adaptor_dispose (GObject *object)
{
  g_clear_object (&WATTLE_WIPE_ADAPTOR (object)->device);
  G_OBJECT_CLASS (wattle_wipe_adaptor_parent_class)->dispose (object);
}

static void
wattle_wipe_adaptor_class_init (WattleWipeAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_wipe_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
wipe_iface_init (WattleBusWipeIface *iface)
{
  iface->handle_get_plan = handle_get_plan;
  iface->handle_start = handle_start;
  iface->handle_declare_lost = handle_declare_lost;
  iface->handle_give_up_cloud = handle_give_up_cloud;
}

static void
wattle_wipe_adaptor_init (WattleWipeAdaptor *self)
{
}

WattleWipeAdaptor *
wattle_wipe_adaptor_new (WattleGuard *guard, WattleDevice *device)
{
  WattleWipeAdaptor *self = g_object_new (WATTLE_TYPE_WIPE_ADAPTOR, NULL);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->device = g_object_ref (device);
  return self;
}
