/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tellings are rows by end date: one that moves begins anew by itself.
 */
#include "daemon/store/support.h"

#include "daemon/store/sql.h"

static gboolean
load_told (WattleDatabase *database, const char *device, const char *end, WattleSupportShown *shown, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error, "SELECT stage, time FROM support_told WHERE device = ? AND end_date = ?", "ss", device, end);
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1) {
    WattleSupportStage stage = wattle_support_stage_from_name ((const char *)sqlite3_column_text (statement, 0));

    if (stage < WATTLE_SUPPORT_N_STAGES)
      shown->told_at[stage] = sqlite3_column_int64 (statement, 1);
  }
  return step == 0;
}

gboolean
wattle_support_store_load (WattleDatabase *database, const char *device, const char *end, WattleSupportShown *shown,
                           gint64 *cloud_stopped_at, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error, "SELECT snoozed_until, cloud_stopped_at FROM support WHERE device = ?", "s", device);
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  *shown = (WattleSupportShown){ 0 };
  *cloud_stopped_at = 0;
  if (step == 1) {
    shown->snoozed_until = sqlite3_column_int64 (statement, 0);
    *cloud_stopped_at = sqlite3_column_int64 (statement, 1);
  }
  return step >= 0 && load_told (database, device, end, shown, error);
}

/* @column is one of ours. */
static gboolean
set (WattleDatabase *database, const char *device, const char *column, gint64 value, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "INSERT INTO support (device, %s) VALUES (?1, ?2) ON CONFLICT (device) DO UPDATE SET %s = ?2", column, column);

  return wattle_sql_run (database, error, sql, "si", device, value);
}

gboolean
wattle_support_store_told (WattleDatabase *database, const char *device, const char *end, WattleSupportStage stage,
                           gint64 time, GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!wattle_sql_run (database, error,
                       "INSERT OR REPLACE INTO support_told (device, end_date, stage, time) VALUES (?, ?, ?, ?)",
                       "sssi", device, end, wattle_support_stage_name (stage), time)
      || !set (database, device, "snoozed_until", 0, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}

gboolean
wattle_support_store_snooze (WattleDatabase *database, const char *device, gint64 until, GError **error)
{
  return set (database, device, "snoozed_until", until, error);
}

gboolean
wattle_support_store_stop_cloud (WattleDatabase *database, const char *device, gint64 time, GError **error)
{
  return set (database, device, "cloud_stopped_at", time, error);
}
