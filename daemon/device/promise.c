/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A promise is made with the first unit that anybody buys, not anew with each.
 */
#include "daemon/device/promise.h"

#include "daemon/device/passport-cache.h"
#include "daemon/store/notices.h"
#include "daemon/store/passports.h"
#include "privacy/notice-diff.h"

GPtrArray *
wattle_promise_list_passports (WattleServices *services)
{
  WattleDatabase *database = wattle_services_get_database (services, NULL);
  GPtrArray *all = wattle_passports_list ();
  g_autoptr (GPtrArray) kept = database != NULL ? wattle_notices_list_passports (database, NULL) : NULL;

  for (guint i = 0; kept != NULL && i < kept->len; i++)
    g_ptr_array_add (all, g_bytes_ref (g_ptr_array_index (kept, i)));
  return all;
}

gboolean
wattle_promise_check (WattleServices *services, WattlePassport *passport, GError **error)
{
  g_autoptr (GPtrArray) all = wattle_promise_list_passports (services);

  for (guint i = 0; i < all->len; i++) {
    g_autoptr (WattlePassport) known = wattle_passport_cache_get (g_ptr_array_index (all, i), NULL);
    GError *broken = NULL;

    if (known == NULL || wattle_passport_check_promise (known, passport, &broken))
      continue;
    wattle_services_log (services, "", "passport-refused", broken->message);
    g_propagate_error (error, broken);
    return FALSE;
  }
  return TRUE;
}
