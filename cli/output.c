/* SPDX-License-Identifier: Apache-2.0 */
/* What a command prints. */
#include "cli/output.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/exit.h"
#include "client/words.h"

#define FALLBACK_WIDTH 80
#define FALLBACK_HEIGHT 24
#define LEAST_WIDTH 20 /* narrower than this nothing can be read anyway */
#define TEXT_WIDTH 100 /* longer lines of prose are hard to follow */

int
wattle_output_width (void)
{
  const char *columns = g_getenv ("COLUMNS");
  struct winsize size;

  if (isatty (STDOUT_FILENO) && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return MAX (size.ws_col, LEAST_WIDTH);
  if (columns != NULL && atoi (columns) > 0)
    return CLAMP (atoi (columns), LEAST_WIDTH, 1000);
  return isatty (STDOUT_FILENO) ? FALLBACK_WIDTH : 0;
}

int
wattle_output_height (void)
{
  struct winsize size;

  if (!isatty (STDOUT_FILENO))
    return 0;
  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : FALLBACK_HEIGHT;
}

/* Quotes and dashes have plain look-alikes where the character set is small. */
static void
put (FILE *to, const char *text)
{
  const char *charset;
  g_autofree char *target = NULL;
  g_autofree char *converted = NULL;

  if (!g_get_charset (&charset)) {
    target = g_strconcat (charset, "//TRANSLIT", NULL);
    converted = g_convert_with_fallback (text, -1, target, "UTF-8", "?", NULL, NULL, NULL);
  }
  /* Both streams may be one terminal: keep their order. */
  fflush (to == stdout ? stderr : stdout);
  fputs (converted != NULL ? converted : text, to);
}

void
wattle_print (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  put (stdout, text);
}

void
wattle_print_error (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  put (stderr, text);
}

/* Weight only, never the only sign of anything; off as no-color.org asks. */
static gboolean
may_embolden (void)
{
  const char *term = g_getenv ("TERM");
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (STDOUT_FILENO) && term != NULL && !g_str_equal (term, "dumb")
         && (no_color == NULL || no_color[0] == '\0');
}

void
wattle_print_heading (const char *text)
{
  g_autofree char *clean = wattle_text_clean (text);
  g_autofree char *wrapped = wattle_text_wrap (clean, 0, wattle_output_width ());

  if (may_embolden ())
    wattle_print ("\033[1m%s\033[0m", wrapped);
  else
    wattle_print ("%s", wrapped);
}

static char *
wrap_paragraph (int indent, const char *text)
{
  g_autofree char *clean = wattle_text_clean (text);

  return wattle_text_wrap (clean, indent, MIN (wattle_output_width (), TEXT_WIDTH));
}

void
wattle_print_paragraph (int indent, const char *text)
{
  g_autofree char *wrapped = wrap_paragraph (indent, text);

  wattle_print ("%s", wrapped);
}

int
wattle_paragraph_lines (int indent, const char *text)
{
  g_autofree char *wrapped = wrap_paragraph (indent, text);
  int lines = 0;

  for (const char *p = wrapped; *p != '\0'; p++)
    lines += *p == '\n';
  return lines;
}

void
wattle_print_paragraphf (int indent, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  wattle_print_paragraph (indent, text);
}

void
wattle_print_table (const WattleTable *table)
{
  g_autofree char *text = wattle_table_format (table, wattle_output_width ());

  wattle_print ("%s", text);
}

void
wattle_print_raw (const char *text)
{
  fputs (text, stdout);
}

void
wattle_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  wattle_print_raw (text);
  wattle_print_raw ("\n");
}

void
wattle_json_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
wattle_json_time (JsonBuilder *builder, const char *name, guint64 seconds)
{
  g_autofree char *iso = wattle_words_iso_time (seconds);

  wattle_json_string (builder, name, iso);
}

void
wattle_json_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
wattle_json_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
wattle_json_strv (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; values != NULL && *values != NULL; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

gboolean
wattle_output_flush (GError **error)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, _ ("Not all of the answer could be written: %s"),
               g_strerror (errno));
  return FALSE;
}
