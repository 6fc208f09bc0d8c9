/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data.db: its tables and every statement on them.
 */
#include "cloud/store.h"

#include "cloud/problem.h"

static const char *const migrations[] = {
  "CREATE TABLE pair (id BLOB NOT NULL);"
  "CREATE TABLE account ("
  "  ref BLOB PRIMARY KEY,"
  "  secret BLOB NOT NULL"
  ") WITHOUT ROWID;"
  "CREATE TABLE device ("
  "  unit BLOB PRIMARY KEY,"
  "  account BLOB NOT NULL REFERENCES account (ref),"
  "  ref BLOB NOT NULL UNIQUE,"
  "  body BLOB NOT NULL"
  ") WITHOUT ROWID;"
  "CREATE INDEX device_account ON device (account);"
  "CREATE TABLE stream ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* never used again */
  "  device BLOB NOT NULL REFERENCES device (ref),"
  "  ref BLOB NOT NULL,"
  "  purpose TEXT NOT NULL,"
  "  UNIQUE (device, purpose)"
  ");"
  "CREATE TABLE reading ("
  "  stream INTEGER NOT NULL REFERENCES stream (id),"
  "  sequence INTEGER NOT NULL,"
  "  day INTEGER NOT NULL,"
  "  body BLOB NOT NULL,"
  "  PRIMARY KEY (stream, sequence)"
  ") WITHOUT ROWID;"
  "CREATE INDEX reading_day ON reading (stream, day);"
  "CREATE TABLE release (unit BLOB PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE erasure (key BLOB PRIMARY KEY) WITHOUT ROWID;"
  "CREATE TABLE tombstone (id BLOB PRIMARY KEY, day INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID",
};

void
wattle_device_row_free (WattleDeviceRow *row)
{
  g_clear_pointer (&row->body, g_bytes_unref);
  g_free (row);
}

void
wattle_stream_row_free (WattleStreamRow *row)
{
  g_free (row->purpose);
  g_free (row);
}

static void
reading_row_free (WattleReadingRow *row)
{
  g_bytes_unref (row->body);
  g_free (row);
}

/* Runs a query of at most one row.  Returns FALSE on errors; else *@statement is
 * at the row, or NULL where there is none. */
static gboolean
first_row (WattleDb *db, sqlite3_stmt **statement, GError **error)
{
  int status = *statement ? wattle_db_step (db, *statement, error) : -1;

  if (status != SQLITE_ROW)
    g_clear_pointer (statement, sqlite3_finalize);
  return status >= 0;
}

WattleDb *
wattle_store_open (const char *path, WattleDbFlags flags, const char *backups, GError **error)
{
  return wattle_db_open (path, flags, migrations, G_N_ELEMENTS (migrations), backups, error);
}

gboolean
wattle_store_set_pair (WattleDb *db, const WattleRef *pair, GError **error)
{
  return wattle_db_run (db, error, "INSERT INTO pair (id) VALUES (?)", "r", pair) == 1;
}

gboolean
wattle_store_get_pair (WattleDb *db, WattleRef *pair, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (db, error, "SELECT id FROM pair", "");

  if (!first_row (db, &statement, error))
    return FALSE;
  if (statement && wattle_db_column_ref (statement, 0, pair))
    return TRUE;
  return wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
}

/* --------------------------------------------------------------- accounts */

gboolean
wattle_store_add_account (WattleDb *db, const WattleRef *account, const WattleRef *secret, GError **error)
{
  return wattle_db_run (db, error, "INSERT INTO account (ref, secret) VALUES (?, ?)", "rr", account, secret) == 1;
}

gboolean
wattle_store_get_account (WattleDb *db, const WattleRef *account, gboolean *found, WattleRef *secret, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_db_query (db, error, "SELECT secret FROM account WHERE ref = ?", "r", account);

  if (!first_row (db, &statement, error))
    return FALSE;
  *found = statement && wattle_db_column_ref (statement, 0, secret);
  return TRUE;
}

gboolean
wattle_store_remove_account (WattleDb *db, const WattleRef *account, GError **error)
{
  return wattle_db_run (db, error, "DELETE FROM account WHERE ref = ?", "r", account) >= 0;
}

/* A row as an object of its own; NULL where it does not make sense. */
typedef gpointer (*RowFunc) (sqlite3_stmt *statement);

