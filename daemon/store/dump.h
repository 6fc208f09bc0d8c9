/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row that the database has about a device, from every table that there
 * is, so that an export leaves nothing out when a table is added.
 */
#pragma once

#include "daemon/store/database.h"
#include "daemon/store/rows.h"

G_BEGIN_DECLS

typedef struct {
  char *table;
  WattleRows *rows; /* owned */
} WattleTableDump;

/*
 * All tables but "readings", which is read page by page (daemon/store/readings.h);
 * (element-type WattleTableDump) with free function.  Of a table that says whose a
 * row is, the rows of @device and those of no device; of any other, all.
 */
GPtrArray *wattle_dump_device (WattleDatabase *database, const char *device, GError **error);

G_END_DECLS
