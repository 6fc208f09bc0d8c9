/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines on standard error.
 */
#include "cloud/log.h"

#include <stdio.h>

void
wattle_log (WattleLogLevel level, const char *format, ...)
{
  /* Without the journal the number would only puzzle a reader. */
  gboolean journal = g_getenv ("JOURNAL_STREAM") != NULL;
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* One line is one entry, whatever it was told to say. */
  g_strdelimit (text, "\r\n", ' ');
  if (journal)
    fprintf (stderr, "<%d>%s\n", (int)level, text);
  else
    fprintf (stderr, "wattle-cloud: %s\n", text);
}
