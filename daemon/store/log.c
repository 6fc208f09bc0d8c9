/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Wattle did, for the person to check.
 */
#include "daemon/store/log.h"

#include "daemon/store/sql.h"

#define DEFAULT_MAX 1000

void
wattle_log_entry_free (WattleLogEntry *entry)
{
  if (!entry)
    return;
  g_free (entry->device);
  g_free (entry->event);
  g_free (entry->sentence);
  g_free (entry);
}

static gboolean
add (WattleDatabase *database, const char *device, const char *event, const char *sentence, GError **error)
{
  return wattle_sql_run (database, error, "INSERT INTO log (time, device, event, sentence) VALUES (?, ?, ?, ?)", "isss",
                         g_get_real_time () / G_USEC_PER_SEC, device, event, sentence)
         && wattle_sql_run (database, error, "DELETE FROM log WHERE id <= last_insert_rowid() - ?", "i",
                            (gint64)WATTLE_LOG_MAX);
}

gboolean
wattle_log_add (WattleDatabase *database, const char *device, const char *event, const char *sentence, GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!add (database, device, event, sentence, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}

GPtrArray *
wattle_log_list (WattleDatabase *database, const char *device, guint max, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_log_entry_free);
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error,
                          *device ? "SELECT time, device, event, sentence FROM log WHERE device = ?1"
                                    " ORDER BY id DESC LIMIT ?2"
                                  : "SELECT time, device, event, sentence FROM log WHERE ?1 = ''"
                                    " ORDER BY id DESC LIMIT ?2",
                          "si", device, (gint64)(max ? max : DEFAULT_MAX));
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1) {
    WattleLogEntry *entry = g_new0 (WattleLogEntry, 1);

    entry->time = sqlite3_column_int64 (statement, 0);
    entry->device = wattle_sql_text (statement, 1);
    entry->event = wattle_sql_text (statement, 2);
    entry->sentence = wattle_sql_text (statement, 3);
    g_ptr_array_add (list, entry);
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}
