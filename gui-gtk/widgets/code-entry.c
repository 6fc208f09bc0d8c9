/* SPDX-License-Identifier: Apache-2.0 */
/* An entry for a setup code. */
#include "gui-gtk/widgets/code-entry.h"

#include <string.h>

#define DIGITS 10
#define LONGEST 120 /* characters: more than any QR text has */

struct _WattleCodeEntry {
  GtkEntry parent_instance;
  gboolean was_complete;
  gboolean grouping; /* the text is changed by us */
};

G_DEFINE_FINAL_TYPE (WattleCodeEntry, wattle_code_entry, GTK_TYPE_ENTRY)

enum { SIGNAL_COMPLETE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* What groups digits, on labels and in what people type. */
static gboolean
is_separator (gunichar c)
{
  return c == '-' || c == '.' || g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_DASH_PUNCTUATION;
}

/* Whether @text is nothing but a part of a code, which this entry groups. */
static gboolean
is_digits (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!g_unichar_isdigit (c) && !is_separator (c))
      return FALSE;
  }
  return TRUE;
}

/* The digits of @text in groups, "1234-567-890", and where @cursor gets to.
 * @grouped: room for DIGITS + 3. */
static guint
group (const char *text, int *cursor, char *grouped)
{
  int position = 0, moved = 0;
  guint digits = 0;
  char *out = grouped;

  for (const char *p = text; *p != '\0' && digits < DIGITS; p = g_utf8_next_char (p), position++) {
    gunichar c = g_utf8_get_char (p);

    if (!g_unichar_isdigit (c))
      continue;
    if (digits == 4 || digits == 7)
      *out++ = '-';
    *out++ = (char)('0' + g_unichar_digit_value (c));
    digits++;
    if (position < *cursor)
      moved = (int)(out - grouped);
  }
  *out = '\0';
  *cursor = moved;
  return digits;
}

static guint
count_digits (const char *text)
{
  guint digits = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    digits += g_unichar_isdigit (g_utf8_get_char (p)) ? 1 : 0;
  return digits;
}

gboolean
wattle_code_entry_is_complete (WattleCodeEntry *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self));

  return count_digits (text) >= DIGITS;
}

static void
tell_complete (WattleCodeEntry *self)
{
  gboolean complete = wattle_code_entry_is_complete (self);
  gboolean news = complete && !self->was_complete;

  self->was_complete = complete;
  if (news)
    g_signal_emit (self, signals[SIGNAL_COMPLETE], 0);
}

/* Shows @text, grouped, with the cursor that was at @cursor.  What has more
 * digits than a code is told to be too long, not cut. */
static gboolean
show_grouped (WattleCodeEntry *self, const char *text, int *cursor)
{
  GtkEditable *editable = gtk_editable_get_delegate (GTK_EDITABLE (self));
  char grouped[DIGITS + 3];
  int at = 0;

  if (!is_digits (text) || count_digits (text) > DIGITS)
    return FALSE;
  group (text, cursor, grouped);
  if (strcmp (grouped, gtk_editable_get_text (editable)) != 0) {
    self->grouping = TRUE;
    gtk_editable_delete_text (editable, 0, -1);
    gtk_editable_insert_text (editable, grouped, -1, &at);
    self->grouping = FALSE;
  }
  explicit_bzero (grouped, sizeof grouped);
  return TRUE;
}

/* Grouped here, because the one who inserts sets the cursor to @position. */
static void
on_insert (WattleCodeEntry *self, const char *added, int length, int *position, GtkEditable *editable)
{
  const char *old = gtk_editable_get_text (editable);
  const char *here = g_utf8_offset_to_pointer (old, *position);
  int len = length < 0 ? (int)strlen (added) : length;
  int cursor = *position + (int)g_utf8_strlen (added, len);
  char *all;

  if (self->grouping)
    return;
  all = g_strdup_printf ("%.*s%.*s%s", (int)(here - old), old, len, added, here);
  if (show_grouped (self, all, &cursor)) {
    *position = cursor;
    g_signal_stop_emission_by_name (editable, "insert-text");
    tell_complete (self);
  }
  explicit_bzero (all, strlen (all));
  g_free (all);
}

static void
on_changed (WattleCodeEntry *self)
{
  GtkEditable *editable = GTK_EDITABLE (self);
  int cursor = gtk_editable_get_position (editable);

  if (self->grouping)
    return;
  if (show_grouped (self, gtk_editable_get_text (editable), &cursor))
    gtk_editable_set_position (editable, cursor);
  tell_complete (self);
}

static void
wattle_code_entry_class_init (WattleCodeEntryClass *klass)
{
  signals[SIGNAL_COMPLETE]
      = g_signal_new ("complete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_code_entry_init (WattleCodeEntry *self)
{
  g_autoptr (GtkEntryBuffer) buffer = gtk_password_entry_buffer_new ();

  gtk_entry_set_buffer (GTK_ENTRY (self), buffer);
  gtk_entry_set_max_length (GTK_ENTRY (self), LONGEST);
  gtk_entry_set_input_purpose (GTK_ENTRY (self), GTK_INPUT_PURPOSE_DIGITS);
  gtk_entry_set_input_hints (GTK_ENTRY (self), GTK_INPUT_HINT_PRIVATE | GTK_INPUT_HINT_NO_SPELLCHECK);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR); /* as on the label, in every language */
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self)), "insert-text", G_CALLBACK (on_insert), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "changed", G_CALLBACK (on_changed), NULL);
}
