/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the files of daemon/store alone: statements on the database, and how it
 * is opened with other migrations than the real ones.
 *
 * Values are passed by a string of types: 's' const char * (may be NULL),
 * 'i' gint64, 'b' GBytes * (may be NULL).
 */
#pragma once

#include <sqlite3.h>

#include "daemon/store/database.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* Brings the schema to version index + 1. */
typedef struct {
  const char *sql;
} WattleMigration;

extern const WattleMigration wattle_schema[];
extern const guint wattle_schema_version;

/* wattle_database_open() with another table; for tests of migrating. */
WattleDatabase *wattle_database_open_with (const char *path, const WattleMigration *migrations, guint n_migrations,
                                           GError **error);

sqlite3 *wattle_database_get_handle (WattleDatabase *self);

/* FALSE with @error set where the open transaction has been rolled back by an
 * earlier failure, so that the rest of it must not be written. */
gboolean wattle_database_check_usable (WattleDatabase *self, GError **error);

/* To call before a transaction that writes. */
void wattle_database_prepare_write (WattleDatabase *self);

/* Says that a statement has failed. */
void wattle_database_statement_failed (WattleDatabase *self);

/* Turns SQLite's last error into a sentence for a person. */
void wattle_sql_set_error (sqlite3 *handle, int rc, GError **error);

/* Runs a statement that gives no rows. */
gboolean wattle_sql_run (WattleDatabase *database, GError **error, const char *sql, const char *types, ...);

/* A statement to step through with wattle_sql_next(); NULL on error. */
sqlite3_stmt *wattle_sql_query (WattleDatabase *database, GError **error, const char *sql, const char *types, ...);

/* 1 = a row, 0 = the end, -1 = error. */
int wattle_sql_next (WattleDatabase *database, sqlite3_stmt *statement, GError **error);

/* The first column of the first row, 0 where there is none. */
gboolean wattle_sql_number (WattleDatabase *database, gint64 *number, GError **error, const char *sql,
                            const char *types, ...);

/* Column values: a copy, NULL for NULL. */
char *wattle_sql_text (sqlite3_stmt *statement, int column);
GBytes *wattle_sql_bytes (sqlite3_stmt *statement, int column);

G_END_DECLS
