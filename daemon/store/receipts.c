/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts the person keeps.
 */
#include "daemon/store/receipts.h"

#include <glib/gi18n-lib.h>

#include "daemon/store/sql.h"

/* Newest first.  Of decisions in one second, the one that the ledger has later. */
#define ORDER                                                                                                          \
  "ORDER BY time DESC, CASE WHEN json_valid (json) THEN json_extract (json, '$.records[0].sequence') END DESC, id"
#define SELECT "SELECT id, kind, device, device_name, time, complete, places, json FROM receipts "

WattleReceiptRecord *
wattle_receipt_record_new (void)
{
  return g_new0 (WattleReceiptRecord, 1);
}

void
wattle_receipt_record_free (WattleReceiptRecord *record)
{
  if (!record)
    return;
  g_free (record->id);
  g_free (record->kind);
  g_free (record->device);
  g_free (record->device_name);
  g_free (record->places);
  g_free (record->json);
  g_free (record);
}

gboolean
wattle_receipts_put (WattleDatabase *database, const WattleReceiptRecord *record, GError **error)
{
  return wattle_sql_run (database, error,
                         "INSERT OR REPLACE INTO receipts (id, kind, device, device_name, time, complete, places, json)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                         "ssssiiss", record->id, record->kind, record->device, record->device_name, record->time,
                         (gint64)record->complete, record->places, record->json);
}

static WattleReceiptRecord *
read_row (sqlite3_stmt *statement)
{
  WattleReceiptRecord *record = wattle_receipt_record_new ();

  record->id = wattle_sql_text (statement, 0);
  record->kind = wattle_sql_text (statement, 1);
  record->device = wattle_sql_text (statement, 2);
  record->device_name = wattle_sql_text (statement, 3);
  record->time = sqlite3_column_int64 (statement, 4);
  record->complete = sqlite3_column_int (statement, 5) != 0;
  record->places = wattle_sql_text (statement, 6);
  record->json = wattle_sql_text (statement, 7);
  return record;
}

WattleReceiptRecord *
wattle_receipts_get (WattleDatabase *database, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (database, error, SELECT "WHERE id = ?", "s", id);
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  if (step == 1)
    return read_row (statement);
  if (step == 0)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("There is no such receipt."));
  return NULL;
}

GPtrArray *
wattle_receipts_list (WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_receipt_record_free);
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (database, error, SELECT ORDER, "");
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}
