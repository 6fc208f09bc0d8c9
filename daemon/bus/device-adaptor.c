/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Device. */
#include "daemon/bus/device-adaptor.h"

#include "daemon/bus/call.h"
#include "daemon/bus/variants.h"
#include "daemon/device/notice-changes.h"
#include "daemon/device/others.h"

struct _WattleDeviceAdaptor {
  WattleBusDeviceSkeleton parent_instance;
  WattleDevice *device;
};

static void device_iface_init (WattleBusDeviceIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleDeviceAdaptor, wattle_device_adaptor, WATTLE_BUS_TYPE_DEVICE_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_DEVICE, device_iface_init))

/* What never changes. */
static void
set_constants (WattleDeviceAdaptor *self)
{
  WattleDevice *device = self->device;
  WattlePassport *passport = wattle_device_get_passport (device);
  g_autofree char *path = wattle_variant_passport_path (passport);

  wattle_bus_device_set_notice_changed (WATTLE_BUS_DEVICE (self), wattle_notice_changes_are_unread (device));
  g_object_set (self, "id", wattle_device_get_id (device), "unit-id", wattle_device_get_unit_id (device), "product",
                wattle_device_get_product (device), "passport", path, "support-end",
                passport != NULL ? wattle_passport_get_support_end (passport) : "", NULL);
}

/* Brings the properties on the bus to what the device says. */
static void
sync_properties (WattleDeviceAdaptor *self)
{
  WattleDevice *device = self->device;
  gint64 time = 0;
  double value = 0;

  wattle_device_get_last_reading (device, &time, &value);
  g_object_set (self, "support-stage",
                wattle_support_stage_name (wattle_support_get_stage (wattle_device_get_support (device))),
                "relay-to-cloud", wattle_support_get_relays (wattle_device_get_support (device)), "others",
                wattle_device_get_others (device), NULL);
  g_object_set (self, "name", wattle_device_get_name (device), "state",
                wattle_device_state_name (wattle_device_get_state (device)), "problem",
                wattle_variant_error (wattle_device_get_problem (device)), "firmware-version",
                wattle_device_get_firmware_version (device), "last-seen", (guint64)wattle_device_get_last_seen (device),
                "set-up-at", (guint64)wattle_device_get_set_up_at (device), "cloud",
                wattle_cloud_state_name (wattle_device_get_cloud_state (device)), "last-reading",
                g_variant_new ("(tds)", (guint64)time, value, wattle_device_get_unit (device)), NULL);
}

static void
on_reading (WattleDevice *device, guint64 sequence, gint64 time, double value, WattleDeviceAdaptor *self)
{
  wattle_bus_device_emit_reading (WATTLE_BUS_DEVICE (self), sequence, time, value, wattle_device_get_unit (device));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  wattle_device_connect_finish (WATTLE_DEVICE (source), result, &error);
  wattle_call_done (user_data, error);
}

static gboolean
handle_connect (WattleBusDevice *object, GDBusMethodInvocation *invocation)
{
  wattle_device_connect_async (WATTLE_DEVICE_ADAPTOR (object)->device, wattle_call_get_cancellable (invocation),
                               on_connected, invocation);
  return TRUE;
}

