/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening, locking, migrating and refusing databases.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/readings.h"
#include "daemon/store/settings.h"
#include "daemon/store/sql.h"
#include "util.h"

/* An imagined history of a schema. */
static const WattleMigration history[] = {
  { "CREATE TABLE a (x TEXT NOT NULL) STRICT; INSERT INTO a VALUES ('one')" },
  { "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 2" },
  { "CREATE TABLE b (x TEXT NOT NULL) STRICT; INSERT INTO b SELECT x || y FROM a" },
};

static const WattleMigration broken[] = {
  { "CREATE TABLE a (x TEXT NOT NULL) STRICT; INSERT INTO a VALUES ('one')" },
  { "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 2; INSERT INTO nowhere VALUES (1)" },
};

static const WattleMigration dangling[] = {
  { "CREATE TABLE a (x TEXT NOT NULL) STRICT" },
  { "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY "
    "DEFERRED); INSERT INTO c VALUES (7)" },
};

static char *
read_file (const char *path, gsize *size)
{
  char *data = NULL;

  g_assert_true (g_file_get_contents (path, &data, size, NULL));
  return data;
}

static void
assert_same_file (const char *path, const char *data, gsize size)
{
  gsize now_size;
  g_autofree char *now = read_file (path, &now_size);

  g_assert_cmpmem (now, now_size, data, size);
}

static gint64
number (WattleDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 n;

  wattle_sql_number (database, &n, &error, sql, "");
  g_assert_no_error (error);
  return n;
}

static void
assert_opens_with (const char *path, WattleError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = wattle_database_open (path, &error);

  g_assert_null (database);
  g_assert_error (error, WATTLE_ERROR, (int)code);
}

