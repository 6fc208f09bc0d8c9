/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consent ledger's records in the database.
 */
#include "daemon/store/ledger-store.h"

#include <glib/gi18n-lib.h>

#include "daemon/store/sql.h"

static gboolean
insert (WattleDatabase *database, const char *chain, guint64 sequence, const char *hash, const char *previous,
        const char *json, GError **error)
{
  gint64 moved;

  if (sequence == 1
      && !wattle_sql_run (database, error, "INSERT INTO chains (chain, head) VALUES (?, '') ON CONFLICT DO NOTHING",
                          "s", chain))
    return FALSE;
  if (!wattle_sql_run (database, error,
                       "INSERT INTO ledger (chain, sequence, hash, previous, json) VALUES (?, ?, ?, ?, ?)", "sisss",
                       chain, (gint64)sequence, hash, previous, json)
      || !wattle_sql_run (database, error, "UPDATE chains SET head = ?1 WHERE chain = ?2 AND head = ?3", "sss", hash,
                          chain, previous)
      || !wattle_sql_number (database, &moved, error, "SELECT changes()", ""))
    return FALSE;
  if (moved == 1)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED,
                       _ ("The record of your decisions has been changed by something else. Nothing was added."));
  return FALSE;
}

static gboolean
append (gpointer store, const char *chain, guint64 sequence, const char *hash, const char *previous, const char *json,
        GError **error)
{
  WattleDatabase *database = store;

  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!insert (database, chain, sequence, hash, previous, json, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}

static const char *
column (sqlite3_stmt *statement, int index)
{
  const char *text = (const char *)sqlite3_column_text (statement, index);

  return text ? text : "";
}

static gboolean foreach (gpointer store, const char *chain, WattleLedgerRecordFunc func, gpointer user_data,
                         GError * *error)
{
  WattleDatabase *database = store;
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error, "SELECT sequence, hash, previous, json FROM ledger WHERE chain = ? ORDER BY sequence", "s",
      chain);
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1)
    if (!func ((guint64)sqlite3_column_int64 (statement, 0), column (statement, 1), column (statement, 2),
               column (statement, 3), user_data, error))
      return FALSE;
  return step == 0;
}

const WattleLedgerStore wattle_ledger_store = { append, foreach };

WattleLedger *
wattle_ledger_store_load (WattleDatabase *database, const char *chain, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, "SELECT head FROM chains WHERE chain = ?", "s", chain);
  g_autofree char *head = NULL;
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  if (step < 0)
    return NULL;
  head = step == 1 ? wattle_sql_text (statement, 0) : g_strdup ("");
  g_clear_pointer (&statement, sqlite3_finalize);
  return wattle_ledger_load (&wattle_ledger_store, database, chain, head, error);
}
