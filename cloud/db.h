/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SQLite database as the cloud keeps them: WAL, synchronous FULL, deleted
 * bytes overwritten, migrated with a backup before each step.  Not a word of
 * what is kept: that is cloud/store.h and cloud/keys.h.
 *
 * Errors while it is used are WATTLE_PROBLEM_STORAGE_FULL, _STORE_CORRUPT,
 * _BUSY or _INTERNAL; at the start WATTLE_ERROR_STORE and _STORE_CORRUPT.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "cloud/crypt.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

typedef struct {
  sqlite3 *handle;
  char *path;
} WattleDb;

typedef enum {
  WATTLE_DB_CREATE = 1 << 0,       /* make it; it must not exist yet */
  WATTLE_DB_KEEP_BACKUPS = 1 << 1, /* else a migration's backup is shredded when it has succeeded */
} WattleDbFlags;

/* Opens, checks and migrates.  Step i of @migrations, SQL each, leads from
 * user_version i to i+1.  Backups are put in the folder @backups as
 * NAME-vVERSION-TIME.db.  A file of a newer Wattle is refused. */
WattleDb *wattle_db_open (const char *path, WattleDbFlags flags, const char *const *migrations, guint n_migrations,
                          const char *backups, GError **error);
void wattle_db_close (WattleDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDb, wattle_db_close)

/* At most @pages pages of 4096 bytes; more is WATTLE_PROBLEM_STORAGE_FULL. */
void wattle_db_set_max_pages (WattleDb *db, guint pages);

gboolean wattle_db_begin (WattleDb *db, GError **error);
gboolean wattle_db_commit (WattleDb *db, GError **error);
void wattle_db_rollback (WattleDb *db); /* does nothing outside a transaction */

/* Copies the write-ahead log into the file and empties it. */
gboolean wattle_db_checkpoint (WattleDb *db, GError **error);

/* Prepares @sql and binds one argument for each letter of @format:
 * r = const WattleRef *, b = GBytes *, i = gint64, t = const char *. */
sqlite3_stmt *wattle_db_query (WattleDb *db, GError **error, const char *sql, const char *format, ...);

/* One step: SQLITE_ROW, SQLITE_DONE, or -1 with @error set. */
int wattle_db_step (WattleDb *db, sqlite3_stmt *statement, GError **error);

/* Prepares, binds and runs a statement without rows; returns how many rows it
 * changed or -1. */
gint64 wattle_db_run (WattleDb *db, GError **error, const char *sql, const char *format, ...);

/* Columns of a row. */
gboolean wattle_db_column_ref (sqlite3_stmt *statement, int column, WattleRef *out); /* FALSE: not 32 bytes */
GBytes *wattle_db_column_bytes (sqlite3_stmt *statement, int column);

G_END_DECLS
