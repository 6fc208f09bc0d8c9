/* SPDX-License-Identifier: Apache-2.0 */
/* One row for each device that measures others, too. */
#include "daemon/store/others.h"

#include "daemon/store/sql.h"

char *
wattle_others_store_get (WattleDatabase *database, const char *device, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, "SELECT who FROM others WHERE device = ?", "s", device);

  return statement && wattle_sql_next (database, statement, error) == 1 ? wattle_sql_text (statement, 0) : NULL;
}

gboolean
wattle_others_store_set (WattleDatabase *database, const char *device, const char *who, gint64 time, GError **error)
{
  if (*who == '\0')
    return wattle_sql_run (database, error, "DELETE FROM others WHERE device = ?", "s", device);
  return wattle_sql_run (database, error, "INSERT OR REPLACE INTO others (device, who, since) VALUES (?, ?, ?)", "ssi",
                         device, who, time);
}
