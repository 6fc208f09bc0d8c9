/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readings fetched from devices.
 */
#include "daemon/store/readings.h"

#include "daemon/store/sql.h"

#define DEFAULT_MAX 1000

/* One statement for all: preparing it takes longer than running it. */
static gboolean
insert_all (WattleDatabase *database, const char *device, const WattleReading *readings, gsize n, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error,
                          "INSERT INTO readings (device, sequence, time, value, purposes) VALUES (?, ?, ?, ?, ?)"
                          " ON CONFLICT DO NOTHING",
                          "s", device);

  for (gsize i = 0; statement && i < n; i++) {
    sqlite3_bind_int64 (statement, 2, readings[i].sequence);
    sqlite3_bind_int64 (statement, 3, readings[i].time);
    sqlite3_bind_int64 (statement, 4, readings[i].value);
    sqlite3_bind_int64 (statement, 5, readings[i].purposes);
    if (wattle_sql_next (database, statement, error) < 0)
      return FALSE;
    sqlite3_reset (statement);
  }
  return statement != NULL;
}

gboolean
wattle_readings_insert (WattleDatabase *database, const char *device, const WattleReading *readings, gsize n,
                        GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!insert_all (database, device, readings, n, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}

static WattleReading
read_row (sqlite3_stmt *statement)
{
  return (WattleReading){
    .sequence = (guint32)sqlite3_column_int64 (statement, 0),
    .time = sqlite3_column_int64 (statement, 1),
    .value = (gint32)sqlite3_column_int64 (statement, 2),
    .purposes = (guint32)sqlite3_column_int64 (statement, 3),
  };
}

GArray *
wattle_readings_query (WattleDatabase *database, const char *device, guint32 after, guint32 mask, guint max,
                       GError **error)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (WattleReading));
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error,
                          "SELECT sequence, time, value, purposes FROM readings"
                          " WHERE device = ?1 AND sequence > ?2 AND (?3 = 0 OR (purposes & ?3) != 0)"
                          " ORDER BY sequence LIMIT ?4",
                          "siii", device, (gint64)after, (gint64)mask, (gint64)(max ? max : DEFAULT_MAX));
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1) {
    WattleReading reading = read_row (statement);

    g_array_append_val (readings, reading);
  }
  return step == 0 ? g_steal_pointer (&readings) : NULL;
}

gboolean
wattle_readings_last (WattleDatabase *database, const char *device, WattleReading *last, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error,
                          "SELECT sequence, time, value, purposes FROM readings WHERE device = ?"
                          " ORDER BY sequence DESC LIMIT 1",
                          "s", device);
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  *last = step == 1 ? read_row (statement) : (WattleReading){ 0 };
  return step >= 0;
}

static gboolean
clear_purposes (WattleDatabase *database, const char *device, guint32 mask, gint64 *cleared, GError **error)
{
  return wattle_sql_run (database, error,
                         "UPDATE readings SET purposes = purposes & ~?1 WHERE device = ?2 AND (purposes & ?1) != 0",
                         "is", (gint64)mask, device)
         && wattle_sql_number (database, cleared, error, "SELECT changes()", "")
         && wattle_sql_run (database, error, "DELETE FROM readings WHERE device = ? AND purposes = 0", "s", device);
}

gboolean
wattle_readings_clear_purposes (WattleDatabase *database, const char *device, guint32 mask, guint *cleared,
                                GError **error)
{
  gint64 n = 0;

  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!clear_purposes (database, device, mask, &n, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  if (cleared)
    *cleared = (guint)n;
  return wattle_database_commit (database, error);
}

gboolean
wattle_readings_delete_before (WattleDatabase *database, const char *device, gint64 time, GError **error)
{
  /* A reading whose time is not known cannot be told to be old. */
  return wattle_sql_run (database, error, "DELETE FROM readings WHERE device = ? AND time < ? AND time > 0", "si",
                         device, time);
}

gboolean
wattle_readings_get_sent (WattleDatabase *database, const char *device, const char *purpose, guint32 *sequence,
                          GError **error)
{
  gint64 number;

  if (!wattle_sql_number (database, &number, error, "SELECT sequence FROM sent WHERE device = ? AND purpose = ?", "ss",
                          device, purpose))
    return FALSE;
  *sequence = (guint32)number;
  return TRUE;
}

gboolean
wattle_readings_set_sent (WattleDatabase *database, const char *device, const char *purpose, guint32 sequence,
                          GError **error)
{
  return wattle_sql_run (database, error,
                         "INSERT INTO sent (device, purpose, sequence) VALUES (?1, ?2, ?3)"
                         " ON CONFLICT (device, purpose) DO UPDATE SET sequence = ?3",
                         "ssi", device, purpose, (gint64)sequence);
}
