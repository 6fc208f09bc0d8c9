/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Update. */
#include "daemon/bus/update-adaptor.h"

#include "daemon/bus/call.h"

struct _WattleUpdateAdaptor {
  WattleBusUpdateSkeleton parent_instance;
  WattleDevice *device;
};

static void update_iface_init (WattleBusUpdateIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleUpdateAdaptor, wattle_update_adaptor, WATTLE_BUS_TYPE_UPDATE_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_UPDATE, update_iface_init))

static void
sync_properties (WattleUpdateAdaptor *self)
{
  WattleIntegrity *integrity = wattle_device_get_integrity (self->device);
  const WattleIntegrityRecord *record = wattle_integrity_get_record (integrity);

  g_object_set (self, "state",
                wattle_device_is_updating (self->device)
                    ? "installing"
                    : wattle_integrity_state_name (wattle_integrity_get_state (integrity)),
                "alerts", wattle_alerts_describe (wattle_integrity_get_alerts (integrity)), "can-install",
                record->can_install, "checked", (guint64)record->time, "image", record->image, "accepted-image",
                wattle_integrity_get_accepted (integrity), NULL);
  g_object_set (self, "boot-count", record->boot_count, "reset-cause",
                wattle_integrity_cause_name (record->reset_cause), "debug-port",
                wattle_integrity_port_name (record->debug_port), "flash-erases", record->flash_erases, "flash-cycles",
                record->flash_cycles, NULL);
}

static gboolean
handle_accept_image (WattleBusUpdate *object, GDBusMethodInvocation *invocation, const char *image)
{
  GError *error = NULL;

  wattle_device_accept_image (WATTLE_UPDATE_ADAPTOR (object)->device, image, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
handle_install (WattleBusUpdate *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
                GVariant *options)
{
  GError *error = NULL;
  int fd = wattle_call_peek_fd (fds, handle, &error);
  WattleJob *job = fd >= 0 ? wattle_device_install (WATTLE_UPDATE_ADAPTOR (object)->device, fd, &error) : NULL;

  wattle_call_return_job (invocation, job, error);
  return TRUE;
}

static void
wattle_update_adaptor_dispose (GObject *object)
{
  WattleUpdateAdaptor *self = WATTLE_UPDATE_ADAPTOR (object);

  if (self->device != NULL)
    g_signal_handlers_disconnect_by_data (self->device, self);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (wattle_update_adaptor_parent_class)->dispose (object);
}

static void
wattle_update_adaptor_class_init (WattleUpdateAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_update_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
update_iface_init (WattleBusUpdateIface *iface)
{
  iface->handle_accept_image = handle_accept_image;
  iface->handle_install = handle_install;
}

static void
wattle_update_adaptor_init (WattleUpdateAdaptor *self)
{
}

WattleUpdateAdaptor *
wattle_update_adaptor_new (WattleGuard *guard, WattleDevice *device)
{
  WattleUpdateAdaptor *self = g_object_new (WATTLE_TYPE_UPDATE_ADAPTOR, NULL);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->device = g_object_ref (device);
  g_signal_connect_swapped (device, "notify::integrity", G_CALLBACK (sync_properties), self);
  sync_properties (self);
  return self;
}
