/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bringing a database to the newest schema.
 */
#include "daemon/store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* "WTL1", in the file's header: tells our files from other programs'. */
#define APPLICATION_ID 0x57544c31

#define BACKUP_INFIX ".before-v"

static gboolean
run (WattleDatabase *database, const char *sql, GError **error)
{
  sqlite3 *handle = wattle_database_get_handle (database);
  int rc = sqlite3_exec (handle, sql, NULL, NULL, NULL);

  if (rc == SQLITE_OK)
    return TRUE;
  wattle_sql_set_error (handle, rc, error);
  return FALSE;
}

static gboolean
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    g_close (fd, NULL);
  return done;
}

/* Copies the whole database into the empty file @to. */
static gboolean
copy_to (WattleDatabase *database, const char *to, GError **error)
{
  sqlite3 *copy = NULL;
  sqlite3_backup *backup = NULL;
  int rc = sqlite3_open_v2 (to, &copy, SQLITE_OPEN_READWRITE, NULL);

  if (rc == SQLITE_OK) {
    backup = sqlite3_backup_init (copy, "main", wattle_database_get_handle (database), "main");
    if (backup) {
      sqlite3_backup_step (backup, -1);
      rc = sqlite3_backup_finish (backup);
    } else {
      rc = sqlite3_errcode (copy);
    }
  }
  if (rc != SQLITE_OK)
    wattle_sql_set_error (copy, rc, error);
  sqlite3_close (copy);
  return rc == SQLITE_OK;
}

static gboolean
back_up (WattleDatabase *database, const char *path, guint version, GError **error)
{
  g_autofree char *final = g_strdup_printf ("%s" BACKUP_INFIX "%u", path, version);
  g_autofree char *partial = g_strconcat (final, ".part", NULL);
  int fd;

  g_unlink (partial);
  fd = g_open (partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_close (fd, NULL);
  if (fd < 0 || !copy_to (database, partial, error) || g_rename (partial, final) < 0 || !sync_folder (final)) {
    if (error && !*error)
      g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                   _ ("Wattle could not back up its records before updating them: %s. Nothing was changed."),
                   g_strerror (errno));
    g_unlink (partial);
    return FALSE;
  }
  return TRUE;
}

/* No row may refer to a missing one after a migration. */
static gboolean
check_references (WattleDatabase *database, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (database, error, "PRAGMA foreign_key_check", "");
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  if (step == 1)
    wattle_sql_set_error (NULL, SQLITE_CORRUPT, error);
  return step == 0;
}

static gboolean
migrate_one (WattleDatabase *database, const WattleMigration *migration, guint version, GError **error)
{
  g_autofree char *stamp
      = g_strdup_printf ("PRAGMA user_version = %u; PRAGMA application_id = %d", version, APPLICATION_ID);

  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!run (database, migration->sql, error) || !check_references (database, error) || !run (database, stamp, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}

gboolean
wattle_migrate_check (WattleDatabase *database, guint newest, GError **error)
{
  gint64 version, application, tables;

  if (!wattle_sql_number (database, &version, error, "PRAGMA user_version", "")
      || !wattle_sql_number (database, &application, error, "PRAGMA application_id", "")
      || !wattle_sql_number (database, &tables, error, "SELECT count(*) FROM sqlite_schema", ""))
    return FALSE;
  if (version == 0 && application == 0 && tables == 0)
    return TRUE; /* new */
  if (application != APPLICATION_ID || version < 1) {
    wattle_sql_set_error (NULL, SQLITE_NOTADB, error);
    return FALSE;
  }
  if (version > newest) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_VERSION,
                         _ ("Your records were written by a newer version of Wattle. Install that version again."));
    return FALSE;
  }
  return TRUE;
}

gboolean
wattle_migrate (WattleDatabase *database, const char *path, const WattleMigration *migrations, guint newest,
                GError **error)
{
  gint64 version;

  if (!wattle_sql_number (database, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  for (guint next = (guint)version + 1; next <= newest; next++) {
    /* A new database has nothing to lose. */
    if (version > 0 && !back_up (database, path, next, error))
      return FALSE;
    if (!migrate_one (database, &migrations[next - 1], next, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
wattle_migrate_remove_backups (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *prefix = g_strconcat (name, BACKUP_INFIX, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *entry;

  while (dir && (entry = g_dir_read_name (dir))) {
    g_autofree char *full = g_build_filename (folder, entry, NULL);

    if (!g_str_has_prefix (entry, prefix) || g_unlink (full) == 0 || errno == ENOENT)
      continue;
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("Wattle could not delete the old backup %s: %s."), full,
                 g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}
