/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's SQLite database.
 *
 * The write-ahead log makes a commit one fdatasync: the log's header is
 * written beforehand ("primed"), and checkpoints happen only between commits.
 */
#include "daemon/store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "daemon/store/migrate.h"
#include "daemon/store/sql.h"

/* Pages in the write-ahead log at which it is moved into the database when
 * the main loop has nothing better to do. */
#define LARGE_LOG 1000

/* Milliseconds after opening until the log's header is written: the start of
 * the service should not wait for the disk. */
#define PRIME_AFTER 500

/* Seconds between looks whether a disk that refused takes something again. */
#define RETRY_AFTER 3

struct _WattleDatabase {
  GObject parent_instance;

  sqlite3 *handle;
  char *path;
  guint depth;      /* of nested transactions */
  gboolean undone;  /* the open transaction can only be rolled back */
  guint checkpoint; /* idle source, 0 = none */
  gboolean primed;  /* the log's header is written */
  guint prime;      /* timeout source, 0 = none */
  guint retry;      /* timeout source, 0 = none */
  GError *refused;  /* why the disk took nothing the last time; NULL = it did */
};

G_DEFINE_FINAL_TYPE (WattleDatabase, wattle_database, G_TYPE_OBJECT)

enum { DISK_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* In force for every connection.  locking_mode comes before the first access,
 * so that the lock is taken there and no shared memory file is needed. */
static const char before_check[] = "PRAGMA locking_mode = EXCLUSIVE;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA cell_size_check = ON;"
                                   "PRAGMA temp_store = MEMORY;";
static const char after_check[] = "PRAGMA journal_mode = WAL;"
                                  "PRAGMA synchronous = FULL;"
                                  "PRAGMA secure_delete = ON;"
                                  "PRAGMA foreign_keys = ON;";

static void note_refusal (WattleDatabase *self);

static gboolean
execute (WattleDatabase *self, const char *sql, GError **error)
{
  int rc = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  if (rc == SQLITE_OK)
    return TRUE;
  wattle_sql_set_error (self->handle, rc, error);
  note_refusal (self);
  return FALSE;
}

static gboolean
make_private_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) < 0 || g_chmod (folder, 0700) < 0) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("Wattle cannot use its folder %s: %s."), folder,
                 g_strerror (errno));
    return FALSE;
  }
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || fchmod (fd, 0600) < 0) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("Wattle cannot open its records in %s: %s."), path,
                 g_strerror (errno));
    if (fd >= 0)
      g_close (fd, NULL);
    return FALSE;
  }
  return g_close (fd, NULL);
}

/* Takes the lock, then reads every page once. */
static gboolean
check (WattleDatabase *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (!execute (self, "BEGIN EXCLUSIVE; COMMIT", error))
    return FALSE;
  statement = wattle_sql_query (self, error, "PRAGMA main.quick_check(1)", "");
  if (!statement)
    return FALSE;
  switch (wattle_sql_next (self, statement, error)) {
    case 1:
      if (g_strcmp0 ((const char *)sqlite3_column_text (statement, 0), "ok") == 0)
        return TRUE;
      wattle_sql_set_error (NULL, SQLITE_CORRUPT, error);
      return FALSE;
    case 0:
      wattle_sql_set_error (NULL, SQLITE_CORRUPT, error);
      return FALSE;
    default:
      return FALSE;
  }
}

static gboolean
checkpoint_when_idle (gpointer user_data)
{
  WattleDatabase *self = user_data;
  g_autoptr (GError) error = NULL;

  self->checkpoint = 0;
  if (!wattle_database_checkpoint (self, &error))
    g_warning ("%s", error->message);
  return G_SOURCE_REMOVE;
}

/* Called after each commit in place of SQLite's own checkpoint. */
static int
committed (void *user_data, sqlite3 *handle, const char *name, int pages)
{
  WattleDatabase *self = user_data;

  if (self->refused != NULL) {
    g_clear_error (&self->refused);
    g_clear_handle_id (&self->retry, g_source_remove);
    g_signal_emit (self, signals[DISK_CHANGED], 0);
  }
  if (pages >= LARGE_LOG && !self->checkpoint)
    self->checkpoint = g_idle_add_full (G_PRIORITY_LOW, checkpoint_when_idle, self, NULL);
  return SQLITE_OK;
}

/* The first commit into a fresh log also syncs its header: have that behind
 * us, so that every later one is a single fdatasync. */
static gboolean
prime_log (WattleDatabase *self, GError **error)
{
  gint64 version;
  g_autofree char *sql = NULL;

  if (self->prime)
    g_source_remove (self->prime);
  self->prime = 0;
  self->primed = TRUE; /* tried once: what stands in the way shows at the commit */
  if (!wattle_sql_number (self, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  sql = g_strdup_printf ("PRAGMA user_version = %d", (int)version);
  return execute (self, sql, error);
}

/* The write that succeeds tells by committed(). */
static gboolean
retry (gpointer user_data)
{
  WattleDatabase *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->depth == 0 && !prime_log (self, &error))
    g_debug ("%s", error->message);
  return G_SOURCE_CONTINUE;
}

/* Whether what has just failed did so because the disk is full or does not work. */
static void
note_refusal (WattleDatabase *self)
{
  int rc = sqlite3_extended_errcode (self->handle);

  if (self->refused != NULL || ((rc & 0xff) != SQLITE_FULL && (rc & 0xff) != SQLITE_IOERR))
    return;
  wattle_sql_set_error (NULL, rc, &self->refused);
  self->retry = g_timeout_add_seconds (RETRY_AFTER, retry, self);
  g_signal_emit (self, signals[DISK_CHANGED], 0);
}

static gboolean
prime_later (gpointer user_data)
{
  WattleDatabase *self = user_data;

  self->prime = 0;
  wattle_database_prepare_write (self);
  return G_SOURCE_REMOVE;
}

void
wattle_database_prepare_write (WattleDatabase *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->primed && self->depth == 0 && !prime_log (self, &error))
    g_debug ("%s", error->message);
}

