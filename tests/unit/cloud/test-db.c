/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Databases: migrations with a backup before each, and errors that leave all as
 * it was.
 */
#include <string.h>

#include "cloud/db.h"
#include "cloud/problem.h"
#include "common/error.h"
#include "folder.h"

static const char *const good[] = {
  "CREATE TABLE thing (name TEXT)",
  "ALTER TABLE thing ADD COLUMN size INTEGER",
  "UPDATE thing SET size = length (name)",
};
static const char *const bad[] = {
  "CREATE TABLE thing (name TEXT)",
  "ALTER TABLE thing ADD COLUMN size INTEGER",
  "UPDATE thing SET size = 7; UPDATE nothing SET size = 1",
};

static WattleDb *
open_db (Folder *folder, WattleDbFlags flags, const char *const *migrations, guint n, GError **error)
{
  g_autofree char *path = g_build_filename (folder->path, "some.db", NULL);

  return wattle_db_open (path, flags, migrations, n, folder->path, error);
}

static gint64
number (WattleDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (db, &error, sql, "");

  g_assert_no_error (error);
  g_assert_cmpint (wattle_db_step (db, statement, &error), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

/* A database at version 1 with one row. */
static void
make_old (Folder *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDb) db = open_db (folder, WATTLE_DB_CREATE | WATTLE_DB_KEEP_BACKUPS, good, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (wattle_db_run (db, &error, "INSERT INTO thing VALUES (?)", "t", "canary-thing"), ==, 1);
}

static GStrv
backups (Folder *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  const char *name;

  while ((name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "some-v"))
      g_strv_builder_add (found, name);
  return g_strv_builder_end (found);
}

static void
test_migration (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDb) db = NULL;
  g_auto (GStrv) found = NULL;

  make_old (folder);
  db = open_db (folder, WATTLE_DB_KEEP_BACKUPS, good, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpint (number (db, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (number (db, "SELECT size FROM thing"), ==, 12);
  found = backups (folder);
  g_assert_cmpuint (g_strv_length (found), ==, 2);
  for (guint i = 0; found[i]; i++) {
    g_autofree char *path = g_build_filename (folder->path, found[i], NULL);
    g_autoptr (WattleDb) backup = wattle_db_open (path, 0, good, 3, folder->path, &error);

    g_assert_no_error (error);
    g_assert_cmpint (number (backup, "SELECT count(*) FROM thing"), ==, 1);
  }
}

static void
test_failed_migration (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDb) db = NULL;

  make_old (folder);
  g_assert_null (open_db (folder, WATTLE_DB_KEEP_BACKUPS, bad, 3, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  db = open_db (folder, WATTLE_DB_KEEP_BACKUPS, good, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (number (db, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (number (db, "SELECT size IS NULL FROM thing"), ==, 1);
}

static void
test_no_backup_no_migration (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder->path, "some.db", NULL);
  g_autoptr (WattleDb) db = NULL;

  make_old (folder);
  g_assert_null (wattle_db_open (path, 0, good, 3, "/nonexistent/folder", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  db = open_db (folder, 0, good, 1, &error);
  g_assert_no_error (error);
}

/* Keys must not live on in a backup. */
static void
test_backups_of_keys (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDb) db = NULL;
  g_auto (GStrv) found = NULL;

  make_old (folder);
  db = open_db (folder, 0, good, 3, &error);
  g_assert_no_error (error);
  found = backups (folder);
  g_assert_cmpuint (g_strv_length (found), ==, 0);
}

static void
test_never_made_by_chance (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_db (folder, 0, good, 1, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  make_old (folder);
  g_assert_null (open_db (folder, WATTLE_DB_CREATE, good, 1, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
}

static void
test_full (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDb) db = open_db (folder, WATTLE_DB_CREATE, good, 1, &error);
  g_autofree char *large = g_strnfill (3000, 'x');
  guint n = 0;

  wattle_db_set_max_pages (db, 20);
  while (wattle_db_run (db, &error, "INSERT INTO thing VALUES (?)", "t", large) == 1)
    n++;
  g_assert_error (error, WATTLE_PROBLEM, WATTLE_PROBLEM_STORAGE_FULL);
  g_clear_error (&error);
  g_assert_cmpint (number (db, "SELECT count(*) FROM thing"), ==, n);
  g_assert_cmpint (wattle_db_run (db, &error, "DELETE FROM thing", ""), ==, n);
  g_assert_cmpint (wattle_db_run (db, &error, "INSERT INTO thing VALUES (?)", "t", large), ==, 1);
}

static void
test_settings (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDb) db = open_db (folder, WATTLE_DB_CREATE, good, 1, &error);
  g_autoptr (sqlite3_stmt) journal = wattle_db_query (db, &error, "PRAGMA journal_mode", "");

  g_assert_cmpint (number (db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (number (db, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpint (number (db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (wattle_db_step (db, journal, &error), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *)sqlite3_column_text (journal, 0), ==, "wal");
}

int
main (int argc, char **argv)
{
  const struct {
    const char *name;
    void (*test) (Folder *, gconstpointer);
  } tests[] = {
    { "/cloud/db/migration", test_migration },
    { "/cloud/db/failed-migration", test_failed_migration },
    { "/cloud/db/no-backup-no-migration", test_no_backup_no_migration },
    { "/cloud/db/backups-of-keys", test_backups_of_keys },
    { "/cloud/db/never-made-by-chance", test_never_made_by_chance },
    { "/cloud/db/full", test_full },
    { "/cloud/db/settings", test_settings },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Folder, NULL, folder_set_up, tests[i].test, folder_tear_down);
  return g_test_run ();
}
