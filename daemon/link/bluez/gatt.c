/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By path: BlueZ puts a device's services below it, and characteristics below
 * those.
 */
#include "daemon/link/bluez/gatt.h"

#include "pairing/gatt.h"

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

/* The device's first characteristic with @uuid in our service; a reference, or NULL. */
static WattleBluezGattCharacteristic1 *
find_characteristic (GDBusObjectManager *objects, const char *device_path, const char *uuid)
{
  g_autofree char *prefix = g_strconcat (device_path, "/", NULL);
  WattleBluezGattCharacteristic1 *found = NULL;
  GList *all = g_dbus_object_manager_get_objects (objects);

  for (GList *l = all; l != NULL && found == NULL; l = l->next) {
    g_autoptr (WattleBluezGattCharacteristic1) it = NULL;

    if (!g_str_has_prefix (g_dbus_object_get_object_path (l->data), prefix))
      continue;
    it = wattle_bluez_object_get_gatt_characteristic1 (WATTLE_BLUEZ_OBJECT (l->data));
    if (it != NULL && g_strcmp0 (wattle_bluez_gatt_characteristic1_get_uuid (it), uuid) == 0
        && is_in_our_service (objects, it))
      found = g_steal_pointer (&it);
  }
  g_list_free_full (all, g_object_unref);
  return found;
}

gboolean
wattle_bluez_gatt_find (GDBusObjectManager *objects, const char *device_path, WattleBluezGattCharacteristic1 **in,
                        WattleBluezGattCharacteristic1 **out)
{
  *in = find_characteristic (objects, device_path, WTL_GATT_IN_UUID);
  *out = find_characteristic (objects, device_path, WTL_GATT_OUT_UUID);
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
wattle_bluez_gatt_needs_bond (GDBusObjectManager *objects, const char *device_path)
{
  g_autoptr (WattleBluezGattCharacteristic1) bond = find_characteristic (objects, device_path, WTL_GATT_BOND_UUID);

  return bond != NULL;
}
