/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks SQLite which tables and columns there are.
 */
#include "daemon/store/dump.h"

#include "daemon/store/sql.h"

/* How a table says whose a row is: the first of these that it has. */
static const struct {
  const char *table; /* NULL = any */
  const char *column;
  const char *where;
} owners[] = {
  { "devices", "id", "id = ?1" },
  { "passports", "sha256",
    "sha256 IN (SELECT passport FROM devices WHERE id = ?1"
    " UNION SELECT passport FROM earlier_passports WHERE device = ?1)" },
  { NULL, "device", "device IN (?1, '')" },
  { NULL, "chain", "chain IN (SELECT chain FROM devices WHERE id = ?1)" },
};

static void
dump_free (gpointer data)
{
  WattleTableDump *dump = data;

  g_free (dump->table);
  wattle_rows_free (dump->rows);
  g_free (dump);
}

/* The first column of every row. */
static GStrv
list (WattleDatabase *database, const char *sql, const char *types, const char *argument, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (database, error, sql, types, argument);
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1)
    g_strv_builder_add (names, (const char *)sqlite3_column_text (statement, 0));
  return step == 0 ? g_strv_builder_end (names) : NULL;
}

static const char *
where (const char *table, const char *const *columns)
{
  for (gsize i = 0; i < G_N_ELEMENTS (owners); i++)
    if ((owners[i].table == NULL || g_str_equal (owners[i].table, table))
        && g_strv_contains (columns, owners[i].column))
      return owners[i].where;
  return "?1 = ?1";
}

static void
add_cell (WattleRows *rows, sqlite3_stmt *statement, int column)
{
  switch (sqlite3_column_type (statement, column)) {
    case SQLITE_INTEGER:
      wattle_rows_add_int (rows, sqlite3_column_int64 (statement, column));
      break;
    case SQLITE_FLOAT:
      wattle_rows_add_double (rows, sqlite3_column_double (statement, column));
      break;
    case SQLITE_BLOB:
      wattle_rows_add_bytes (rows, sqlite3_column_blob (statement, column), sqlite3_column_bytes (statement, column));
      break;
    default:
      wattle_rows_add_text (rows, (const char *)sqlite3_column_text (statement, column)); /* NULL for NULL */
  }
}

static gboolean
dump_table (WattleDatabase *database, const char *table, const char *device, GPtrArray *out, GError **error)
{
  g_auto (GStrv) columns = list (database, "SELECT name FROM pragma_table_info (?)", "s", table, error);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *sql = NULL;
  WattleTableDump *dump;
  int step = -1;

  if (columns == NULL)
    return FALSE;
  sql = g_strdup_printf ("SELECT * FROM \"%s\" WHERE %s", table, where (table, (const char *const *)columns));
  statement = wattle_sql_query (database, error, sql, "s", device);
  dump = g_new0 (WattleTableDump, 1);
  dump->table = g_strdup (table);
  dump->rows = wattle_rows_new ((const char *const *)columns);
  g_ptr_array_add (out, dump);
  while (statement && (step = wattle_sql_next (database, statement, error)) == 1)
    for (int i = 0; i < sqlite3_column_count (statement); i++)
      add_cell (dump->rows, statement, i);
  return step == 0;
}

GPtrArray *
wattle_dump_device (WattleDatabase *database, const char *device, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (dump_free);
  g_auto (GStrv) tables = list (database,
                                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                                " AND name <> 'readings' ORDER BY name",
                                "", NULL, error);

  for (guint i = 0; tables != NULL && tables[i] != NULL; i++)
    if (!dump_table (database, tables[i], device, out, error))
      return NULL;
  return tables == NULL ? NULL : g_steal_pointer (&out);
}
