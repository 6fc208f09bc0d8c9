/* SPDX-License-Identifier: Apache-2.0 */
/* The passports in use, by their bytes; none is kept alive here. */
#include "daemon/device/passport-cache.h"

static GHashTable *living; /* GBytes -> WattlePassport, not owned */

static void
on_passport_gone (gpointer bytes, GObject *passport)
{
  g_hash_table_remove (living, bytes);
}

WattlePassport *
wattle_passport_cache_get (GBytes *bytes, GError **error)
{
  WattlePassport *passport;

  if (living == NULL)
    living = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  passport = g_hash_table_lookup (living, bytes);
  if (passport != NULL)
    return g_object_ref (passport);
  passport = wattle_passport_new_from_bytes (bytes, error);
  if (passport == NULL)
    return NULL;
  g_hash_table_insert (living, g_bytes_ref (bytes), passport);
  g_object_weak_ref (G_OBJECT (passport), on_passport_gone, bytes);
  return passport;
}
