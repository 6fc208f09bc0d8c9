/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the earlier passport and compares. */
#include "daemon/device/notice-changes.h"

#include "daemon/device/device-private.h"
#include "daemon/device/passport-cache.h"
#include "daemon/store/notices.h"

GPtrArray *
wattle_notice_changes_list (WattleDevice *device, const char *language, GError **error)
{
  WattleServices *services = wattle_device_get_services (device);
  WattleDatabase *database = wattle_services_get_database (services, error);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WattlePassport) earlier = NULL;

  if (database == NULL)
    return NULL;
  bytes = wattle_notices_get_earlier (database, wattle_device_get_id (device), NULL, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (bytes == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_notice_change_free);
  earlier = wattle_passport_cache_get (bytes, error);
  if (earlier == NULL)
    return NULL;
  return wattle_notice_diff (earlier, wattle_device_get_passport (device),
                             *language != '\0' ? language : wattle_services_get_language (services));
}

gboolean
wattle_notice_changes_are_unread (WattleDevice *device)
{
  WattleDatabase *database = wattle_services_get_database (wattle_device_get_services (device), NULL);
  gboolean unread = FALSE;
  g_autoptr (GBytes) bytes = NULL;

  if (database != NULL)
    bytes = wattle_notices_get_earlier (database, wattle_device_get_id (device), &unread, NULL);
  return unread;
}

gboolean
wattle_notice_changes_mark_read (WattleDevice *device, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (wattle_device_get_services (device), error);

  return database != NULL && wattle_notices_mark_read (database, wattle_device_get_id (device), error);
}