static gboolean
handle_disconnect (WattleBusDevice *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;

  wattle_device_disconnect (WATTLE_DEVICE_ADAPTOR (object)->device, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
handle_get_readings (WattleBusDevice *object, GDBusMethodInvocation *invocation, guint64 after, guint max)
{
  WattleDevice *device = WATTLE_DEVICE_ADAPTOR (object)->device;
  GError *error = NULL;
  g_autoptr (GArray) readings = wattle_device_get_readings (device, after, max, &error);
  GVariantBuilder list;

  if (readings == NULL) {
    wattle_call_fail (invocation, error);
    return TRUE;
  }
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ttd)"));
  for (guint i = 0; i < readings->len; i++) {
    const WattleReading *reading = &g_array_index (readings, WattleReading, i);

    g_variant_builder_add (&list, "(ttd)", (guint64)reading->sequence, (guint64)reading->time,
                           wattle_device_scale (device, reading->value));
  }
  wattle_call_return (invocation, g_variant_new ("(a(ttd)s)", &list, wattle_device_get_unit (device)));
  return TRUE;
}

static gboolean
handle_get_notice_changes (WattleBusDevice *object, GDBusMethodInvocation *invocation, const char *language)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) changes = wattle_notice_changes_list (WATTLE_DEVICE_ADAPTOR (object)->device, language, &error);
  GVariantBuilder list;

  if (changes == NULL) {
    wattle_call_fail (invocation, error);
    return TRUE;
  }
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ssb)"));
  for (guint i = 0; i < changes->len; i++) {
    const WattleNoticeChange *change = g_ptr_array_index (changes, i);

    g_variant_builder_add (&list, "(ssb)", change->purpose != NULL ? change->purpose : "", change->sentence,
                           change->widens);
  }
  wattle_call_return (invocation, g_variant_new ("(a(ssb))", &list));
  return TRUE;
}

static gboolean
handle_mark_notice_read (WattleBusDevice *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;

  if (wattle_notice_changes_mark_read (WATTLE_DEVICE_ADAPTOR (object)->device, &error))
    wattle_bus_device_set_notice_changed (object, FALSE);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gint64
now (WattleBusDevice *object)
{
  return wattle_services_now (wattle_guard_get_services (wattle_guard_of (object)));
}

/* @language, or the service's where it is "". */
static const char *
language_of (WattleBusDevice *object, const char *language)
{
  return *language != '\0' ? language
                           : wattle_services_get_language (wattle_guard_get_services (wattle_guard_of (object)));
}

static gboolean
handle_get_others_notice (WattleBusDevice *object, GDBusMethodInvocation *invocation, const char *language)
{
  g_autofree char *title = NULL;
  g_autoptr (GPtrArray) sections
      = wattle_others_list (WATTLE_DEVICE_ADAPTOR (object)->device, language_of (object, language), &title);

  wattle_call_return (invocation, g_variant_new ("(s@a(sas))", title, wattle_variant_sections (sections)));
  return TRUE;
}

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (WattlePasswordStrength) strength
      = wattle_device_check_password_finish (WATTLE_DEVICE (source), result, &error);

  wattle_call_return_strength (user_data, strength, error);
}

static gboolean
handle_check_password (WattleBusDevice *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle)
{
  GError *error = NULL;
  g_autoptr (WattleSecret) password = wattle_call_read_secret (fds, handle, &error);

  if (password == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_device_check_password_async (WATTLE_DEVICE_ADAPTOR (object)->device, password,
                                        wattle_call_get_cancellable (invocation), on_password_checked, invocation);
  return TRUE;
}

static gboolean
handle_suggest_passphrase (WattleBusDevice *object, GDBusMethodInvocation *invocation, GUnixFDList *fds)
{
  wattle_call_return_passphrase (invocation);
  return TRUE;
}

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  wattle_device_change_password_finish (WATTLE_DEVICE (source), result, &error);
  wattle_call_done (user_data, error);
}

