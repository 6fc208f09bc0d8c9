/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For daemon/store/database.c alone: bringing a database to the newest schema.
 */
#pragma once

#include "daemon/store/sql.h"

G_BEGIN_DECLS

/* Whether the file is ours and not from a newer Wattle.  Writes nothing. */
gboolean wattle_migrate_check (WattleDatabase *database, guint newest, GError **error);

/* Runs the migrations that are missing, each in a transaction, after a backup
 * into @path.before-vN. */
gboolean wattle_migrate (WattleDatabase *database, const char *path, const WattleMigration *migrations, guint newest,
                         GError **error);

/* Deletes every backup beside @path. */
gboolean wattle_migrate_remove_backups (const char *path, GError **error);

G_END_DECLS
