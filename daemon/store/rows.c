/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text is appended cell by cell: a tree of a year of readings would take
 * hundreds of megabytes.
 */
#include "daemon/store/rows.h"

#include <math.h>
#include <string.h>

struct _WattleRows {
  GString *csv, *json;
  GStrv columns;
  guint n_columns;
  guint column; /* of the next cell */
  guint count;
};

static void
append_json_text (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *at = valid; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if ((guchar)*at < 0x20 || *at == 0x7f)
      g_string_append_printf (out, "\\u%04x", *at);
    else
      g_string_append_c (out, *at);
  }
  g_string_append_c (out, '"');
}

static void
append_csv_text (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gboolean formula = *valid != '\0' && strchr ("=+-@\t\r", *valid) != NULL;

  if (!formula && strpbrk (valid, ",\"\r\n") == NULL) {
    g_string_append (out, valid);
    return;
  }
  g_string_append (out, formula ? "\"'" : "\"");
  for (const char *at = valid; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (out, '"');
    g_string_append_c (out, *at);
  }
  g_string_append_c (out, '"');
}

WattleRows *
wattle_rows_new (const char *const *columns)
{
  WattleRows *self = g_new0 (WattleRows, 1);

  self->csv = g_string_new (NULL);
  self->json = g_string_new ("[");
  self->columns = g_strdupv ((char **)columns);
  self->n_columns = g_strv_length (self->columns);
  for (guint i = 0; i < self->n_columns; i++) {
    g_string_append (self->csv, i == 0 ? "" : ",");
    append_csv_text (self->csv, columns[i]);
  }
  g_string_append (self->csv, "\r\n");
  return self;
}

void
wattle_rows_free (WattleRows *self)
{
  if (self == NULL)
    return;
  if (self->csv != NULL)
    g_string_free (self->csv, TRUE);
  if (self->json != NULL)
    g_string_free (self->json, TRUE);
  g_strfreev (self->columns);
  g_free (self);
}

static void
begin_cell (WattleRows *self)
{
  if (self->column == 0)
    g_string_append (self->json, self->count == 0 ? "\n{" : ",\n{");
  g_string_append (self->csv, self->column == 0 ? "" : ",");
  g_string_append (self->json, self->column == 0 ? "" : ",");
  append_json_text (self->json, self->columns[self->column]);
  g_string_append_c (self->json, ':');
}

static void
end_cell (WattleRows *self)
{
  if (++self->column < self->n_columns)
    return;
  self->column = 0;
  self->count++;
  g_string_append (self->csv, "\r\n");
  g_string_append_c (self->json, '}');
}

void
wattle_rows_add_text (WattleRows *self, const char *text)
{
  begin_cell (self);
  if (text != NULL) {
    append_csv_text (self->csv, text);
    append_json_text (self->json, text);
  } else {
    g_string_append (self->json, "null");
  }
  end_cell (self);
}

void
wattle_rows_add_int (WattleRows *self, gint64 number)
{
  begin_cell (self);
  g_string_append_printf (self->csv, "%" G_GINT64_FORMAT, number);
  g_string_append_printf (self->json, "%" G_GINT64_FORMAT, number);
  end_cell (self);
}

void
wattle_rows_add_double (WattleRows *self, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  begin_cell (self);
  g_ascii_formatd (text, sizeof text, "%.10g", number);
  g_string_append (self->csv, isfinite (number) ? text : "");
  g_string_append (self->json, isfinite (number) ? text : "null");
  end_cell (self);
}

void
wattle_rows_add_bytes (WattleRows *self, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  g_autoptr (GString) hex = g_string_sized_new (2 * size);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  wattle_rows_add_text (self, hex->str);
}

void
wattle_rows_add_time (WattleRows *self, gint64 time)
{
  g_autoptr (GDateTime) date = time == 0 ? NULL : g_date_time_new_from_unix_utc (time);
  g_autofree char *text = date == NULL ? NULL : g_date_time_format_iso8601 (date);

  wattle_rows_add_text (self, text);
}

guint
wattle_rows_get_count (const WattleRows *self)
{
  return self->count;
}

void
wattle_rows_finish (WattleRows *self, GBytes **csv, GBytes **json)
{
  g_return_if_fail (self->column == 0);
  g_string_append (self->json, self->count == 0 ? "]\n" : "\n]\n");
  if (csv != NULL)
    *csv = g_string_free_to_bytes (g_steal_pointer (&self->csv));
  if (json != NULL)
    *json = g_string_free_to_bytes (g_steal_pointer (&self->json));
  wattle_rows_free (self);
}
