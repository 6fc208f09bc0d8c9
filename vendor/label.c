/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unit's label.
 */
#include "vendor/label.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <qrencode.h>
#include <string.h>
#include <unistd.h>

#include "pairing/secret.h"
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

static gboolean
is_dark (const QRcode *qr, int x, int y)
{
  return x >= 0 && y >= 0 && x < qr->width && y < qr->width && (qr->data[y * qr->width + x] & 1);
}

/* Two rows of modules in a line of text.  On a terminal the colours are set, so
 * that a dark background does not turn the picture into its negative. */
static void
print_picture (const QRcode *qr)
{
  static const char *const blocks[2][2] = { { " ", "▄" }, { "▀", "█" } };
  gboolean colours = isatty (STDOUT_FILENO);

  for (int y = -QUIET; y < qr->width + QUIET; y += 2) {
    g_autoptr (GString) line = g_string_new (colours ? "\033[30;107m" : "");

    for (int x = -QUIET; x < qr->width + QUIET; x++)
      g_string_append (line, blocks[is_dark (qr, x, y)][is_dark (qr, x, y + 1)]);
    g_string_append (line, colours ? "\033[0m" : "");
    g_print ("%s\n", line->str);
  }
}

gboolean
vendor_label_print (const struct wtl_label *label, const char *product_name, GError **error)
{
  char qr[WTL_CODE_QR_SIZE], digits[WTL_CODE_TEXT_SIZE];
  QRcode *picture;

  if (!make_qr_text (label, qr, error))
    return FALSE;
  picture = QRcode_encodeString (qr, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  if (picture == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The QR picture could not be made."));
    return FALSE;
  }
  wtl_code_format (&label->code, digits);
  g_print ("%s\n%s %s\n%s %s\n\n", product_name, _ ("Unit:"), label->unit_id, _ ("Setup code:"), digits);
  print_picture (picture);
  g_print ("%s\n", qr);
  wtl_wipe (picture->data, (gsize)picture->width * (gsize)picture->width);
  QRcode_free (picture);
  wtl_wipe (qr, sizeof qr);
  wtl_wipe (digits, sizeof digits);
  return TRUE;
}

gboolean
vendor_label_write (const struct wtl_label *label, const char *path, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  char qr[WTL_CODE_QR_SIZE];
  gboolean ok;

  if (!make_qr_text (label, qr, error))
    return FALSE;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "code");
  json_builder_add_string_value (builder, label->code.digits);
  json_builder_set_member_name (builder, "qr");
  json_builder_add_string_value (builder, qr);
  json_builder_set_member_name (builder, "unit_id");
  json_builder_add_string_value (builder, label->unit_id);
  json_builder_set_member_name (builder, "product");
  json_builder_add_int_value (builder, label->product);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  text = json_to_string (node, FALSE);
  line = g_strconcat (text, "\n", NULL);
  ok = vendor_new_file (path, line, strlen (line), error);
  wtl_wipe (qr, sizeof qr);
  wtl_wipe (text, strlen (text));
  wtl_wipe (line, strlen (line));
  return ok;
}
