/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite databases: opening, migrating, running statements.
 */
#include "cloud/db.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cloud/log.h"
#include "cloud/problem.h"
#include "common/error.h"

#define BUSY_TIMEOUT_MS 2000

/* What every connection is set to.  Deleted content is overwritten, and temporary
 * content stays in memory, so that nothing erased is left in a file. */
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;";

static gboolean
is_corrupt (int status)
{
  return (status & 0xff) == SQLITE_CORRUPT || (status & 0xff) == SQLITE_NOTADB;
}

static gboolean
is_full (sqlite3 *handle, int status)
{
  int system = sqlite3_system_errno (handle);

  return (status & 0xff) == SQLITE_FULL
         || ((status & 0xff) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT || system == EFBIG))
         || status == SQLITE_IOERR_WRITE;
}

/* Turns SQLite's last error into a problem.  The log gets SQLite's own words,
 * which name columns and files, never values. */
static int
fail (WattleDb *db, GError **error)
{
  int status = sqlite3_extended_errcode (db->handle);
  WattleProblem problem = WATTLE_PROBLEM_INTERNAL;

  if (is_full (db->handle, status))
    problem = WATTLE_PROBLEM_STORAGE_FULL;
  else if (is_corrupt (status))
    problem = WATTLE_PROBLEM_STORE_CORRUPT;
  else if ((status & 0xff) == SQLITE_BUSY || (status & 0xff) == SQLITE_LOCKED)
    problem = WATTLE_PROBLEM_BUSY;
  wattle_log (WATTLE_LOG_ERROR, "%s: %s (%d)", db->path, sqlite3_errmsg (db->handle), status);
  wattle_problem (error, problem, NULL);
  return -1;
}

static gboolean
fail_open (WattleDb *db, const char *doing, GError **error)
{
  int status = sqlite3_extended_errcode (db->handle);

  if (is_corrupt (status))
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT,
                 _ ("The database %s is damaged. Put back a backup of it; nothing was changed."), db->path);
  else
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("The database %s cannot be used (%s): %s"), db->path,
                 doing, sqlite3_errmsg (db->handle));
  return FALSE;
}

static gboolean
execute (WattleDb *db, const char *sql, const char *doing, GError **error)
{
  return sqlite3_exec (db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail_open (db, doing, error);
}

static gboolean
read_version (WattleDb *db, int *version, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (sqlite3_prepare_v2 (db->handle, "PRAGMA user_version", -1, &statement, NULL) != SQLITE_OK
      || sqlite3_step (statement) != SQLITE_ROW)
    return fail_open (db, "version", error);
  *version = sqlite3_column_int (statement, 0);
  return TRUE;
}

static gboolean
check_integrity (WattleDb *db, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  const char *verdict;

  if (sqlite3_prepare_v2 (db->handle, "PRAGMA quick_check(1)", -1, &statement, NULL) != SQLITE_OK
      || sqlite3_step (statement) != SQLITE_ROW)
    return fail_open (db, "check", error);
  verdict = (const char *)sqlite3_column_text (statement, 0);
  if (g_strcmp0 (verdict, "ok") == 0)
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT,
               _ ("The database %s is damaged. Put back a backup of it; nothing was changed."), db->path);
  return FALSE;
}

/* A copy by SQLite's own backup, whole and synchronised before it is believed. */
static gboolean
back_up (WattleDb *db, const char *path, GError **error)
{
  sqlite3 *copy = NULL;
  sqlite3_backup *backup = NULL;
  int status = sqlite3_open_v2 (path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

  if (status == SQLITE_OK)
    status = sqlite3_exec (copy, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
  if (status == SQLITE_OK && (backup = sqlite3_backup_init (copy, "main", db->handle, "main"))) {
    sqlite3_backup_step (backup, -1);
    status = sqlite3_backup_finish (backup);
  } else if (status == SQLITE_OK) {
    status = sqlite3_errcode (copy);
  }
  sqlite3_close (copy);
  if (status == SQLITE_OK)
    return TRUE;
  g_unlink (path);
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
               _ ("The database %s has to be brought up to date, but no backup could be made at %s: %s"), db->path,
               path, sqlite3_errstr (status));
  return FALSE;
}

/* Overwrites before removing: a backup of keys must not survive on the disk. */
static void
shred (const char *path)
{
  static const guint8 zeros[4096];
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  off_t left = fd >= 0 ? lseek (fd, 0, SEEK_END) : 0;

  if (fd >= 0) {
    lseek (fd, 0, SEEK_SET);
    while (left > 0 && write (fd, zeros, MIN ((gsize)left, sizeof zeros)) > 0)
      left -= (off_t)MIN ((gsize)left, sizeof zeros);
    fsync (fd);
    close (fd);
  }
  g_unlink (path);
}

static char *
backup_path (WattleDb *db, int version, const char *backups)
{
  g_autofree char *base = g_path_get_basename (db->path);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%S");
  g_autofree char *name = NULL;

  if (g_str_has_suffix (base, ".db"))
    base[strlen (base) - 3] = '\0';
  name = g_strdup_printf ("%s-v%d-%s.db", base, version, stamp);
  return g_build_filename (backups, name, NULL);
}

static gboolean
migrate (WattleDb *db, WattleDbFlags flags, const char *const *migrations, guint n, const char *backups, GError **error)
{
  int version = 0;

  if (!read_version (db, &version, error))
    return FALSE;
  if (version > (int)n) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                 _ ("The database %s was written by a newer Wattle. Install that one; nothing was changed."), db->path);
    return FALSE;
  }
  for (; version < (int)n; version++) {
    g_autofree char *path = version > 0 ? backup_path (db, version, backups) : NULL;
    g_autofree char *sql
        = g_strdup_printf ("BEGIN IMMEDIATE; %s; PRAGMA user_version = %d; COMMIT;", migrations[version], version + 1);

    if (path && !back_up (db, path, error))
      return FALSE;
    if (!execute (db, sql, "migration", error)) {
      sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
    if (path && !(flags & WATTLE_DB_KEEP_BACKUPS))
      shred (path);
  }
  return TRUE;
}

