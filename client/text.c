/* SPDX-License-Identifier: Apache-2.0 */
/* Text from a radio, a cloud or a person, made safe to show; setup codes as text. */
#include "client/text.h"

#include <string.h>

/* Marks that reorder what stands around them (Unicode UAX #9), which could
 * make a name read as another. */
static gboolean
changes_direction (gunichar c)
{
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

char *
wattle_text_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029)
      g_string_append_c (clean, ' ');
    else if (!g_unichar_iscntrl (c) && !changes_direction (c))
      g_string_append_unichar (clean, c);
  }
  return g_string_free (clean, FALSE);
}

char *
wattle_text_group_code (const char *digits)
{
  gsize len = strlen (digits);

  if (len != 10 || strspn (digits, "0123456789") != len)
    return g_strdup (digits);
  return g_strdup_printf ("%.4s-%.3s-%.3s", digits, digits + 4, digits + 7);
}

char *
wattle_text_export_name (const char *name)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *clean = wattle_text_clean (name);
  g_autofree char *plain = g_utf8_strdown (clean, -1);

  g_strcanon (plain, "abcdefghijklmnopqrstuvwxyz0123456789-", '-');
  return g_strdup_printf ("wattle-%s-%s.tar", plain, date);
}

gboolean
wattle_text_looks_like_code (const char *text)
{
  guint digits = 0;

  if (g_ascii_strncasecmp (text, "WTL:", 4) == 0)
    return TRUE;
  for (const char *p = text; *p != '\0'; p++) {
    if (g_ascii_isdigit (*p))
      digits++;
    else if (strchr (" -.", *p) == NULL)
      return FALSE;
  }
  return digits >= 9 && digits <= 11;
}
