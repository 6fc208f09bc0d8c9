/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of wipes under way.
 */
#include "daemon/store/wipes.h"

#include <glib/gi18n-lib.h>

#include "daemon/store/sql.h"

void
wattle_wipe_record_free (WattleWipeRecord *record)
{
  if (!record)
    return;
  g_free (record->id);
  g_free (record->device);
  g_free (record->product_name);
  g_free (record->passport_sha256);
  g_free (record->about);
  g_free (record->plan);
  g_free (record);
}

static gboolean
write_step (const WattleWipeJournal *journal, const char *wipe_id, guint step, const char *json, GError **error)
{
  WattleDatabase *database = journal->database;
  gint64 written;

  if (!wattle_sql_run (database, error,
                       "INSERT INTO wipes (id, device, product, product_name, passport, step, plan, about)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                       " ON CONFLICT (id) DO UPDATE SET step = ?6, plan = ?7 WHERE ?6 > step",
                       "ssississ", wipe_id, journal->device, (gint64)journal->product, journal->product_name,
                       journal->passport_sha256, (gint64)step, json, journal->about ? journal->about : "{}")
      || !wattle_sql_number (database, &written, error, "SELECT changes()", ""))
    return FALSE;
  if (written == 1)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                       _ ("Wattle's record of this wipe is ahead of the wipe. Restart Wattle to go on."));
  return FALSE;
}

gboolean
wattle_wipe_journal_write (gpointer user_data, const char *wipe_id, guint step, const char *json, GError **error)
{
  const WattleWipeJournal *journal = user_data;

  if (!wattle_database_begin (journal->database, error))
    return FALSE;
  if (!write_step (journal, wipe_id, step, json, error)) {
    wattle_database_rollback (journal->database);
    return FALSE;
  }
  return wattle_database_commit (journal->database, error);
}

GPtrArray *
wattle_wipes_list (WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_wipe_record_free);
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error, "SELECT id, device, product, product_name, passport, step, plan, about FROM wipes ORDER BY id",
      "");
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1) {
    WattleWipeRecord *record = g_new0 (WattleWipeRecord, 1);

    record->id = wattle_sql_text (statement, 0);
    record->device = wattle_sql_text (statement, 1);
    record->product = (guint32)sqlite3_column_int64 (statement, 2);
    record->product_name = wattle_sql_text (statement, 3);
    record->passport_sha256 = wattle_sql_text (statement, 4);
    record->step = (guint)sqlite3_column_int (statement, 5);
    record->plan = wattle_sql_text (statement, 6);
    record->about = wattle_sql_text (statement, 7);
    g_ptr_array_add (list, record);
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
wattle_wipes_finish (WattleDatabase *database, const char *wipe_id, const WattleReceiptRecord *receipt, GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!wattle_sql_run (database, error, "DELETE FROM wipes WHERE id = ?", "s", wipe_id)
      || (receipt && !wattle_receipts_put (database, receipt, error))) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}
