/* SPDX-License-Identifier: Apache-2.0 */
/* A chart of values over time. */
#include "gui-gtk/widgets/chart.h"

#include <glib/gi18n.h>
#include <math.h>

#include "client/words.h"

#define HEIGHT 220 /* pixels */
#define LEAST_WIDTH 240
#define GAP 6       /* between the picture and a text */
#define LINES 4     /* at most so many values beside it */
#define JUMP 10     /* points that Page Up and Page Down go */
#define DOT 3.0     /* the radius of a point that stands alone, */
#define BIG_DOT 5.0 /* and of the selected one */
#define BAND 0.15   /* how strong what is not the line is, in its colour */
#define GRID 0.15

struct _WattleChart {
  GtkWidget parent_instance;
  GArray *points; /* of WattleChartPoint */
  guint64 from, to, gap;
  guint hours; /* from one time below it to the next */
  char *format;
  char *unit;
  guint decimals;
  int selected;           /* index, -1 = none */
  double low, high, step; /* of the values beside it */
  graphene_rect_t area;   /* of the picture, when it was drawn last */
};

G_DEFINE_FINAL_TYPE (WattleChart, wattle_chart, GTK_TYPE_WIDGET)

enum { SIGNAL_SELECTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const WattleChartPoint *
get_point (WattleChart *self, guint i)
{
  return &g_array_index (self->points, WattleChartPoint, i);
}

static gboolean
is_mirrored (WattleChart *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* --- where things are --- */

/* The least of 1, 2, 5, 10, ... that needs no more than LINES of it. */
static double
round_step (double range)
{
  double unit = pow (10, floor (log10 (range / LINES)));
  static const double times[] = { 1, 2, 5, 10 };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    if (range / (times[i] * unit) <= LINES)
      return times[i] * unit;
  return 10 * unit;
}

static void
choose_scale (WattleChart *self)
{
  double low = 0, high = 1;

  for (guint i = 0; i < self->points->len; i++) {
    const WattleChartPoint *point = get_point (self, i);

    low = i == 0 ? point->lowest : MIN (low, point->lowest);
    high = i == 0 ? point->highest : MAX (high, point->highest);
  }
  if (high - low < 1e-9 * MAX (1, fabs (high))) { /* all the same: it lies in the middle */
    low -= 1;
    high += 1;
  }
  self->step = round_step (high - low);
  self->low = floor (low / self->step) * self->step;
  self->high = ceil (high / self->step) * self->step;
}

static double
to_x (WattleChart *self, guint64 time)
{
  double place = self->to > self->from ? ((double)time - (double)self->from) / (double)(self->to - self->from) : 0;

  place = CLAMP (place, 0, 1);
  return self->area.origin.x + (is_mirrored (self) ? 1 - place : place) * self->area.size.width;
}

static double
to_y (WattleChart *self, double value)
{
  return self->area.origin.y + (1 - (value - self->low) / (self->high - self->low)) * self->area.size.height;
}

static PangoLayout *
new_value (WattleChart *self, double value)
{
  guint decimals = self->step >= 1 ? 0 : (guint)CLAMP (ceil (-log10 (self->step)), 1, 6);
  g_autofree char *text = g_strdup_printf ("%.*f", (int)decimals, value);

  return gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
}

/* Leaves room for the values beside, of which the lowest stands out by half, and
 * the times below that. */
static void
place_area (WattleChart *self)
{
  int wide = 0, high = 0;
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));

  for (double value = self->low; value <= self->high + self->step / 2; value += self->step) {
    g_autoptr (PangoLayout) layout = new_value (self, value);
    int w;

    pango_layout_get_pixel_size (layout, &w, &high);
    wide = MAX (wide, w);
  }
  graphene_rect_init (&self->area, (float)(is_mirrored (self) ? DOT : wide + GAP), (float)(high / 2.0),
                      (float)MAX (width - wide - GAP - DOT, 1), (float)MAX (height - 2 * high, 1));
}

/* --- drawing --- */