static gboolean
open_handle (WattleDatabase *self, GError **error)
{
  int rc = sqlite3_open_v2 (self->path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  if (rc != SQLITE_OK) {
    wattle_sql_set_error (self->handle, rc, error);
    return FALSE;
  }
  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  /* Until it is known to be sound, closing must not write to it. */
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  return TRUE;
}

static void
wattle_database_finalize (GObject *object)
{
  WattleDatabase *self = WATTLE_DATABASE (object);

  if (self->checkpoint)
    g_source_remove (self->checkpoint);
  if (self->prime)
    g_source_remove (self->prime);
  g_clear_handle_id (&self->retry, g_source_remove);
  sqlite3_close (self->handle);
  g_clear_error (&self->refused);
  g_free (self->path);
  G_OBJECT_CLASS (wattle_database_parent_class)->finalize (object);
}

static void
wattle_database_class_init (WattleDatabaseClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wattle_database_finalize;
  signals[DISK_CHANGED] = g_signal_new ("disk-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
}

static void
wattle_database_init (WattleDatabase *self)
{
}

char *
wattle_database_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "wattle", "wattle.db", NULL);
}

/* Before the first handle of the process.  By default SQLite takes 130 kB at
 * once for each, of which our few small rows need little. */
static void
spare_memory (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  sqlite3_config (SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
  sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 128, 32);
  g_once_init_leave (&done, 1);
}

void
wattle_database_release_memory (WattleDatabase *self)
{
  sqlite3_db_release_memory (self->handle);
}

WattleDatabase *
wattle_database_open_with (const char *path, const WattleMigration *migrations, guint n_migrations, GError **error)
{
  g_autoptr (WattleDatabase) self = g_object_new (WATTLE_TYPE_DATABASE, NULL);

  spare_memory ();
  self->path = g_strdup (path);
  if (!make_private_file (path, error) || !open_handle (self, error) || !execute (self, before_check, error)
      || !check (self, error) || !wattle_migrate_check (self, n_migrations, error)
      || !execute (self, after_check, error))
    return NULL;
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  if (!wattle_migrate (self, path, migrations, n_migrations, error))
    return NULL;
  self->prime = g_timeout_add (PRIME_AFTER, prime_later, self);
  sqlite3_wal_hook (self->handle, committed, self);
  return g_steal_pointer (&self);
}

WattleDatabase *
wattle_database_open (const char *path, GError **error)
{
  return wattle_database_open_with (path, wattle_schema, wattle_schema_version, error);
}

sqlite3 *
wattle_database_get_handle (WattleDatabase *self)
{
  return self->handle;
}

gboolean
wattle_database_check_usable (WattleDatabase *self, GError **error)
{
  /* On a full disk SQLite may have rolled back by itself. */
  if (self->depth && (self->undone || sqlite3_get_autocommit (self->handle))) {
    self->undone = TRUE;
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                         _ ("Wattle could not save its records. Nothing was changed. Try again."));
    return FALSE;
  }
  return TRUE;
}

void
wattle_database_statement_failed (WattleDatabase *self)
{
  self->undone = self->depth > 0;
  note_refusal (self);
}

const GError *
wattle_database_get_refusal (WattleDatabase *self)
{
  return self->refused;
}

gboolean
wattle_database_begin (WattleDatabase *self, GError **error)
{
  if (self->depth == 0) {
    wattle_database_prepare_write (self);
    if (!execute (self, "BEGIN IMMEDIATE", error))
      return FALSE;
    self->undone = FALSE;
  } else if (!wattle_database_check_usable (self, error)) {
    return FALSE;
  }
  self->depth++;
  return TRUE;
}

void
wattle_database_rollback (WattleDatabase *self)
{
  g_return_if_fail (self->depth > 0);
  self->undone = TRUE;
  if (--self->depth > 0)
    return;
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
wattle_database_commit (WattleDatabase *self, GError **error)
{
  g_return_val_if_fail (self->depth > 0, FALSE);
  if (!wattle_database_check_usable (self, error) || (self->depth == 1 && !execute (self, "COMMIT", error))) {
    wattle_database_rollback (self);
    return FALSE;
  }
  self->depth--;
  return TRUE;
}

gboolean
wattle_database_checkpoint (WattleDatabase *self, GError **error)
{
  return execute (self, "PRAGMA wal_checkpoint(RESTART)", error) && prime_log (self, error);
}

gboolean
wattle_database_scrub (WattleDatabase *self, GError **error)
{
  g_return_val_if_fail (self->depth == 0, FALSE);
  /* secure_delete has zeroed what was deleted where it stood, but pages were
   * also moved and split, and the log holds older versions of them: VACUUM
   * writes the pages anew, TRUNCATE empties the log. */
  return wattle_migrate_remove_backups (self->path, error) && execute (self, "PRAGMA wal_checkpoint(TRUNCATE)", error)
         && execute (self, "VACUUM", error) && execute (self, "PRAGMA wal_checkpoint(TRUNCATE)", error)
         && prime_log (self, error);
}
