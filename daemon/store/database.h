/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's SQLite database: opening, transactions, migrations, scrubbing.
 * What is kept in it is in the files beside this one, one per kind of record.
 *
 * Calls are synchronous: a commit is one fdatasync of the write-ahead log.
 * Errors are WATTLE_ERROR_STORE (disk full, no access), _STORE_CORRUPT, _BUSY
 * (another daemon), _VERSION (written by a newer Wattle).
 */
#pragma once

#include <glib-object.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DATABASE (wattle_database_get_type ())
G_DECLARE_FINAL_TYPE (WattleDatabase, wattle_database, WATTLE, DATABASE, GObject)

/* $XDG_DATA_HOME/wattle/wattle.db */
char *wattle_database_default_path (void);

/* Opens the database at @path (created with its folder where missing, for
 * this user alone), checks it and brings it to the newest schema, with a
 * backup before each step in PATH.before-vN.  A file that is damaged or too
 * new is left as it is.  Holds an exclusive lock until the object is
 * finalized. */
WattleDatabase *wattle_database_open (const char *path, GError **error);

/* Why nothing could be written the last time, a full disk for one; NULL = it
 * could.  Signal "disk-changed" tells of it: not the moment to call the
 * database. */
const GError *wattle_database_get_refusal (WattleDatabase *self);

/* Transactions.  Every function of daemon/store is a transaction by itself;
 * between begin and commit they make up one.  Pairs may nest: the outermost
 * commit writes, and a rollback anywhere undoes the whole. */
gboolean wattle_database_begin (WattleDatabase *self, GError **error);
gboolean wattle_database_commit (WattleDatabase *self, GError **error);
void wattle_database_rollback (WattleDatabase *self);

/* To call after personal records have been deleted: rewrites the database so
 * that no deleted byte remains in its pages, its write-ahead log or the
 * backups made by migrations, which are removed.  May be repeated. */
gboolean wattle_database_scrub (WattleDatabase *self, GError **error);

/* Moves the write-ahead log into the database.  Done by itself when the log
 * has grown and the main loop is idle. */
gboolean wattle_database_checkpoint (WattleDatabase *self, GError **error);

/* Gives back what SQLite keeps only to be quicker, when there is nothing to do. */
void wattle_database_release_memory (WattleDatabase *self);

G_END_DECLS