static void
draw_text (GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color, double x, double y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_values (WattleChart *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  GdkRGBA faint = *color;

  faint.alpha *= GRID;
  for (double value = self->low; value <= self->high + self->step / 2; value += self->step) {
    g_autoptr (PangoLayout) layout = new_value (self, value);
    double y = to_y (self, value), x = 0;
    int w, h;

    pango_layout_get_pixel_size (layout, &w, &h);
    x = is_mirrored (self) ? self->area.origin.x + self->area.size.width + GAP : self->area.origin.x - GAP - w;
    draw_text (snapshot, layout, color, x, y - h / 2.0);
    gtk_snapshot_append_color (snapshot, &faint,
                               &GRAPHENE_RECT_INIT (self->area.origin.x, (float)y, self->area.size.width, 1));
  }
}

/* The first time below the chart: a whole day begins then, where the person is. */
static GDateTime *
first_time (WattleChart *self)
{
  g_autoptr (GDateTime) from = g_date_time_new_from_unix_local ((gint64)self->from);

  return from != NULL ? g_date_time_new_local (g_date_time_get_year (from), g_date_time_get_month (from),
                                               g_date_time_get_day_of_month (from), 0, 0, 0)
                      : NULL;
}

/* Unless it would be upon the one before, which ends at @edge. */
static void
draw_time (WattleChart *self, GtkSnapshot *snapshot, const GdkRGBA *color, GDateTime *when, double *edge)
{
  g_autofree char *text = g_date_time_format (when, self->format);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  double x = to_x (self, (guint64)g_date_time_to_unix (when));
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  x = CLAMP (x - w / 2.0, 0, MAX (gtk_widget_get_width (GTK_WIDGET (self)) - w, 0));
  if (is_mirrored (self) ? x + w + GAP > *edge : x < *edge + GAP)
    return;
  *edge = is_mirrored (self) ? x : x + w;
  draw_text (snapshot, layout, color, x, self->area.origin.y + self->area.size.height + h / 2.0);
}

static void
draw_times (WattleChart *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  g_autoptr (GDateTime) when = first_time (self);
  double edge = is_mirrored (self) ? G_MAXDOUBLE : -G_MAXDOUBLE;

  while (when != NULL && g_date_time_to_unix (when) <= (gint64)self->to) {
    GDateTime *next = g_date_time_add_hours (when, (int)self->hours);

    if (g_date_time_to_unix (when) >= (gint64)self->from)
      draw_time (self, snapshot, color, when, &edge);
    g_date_time_unref (when);
    when = next;
  }
}

/* Draws the points from @first up to and without @end, which belong together. */
static void
draw_stretch (WattleChart *self, cairo_t *cr, const GdkRGBA *color, guint first, guint end)
{
  if (end - first == 1) {
    cairo_arc (cr, to_x (self, get_point (self, first)->time), to_y (self, get_point (self, first)->mean), DOT, 0,
               2 * G_PI);
    cairo_fill (cr);
    return;
  }
  for (guint i = first; i < end; i++)
    cairo_line_to (cr, to_x (self, get_point (self, i)->time), to_y (self, get_point (self, i)->highest));
  for (guint i = end; i > first; i--)
    cairo_line_to (cr, to_x (self, get_point (self, i - 1)->time), to_y (self, get_point (self, i - 1)->lowest));
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * BAND);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, color);
  for (guint i = first; i < end; i++)
    cairo_line_to (cr, to_x (self, get_point (self, i)->time), to_y (self, get_point (self, i)->mean));
  cairo_stroke (cr);
}

static void
draw_line (WattleChart *self, cairo_t *cr, const GdkRGBA *color)
{
  guint first = 0;

  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  gdk_cairo_set_source_rgba (cr, color);
  for (guint i = 1; i <= self->points->len; i++) {
    if (i < self->points->len && get_point (self, i)->time - get_point (self, i - 1)->time <= self->gap)
      continue;
    draw_stretch (self, cr, color, first, i);
    first = i;
  }
}

static void
draw_selected (WattleChart *self, cairo_t *cr, const GdkRGBA *color)
{
  const WattleChartPoint *point = wattle_chart_get_selected (self);

  if (point == NULL)
    return;
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, to_x (self, point->time), self->area.origin.y);
  cairo_rel_line_to (cr, 0, self->area.size.height);
  cairo_stroke (cr);
  cairo_arc (cr, to_x (self, point->time), to_y (self, point->mean), BIG_DOT, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
wattle_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleChart *self = WATTLE_CHART (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA color, accent;
  cairo_t *cr;

  if (self->format == NULL)
    return;
  gtk_style_context_get_color (style, &color);
  if (!gtk_style_context_lookup_color (style, "accent_color", &accent))
    accent = color;
  place_area (self);
  draw_values (self, snapshot, &color);
  draw_times (self, snapshot, &color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                                                 (float)gtk_widget_get_height (widget)));
  if (self->points->len > 0)
    draw_line (self, cr, &accent);
  draw_selected (self, cr, &color);
  cairo_destroy (cr);
}

static void
wattle_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : HEIGHT;
}

/* --- selecting --- */

const WattleChartPoint *
wattle_chart_get_selected (WattleChart *self)
{
  return self->selected >= 0 ? get_point (self, (guint)self->selected) : NULL;
}

