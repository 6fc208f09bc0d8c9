/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unit's label.
 */
#include "vendor/label.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "pairing/secret.h"
#include "paper/qr.h"
#include "vendor/new-file.h"

#define QUIET 2 /* modules around the picture */

static gboolean
make_qr_text (const struct wtl_label *label, char qr[WTL_CODE_QR_SIZE], GError **error)
{
  if (wtl_label_format (label, qr) == WTL_OK)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("The label's text could not be made."));
  return FALSE;
}

gboolean
vendor_label_print (const struct wtl_label *label, const char *product_name, GError **error)
{
  char qr[WTL_CODE_QR_SIZE], digits[WTL_CODE_TEXT_SIZE];
  g_autoptr (WattleQr) picture = NULL;
  g_autofree char *lines = NULL;

  if (!make_qr_text (label, qr, error))
    return FALSE;
  picture = wattle_qr_new (qr);
  if (picture == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The QR picture could not be made."));
    return FALSE;
  }
  lines = wattle_qr_to_text (picture, QUIET, isatty (STDOUT_FILENO));
  wtl_code_format (&label->code, digits);
  g_print ("%s\n%s %s\n%s %s\n\n%s%s\n", product_name, _ ("Unit:"), label->unit_id, _ ("Setup code:"), digits, lines,
           qr);
  wtl_wipe (lines, strlen (lines));
  wtl_wipe (qr, sizeof qr);
  wtl_wipe (digits, sizeof digits);
  return TRUE;
}

/* Neither code, QR text nor unit id holds anything that JSON would escape.  @lines
 * has room, so that no copy stays behind where it grew. */
void
vendor_label_append_line (const struct wtl_label *label, GString *lines)
{
  char qr[WTL_CODE_QR_SIZE];

  if (wtl_label_format (label, qr) != WTL_OK)
    return;
  g_string_append_printf (lines, "{\"code\":\"%s\",\"qr\":\"%s\",\"unit_id\":\"%s\",\"product\":%u}\n",
                          label->code.digits, qr, label->unit_id, label->product);
  wtl_wipe (qr, sizeof qr);
}

char *
vendor_label_read_code (const char *line, gsize len)
{
  static const char start[] = "{\"code\":\"";
  const gsize before = sizeof start - 1;

  if (len < before + WTL_CODE_DIGITS + 1 || strncmp (line, start, before) != 0
      || strspn (line + before, "0123456789") != WTL_CODE_DIGITS)
    return NULL;
  return g_strndup (line + before, WTL_CODE_DIGITS);
}

gboolean
vendor_label_write (const struct wtl_label *label, const char *path, GError **error)
{
  GString *line = g_string_sized_new (256);
  gboolean ok = FALSE;

  vendor_label_append_line (label, line);
  if (line->len > 0)
    ok = vendor_new_file (path, line->str, line->len, error);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("The label's text could not be made."));
  wtl_wipe (line->str, line->len);
  g_string_free (line, TRUE);
  return ok;
}
