/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows for an export, as CSV (RFC 4180) for spreadsheets and as a JSON array of
 * objects for programs, written side by side.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe before
 * it in the CSV; the JSON has it as it is.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleRows WattleRows;

/* @columns: ended by NULL; copied. */
WattleRows *wattle_rows_new (const char *const *columns);
void wattle_rows_free (WattleRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRows, wattle_rows_free)

/* The next cell; each row has one for each column.  NULL is null. */
void wattle_rows_add_text (WattleRows *self, const char *text);
void wattle_rows_add_int (WattleRows *self, gint64 number);
void wattle_rows_add_double (WattleRows *self, double number);
/* In hexadecimal. */
void wattle_rows_add_bytes (WattleRows *self, gconstpointer data, gsize size);
/* Seconds since 1970 as ISO 8601 in UTC; 0 is null. */
void wattle_rows_add_time (WattleRows *self, gint64 time);

guint wattle_rows_get_count (const WattleRows *self);

/* Ends and frees; NULL for what is not wanted. */
void wattle_rows_finish (WattleRows *self, GBytes **csv, GBytes **json);

G_END_DECLS
