/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet of labels.
 */
#include "paper/label-sheet.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "paper/qr.h"

#define MM (72.0 / 25.4) /* points */
#define SHEET_WIDTH (210 * MM)
#define SHEET_HEIGHT (297 * MM)
#define COLUMNS 3
#define LABEL_WIDTH (70 * MM)
#define LABEL_HEIGHT (37 * MM)
#define TOP ((297 - 8 * 37) / 2.0 * MM)
#define MARGIN (4 * MM)
#define PICTURE (26 * MM) /* without its quiet zone, which is the margin */

/* A sheet has some 40 kB; room that never grows leaves no copy in freed memory. */
#define SINK_SIZE (512 * 1024)

static cairo_status_t
sink_write (void *closure, const unsigned char *data, unsigned int len)
{
  GByteArray *sink = closure;

  if (sink->len + len > SINK_SIZE)
    return CAIRO_STATUS_WRITE_ERROR;
  g_byte_array_append (sink, data, len);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_qr (cairo_t *cairo, const WattleQr *qr, double x, double y)
{
  int width = wattle_qr_get_width (qr);
  double module = PICTURE / width;

  for (int row = 0; row < width; row++) {
    int run = 0; /* dark modules side by side, up to this one */

    for (int column = 0; column <= width; column++) {
      if (wattle_qr_is_dark (qr, column, row)) {
        run++;
      } else if (run > 0) {
        cairo_rectangle (cairo, x + (column - run) * module, y + row * module, run * module, module);
        run = 0;
      }
    }
  }
  cairo_fill (cairo);
}

static void
draw_text (cairo_t *cairo, double x, double y, const char *font, double points, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cairo);
  g_autoptr (PangoFontDescription) description = pango_font_description_from_string (font);

  pango_font_description_set_absolute_size (description, points * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_width (layout, (int)((LABEL_WIDTH - PICTURE - 3 * MARGIN) * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (layout, -2);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cairo, x, y);
  pango_cairo_show_layout (cairo, layout);
}

static gboolean
draw_label (cairo_t *cairo, guint place, const char *product, const WattleLabel *label)
{
  double x = place % COLUMNS * LABEL_WIDTH + MARGIN;
  double y = TOP + place / COLUMNS * LABEL_HEIGHT + MARGIN;
  double right = x + LABEL_WIDTH - 2 * MARGIN - PICTURE;
  g_autoptr (WattleQr) qr = wattle_qr_new (label->qr);

  if (qr == NULL)
    return FALSE;
  draw_qr (cairo, qr, right, y);
  draw_text (cairo, x, y, "Sans Bold", 9, product);
  draw_text (cairo, x, y + 10 * MM, "Sans", 7, label->unit_id);
  draw_text (cairo, x, y + 20 * MM, "Monospace Bold", 11, label->digits);
  return TRUE;
}

static void
sink_free (gpointer data)
{
  GByteArray *sink = data;

  explicit_bzero (sink->data, sink->len);
  g_byte_array_unref (sink);
}

GBytes *
wattle_label_sheet_new (const char *product, const WattleLabel *labels, guint count, GError **error)
{
  GByteArray *sink = g_byte_array_sized_new (SINK_SIZE);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (sink_write, sink, SHEET_WIDTH, SHEET_HEIGHT);
  cairo_t *cairo = cairo_create (surface);
  gboolean drawn = count <= WATTLE_LABELS_PER_SHEET;
  cairo_status_t status;

  for (guint i = 0; drawn && i < count; i++)
    drawn = draw_label (cairo, i, product, &labels[i]);
  cairo_show_page (cairo);
  status = cairo_status (cairo);
  cairo_destroy (cairo);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (drawn && status == CAIRO_STATUS_SUCCESS)
    return g_bytes_new_with_free_func (sink->data, sink->len, sink_free, sink);
  sink_free (sink);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The labels could not be drawn."));
  return NULL;
}