WattleDb *
wattle_db_open (const char *path, WattleDbFlags flags, const char *const *migrations, guint n_migrations,
                const char *backups, GError **error)
{
  g_autoptr (WattleDb) db = g_new0 (WattleDb, 1);
  gboolean exists = g_file_test (path, G_FILE_TEST_EXISTS);

  db->path = g_strdup (path);
  if (exists == !!(flags & WATTLE_DB_CREATE)) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                 exists ? _ ("The database %s exists already.") : _ ("The database %s is missing."), path);
    return NULL;
  }
  if (sqlite3_open_v2 (path, &db->handle, SQLITE_OPEN_READWRITE | (exists ? 0 : SQLITE_OPEN_CREATE), NULL)
      != SQLITE_OK) {
    fail_open (db, "open", error);
    return NULL;
  }
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!execute (db, settings, "settings", error) || !check_integrity (db, error)
      || !migrate (db, flags, migrations, n_migrations, backups, error))
    return NULL;
  return g_steal_pointer (&db);
}

void
wattle_db_close (WattleDb *db)
{
  sqlite3_close (db->handle);
  g_free (db->path);
  g_free (db);
}

void
wattle_db_set_max_pages (WattleDb *db, guint pages)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %u", pages);

  sqlite3_exec (db->handle, sql, NULL, NULL, NULL);
}

gboolean
wattle_db_begin (WattleDb *db, GError **error)
{
  return wattle_db_run (db, error, "BEGIN IMMEDIATE", "") >= 0;
}

gboolean
wattle_db_commit (WattleDb *db, GError **error)
{
  if (wattle_db_run (db, error, "COMMIT", "") >= 0)
    return TRUE;
  wattle_db_rollback (db);
  return FALSE;
}

void
wattle_db_rollback (WattleDb *db)
{
  if (!sqlite3_get_autocommit (db->handle))
    sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
wattle_db_checkpoint (WattleDb *db, GError **error)
{
  int status = sqlite3_wal_checkpoint_v2 (db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

  return status == SQLITE_OK || fail (db, error) == 0;
}

static void
bind_all (sqlite3_stmt *statement, const char *format, va_list arguments)
{
  for (int i = 1; *format; i++, format++) {
    switch (*format) {
      case 'r':
        sqlite3_bind_blob (statement, i, va_arg (arguments, const WattleRef *)->bytes, sizeof (WattleRef),
                           SQLITE_TRANSIENT);
        break;
      case 'b': {
        GBytes *bytes = va_arg (arguments, GBytes *);

        sqlite3_bind_blob64 (statement, i, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), SQLITE_TRANSIENT);
        break;
      }
      case 'i':
        sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
        break;
      case 't':
        sqlite3_bind_text (statement, i, va_arg (arguments, const char *), -1, SQLITE_TRANSIENT);
        break;
      default:
        g_assert_not_reached ();
    }
  }
}

static sqlite3_stmt *
query_va (WattleDb *db, GError **error, const char *sql, const char *format, va_list arguments)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db->handle, sql, -1, &statement, NULL) != SQLITE_OK) {
    fail (db, error);
    return NULL;
  }
  g_assert (sqlite3_bind_parameter_count (statement) == (int)strlen (format));
  bind_all (statement, format, arguments);
  return statement;
}

sqlite3_stmt *
wattle_db_query (WattleDb *db, GError **error, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement;
  va_list arguments;

  va_start (arguments, format);
  statement = query_va (db, error, sql, format, arguments);
  va_end (arguments);
  return statement;
}

int
wattle_db_step (WattleDb *db, sqlite3_stmt *statement, GError **error)
{
  int status = sqlite3_step (statement);

  return status == SQLITE_ROW || status == SQLITE_DONE ? status : fail (db, error);
}

gint64
wattle_db_run (WattleDb *db, GError **error, const char *sql, const char *format, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list arguments;

  va_start (arguments, format);
  statement = query_va (db, error, sql, format, arguments);
  va_end (arguments);
  if (!statement || wattle_db_step (db, statement, error) < 0)
    return -1;
  return sqlite3_changes64 (db->handle);
}

gboolean
wattle_db_column_ref (sqlite3_stmt *statement, int column, WattleRef *out)
{
  if (sqlite3_column_bytes (statement, column) != (int)sizeof out->bytes)
    return FALSE;
  memcpy (out->bytes, sqlite3_column_blob (statement, column), sizeof out->bytes);
  return TRUE;
}

GBytes *
wattle_db_column_bytes (sqlite3_stmt *statement, int column)
{
  return g_bytes_new (sqlite3_column_blob (statement, column), (gsize)sqlite3_column_bytes (statement, column));
}
