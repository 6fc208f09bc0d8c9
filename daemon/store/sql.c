/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements on the database.
 */
#include "daemon/store/sql.h"

#include <glib/gi18n-lib.h>

/* What a person is told for SQLite's result codes, extended and primary. */
static const struct {
  int rc;
  WattleError code;
  const char *sentence;
} sentences[] = {
  { SQLITE_FULL, WATTLE_ERROR_STORE,
    N_ ("Wattle could not save its records because the disk is full. Nothing was lost. Free some space and try "
        "again.") },
  /* A quota, a size limit or a worn disk. */
  { SQLITE_IOERR_WRITE, WATTLE_ERROR_STORE,
    N_ ("Wattle could not save its records: the disk is full or does not work. Nothing was lost. Free some space and "
        "try again.") },
  { SQLITE_BUSY, WATTLE_ERROR_BUSY,
    N_ ("A second Wattle service uses your records. Close it, or log out and in again.") },
  { SQLITE_LOCKED, WATTLE_ERROR_BUSY,
    N_ ("A second Wattle service uses your records. Close it, or log out and in again.") },
  { SQLITE_CORRUPT, WATTLE_ERROR_STORE_CORRUPT,
    N_ ("Wattle's records are damaged. The file was left as it is. Restore it from a backup, or move it away to start "
        "anew.") },
  { SQLITE_NOTADB, WATTLE_ERROR_STORE_CORRUPT,
    N_ ("Wattle's records are damaged. The file was left as it is. Restore it from a backup, or move it away to start "
        "anew.") },
  { SQLITE_READONLY, WATTLE_ERROR_STORE,
    N_ ("Wattle may not write to its records. Check who may write in its folder.") },
  { SQLITE_PERM, WATTLE_ERROR_STORE, N_ ("Wattle may not open its records. Check who may read its folder.") },
  { SQLITE_CANTOPEN, WATTLE_ERROR_STORE, N_ ("Wattle may not open its records. Check who may read its folder.") },
};

void
wattle_sql_set_error (sqlite3 *handle, int rc, GError **error)
{
  g_debug ("database: %s (%d)", handle ? sqlite3_errmsg (handle) : sqlite3_errstr (rc), rc);
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (sentences[i].rc == rc || sentences[i].rc == (rc & 0xff)) {
      g_set_error_literal (error, WATTLE_ERROR, sentences[i].code, _ (sentences[i].sentence));
      return;
    }
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
               _ ("Wattle could not read or write its records. Restart Wattle; if it happens again, check your disk "
                  "(%s)."),
               sqlite3_errstr (rc));
}

static int
bind (sqlite3_stmt *statement, const char *types, va_list args)
{
  int rc = SQLITE_OK;

  for (int i = 0; types[i] && rc == SQLITE_OK; i++)
    switch (types[i]) {
      case 's':
        rc = sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'i':
        rc = sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
        break;
      case 'b': {
        GBytes *bytes = va_arg (args, GBytes *);
        gsize size = 0;
        const void *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

        if (!bytes)
          rc = sqlite3_bind_null (statement, i + 1);
        else
          rc = sqlite3_bind_blob64 (statement, i + 1, data ? data : "", size, SQLITE_TRANSIENT);
        break;
      }
      default:
        g_assert_not_reached ();
    }
  return rc;
}

static sqlite3_stmt *
prepare (WattleDatabase *database, GError **error, const char *sql, const char *types, va_list args)
{
  sqlite3 *handle = wattle_database_get_handle (database);
  g_autoptr (sqlite3_stmt) statement = NULL;
  int rc;

  if (!wattle_database_check_usable (database, error))
    return NULL;
  rc = sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL);
  if (rc == SQLITE_OK)
    rc = bind (statement, types, args);
  if (rc != SQLITE_OK) {
    wattle_sql_set_error (handle, rc, error);
    wattle_database_statement_failed (database);
    return NULL;
  }
  if (!sqlite3_stmt_readonly (statement))
    wattle_database_prepare_write (database);
  return g_steal_pointer (&statement);
}

int
wattle_sql_next (WattleDatabase *database, sqlite3_stmt *statement, GError **error)
{
  int rc = sqlite3_step (statement);

  if (rc == SQLITE_ROW)
    return 1;
  if (rc == SQLITE_DONE)
    return 0;
  wattle_sql_set_error (wattle_database_get_handle (database), rc, error);
  wattle_database_statement_failed (database);
  return -1;
}

gboolean
wattle_sql_run (WattleDatabase *database, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list args;

  va_start (args, types);
  statement = prepare (database, error, sql, types, args);
  va_end (args);
  return statement && wattle_sql_next (database, statement, error) == 0;
}

sqlite3_stmt *
wattle_sql_query (WattleDatabase *database, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list args;

  va_start (args, types);
  statement = prepare (database, error, sql, types, args);
  va_end (args);
  return statement;
}

gboolean
wattle_sql_number (WattleDatabase *database, gint64 *number, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list args;
  int step;

  *number = 0;
  va_start (args, types);
  statement = prepare (database, error, sql, types, args);
  va_end (args);
  if (!statement)
    return FALSE;
  step = wattle_sql_next (database, statement, error);
  if (step == 1)
    *number = sqlite3_column_int64 (statement, 0);
  return step >= 0;
}

char *
wattle_sql_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (statement, column));
}

GBytes *
wattle_sql_bytes (sqlite3_stmt *statement, int column)
{
  const void *data = sqlite3_column_blob (statement, column);

  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return NULL;
  return g_bytes_new (data, (gsize)sqlite3_column_bytes (statement, column));
}
