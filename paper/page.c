/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages by Cairo and Pango.
 */
#include "paper/page.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "paper/qr.h"

#define MM (72.0 / 25.4) /* PDF's unit is the point */
#define GAP (2.5 * MM)
#define QR_QUIET 4 /* modules around the picture, as ISO/IEC 18004 asks for */

/* Wiped before it is let go. */
typedef struct {
  guint8 *data;
  gsize length, room;
} Sink;

struct _WattlePage {
  double width, height, margin;
  double scale;                /* of letters and gaps */
  guint number;                /* of this page, from 1 */
  double y;                    /* where the next line begins */
  double beside_until, narrow; /* down to there lines are shorter by so much: a picture is beside */
  char *footer;
  cairo_surface_t *surface;
  cairo_t *cairo;
  Sink *sink;
};

/* How each kind of text looks. */
typedef struct {
  double points; /* of letters, on A4 */
  PangoWeight weight;
  const char *family;
  double before, after; /* free room, in GAP */
} Look;

static const Look title_look = { 20, PANGO_WEIGHT_BOLD, "Sans", 0, 1.5 };
static const Look heading_look = { 13, PANGO_WEIGHT_BOLD, "Sans", 2, 0.5 };
static const Look text_look = { 10.5, PANGO_WEIGHT_NORMAL, "Sans", 0, 1 };
static const Look small_look = { 8, PANGO_WEIGHT_NORMAL, "Monospace", 0, 0.8 };
static const Look code_look = { 22, PANGO_WEIGHT_BOLD, "Monospace", 0.5, 1.5 };
static const Look footer_look = { 8, PANGO_WEIGHT_NORMAL, "Sans", 0, 0 };

static const struct {
  double width, height, margin; /* mm */
} sizes[] = {
  [WATTLE_PAGE_A4] = { 210, 297, 22 },
  [WATTLE_PAGE_CARD] = { 148, 105, 10 },
};

static cairo_status_t
sink_write (void *closure, const unsigned char *data, unsigned length)
{
  Sink *sink = closure;

  if (sink->length + length > sink->room) {
    gsize room = MAX (2 * sink->room, sink->length + length + 4096);
    guint8 *larger = g_malloc (room);

    memcpy (larger, sink->data, sink->length);
    explicit_bzero (sink->data, sink->length);
    g_free (sink->data);
    sink->data = larger;
    sink->room = room;
  }
  memcpy (sink->data + sink->length, data, length);
  sink->length += length;
  return CAIRO_STATUS_SUCCESS;
}

static void
sink_free (gpointer data)
{
  Sink *sink = data;

  explicit_bzero (sink->data, sink->length);
  g_free (sink->data);
  g_free (sink);
}

WattlePage *
wattle_page_new (WattlePageSize size, const char *title, const char *footer)
{
  WattlePage *self = g_new0 (WattlePage, 1);

  self->width = sizes[size].width * MM;
  self->height = sizes[size].height * MM;
  self->margin = sizes[size].margin * MM;
  self->scale = 1;
  self->number = 1;
  self->y = self->margin;
  self->footer = g_strdup (footer);
  self->sink = g_new0 (Sink, 1);
  self->sink->room = 16 * 1024;
  self->sink->data = g_malloc (self->sink->room);
  self->surface = cairo_pdf_surface_create_for_stream (sink_write, self->sink, self->width, self->height);
  cairo_pdf_surface_set_metadata (self->surface, CAIRO_PDF_METADATA_TITLE, title);
  self->cairo = cairo_create (self->surface);
  return self;
}

void
wattle_page_free (WattlePage *self)
{
  g_clear_pointer (&self->cairo, cairo_destroy);
  if (self->surface)
    cairo_surface_finish (self->surface); /* writes to the sink, so before that goes */
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->sink, sink_free);
  g_free (self->footer);
  g_free (self);
}

void
wattle_page_set_scale (WattlePage *self, double scale)
{
  self->scale = scale;
}

guint
wattle_page_get_number (WattlePage *self)
{
  return self->number;
}

