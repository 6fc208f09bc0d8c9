/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command prints: text for people or one JSON document for scripts on
 * standard output, everything on the way there on standard error.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "cli/text.h"

G_BEGIN_DECLS

/* Columns of standard output; where it is no terminal, those of the variable
 * COLUMNS, or 0 for endless. */
int wattle_output_width (void);

/* Lines of the terminal that standard output is; 0 where it is none. */
int wattle_output_height (void);

/* UTF-8 to standard output / error, in the person's character set. */
void wattle_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
void wattle_print_error (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A line that starts a part; stands out where the terminal can. */
void wattle_print_heading (const char *text);

/* A paragraph, cleaned and wrapped, after @indent spaces. */
void wattle_print_paragraph (int indent, const char *text);
void wattle_print_paragraphf (int indent, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Lines that wattle_print_paragraph() takes for @text. */
int wattle_paragraph_lines (int indent, const char *text);

void wattle_print_table (const WattleTable *table);

/* A script's document on standard output; bytes as they are, always UTF-8. */
void wattle_print_json (JsonBuilder *builder);
void wattle_print_raw (const char *text);

/* Members of the object that @builder is in.  A NULL @value is null. */
void wattle_json_string (JsonBuilder *builder, const char *name, const char *value);
void wattle_json_time (JsonBuilder *builder, const char *name, guint64 seconds);
void wattle_json_boolean (JsonBuilder *builder, const char *name, gboolean value);
void wattle_json_int (JsonBuilder *builder, const char *name, gint64 value);
void wattle_json_strv (JsonBuilder *builder, const char *name, const char *const *values);

/* Whether all that was printed got where it should; sets @error if not. */
gboolean wattle_output_flush (GError **error);

G_END_DECLS
