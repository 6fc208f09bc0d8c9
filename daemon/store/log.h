/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Wattle did, for the person to check.  Holds no secret and no reading.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

#define WATTLE_LOG_MAX 10000 /* entries kept */

typedef struct {
  gint64 time;  /* seconds since 1970 */
  char *device; /* id, "" = none */
  char *event;  /* "set-up", "consent-given", ... */
  char *sentence;
} WattleLogEntry;

void wattle_log_entry_free (WattleLogEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleLogEntry, wattle_log_entry_free)

/* Adds an entry with the time now.  The oldest beyond WATTLE_LOG_MAX are dropped. */
gboolean wattle_log_add (WattleDatabase *database, const char *device, const char *event, const char *sentence,
                         GError **error);

/* Newest first, at most @max (0 = 1000), of @device or all where it is "".
 * (element-type WattleLogEntry) */
GPtrArray *wattle_log_list (WattleDatabase *database, const char *device, guint max, GError **error);

G_END_DECLS