static void
test_private (TestFolder *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL);
  g_autoptr (WattleDatabase) database = NULL;
  struct stat status;

  /* What was left open to others is closed to them. */
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  database = test_open (f->path);
  g_assert_cmpint (stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (f->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (wal, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_pragmas (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);

  g_assert_cmpint (number (database, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (number (database, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpint (number (database, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (number (database, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), ==, 1);
  g_assert_cmpint (number (database, "SELECT count(*) FROM pragma_locking_mode WHERE locking_mode = 'exclusive'"), ==,
                   1);
}

static void
test_second_opener (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDatabase) again = NULL;

  assert_opens_with (f->path, WATTLE_ERROR_BUSY);
  g_clear_object (&database);
  again = test_open (f->path);
}

/* What another process gets: 0 or the error's code. */
static int
open_elsewhere (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--open", path, NULL };
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* The lock holds against another process, too. */
static void
test_second_process (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);

  g_assert_cmpint (open_elsewhere (f->path), ==, WATTLE_ERROR_BUSY);
  g_clear_object (&database);
  g_assert_cmpint (open_elsewhere (f->path), ==, 0);
}

static void
test_no_access (TestFolder *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  /* A file where the folder should be: nobody can open that, not even root. */
  g_assert_true (g_file_set_contents (folder, "x", 1, NULL));
  assert_opens_with (f->path, WATTLE_ERROR_STORE);
}

static void
test_corrupt (TestFolder *f, gconstpointer data)
{
  g_autofree char *good = NULL, *bad = NULL;
  gsize size;

  {
    g_autoptr (WattleDatabase) database = test_open (f->path);
    g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
    WattleReading readings[500] = { 0 };

    g_assert_true (wattle_devices_put (database, device, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (readings); i++)
      readings[i] = (WattleReading){ i + 1, 1700000000, 1, 1 };
    g_assert_true (wattle_readings_insert (database, device->id, readings, G_N_ELEMENTS (readings), NULL));
  }
  good = read_file (f->path, &size);
  g_assert_cmpuint (size, >, 3 * 4096);

  /* A page of noise in the middle, then a file cut short, then no database at
   * all: refused each time and left as it is. */
  for (int kind = 0; kind < 3; kind++) {
    gsize bad_size = kind == 1 ? size - 4096 - 100 : size;

    g_free (bad);
    bad = g_memdup2 (good, size);
    if (kind == 0)
      memset (bad + 2 * 4096, 0xa5, size - 2 * 4096);
    else if (kind == 2)
      memset (bad, 'x', 100);
    g_assert_true (g_file_set_contents (f->path, bad, (gssize)bad_size, NULL));
    assert_opens_with (f->path, WATTLE_ERROR_STORE_CORRUPT);
    assert_same_file (f->path, bad, bad_size);
  }
  g_assert_true (g_file_set_contents (f->path, good, (gssize)size, NULL));
  g_object_unref (test_open (f->path));
}

static void
test_foreign (TestFolder *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);
  g_autofree char *before = NULL;
  sqlite3 *other = NULL;
  gsize size;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (f->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "CREATE TABLE t (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  before = read_file (f->path, &size);
  assert_opens_with (f->path, WATTLE_ERROR_STORE_CORRUPT);
  assert_same_file (f->path, before, size);
}

static void
test_newer (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = wattle_database_open_with (f->path, history, 3, &error);
  g_autofree char *before = NULL;
  gsize size;

  g_assert_no_error (error);
  g_clear_object (&database);
  before = read_file (f->path, &size);
  database = wattle_database_open_with (f->path, history, 2, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_VERSION);
  g_assert_null (database);
  assert_same_file (f->path, before, size);
}

/* From each version to the last, and each backup opens as what it was. */
static void
test_migrations (TestFolder *f, gconstpointer data)
{
  for (guint from = 1; from <= 3; from++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_strdup_printf ("%s-%u", f->path, from);
    g_autoptr (WattleDatabase) database = wattle_database_open_with (path, history, from, &error);

    g_assert_no_error (error);
    g_clear_object (&database);
    database = wattle_database_open_with (path, history, 3, &error);
    g_assert_no_error (error);
    g_assert_cmpint (number (database, "SELECT count(*) FROM b WHERE x = 'one2'"), ==, 1);
    g_clear_object (&database);
    for (guint version = 2; version <= 3; version++) {
      g_autofree char *backup = g_strdup_printf ("%s.before-v%u", path, version);
      struct stat status;

      if (version <= from) {
        g_assert_false (g_file_test (backup, G_FILE_TEST_EXISTS));
        continue;
      }
      g_assert_cmpint (stat (backup, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
      database = wattle_database_open_with (backup, history, version - 1, &error);
      g_assert_no_error (error);
      g_assert_cmpint (number (database, "PRAGMA user_version"), ==, version - 1);
      g_assert_cmpint (number (database, "SELECT count(*) FROM a WHERE x = 'one'"), ==, 1);
      g_clear_object (&database);
    }
  }
}

static void
test_migration_fails (TestFolder *f, gconstpointer data)
{
  const struct {
    const WattleMigration *migrations;
    WattleError code;
  } cases[] = { { broken, WATTLE_ERROR_STORE }, { dangling, WATTLE_ERROR_STORE_CORRUPT } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_strdup_printf ("%s-%" G_GSIZE_FORMAT, f->path, i);
    g_autofree char *backup = g_strconcat (path, ".before-v2", NULL);
    g_autoptr (WattleDatabase) database = wattle_database_open_with (path, cases[i].migrations, 1, &error);

    g_assert_no_error (error);
    g_clear_object (&database);
    database = wattle_database_open_with (path, cases[i].migrations, 2, &error);
    g_assert_error (error, WATTLE_ERROR, (int)cases[i].code);
    g_assert_null (database);
    g_clear_error (&error);
    g_assert_true (g_file_test (backup, G_FILE_TEST_EXISTS));
    /* Nothing of it has stayed. */
    database = wattle_database_open_with (path, cases[i].migrations, 1, &error);
    g_assert_no_error (error);
    g_assert_cmpint (number (database, "PRAGMA user_version"), ==, 1);
    g_assert_cmpint (number (database, "SELECT count(*) FROM pragma_table_info('a')"), ==, 1);
  }
}

/* No backup, no migration. */
static void
test_backup_fails (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = wattle_database_open_with (f->path, history, 1, &error);
  g_autofree char *obstacle = g_strconcat (f->path, ".before-v2", NULL);
  g_autofree char *inside = g_build_filename (obstacle, "x", NULL);

  g_assert_no_error (error);
  g_clear_object (&database);
  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  database = wattle_database_open_with (f->path, history, 3, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  database = wattle_database_open_with (f->path, history, 1, &error);
  g_assert_no_error (error);
}

static void
fill (WattleDatabase *database, guint *kept, GError **error)
{
  g_autofree char *big = g_strnfill (100000, 'x');

  for (*kept = 0; *kept < 10000; (*kept)++) {
    g_autofree char *name = g_strdup_printf ("setting-%u", *kept);

    if (!wattle_settings_set (database, name, big, error))
      return;
  }
}

/* The database may grow no more. */
static void
test_full (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  guint kept;

  number (database, "PRAGMA max_page_count = 500");
  fill (database, &kept, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_assert_cmpuint (kept, >, 5);
  g_clear_error (&error);

  /* A failure within a transaction takes back the whole, and nothing that
   * follows in it is written. */
  g_assert_true (wattle_database_begin (database, NULL));
  g_assert_true (wattle_settings_set (database, "small", "1", NULL));
  fill (database, &kept, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  g_assert_false (wattle_settings_set (database, "after", "1", NULL));
  g_assert_false (wattle_database_commit (database, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings WHERE name IN ('small', 'after')"), ==, 0);

  number (database, "PRAGMA max_page_count = 100000");
  g_assert_true (wattle_settings_set (database, "after", "1", NULL));
  g_assert_cmpint (number (database, "PRAGMA integrity_check"), ==, 0);
}

/* The system refuses to write, as a full disk or a quota does. */
static void
test_write_refused (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  struct rlimit before, limit;
  guint kept, was;
  g_autofree char *count = NULL;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 2000000;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  fill (database, &kept, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, "full"));
  g_assert_cmpuint (kept, >, 5);
  was = kept;
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings"), ==, was);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  /* There is room again: everything goes on, after a restart as well. */
  g_assert_true (wattle_settings_set (database, "after", "1", NULL));
  g_clear_object (&database);
  database = test_open (f->path);
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings"), ==, was + 1);
}

static void
test_nesting (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);

  g_assert_true (wattle_database_begin (database, NULL));
  g_assert_true (wattle_database_begin (database, NULL));
  g_assert_true (wattle_settings_set (database, "a", "1", NULL));
  g_assert_true (wattle_database_commit (database, NULL));
  g_assert_true (wattle_settings_set (database, "b", "1", NULL));
  g_assert_true (wattle_database_commit (database, NULL));
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings"), ==, 2);

  /* An inner rollback undoes the whole. */
  g_assert_true (wattle_database_begin (database, NULL));
  g_assert_true (wattle_settings_set (database, "c", "1", NULL));
  g_assert_true (wattle_database_begin (database, NULL));
  wattle_database_rollback (database);
  g_assert_false (wattle_settings_set (database, "d", "1", NULL));
  g_assert_false (wattle_database_commit (database, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings"), ==, 2);
}

/* Killed in the middle: what was committed is there. */
static void
test_killed (TestFolder *f, gconstpointer data)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--write-and-die", f->path, NULL };
  g_autoptr (WattleDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFSIGNALED (status));
  database = test_open (f->path);
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings WHERE name = 'kept'"), ==, 1);
  g_assert_cmpint (number (database, "SELECT count(*) FROM settings WHERE name = 'open'"), ==, 0);
}

static int
helper (const char *what, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = wattle_database_open (path, &error);

  if (!database)
    return error->code;
  if (g_str_equal (what, "--write-and-die")) {
    if (!wattle_settings_set (database, "kept", "1", NULL) || !wattle_database_begin (database, NULL)
        || !wattle_settings_set (database, "open", "1", NULL))
      return 1;
    kill (getpid (), SIGKILL);
  }
  return 0;
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/store/database/" name, TestFolder, NULL, test_folder_set_up, func, test_folder_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_has_prefix (argv[1], "--") && strchr (argv[2], '/') && argv[2][0] == '/')
    return helper (argv[1], argv[2]);
  g_test_init (&argc, &argv, NULL);
  ADD ("private", test_private);
  ADD ("pragmas", test_pragmas);
  ADD ("second-opener", test_second_opener);
  ADD ("second-process", test_second_process);
  ADD ("no-access", test_no_access);
  ADD ("corrupt", test_corrupt);
  ADD ("foreign", test_foreign);
  ADD ("newer", test_newer);
  ADD ("migrations", test_migrations);
  ADD ("migration-fails", test_migration_fails);
  ADD ("backup-fails", test_backup_fails);
  ADD ("full", test_full);
  ADD ("write-refused", test_write_refused);
  ADD ("nesting", test_nesting);
  ADD ("killed", test_killed);
  return g_test_run ();
}
