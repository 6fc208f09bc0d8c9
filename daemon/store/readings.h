/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readings fetched from devices.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

typedef struct {
  guint32 sequence; /* the device's own; never 0 */
  gint64 time;      /* seconds since 1970; 0 = the device's clock was not set */
  gint32 value;     /* thousandths of the passport's unit */
  guint32 purposes; /* bit n-1 = may be used for purpose n */
} WattleReading;

/* Keeps @n readings; those held already stay as they are.  One transaction. */
gboolean wattle_readings_insert (WattleDatabase *database, const char *device, const WattleReading *readings, gsize n,
                                 GError **error);

/* Readings with a sequence above @after whose purposes meet @mask (0 = all),
 * oldest first, at most @max (0 = 1000).  (element-type WattleReading) */
GArray *wattle_readings_query (WattleDatabase *database, const char *device, guint32 after, guint32 mask, guint max,
                               GError **error);

/* The highest sequence held, into @last (sequence 0 where there is none). */
gboolean wattle_readings_last (WattleDatabase *database, const char *device, WattleReading *last, GError **error);

/* Withdrawal on this computer: takes the purposes of @mask from every reading
 * and deletes those left with none.  @cleared, how many had one of them, may be
 * NULL. */
gboolean wattle_readings_clear_purposes (WattleDatabase *database, const char *device, guint32 mask, guint *cleared,
                                         GError **error);

/* Retention: deletes readings taken before @time. */
gboolean wattle_readings_delete_before (WattleDatabase *database, const char *device, gint64 time, GError **error);

/* How far readings of a purpose have been sent to the cloud: the highest
 * sequence it acknowledged, 0 = none. */
gboolean wattle_readings_get_sent (WattleDatabase *database, const char *device, const char *purpose, guint32 *sequence,
                                   GError **error);
gboolean wattle_readings_set_sent (WattleDatabase *database, const char *device, const char *purpose, guint32 sequence,
                                   GError **error);

G_END_DECLS
