/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that fits: how wide a string is on a terminal, wrapping, tables.
 * Pure functions; nothing here prints.
 */
#pragma once

#include "client/text.h"

G_BEGIN_DECLS

/* Columns that @text takes on a terminal: wide letters two, combining none. */
int wattle_text_width (const char *text);

/* At most @width columns of @text, cut with "…".  Free it. */
char *wattle_text_cut (const char *text, int width);

/* @text broken at spaces into lines of at most @width columns (0 = endless),
 * each after @indent spaces and ended by a line break.  Longer words are kept
 * whole, so that an address can be copied.  Free it. */
char *wattle_text_wrap (const char *text, int indent, int width);

/* Rows under titles. */
typedef struct _WattleTable WattleTable;

/* @first: titles, translated, ended by NULL. */
WattleTable *wattle_table_new (const char *first, ...) G_GNUC_NULL_TERMINATED;
void wattle_table_free (WattleTable *table);

/* One text per title, ended by NULL; cleaned on the way in. */
void wattle_table_add (WattleTable *table, const char *first, ...) G_GNUC_NULL_TERMINATED;

guint wattle_table_rows (const WattleTable *table);

/* Lines of at most @width columns (0 = endless).  Where the table is too wide,
 * each row becomes a paragraph of "title: text" under its first text. */
char *wattle_table_format (const WattleTable *table, int width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleTable, wattle_table_free)

G_END_DECLS
