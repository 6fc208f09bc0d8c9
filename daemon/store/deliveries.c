/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consent that a device or a cloud has to be told of.
 */
#include "daemon/store/deliveries.h"

#include <glib/gi18n-lib.h>

#include "daemon/store/sql.h"

#define SELECT                                                                                                         \
  "SELECT device, place, version, allowed, allowed_ids, record_sha256, since, confirmed_at, statement, signature,"     \
  " records_deleted FROM deliveries "

/* The newest version @place (?2) of the device (?1) has confirmed. */
#define CONFIRMED                                                                                                      \
  "(SELECT coalesce(max(version), 0) FROM deliveries WHERE device = ?1 AND place = ?2 AND confirmed_at > 0)"

void
wattle_delivery_free (WattleDelivery *delivery)
{
  if (!delivery)
    return;
  g_free (delivery->device);
  g_strfreev (delivery->allowed_ids);
  g_free (delivery->record_sha256);
  g_clear_pointer (&delivery->statement, g_bytes_unref);
  g_clear_pointer (&delivery->signature, g_bytes_unref);
  g_free (delivery);
}

static WattleDelivery *
read_row (sqlite3_stmt *statement)
{
  WattleDelivery *delivery = g_new0 (WattleDelivery, 1);
  const char *ids = (const char *)sqlite3_column_text (statement, 4);

  delivery->device = wattle_sql_text (statement, 0);
  delivery->place = (WattlePlace)sqlite3_column_int (statement, 1);
  delivery->version = (guint32)sqlite3_column_int64 (statement, 2);
  delivery->allowed = (guint32)sqlite3_column_int64 (statement, 3);
  delivery->allowed_ids = g_strsplit (ids ? ids : "", " ", -1);
  delivery->record_sha256 = wattle_sql_text (statement, 5);
  delivery->since = sqlite3_column_int64 (statement, 6);
  delivery->confirmed_at = sqlite3_column_int64 (statement, 7);
  delivery->statement = wattle_sql_bytes (statement, 8);
  delivery->signature = wattle_sql_bytes (statement, 9);
  delivery->records_deleted = (guint64)sqlite3_column_int64 (statement, 10);
  return delivery;
}

gboolean
wattle_deliveries_add (WattleDatabase *database, const WattleDelivery *delivery, GError **error)
{
  g_autofree char *ids = g_strjoinv (" ", delivery->allowed_ids);

  return wattle_sql_run (database, error,
                         "INSERT INTO deliveries (device, place, version, allowed, allowed_ids, record_sha256, since)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?)",
                         "siiissi", delivery->device, (gint64)delivery->place, (gint64)delivery->version,
                         (gint64)delivery->allowed, ids, delivery->record_sha256, delivery->since);
}

WattleDelivery *
wattle_deliveries_outstanding (WattleDatabase *database, const char *device, WattlePlace place, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error,
      SELECT "WHERE device = ?1 AND place = ?2 AND version > " CONFIRMED " ORDER BY version DESC LIMIT 1", "si", device,
      (gint64)place);

  if (!statement || wattle_sql_next (database, statement, error) != 1)
    return NULL;
  return read_row (statement);
}

gboolean
wattle_deliveries_outstanding_since (WattleDatabase *database, const char *device, WattlePlace place, gint64 *since,
                                     GError **error)
{
  return wattle_sql_number (database, since, error,
                            "SELECT coalesce(min(since), 0) FROM deliveries"
                            " WHERE device = ?1 AND place = ?2 AND version > " CONFIRMED,
                            "si", device, (gint64)place);
}

gboolean
wattle_deliveries_confirmed_version (WattleDatabase *database, const char *device, WattlePlace place, guint32 *version,
                                     GError **error)
{
  gint64 number;

  if (!wattle_sql_number (database, &number, error, "SELECT " CONFIRMED, "si", device, (gint64)place))
    return FALSE;
  *version = (guint32)number;
  return TRUE;
}

gboolean
wattle_deliveries_confirm (WattleDatabase *database, const char *device, WattlePlace place, guint32 version,
                           gint64 time, GBytes *answer, GBytes *signature, guint64 records_deleted, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  int step = -1;

  g_return_val_if_fail (time > 0 && answer, FALSE);
  statement = wattle_sql_query (database, error,
                                "UPDATE deliveries SET confirmed_at = ?4, statement = ?5, signature = ?6,"
                                " records_deleted = ?7 WHERE device = ?1 AND place = ?2 AND version = ?3"
                                " RETURNING version",
                                "siiibbi", device, (gint64)place, (gint64)version, time, answer, signature,
                                (gint64)records_deleted);
  if (statement)
    step = wattle_sql_next (database, statement, error);
  if (step == 1)
    return wattle_sql_next (database, statement, error) == 0;
  if (step == 0)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("Nothing was asked that this answers."));
  return FALSE;
}

GPtrArray *
wattle_deliveries_list (WattleDatabase *database, const char *device, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_delivery_free);
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, SELECT "WHERE device = ? ORDER BY version, place", "s", device);
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}