static gboolean
handle_change_password (WattleBusDevice *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle)
{
  GError *error = NULL;
  g_autoptr (WattleSecret) password = wattle_call_read_secret (fds, handle, &error);

  if (password == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_device_change_password_async (WATTLE_DEVICE_ADAPTOR (object)->device, password,
                                         wattle_call_get_cancellable (invocation), on_password_changed, invocation);
  return TRUE;
}

static gboolean
handle_export (WattleBusDevice *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
               GVariant *options)
{
  GError *error = NULL;
  int fd = wattle_call_peek_fd (fds, handle, &error);
  WattleJob *job = fd >= 0 ? wattle_device_export (WATTLE_DEVICE_ADAPTOR (object)->device, fd, &error) : NULL;

  wattle_call_return_job (invocation, job, error);
  return TRUE;
}

static gboolean
handle_get_support (WattleBusDevice *object, GDBusMethodInvocation *invocation, const char *language)
{
  WattleDevice *device = WATTLE_DEVICE_ADAPTOR (object)->device;

  wattle_call_return (
      invocation, g_variant_new ("(@a{sv})", wattle_support_describe (wattle_device_get_support (device),
                                                                      wattle_device_get_name (device),
                                                                      language_of (object, language), now (object))));
  return TRUE;
}

static gboolean
handle_get_support_calendar (WattleBusDevice *object, GDBusMethodInvocation *invocation, const char *language)
{
  WattleDevice *device = WATTLE_DEVICE_ADAPTOR (object)->device;
  GError *error = NULL;
  g_autofree char *calendar
      = wattle_support_get_calendar (wattle_device_get_support (device), wattle_device_get_name (device),
                                     language_of (object, language), now (object), &error);

  if (calendar == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation, g_variant_new ("(s)", calendar));
  return TRUE;
}

static gboolean
handle_snooze_support_warning (WattleBusDevice *object, GDBusMethodInvocation *invocation, guint days)
{
  WattleDevice *device = WATTLE_DEVICE_ADAPTOR (object)->device;
  GError *error = NULL;
  gint64 until;

  if (!wattle_support_snooze (wattle_device_get_support (device), days, now (object), &until, &error))
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation, g_variant_new ("(t)", (guint64)until));
  return TRUE;
}

/* The policy has no row for any other property. */
static gboolean
set_property (GDBusInterfaceSkeleton *adaptor, const char *property, GVariant *value, GError **error)
{
  WattleDevice *device = WATTLE_DEVICE_ADAPTOR (adaptor)->device;

  if (g_str_equal (property, "RelayToCloud"))
    return wattle_device_set_relays (device, g_variant_get_boolean (value), error);
  if (g_str_equal (property, "Others"))
    return wattle_device_set_others (device, g_variant_get_string (value, NULL), error);
  return wattle_device_set_name (device, g_variant_get_string (value, NULL), error);
}

static const WattleGuardHooks hooks = { .set_property = set_property };

static void
wattle_device_adaptor_dispose (GObject *object)
{
  WattleDeviceAdaptor *self = WATTLE_DEVICE_ADAPTOR (object);

  if (self->device != NULL)
    g_signal_handlers_disconnect_by_data (self->device, self);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (wattle_device_adaptor_parent_class)->dispose (object);
}

static void
wattle_device_adaptor_class_init (WattleDeviceAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_device_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
device_iface_init (WattleBusDeviceIface *iface)
{
  iface->handle_connect = handle_connect;
  iface->handle_disconnect = handle_disconnect;
  iface->handle_get_readings = handle_get_readings;
  iface->handle_check_password = handle_check_password;
  iface->handle_suggest_passphrase = handle_suggest_passphrase;
  iface->handle_change_password = handle_change_password;
  iface->handle_export = handle_export;
  iface->handle_get_support = handle_get_support;
  iface->handle_get_support_calendar = handle_get_support_calendar;
  iface->handle_snooze_support_warning = handle_snooze_support_warning;
  iface->handle_get_notice_changes = handle_get_notice_changes;
  iface->handle_mark_notice_read = handle_mark_notice_read;
  iface->handle_get_others_notice = handle_get_others_notice;
}

static void
wattle_device_adaptor_init (WattleDeviceAdaptor *self)
{
}

WattleDeviceAdaptor *
wattle_device_adaptor_new (WattleGuard *guard, WattleDevice *device)
{
  WattleDeviceAdaptor *self = g_object_new (WATTLE_TYPE_DEVICE_ADAPTOR, NULL);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), &hooks);
  self->device = g_object_ref (device);
  g_signal_connect_swapped (device, "notify", G_CALLBACK (sync_properties), self);
  g_signal_connect (device, "reading", G_CALLBACK (on_reading), self);
  set_constants (self);
  sync_properties (self);
  return self;
}
