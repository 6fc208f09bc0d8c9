/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the control socket. */
#include <glib/gi18n.h>
#include <string.h>

#include "firmware/virtual/machine.h"

static char *
command_press (Machine *machine, char **words, GError **error)
{
  machine_press (machine, WTL_BUTTON_SHORT);
  return g_strdup ("");
}

static char *
command_reset (Machine *machine, char **words, GError **error)
{
  machine_press (machine, WTL_BUTTON_RESET);
  return g_strdup ("");
}

static gboolean
bad_words (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("That command needs other words: help"));
  return FALSE;
}

static char *
command_range (Machine *machine, char **words, GError **error)
{
  gboolean in = g_strcmp0 (words[1], "in") == 0;

  if (!in && g_strcmp0 (words[1], "out") != 0) {
    bad_words (error);
    return NULL;
  }
  return radio_set_in_range (machine->radio, in, error) ? g_strdup ("") : NULL;
}

static char *
command_time (Machine *machine, char **words, GError **error)
{
  gint64 seconds;

  if (words[1] == NULL || !g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT32, &seconds, error)) {
    if (words[1] == NULL)
      bad_words (error);
    return NULL;
  }
  machine->jumped_ms += (guint64)seconds * 1000;
  machine_schedule (machine);
  return g_strdup ("");
}

static char *
command_value (Machine *machine, char **words, GError **error)
{
  gint64 value = 0;

  machine->fixed_value = FALSE;
  if (g_strcmp0 (words[1], "auto") == 0)
    return g_strdup ("");
  if (words[1] == NULL || !g_ascii_string_to_signed (words[1], 10, G_MININT32, G_MAXINT32, &value, error)) {
    if (words[1] == NULL)
      bad_words (error);
    return NULL;
  }
  machine->fixed_value = TRUE;
  machine->value = (gint32)value;
  return g_strdup ("");
}

static char *
cut (struct wtl_nor *nor, char **words, GError **error)
{
  gint64 operation;
  guint64 torn = 0;

  if (words[1] == NULL) {
    bad_words (error);
    return NULL;
  }
  if (!g_ascii_string_to_signed (words[1], 10, 1, G_MAXINT32, &operation, error)
      || (words[2] != NULL && !g_ascii_string_to_unsigned (words[2], 16, 0, G_MAXUINT32, &torn, error)))
    return NULL;
  nor->cut_at = nor->operations + (guint64)operation;
  nor->torn = (guint32)torn;
  return g_strdup ("");
}

static char *
command_cut (Machine *machine, char **words, GError **error)
{
  return cut (&machine->flash->nor, words, error);
}

static char *
command_cut_images (Machine *machine, char **words, GError **error)
{
  if (machine->image_files != NULL)
    return cut (&machine->image_files->nor, words, error);
  bad_words (error);
  return NULL;
}

static char *
command_count (Machine *machine, char **words, GError **error)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, machine->flash->nor.operations);
}

static char *
command_state (Machine *machine, char **words, GError **error)
{
  return g_strdup (machine_state_name (wtl_device_state (&machine->device)));
}

static char *
command_help (Machine *machine, char **words, GError **error)
{
  return g_strdup ("press, reset, range out|in, time SECONDS, value THOUSANDTHS|auto, cut N [BITS], "
                   "cut-images N [BITS], count, state");
}

static const struct {
  const char *word;
  char *(*carry_out) (Machine *machine, char **words, GError **error);
} commands[] = {
  { "press", command_press }, { "reset", command_reset },
  { "range", command_range }, { "time", command_time },
  { "value", command_value }, { "cut", command_cut },
  { "count", command_count }, { "state", command_state },
  { "help", command_help },   { "cut-images", command_cut_images },
};

char *
machine_command (gpointer user_data, char **words, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (words[0], commands[i].word) == 0)
      return commands[i].carry_out (user_data, words, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("\"%s\" is no command: help"), words[0]);
  return NULL;
}
