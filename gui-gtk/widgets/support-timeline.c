/* SPDX-License-Identifier: Apache-2.0 */
/* How long security updates come. */
#include "gui-gtk/widgets/support-timeline.h"

#include <glib/gi18n.h>

#include "client/words.h"

#define LINE 10 /* pixels: how thick */
#define GAP 6   /* between the line and a text */
#define LEAST_WIDTH 200

/* How strong a part of the line is, in the text's colour. */
#define PASSED 0.25
#define TO_COME 0.85
#define WITHOUT 0.1 /* support has ended */

struct _WattleSupportTimeline {
  GtkWidget parent_instance;
  GDateTime *start;
  GDateTime *end; /* NULL = not known */
  GDateTime *today;
};

G_DEFINE_FINAL_TYPE (WattleSupportTimeline, wattle_support_timeline, GTK_TYPE_WIDGET)

static GDateTime *
new_day (const char *iso)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *midnight = iso != NULL && *iso != '\0' ? g_strconcat (iso, "T00:00:00", NULL) : NULL;

  return midnight != NULL ? g_date_time_new_from_iso8601 (midnight, zone) : NULL;
}

/* Where @day is, from 0 at the line's beginning to 1 at its end.  The line ends
 * with support, or today where that is over. */
static double
place_of (WattleSupportTimeline *self, GDateTime *day)
{
  GDateTime *last = g_date_time_compare (self->today, self->end) > 0 ? self->today : self->end;
  double whole = (double)g_date_time_difference (last, self->start);

  return whole > 0 ? CLAMP ((double)g_date_time_difference (day, self->start) / whole, 0, 1) : 1;
}

/* --- drawing --- */

typedef struct {
  WattleSupportTimeline *self;
  GtkSnapshot *snapshot;
  GdkRGBA color;
  double width;
  double top; /* of the line */
} Drawing;

static double
to_x (Drawing *drawing, double place)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (drawing->self)) == GTK_TEXT_DIR_RTL;

  return (mirrored ? 1 - place : place) * drawing->width;
}

static void
draw_part (Drawing *drawing, double from, double to, double strength)
{
  double a = to_x (drawing, from), b = to_x (drawing, to);
  GdkRGBA color = drawing->color;
  const graphene_rect_t part = GRAPHENE_RECT_INIT ((float)MIN (a, b), (float)drawing->top, (float)ABS (b - a), LINE);

  color.alpha *= (float)strength;
  gtk_snapshot_append_color (drawing->snapshot, &color, &part);
}

/* A text whose middle is at @place, or as near as the widget's edges allow. */
static void
draw_text (Drawing *drawing, PangoLayout *layout, double place, double y)
{
  int width, height;
  double x;

  pango_layout_get_pixel_size (layout, &width, &height);
  x = CLAMP (to_x (drawing, place) - width / 2.0, 0, MAX (drawing->width - width, 0));
  gtk_snapshot_save (drawing->snapshot);
  gtk_snapshot_translate (drawing->snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)y));
  gtk_snapshot_append_layout (drawing->snapshot, layout, &drawing->color);
  gtk_snapshot_restore (drawing->snapshot);
}

static PangoLayout *
new_text (WattleSupportTimeline *self, GDateTime *day, gboolean year_only)
{
  g_autofree char *iso = g_date_time_format (day, "%Y-%m-%d");
  g_autofree char *text = year_only ? g_date_time_format (day, "%Y") : wattle_words_date (iso);

  return gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
}

static void
draw_ends (Drawing *drawing, double y)
{
  WattleSupportTimeline *self = drawing->self;
  g_autoptr (PangoLayout) first = new_text (self, self->start, FALSE);
  g_autoptr (PangoLayout) last = new_text (self, self->end, FALSE);
  int a, b;

  pango_layout_get_pixel_size (first, &a, NULL);
  pango_layout_get_pixel_size (last, &b, NULL);
  if (a + b + 2 * GAP > drawing->width) { /* with large text on a handset */
    g_object_unref (first);
    g_object_unref (last);
    first = new_text (self, self->start, TRUE);
    last = new_text (self, self->end, TRUE);
  }
  draw_text (drawing, first, 0, y);
  draw_text (drawing, last, place_of (self, self->end), y);
}

static int
text_height (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void
wattle_support_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleSupportTimeline *self = WATTLE_SUPPORT_TIMELINE (widget);
  Drawing drawing = { .self = self, .snapshot = snapshot, .width = gtk_widget_get_width (widget) };
  g_autoptr (PangoLayout) today = NULL;
  GskRoundedRect outline;
  double now, end;

  if (self->end == NULL)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &drawing.color);
  drawing.top = text_height (widget) + GAP;
  now = place_of (self, self->today);
  end = place_of (self, self->end);

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, (float)drawing.top, (float)drawing.width, LINE),
                                   LINE / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  draw_part (&drawing, 0, MIN (now, end), PASSED);
  draw_part (&drawing, now, end, now < end ? TO_COME : WITHOUT);
  gtk_snapshot_pop (snapshot);

  /* Translators: marks today on the line from the first to the last day of support */
  today = gtk_widget_create_pango_layout (widget, _ ("Today"));
  draw_text (&drawing, today, now, 0);
  draw_part (&drawing, now - 1 / drawing.width, now + 1 / drawing.width, 1);
  draw_ends (&drawing, drawing.top + LINE + GAP);
}

static void
wattle_support_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = LEAST_WIDTH;
  else
    *minimum = *natural = 2 * (text_height (widget) + GAP) + LINE;
}

/* --- widget --- */

static void
clear (WattleSupportTimeline *self)
{
  g_clear_pointer (&self->start, g_date_time_unref);
  g_clear_pointer (&self->end, g_date_time_unref);
  g_clear_pointer (&self->today, g_date_time_unref);
}

static void
wattle_support_timeline_finalize (GObject *object)
{
  clear (WATTLE_SUPPORT_TIMELINE (object));
  G_OBJECT_CLASS (wattle_support_timeline_parent_class)->finalize (object);
}

static void
wattle_support_timeline_class_init (WattleSupportTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_support_timeline_finalize;
  widget_class->snapshot = wattle_support_timeline_snapshot;
  widget_class->measure = wattle_support_timeline_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "timeline");
}

static void
wattle_support_timeline_init (WattleSupportTimeline *self)
{
  wattle_support_timeline_set_dates (self, NULL, NULL);
}

GtkWidget *
wattle_support_timeline_new (void)
{
  return g_object_new (WATTLE_TYPE_SUPPORT_TIMELINE, NULL);
}

void
wattle_support_timeline_set_dates (WattleSupportTimeline *self, const char *start, const char *end)
{
  g_autofree char *words = NULL;

  clear (self);
  self->today = g_date_time_new_now_local ();
  self->end = new_day (end);
  self->start = new_day (start);
  if (self->start == NULL)
    self->start = g_date_time_ref (self->today);
  words = wattle_words_support_end (end, self->today);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), self->end != NULL);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
