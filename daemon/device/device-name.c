/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of text that any list can show.
 */
#include "daemon/device/device-name.h"

#include <string.h>

#include <glib/gi18n-lib.h>

gboolean
wattle_line_is_valid (const char *text, gsize max)
{
  gboolean valid = strlen (text) <= max && g_utf8_validate (text, -1, NULL);

  for (const char *p = text; valid && *p != '\0'; p = g_utf8_next_char (p))
    valid = !g_unichar_iscntrl (g_utf8_get_char (p));
  return valid;
}

gboolean
wattle_device_name_is_valid (const char *name, GError **error)
{
  if (name[0] != '\0' && wattle_line_is_valid (name, WATTLE_DEVICE_NAME_MAX))
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                       _ ("A name is some letters on one line. Choose a shorter or plainer one."));
  return FALSE;
}
