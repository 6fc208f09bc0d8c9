/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By path: BlueZ puts a device's services below it, and characteristics below
 * those.
 */
#include "daemon/link/bluez/gatt.h"

#include "pairing/gatt.h"

#define CHARACTERISTIC_INTERFACE "org.bluez.GattCharacteristic1"

/* Whether it belongs to our service: a device may offer the same UUIDs elsewhere. */
static gboolean
is_in_our_service (GDBusObjectManager *objects, WattleBluezGattCharacteristic1 *it)
{
  const char *path = wattle_bluez_gatt_characteristic1_get_service (it);
  g_autoptr (GDBusObject) object = path == NULL ? NULL : g_dbus_object_manager_get_object (objects, path);
  g_autoptr (WattleBluezGattService1) service = NULL;

  if (object == NULL)
    return FALSE;
  service = wattle_bluez_object_get_gatt_service1 (WATTLE_BLUEZ_OBJECT (object));
  return service != NULL && g_strcmp0 (wattle_bluez_gatt_service1_get_uuid (service), WTL_GATT_SERVICE_UUID) == 0;
}

/* Takes the first of each kind. */
static void
consider (GDBusObjectManager *objects, WattleBluezGattCharacteristic1 *it, WattleBluezGattCharacteristic1 **in,
          WattleBluezGattCharacteristic1 **out)
{
  const char *uuid = wattle_bluez_gatt_characteristic1_get_uuid (it);
  WattleBluezGattCharacteristic1 **place = g_strcmp0 (uuid, WTL_GATT_IN_UUID) == 0    ? in
                                           : g_strcmp0 (uuid, WTL_GATT_OUT_UUID) == 0 ? out
                                                                                      : NULL;

  if (place != NULL && *place == NULL && is_in_our_service (objects, it))
    *place = g_object_ref (it);
}

gboolean
wattle_bluez_gatt_find (GDBusObjectManager *objects, const char *device_path, WattleBluezGattCharacteristic1 **in,
                        WattleBluezGattCharacteristic1 **out)
{
  g_autofree char *prefix = g_strconcat (device_path, "/", NULL);
  GList *all = g_dbus_object_manager_get_objects (objects);

  *in = *out = NULL;
  for (GList *l = all; l != NULL; l = l->next) {
    g_autoptr (WattleBluezGattCharacteristic1) it = NULL;

    if (!g_str_has_prefix (g_dbus_object_get_object_path (l->data), prefix))
      continue;
    it = wattle_bluez_object_get_gatt_characteristic1 (WATTLE_BLUEZ_OBJECT (l->data));
    if (it != NULL)
      consider (objects, it, in, out);
  }
  g_list_free_full (all, g_object_unref);
  if (*in != NULL && *out != NULL)
    return TRUE;
  g_clear_object (in);
  g_clear_object (out);
  return FALSE;
}

gboolean
wattle_bluez_gatt_is_used (GDBusObjectManager *objects, const char *device_path)
{
  g_autoptr (WattleBluezGattCharacteristic1) in = NULL;
  g_autoptr (WattleBluezGattCharacteristic1) out = NULL;

  if (!wattle_bluez_gatt_find (objects, device_path, &in, &out))
    return FALSE;
  return wattle_bluez_gatt_characteristic1_get_write_acquired (in)
         || wattle_bluez_gatt_characteristic1_get_notify_acquired (out)
         || wattle_bluez_gatt_characteristic1_get_notifying (out);
}

gboolean
wattle_bluez_gatt_needs_bond (WattleBluezGattCharacteristic1 *it)
{
  const char *const *flags = wattle_bluez_gatt_characteristic1_get_flags (it);

  for (; flags != NULL && *flags != NULL; flags++)
    if (g_str_has_prefix (*flags, "encrypt-") || g_str_has_prefix (*flags, "secure-"))
      return TRUE;
  return FALSE;
}