static PangoLayout *
lay_out (WattlePage *self, const Look *look, const char *text, double width)
{
  PangoLayout *layout = pango_cairo_create_layout (self->cairo);
  PangoFontDescription *font = pango_font_description_new ();

  pango_font_description_set_family_static (font, look->family);
  pango_font_description_set_weight (font, look->weight);
  pango_font_description_set_absolute_size (font, look->points * self->scale * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_auto_dir (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static double
height_of (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);
  return (double)height / PANGO_SCALE;
}

static void
draw_footer (WattlePage *self)
{
  PangoLayout *layout;

  if (!self->footer)
    return;
  layout = lay_out (self, &footer_look, self->footer, self->width - 2 * self->margin);
  cairo_move_to (self->cairo, self->margin, self->height - self->margin / 2 - height_of (layout));
  pango_cairo_show_layout (self->cairo, layout);
  g_object_unref (layout);
}

static double
bottom (WattlePage *self)
{
  return self->height - self->margin - (self->footer ? 2 * GAP : 0);
}

static void
turn_over (WattlePage *self)
{
  draw_footer (self);
  cairo_show_page (self->cairo);
  self->number++;
  self->y = self->margin;
  self->beside_until = 0;
}

/* The free width at self->y. */
static double
room_across (WattlePage *self)
{
  return self->width - 2 * self->margin - (self->y < self->beside_until ? self->narrow : 0);
}

/* Line by line, so that a long text goes on overleaf. */
static void
draw (WattlePage *self, const Look *look, const char *text, double indent)
{
  PangoLayout *layout;
  PangoLayoutIter *iter;
  double top = 0;

  if (self->y > self->margin)
    self->y += look->before * self->scale * GAP;
  layout = lay_out (self, look, text, room_across (self) - indent);
  /* A heading stays with at least a line of what follows. */
  if (look == &heading_look && self->y + height_of (layout) + 3 * GAP > bottom (self))
    turn_over (self);
  iter = pango_layout_get_iter (layout);
  do {
    PangoRectangle line;
    double height;

    pango_layout_iter_get_line_extents (iter, NULL, &line);
    height = (double)line.height / PANGO_SCALE;
    if (self->y + height > bottom (self))
      turn_over (self);
    top = (double)pango_layout_iter_get_baseline (iter) / PANGO_SCALE - (double)line.y / PANGO_SCALE;
    cairo_move_to (self->cairo, self->margin + indent + (double)line.x / PANGO_SCALE, self->y + top);
    pango_cairo_show_layout_line (self->cairo, pango_layout_iter_get_line_readonly (iter));
    self->y += height;
  } while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
  g_object_unref (layout);
  self->y += look->after * self->scale * GAP;
}

void
wattle_page_title (WattlePage *self, const char *text)
{
  draw (self, &title_look, text, 0);
}

void
wattle_page_heading (WattlePage *self, const char *text)
{
  draw (self, &heading_look, text, 0);
}

void
wattle_page_paragraph (WattlePage *self, const char *text)
{
  draw (self, &text_look, text, 0);
}

void
wattle_page_item (WattlePage *self, const char *text)
{
  g_autofree char *line = g_strconcat ("• ", text, NULL);

  draw (self, &text_look, line, 2 * GAP);
}

void
wattle_page_row (WattlePage *self, const char *label, const char *text)
{
  Look bold = text_look;

  bold.weight = PANGO_WEIGHT_BOLD;
  bold.after = 0;
  draw (self, &bold, label, 0);
  draw (self, &text_look, text, 2 * GAP);
}

void
wattle_page_small (WattlePage *self, const char *text)
{
  draw (self, &small_look, text, 0);
}

void
wattle_page_code (WattlePage *self, const char *text)
{
  draw (self, &code_look, text, 0);
}

void
wattle_page_gap (WattlePage *self)
{
  self->y += 2 * GAP;
}

void
wattle_page_rule (WattlePage *self)
{
  self->y += GAP;
  if (self->y > bottom (self))
    turn_over (self);
  cairo_set_line_width (self->cairo, 0.5);
  cairo_move_to (self->cairo, self->margin, self->y);
  cairo_line_to (self->cairo, self->margin + room_across (self), self->y);
  cairo_stroke (self->cairo);
  self->y += 1.5 * GAP;
}

gboolean
wattle_page_qr (WattlePage *self, const char *text, double millimetres)
{
  g_autoptr (WattleQr) qr = wattle_qr_new (text);
  double side = millimetres * MM, left = self->width - self->margin - side, module;

  if (!qr)
    return FALSE;
  if (self->y + side > bottom (self))
    turn_over (self);
  module = side / (wattle_qr_get_width (qr) + 2 * QR_QUIET);
  /* One path of squares: neighbours touch without a seam. */
  for (int y = 0; y < wattle_qr_get_width (qr); y++)
    for (int x = 0; x < wattle_qr_get_width (qr); x++)
      if (wattle_qr_is_dark (qr, x, y))
        cairo_rectangle (self->cairo, left + (x + QR_QUIET) * module, self->y + (y + QR_QUIET) * module, module,
                         module);
  cairo_fill (self->cairo);
  self->beside_until = self->y + side;
  self->narrow = side + GAP;
  return TRUE;
}

GBytes *
wattle_page_finish (WattlePage *self, GError **error)
{
  Sink *sink;
  cairo_status_t status;

  draw_footer (self);
  status = cairo_status (self->cairo);
  g_clear_pointer (&self->cairo, cairo_destroy);
  cairo_surface_finish (self->surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (self->surface);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The page could not be drawn: %s."),
                 cairo_status_to_string (status));
    return NULL;
  }
  sink = g_steal_pointer (&self->sink);
  return g_bytes_new_with_free_func (sink->data, sink->length, sink_free, sink);
}
