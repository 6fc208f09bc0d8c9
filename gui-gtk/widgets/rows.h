/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a list with plain text, which wraps and is no markup. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row that tells something.  @icon_name: NULL for none. */
GtkWidget *wattle_text_row_new (const char *icon_name, const char *title);

/* A row that leads to another page. */
GtkWidget *wattle_link_row_new (const char *icon_name, const char *title);

/* The smaller text below the title, for a screen reader too. */
void wattle_row_set_subtitle (GtkWidget *row, const char *subtitle);

/* Empties @group of the rows in @rows, and @rows. */
void wattle_rows_clear (AdwPreferencesGroup *group, GPtrArray *rows);

/* Adds @row to @group, and remembers it in @rows. */
void wattle_rows_add (AdwPreferencesGroup *group, GPtrArray *rows, GtkWidget *row);

G_END_DECLS
