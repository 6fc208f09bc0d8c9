/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept in data.db, and all SQL that touches it.  Who and what is only
 * there as references: digests under keys that are not in this database.
 *
 * Functions that find nothing succeed and say so; errors are cloud/db.h's.
 */
#pragma once

#include "cloud/crypt.h"
#include "cloud/db.h"

G_BEGIN_DECLS

/* A device that is claimed.  @unit: digest of the unit id; @ref: names its key;
 * @body: cloud/devices.h's record, sealed. */
typedef struct {
  WattleRef unit;
  WattleRef account;
  WattleRef ref;
  GBytes *body;
} WattleDeviceRow;

void wattle_device_row_free (WattleDeviceRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDeviceRow, wattle_device_row_free)

/* The readings of a device for a purpose.  @ref names its key. */
typedef struct {
  gint64 id;
  WattleRef ref;
  char *purpose;
} WattleStreamRow;

void wattle_stream_row_free (WattleStreamRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleStreamRow, wattle_stream_row_free)

typedef struct {
  guint32 sequence;
  GBytes *body; /* sealed */
} WattleReadingRow;

/* Opens data.db. */
WattleDb *wattle_store_open (const char *path, WattleDbFlags flags, const char *backups, GError **error);

/* The id that data.db shares with its keys.db. */
gboolean wattle_store_set_pair (WattleDb *db, const WattleRef *pair, GError **error);
gboolean wattle_store_get_pair (WattleDb *db, WattleRef *pair, GError **error);

/* Accounts: @secret is the digest of the account's secret. */
gboolean wattle_store_add_account (WattleDb *db, const WattleRef *account, const WattleRef *secret, GError **error);
gboolean wattle_store_get_account (WattleDb *db, const WattleRef *account, gboolean *found, WattleRef *secret,
                                   GError **error);
gboolean wattle_store_remove_account (WattleDb *db, const WattleRef *account, GError **error);

/* Devices. */
gboolean wattle_store_add_device (WattleDb *db, const WattleDeviceRow *row, GError **error);
gboolean wattle_store_get_device (WattleDb *db, const WattleRef *unit, WattleDeviceRow **row, GError **error);
/* (element-type WattleDeviceRow), in the order of their references. */
GPtrArray *wattle_store_list_devices (WattleDb *db, const WattleRef *account, GError **error);
gboolean wattle_store_set_device_body (WattleDb *db, const WattleRef *unit, GBytes *body, GError **error);
gboolean wattle_store_remove_device (WattleDb *db, const WattleRef *unit, GError **error);

/* When a unit was last given up, microseconds since 1970; 0 = not lately. */
gboolean wattle_store_set_released (WattleDb *db, const WattleRef *unit, gint64 time, GError **error);
gboolean wattle_store_get_released (WattleDb *db, const WattleRef *unit, gint64 *time, GError **error);

/* Streams of the device whose key is @device. */
gboolean wattle_store_add_stream (WattleDb *db, const WattleRef *device, const WattleRef *ref, const char *purpose,
                                  GError **error);
gboolean wattle_store_get_stream (WattleDb *db, const WattleRef *device, const char *purpose, WattleStreamRow **row,
                                  GError **error);
GPtrArray *wattle_store_list_streams (WattleDb *db, const WattleRef *device, GError **error);
/* With its readings; @deleted is increased by their number. */
gboolean wattle_store_remove_stream (WattleDb *db, gint64 stream, guint64 *deleted, GError **error);

/* Readings.  Adding one whose sequence is there changes nothing: @added FALSE.
 * @day: days since 1970, by which it will expire. */
gboolean wattle_store_add_reading (WattleDb *db, gint64 stream, guint32 sequence, gint64 day, GBytes *body,
                                   gboolean *added, GError **error);
gboolean wattle_store_highest (WattleDb *db, gint64 stream, guint32 *highest, GError **error);
/* (element-type WattleReadingRow): at most @limit after @after. */
GPtrArray *wattle_store_list_readings (WattleDb *db, gint64 stream, guint32 after, guint limit, GError **error);
/* The purposes that anything is kept for; and removing what came for one before
 * @day, which returns how many or -1. */
GStrv wattle_store_list_purposes (WattleDb *db, GError **error);
gint64 wattle_store_expire_readings (WattleDb *db, const char *purpose, gint64 day, GError **error);

/* Keys that have to be destroyed before a deletion may be confirmed. */
gboolean wattle_store_add_erasure (WattleDb *db, const WattleRef *key, GError **error);
gboolean wattle_store_get_erasure (WattleDb *db, gboolean *found, WattleRef *key, GError **error);
gboolean wattle_store_remove_erasure (WattleDb *db, const WattleRef *key, GError **error);

/* What is left of a deletion: the sealed receipt under a digest of who asked. */
gboolean wattle_store_add_tombstone (WattleDb *db, const WattleRef *id, gint64 day, GBytes *body, GError **error);
gboolean wattle_store_get_tombstone (WattleDb *db, const WattleRef *id, GBytes **body, GError **error);
/* Forgets tombstones before @day, and releases before @time. */
gboolean wattle_store_expire_tombstones (WattleDb *db, gint64 day, gint64 time, GError **error);

G_END_DECLS
