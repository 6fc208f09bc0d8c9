/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's own settings.
 */
#include "daemon/store/settings.h"

#include "daemon/store/sql.h"

char *
wattle_settings_get (WattleDatabase *database, const char *name, const char *fallback, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, "SELECT value FROM settings WHERE name = ?", "s", name);
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  if (step < 0)
    return NULL;
  return step == 1 ? wattle_sql_text (statement, 0) : g_strdup (fallback);
}

gboolean
wattle_settings_set (WattleDatabase *database, const char *name, const char *value, GError **error)
{
  if (!value)
    return wattle_sql_run (database, error, "DELETE FROM settings WHERE name = ?", "s", name);
  return wattle_sql_run (
      database, error, "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
      "ss", name, value);
}
