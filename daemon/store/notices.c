/* SPDX-License-Identifier: Apache-2.0 */
/* Earlier passports, refused passports. */
#include "daemon/store/notices.h"

#include "daemon/store/sql.h"

static gboolean
replace (WattleDatabase *database, const char *device, const char *sha256, GBytes *bytes, gint64 time, GError **error)
{
  return wattle_sql_run (database, error, "INSERT INTO passports (sha256, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
                         "sb", sha256, bytes)
         && wattle_sql_run (database, error,
                            "INSERT OR REPLACE INTO earlier_passports (device, passport, number, replaced_at, read)"
                            " SELECT id, passport, (SELECT coalesce(max(number), 0) + 1 FROM earlier_passports"
                            " WHERE device = devices.id), ?, 0 FROM devices WHERE id = ?",
                            "is", time, device)
         && wattle_sql_run (database, error, "UPDATE devices SET passport = ? WHERE id = ?", "ss", sha256, device);
}

gboolean
wattle_notices_replace (WattleDatabase *database, const char *device, GBytes *bytes, gint64 time, GError **error)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  if (!wattle_database_begin (database, error))
    return FALSE;
  if (replace (database, device, sha256, bytes, time, error))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}

GBytes *
wattle_notices_get_earlier (WattleDatabase *database, const char *device, gboolean *unread, GError **error)
{
  /* Unread ones before read ones; of the unread the oldest, of the read the newest. */
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error,
                          "SELECT body, read FROM earlier_passports JOIN passports ON passport = sha256"
                          " WHERE device = ?"
                          " ORDER BY read, CASE read WHEN 0 THEN number ELSE -number END LIMIT 1",
                          "s", device);

  if (unread)
    *unread = FALSE;
  if (!statement || wattle_sql_next (database, statement, error) != 1)
    return NULL;
  if (unread)
    *unread = sqlite3_column_int (statement, 1) == 0;
  return wattle_sql_bytes (statement, 0);
}

gboolean
wattle_notices_mark_read (WattleDatabase *database, const char *device, GError **error)
{
  return wattle_sql_run (database, error, "UPDATE earlier_passports SET read = 1 WHERE device = ?", "s", device);
}

gboolean
wattle_notices_refuse (WattleDatabase *database, const char *device, const char *sha256, gboolean *first,
                       GError **error)
{
  gint64 known = 0;

  if (!wattle_sql_number (database, &known, error,
                          "SELECT count(*) FROM refused_passports WHERE device = ? AND passport = ?", "ss", device,
                          sha256))
    return FALSE;
  *first = known == 0;
  return wattle_sql_run (database, error,
                         "INSERT INTO refused_passports (device, passport) VALUES (?, ?) ON CONFLICT DO NOTHING", "ss",
                         device, sha256);
}

GPtrArray *
wattle_notices_list_passports (WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, "SELECT body FROM passports ORDER BY sha256", "");
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1)
    g_ptr_array_add (list, wattle_sql_bytes (statement, 0));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}