char *
wattle_chart_say_selected (WattleChart *self)
{
  const WattleChartPoint *point = wattle_chart_get_selected (self);
  g_autofree char *value = NULL;
  g_autofree char *when = NULL;

  if (point == NULL)
    return NULL;
  value = wattle_words_value (point->mean, self->unit, self->decimals);
  when = wattle_words_time (point->time);
  /* Translators: a value ("21.4 °C"), and a date with time */
  return g_strdup_printf (_ ("%s on %s"), value, when);
}

static void
select_point (WattleChart *self, int index)
{
  g_autofree char *words = NULL;

  index = CLAMP (index, -1, (int)self->points->len - 1);
  self->selected = index;
  words = wattle_chart_say_selected (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  words != NULL ? words : _ ("Use the arrow keys to go from point to point."), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0);
}

/* The point nearest to a time; -1 = there is none. */
static int
find_nearest (WattleChart *self, double time)
{
  int nearest = -1;
  double least = 0;

  for (guint i = 0; i < self->points->len; i++) {
    double away = fabs ((double)get_point (self, i)->time - time);

    if (nearest < 0 || away < least) {
      nearest = (int)i;
      least = away;
    }
  }
  return nearest;
}

static void
select_at (WattleChart *self, double x)
{
  double place = (x - self->area.origin.x) / self->area.size.width;

  if (is_mirrored (self))
    place = 1 - place;
  select_point (self, find_nearest (self, (double)self->from + place * (double)(self->to - self->from)));
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, WattleChart *self)
{
  select_at (self, x);
}

static void
on_pressed (GtkGestureClick *gesture, int presses, double x, double y, WattleChart *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  select_at (self, x);
}

/* @steps: points to the right; from nothing it begins at the newest. */
static gboolean
go (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  WattleChart *self = WATTLE_CHART (widget);
  int steps = g_variant_get_int32 (args), last = (int)self->points->len - 1;

  if (last < 0)
    return FALSE;
  if (self->selected < 0)
    select_point (self, last);
  else
    select_point (self, CLAMP (self->selected + (is_mirrored (self) ? -steps : steps), 0, last));
  return TRUE;
}

static gboolean
go_to_end (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  WattleChart *self = WATTLE_CHART (widget);

  select_point (self, g_variant_get_boolean (args) ? (int)self->points->len - 1 : MIN (0, (int)self->points->len - 1));
  return TRUE;
}

/* --- widget --- */

void
wattle_chart_set_points (WattleChart *self, GArray *points, guint64 from, guint64 to, guint64 gap)
{
  const WattleChartPoint *selected = wattle_chart_get_selected (self);
  guint64 time = selected != NULL ? selected->time : 0;

  g_array_set_size (self->points, 0);
  g_array_append_vals (self->points, points->data, points->len);
  self->from = from;
  self->to = to;
  self->gap = gap;
  choose_scale (self);
  self->selected = -1;
  select_point (self, time != 0 ? find_nearest (self, (double)time) : -1);
}

void
wattle_chart_set_times (WattleChart *self, guint hours, const char *format)
{
  g_free (self->format);
  self->format = g_strdup (format);
  self->hours = MAX (hours, 1);
}

void
wattle_chart_set_unit (WattleChart *self, const char *unit, guint decimals)
{
  g_free (self->unit);
  self->unit = g_strdup (unit);
  self->decimals = decimals;
}

static void
wattle_chart_finalize (GObject *object)
{
  WattleChart *self = WATTLE_CHART (object);

  g_array_unref (self->points);
  g_free (self->format);
  g_free (self->unit);
  G_OBJECT_CLASS (wattle_chart_parent_class)->finalize (object);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct {
    guint key;
    int steps;
  } keys[] = { { GDK_KEY_Left, -1 },        { GDK_KEY_Right, 1 },    { GDK_KEY_Page_Up, -JUMP },
               { GDK_KEY_Page_Down, JUMP }, { GDK_KEY_KP_Left, -1 }, { GDK_KEY_KP_Right, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].key, 0, go, "i", keys[i].steps);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, go_to_end, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, go_to_end, "b", TRUE);
}

static void
wattle_chart_class_init (WattleChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_chart_finalize;
  signals[SIGNAL_SELECTED]
      = g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  widget_class->snapshot = wattle_chart_snapshot;
  widget_class->measure = wattle_chart_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "chart");
  add_keys (widget_class);
}

static void
wattle_chart_init (WattleChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->points = g_array_new (FALSE, FALSE, sizeof (WattleChartPoint));
  self->selected = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
wattle_chart_new (void)
{
  return g_object_new (WATTLE_TYPE_CHART, NULL);
}
