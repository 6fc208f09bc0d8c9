/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of text that any list can show.
 */
#include "daemon/device/device-name.h"

#include <string.h>

#include <glib/gi18n-lib.h>

gboolean
wattle_device_name_is_valid (const char *name, GError **error)
{
  gboolean valid = name[0] != '\0' && strlen (name) <= WATTLE_DEVICE_NAME_MAX && g_utf8_validate (name, -1, NULL);

  for (const char *p = name; valid && *p != '\0'; p = g_utf8_next_char (p))
    valid = !g_unichar_iscntrl (g_utf8_get_char (p));
  if (!valid)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("A name is some letters on one line. Choose a shorter or plainer one."));
  return valid;
}