/* All rows of @statement, which is NULL where @error is set already. */
static GPtrArray *
collect (WattleDb *db, sqlite3_stmt *statement, RowFunc make, GDestroyNotify free_row, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  int status = -1;

  while (statement && (status = wattle_db_step (db, statement, error)) == SQLITE_ROW) {
    gpointer row = make (statement);

    if (!row) {
      wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
      return NULL;
    }
    g_ptr_array_add (rows, row);
  }
  return status == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

/* ---------------------------------------------------------------- devices */

static gpointer
device_row (sqlite3_stmt *statement)
{
  g_autoptr (WattleDeviceRow) row = g_new0 (WattleDeviceRow, 1);

  row->body = wattle_db_column_bytes (statement, 3);
  if (!wattle_db_column_ref (statement, 0, &row->unit) || !wattle_db_column_ref (statement, 1, &row->account)
      || !wattle_db_column_ref (statement, 2, &row->ref))
    return NULL;
  return g_steal_pointer (&row);
}

gboolean
wattle_store_add_device (WattleDb *db, const WattleDeviceRow *row, GError **error)
{
  return wattle_db_run (db, error, "INSERT INTO device (unit, account, ref, body) VALUES (?, ?, ?, ?)", "rrrb",
                        &row->unit, &row->account, &row->ref, row->body)
         == 1;
}

gboolean
wattle_store_get_device (WattleDb *db, const WattleRef *unit, WattleDeviceRow **row, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_db_query (db, error, "SELECT unit, account, ref, body FROM device WHERE unit = ?", "r", unit);

  *row = NULL;
  if (!first_row (db, &statement, error))
    return FALSE;
  if (statement && !(*row = device_row (statement)))
    return wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
  return TRUE;
}

GPtrArray *
wattle_store_list_devices (WattleDb *db, const WattleRef *account, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (
      db, error, "SELECT unit, account, ref, body FROM device WHERE account = ? ORDER BY ref", "r", account);

  return collect (db, statement, device_row, (GDestroyNotify)wattle_device_row_free, error);
}

gboolean
wattle_store_set_device_body (WattleDb *db, const WattleRef *unit, GBytes *body, GError **error)
{
  return wattle_db_run (db, error, "UPDATE device SET body = ? WHERE unit = ?", "br", body, unit) == 1;
}

gboolean
wattle_store_remove_device (WattleDb *db, const WattleRef *unit, GError **error)
{
  return wattle_db_run (db, error, "DELETE FROM device WHERE unit = ?", "r", unit) >= 0;
}

gboolean
wattle_store_set_released (WattleDb *db, const WattleRef *unit, gint64 time, GError **error)
{
  return wattle_db_run (db, error, "INSERT OR REPLACE INTO release (unit, time) VALUES (?, ?)", "ri", unit, time) >= 0;
}

gboolean
wattle_store_get_released (WattleDb *db, const WattleRef *unit, gint64 *time, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_db_query (db, error, "SELECT time FROM release WHERE unit = ?", "r", unit);

  if (!first_row (db, &statement, error))
    return FALSE;
  *time = statement ? sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

/* ---------------------------------------------------------------- streams */

static gpointer
stream_row (sqlite3_stmt *statement)
{
  g_autoptr (WattleStreamRow) row = g_new0 (WattleStreamRow, 1);

  row->id = sqlite3_column_int64 (statement, 0);
  row->purpose = g_strdup ((const char *)sqlite3_column_text (statement, 2));
  if (!wattle_db_column_ref (statement, 1, &row->ref) || !row->purpose)
    return NULL;
  return g_steal_pointer (&row);
}

gboolean
wattle_store_add_stream (WattleDb *db, const WattleRef *device, const WattleRef *ref, const char *purpose,
                         GError **error)
{
  return wattle_db_run (db, error, "INSERT INTO stream (device, ref, purpose) VALUES (?, ?, ?)", "rrt", device, ref,
                        purpose)
         == 1;
}

gboolean
wattle_store_get_stream (WattleDb *db, const WattleRef *device, const char *purpose, WattleStreamRow **row,
                         GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (
      db, error, "SELECT id, ref, purpose FROM stream WHERE device = ? AND purpose = ?", "rt", device, purpose);

  *row = NULL;
  if (!first_row (db, &statement, error))
    return FALSE;
  if (statement && !(*row = stream_row (statement)))
    return wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
  return TRUE;
}

GPtrArray *
wattle_store_list_streams (WattleDb *db, const WattleRef *device, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (
      db, error, "SELECT id, ref, purpose FROM stream WHERE device = ? ORDER BY purpose", "r", device);

  return collect (db, statement, stream_row, (GDestroyNotify)wattle_stream_row_free, error);
}

gboolean
wattle_store_remove_stream (WattleDb *db, gint64 stream, guint64 *deleted, GError **error)
{
  gint64 readings = wattle_db_run (db, error, "DELETE FROM reading WHERE stream = ?", "i", stream);

  if (readings < 0 || wattle_db_run (db, error, "DELETE FROM stream WHERE id = ?", "i", stream) < 0)
    return FALSE;
  *deleted += (guint64)readings;
  return TRUE;
}

/* --------------------------------------------------------------- readings */

gboolean
wattle_store_add_reading (WattleDb *db, gint64 stream, guint32 sequence, gint64 day, GBytes *body, gboolean *added,
                          GError **error)
{
  gint64 changed = wattle_db_run (
      db, error, "INSERT INTO reading (stream, sequence, day, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", "iiib",
      stream, (gint64)sequence, day, body);

  *added = changed == 1;
  return changed >= 0;
}

gboolean
wattle_store_highest (WattleDb *db, gint64 stream, guint32 *highest, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_db_query (db, error, "SELECT max(sequence) FROM reading WHERE stream = ?", "i", stream);

  if (!first_row (db, &statement, error))
    return FALSE;
  *highest = statement ? (guint32)sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

GPtrArray *
wattle_store_list_readings (WattleDb *db, gint64 stream, guint32 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)reading_row_free);
  g_autoptr (sqlite3_stmt) statement
      = wattle_db_query (db, error,
                         "SELECT sequence, body FROM reading WHERE stream = ? AND sequence > ?"
                         " ORDER BY sequence LIMIT ?",
                         "iii", stream, (gint64)after, (gint64)limit);
  int status = -1;

  while (statement && (status = wattle_db_step (db, statement, error)) == SQLITE_ROW) {
    WattleReadingRow *row = g_new0 (WattleReadingRow, 1);

    row->sequence = (guint32)sqlite3_column_int64 (statement, 0);
    row->body = wattle_db_column_bytes (statement, 1);
    g_ptr_array_add (rows, row);
  }
  return status == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

GStrv
wattle_store_list_purposes (WattleDb *db, GError **error)
{
  g_autoptr (GStrvBuilder) purposes = g_strv_builder_new ();
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (db, error, "SELECT DISTINCT purpose FROM stream", "");
  int status = -1;

  while (statement && (status = wattle_db_step (db, statement, error)) == SQLITE_ROW)
    g_strv_builder_add (purposes, (const char *)sqlite3_column_text (statement, 0));
  return status == SQLITE_DONE ? g_strv_builder_end (purposes) : NULL;
}

gint64
wattle_store_expire_readings (WattleDb *db, const char *purpose, gint64 day, GError **error)
{
  return wattle_db_run (db, error,
                        "DELETE FROM reading WHERE stream IN (SELECT id FROM stream WHERE purpose = ?) AND day < ?",
                        "ti", purpose, day);
}

/* -------------------------------------------------------------- deletions */

gboolean
wattle_store_add_erasure (WattleDb *db, const WattleRef *key, GError **error)
{
  return wattle_db_run (db, error, "INSERT OR IGNORE INTO erasure (key) VALUES (?)", "r", key) >= 0;
}

gboolean
wattle_store_get_erasure (WattleDb *db, gboolean *found, WattleRef *key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (db, error, "SELECT key FROM erasure LIMIT 1", "");

  if (!first_row (db, &statement, error))
    return FALSE;
  *found = statement != NULL;
  if (statement && !wattle_db_column_ref (statement, 0, key))
    return wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
  return TRUE;
}

gboolean
wattle_store_remove_erasure (WattleDb *db, const WattleRef *key, GError **error)
{
  return wattle_db_run (db, error, "DELETE FROM erasure WHERE key = ?", "r", key) >= 0;
}

gboolean
wattle_store_add_tombstone (WattleDb *db, const WattleRef *id, gint64 day, GBytes *body, GError **error)
{
  return wattle_db_run (db, error, "INSERT INTO tombstone (id, day, body) VALUES (?, ?, ?)", "rib", id, day, body) == 1;
}

gboolean
wattle_store_get_tombstone (WattleDb *db, const WattleRef *id, GBytes **body, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (db, error, "SELECT body FROM tombstone WHERE id = ?", "r", id);

  *body = NULL;
  if (!first_row (db, &statement, error))
    return FALSE;
  if (statement)
    *body = wattle_db_column_bytes (statement, 0);
  return TRUE;
}

gboolean
wattle_store_expire_tombstones (WattleDb *db, gint64 day, gint64 time, GError **error)
{
  return wattle_db_run (db, error, "DELETE FROM tombstone WHERE day < ?", "i", day) >= 0
         && wattle_db_run (db, error, "DELETE FROM release WHERE time < ?", "i", time) >= 0;
}
