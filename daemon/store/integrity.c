/* SPDX-License-Identifier: Apache-2.0 */
/* One row for what a device told last, and one for each image. */
#include "daemon/store/integrity.h"

#include "daemon/store/sql.h"

static const char *const origins[] = { "first", "accepted", "offered", "installed" };

gboolean
wattle_integrity_store_load (WattleDatabase *database, const char *device, WattleIntegrityRecord *out, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error,
                          "SELECT time, image, confirmed, boot_count, reset_cause, debug_port, flash_erases,"
                          " flash_cycles, alerts, can_install FROM integrity WHERE device = ?",
                          "s", device);
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  *out = (WattleIntegrityRecord){ 0 };
  if (step != 1)
    return step == 0;
  out->time = sqlite3_column_int64 (statement, 0);
  g_strlcpy (out->image, (const char *)sqlite3_column_text (statement, 1), sizeof out->image);
  out->confirmed = sqlite3_column_int (statement, 2) != 0;
  out->boot_count = (guint32)sqlite3_column_int64 (statement, 3);
  out->reset_cause = (guint32)sqlite3_column_int64 (statement, 4);
  out->debug_port = (guint32)sqlite3_column_int64 (statement, 5);
  out->flash_erases = (guint32)sqlite3_column_int64 (statement, 6);
  out->flash_cycles = (guint32)sqlite3_column_int64 (statement, 7);
  out->alerts = (guint32)sqlite3_column_int64 (statement, 8);
  out->can_install = sqlite3_column_int (statement, 9) != 0;
  return TRUE;
}

gboolean
wattle_integrity_store_put (WattleDatabase *database, const char *device, const WattleIntegrityRecord *record,
                            GError **error)
{
  return wattle_sql_run (database, error,
                         "INSERT OR REPLACE INTO integrity (device, time, image, confirmed, boot_count, reset_cause,"
                         " debug_port, flash_erases, flash_cycles, alerts, can_install)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "sisiiiiiiii", device, record->time, record->image, (gint64)record->confirmed,
                         (gint64)record->boot_count, (gint64)record->reset_cause, (gint64)record->debug_port,
                         (gint64)record->flash_erases, (gint64)record->flash_cycles, (gint64)record->alerts,
                         (gint64)record->can_install);
}

char *
wattle_integrity_store_get_image (WattleDatabase *database, const char *device, gboolean offered, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error,
      "SELECT image FROM known_images WHERE device = ?1 AND (origin = ?2) = ?3 ORDER BY number DESC LIMIT 1", "ssi",
      device, origins[WATTLE_IMAGE_OFFERED], (gint64)offered);

  return statement && wattle_sql_next (database, statement, error) == 1 ? wattle_sql_text (statement, 0) : NULL;
}

gboolean
wattle_integrity_store_drop_offered (WattleDatabase *database, const char *device, GError **error)
{
  return wattle_sql_run (database, error, "DELETE FROM known_images WHERE device = ? AND origin = ?", "ss", device,
                         origins[WATTLE_IMAGE_OFFERED]);
}

gboolean
wattle_integrity_store_add_image (WattleDatabase *database, const char *device, const char *image,
                                  WattleImageOrigin origin, gint64 time, GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (wattle_integrity_store_drop_offered (database, device, error)
      && wattle_sql_run (
          database, error,
          "INSERT INTO known_images (device, number, image, origin, time) VALUES"
          " (?1, (SELECT coalesce (max (number), 0) + 1 FROM known_images WHERE device = ?1), ?2, ?3, ?4)",
          "sssi", device, image, origins[origin], time))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}
