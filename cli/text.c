/* SPDX-License-Identifier: Apache-2.0 */
/* Text that fits a terminal of any width and cannot drive it. */
#include "cli/text.h"

#include <stdarg.h>
#include <string.h>

#define GAP 2 /* columns between two columns of a table */

struct _WattleTable {
  GPtrArray *titles; /* of char * */
  GPtrArray *cells;  /* of char *, row by row */
};

static int
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

int
wattle_text_width (const char *text)
{
  int width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += char_width (g_utf8_get_char (p));
  return width;
}

char *
wattle_text_cut (const char *text, int width)
{
  const char *p = text;
  int used = 0;

  if (wattle_text_width (text) <= width)
    return g_strdup (text);
  while (used + char_width (g_utf8_get_char (p)) <= width - 1) {
    used += char_width (g_utf8_get_char (p));
    p = g_utf8_next_char (p);
  }
  return g_strdup_printf ("%.*s…", (int)(p - text), text);
}

char *
wattle_text_wrap (const char *text, int indent, int width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GString *out = g_string_new (NULL);
  int column = 0;

  for (char **word = words; *word != NULL; word++) {
    int w = wattle_text_width (*word);

    if (**word == '\0')
      continue;
    if (column > 0 && width > 0 && column + 1 + w > width) {
      g_string_append_c (out, '\n');
      column = 0;
    }
    if (column == 0) {
      g_string_append_printf (out, "%*s", indent, "");
      column = indent;
    } else {
      g_string_append_c (out, ' ');
      column++;
    }
    g_string_append (out, *word);
    column += w;
  }
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

static void
add_cells (GPtrArray *cells, const char *first, va_list more)
{
  for (const char *text = first; text != NULL; text = va_arg (more, const char *))
    g_ptr_array_add (cells, wattle_text_clean (text));
}

WattleTable *
wattle_table_new (const char *first, ...)
{
  WattleTable *table = g_new0 (WattleTable, 1);
  va_list more;

  table->titles = g_ptr_array_new_with_free_func (g_free);
  table->cells = g_ptr_array_new_with_free_func (g_free);
  va_start (more, first);
  add_cells (table->titles, first, more);
  va_end (more);
  return table;
}

void
wattle_table_free (WattleTable *table)
{
  g_ptr_array_unref (table->titles);
  g_ptr_array_unref (table->cells);
  g_free (table);
}

void
wattle_table_add (WattleTable *table, const char *first, ...)
{
  va_list more;

  va_start (more, first);
  add_cells (table->cells, first, more);
  va_end (more);
  g_return_if_fail (table->cells->len % table->titles->len == 0);
}

guint
wattle_table_rows (const WattleTable *table)
{
  return table->cells->len / table->titles->len;
}

static const char *
cell (const WattleTable *table, guint row, guint column)
{
  return table->cells->pdata[row * table->titles->len + column];
}

/* One line of cells padded to @widths, without spaces at its end. */
static void
append_line (GString *out, GPtrArray *titles, const WattleTable *table, guint row, const int *widths)
{
  guint columns = table->titles->len;
  int owed = 0; /* padding that is only written when text follows */

  for (guint c = 0; c < columns; c++) {
    const char *text = titles != NULL ? titles->pdata[c] : cell (table, row, c);

    if (*text != '\0') {
      g_string_append_printf (out, "%*s%s", owed, "", text);
      owed = 0;
    }
    owed += widths[c] - wattle_text_width (text) + GAP;
  }
  g_string_append_c (out, '\n');
}

static void
append_paragraph (GString *out, const WattleTable *table, guint row, int width)
{
  g_autofree char *head = wattle_text_wrap (cell (table, row, 0), 0, width);

  g_string_append (out, head);
  for (guint c = 1; c < table->titles->len; c++) {
    const char *text = cell (table, row, c);

    if (*text != '\0') {
      g_autofree char *line = g_strdup_printf ("%s: %s", (char *)table->titles->pdata[c], text);
      g_autofree char *wrapped = wattle_text_wrap (line, 2, width);

      g_string_append (out, wrapped);
    }
  }
}

char *
wattle_table_format (const WattleTable *table, int width)
{
  guint columns = table->titles->len;
  g_autofree int *widths = g_new0 (int, columns);
  GString *out = g_string_new (NULL);
  int total = -GAP;

  for (guint c = 0; c < columns; c++) {
    widths[c] = wattle_text_width (table->titles->pdata[c]);
    for (guint r = 0; r < wattle_table_rows (table); r++)
      widths[c] = MAX (widths[c], wattle_text_width (cell (table, r, c)));
    total += widths[c] + GAP;
  }

  if (width > 0 && total > width) {
    for (guint r = 0; r < wattle_table_rows (table); r++)
      append_paragraph (out, table, r, width);
    return g_string_free (out, FALSE);
  }
  append_line (out, table->titles, table, 0, widths);
  for (guint r = 0; r < wattle_table_rows (table); r++)
    append_line (out, NULL, table, r, widths);
  return g_string_free (out, FALSE);
}
