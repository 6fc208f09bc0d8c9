/* SPDX-License-Identifier: Apache-2.0 */
/* What the device has measured. */
#include "gui-gtk/device/readings-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/device/reading-series.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/widgets/button-row.h"
#include "gui-gtk/widgets/chart.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/rows.h"

#define PAGE 1000 /* readings per call */
#define HOUR 3600 /* seconds */
#define DAY (24 * HOUR)
#define GAP_STEPS 3 /* so many empty steps are a gap in the line */

enum { SPAN_DAY, SPAN_WEEK, SPAN_MONTH, N_SPANS };

struct _WattleReadingsPage {
  WattlePartPage parent_instance;
  GtkToggleButton *spans[N_SPANS];
  WattleChart *chart;
  GtkLabel *point;
  WattleMessage *message;
  GtkWidget *summary;
  GtkWidget *highest;
  GtkWidget *mean;
  GtkWidget *lowest;
  AdwExpanderRow *table;
  GPtrArray *table_rows;
  WattleReadingSeries *series;
  char *unit;
  guint redraw_id;
};

G_DEFINE_FINAL_TYPE (WattleReadingsPage, wattle_readings_page, WATTLE_TYPE_PART_PAGE)

static const struct {
  const char *id;
  guint64 length, step; /* seconds */
  guint hours;          /* between times below the chart, */
  const char *format;   /* and how they are written */
  const char *name;     /* of the chart, with what is measured in it */
} spans[N_SPANS] = {
  /* Translators: a time of day below a chart, see g_date_time_format() */
  { "day", DAY, HOUR / 4, 6, N_ ("%H:%M"), N_ ("%s of the last day") },
  /* Translators: a day of the week below a chart, see g_date_time_format() */
  { "week", 7 * DAY, 2 * HOUR, 48, N_ ("%a"), N_ ("%s of the last week") },
  /* Translators: a day and month below a chart, see g_date_time_format() */
  { "month", 30 * DAY, 8 * HOUR, 7 * 24, N_ ("%-d %b"), N_ ("%s of the last month") },
};

static guint
get_span (WattleReadingsPage *self)
{
  guint span = 0;

  while (span < N_SPANS - 1 && !gtk_toggle_button_get_active (self->spans[span]))
    span++;
  return span;
}

static char *
say_value (WattleReadingsPage *self, double value)
{
  return wattle_words_value (value, self->unit,
                             wattle_facts_get_decimals (wattle_part_page_get_facts (WATTLE_PART_PAGE (self))));
}

/* --- what is shown --- */

static void
show_extreme (WattleReadingsPage *self, GtkWidget *row, double value, guint64 time)
{
  g_autofree char *number = say_value (self, value);
  g_autofree char *when = wattle_words_time (time);
  /* Translators: a value ("21.4 °C"), and a date with time */
  g_autofree char *words = g_strdup_printf (_ ("%s on %s"), number, when);

  wattle_row_set_subtitle (row, words);
}

static void
show_summary (WattleReadingsPage *self, const WattleReadingSummary *summary)
{
  g_autofree char *mean = say_value (self, summary->mean);
  g_autofree char *words = g_strdup_printf (
      /* Translators: a value ("21.4 °C"), and of how many readings it is the mean */
      ngettext ("%s of %u reading", "%s of %u readings", summary->count), mean, summary->count);

  gtk_widget_set_visible (self->summary, summary->count > 0);
  if (summary->count == 0)
    return;
  show_extreme (self, self->highest, summary->highest, summary->highest_time);
  show_extreme (self, self->lowest, summary->lowest, summary->lowest_time);
  wattle_row_set_subtitle (self->mean, words);
}

static void
name_chart (WattleReadingsPage *self, guint span)
{
  WattleFacts *facts = wattle_part_page_get_facts (WATTLE_PART_PAGE (self));
  g_autofree char *measured = wattle_text_clean (wattle_facts_get_reading_name (facts));
  const char *what = *measured != '\0' ? measured : _ ("Readings");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_autofree char *name = g_strdup_printf (_ (spans[span].name), what);
#pragma GCC diagnostic pop

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chart), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_table (WattleReadingsPage *self, GArray *points)
{
  for (guint i = 0; i < self->table_rows->len; i++)
    adw_expander_row_remove (self->table, self->table_rows->pdata[i]);
  g_ptr_array_set_size (self->table_rows, 0);
  if (!adw_expander_row_get_expanded (self->table))
    return;
  for (guint i = points->len; i > 0; i--) { /* the newest first */
    const WattleChartPoint *point = &g_array_index (points, WattleChartPoint, i - 1);
    g_autofree char *when = wattle_words_time (point->time);
    g_autofree char *value = say_value (self, point->mean);
    GtkWidget *row = wattle_text_row_new (NULL, when);

    wattle_row_set_subtitle (row, value);
    adw_expander_row_add_row (self->table, row);
    g_ptr_array_add (self->table_rows, row);
  }
}

static void
redraw (WattleReadingsPage *self)
{
  const guint span = get_span (self);
  const guint64 to = (guint64)(g_get_real_time () / G_USEC_PER_SEC) + 1, from = to - spans[span].length;
  g_autoptr (GArray) points = wattle_reading_series_get_points (self->series, from, to, spans[span].step);
  const WattleReadingSummary summary = wattle_reading_series_summarize (self->series, from, to);

  name_chart (self, span);
  wattle_chart_set_unit (self->chart, self->unit,
                         wattle_facts_get_decimals (wattle_part_page_get_facts (WATTLE_PART_PAGE (self))));
  wattle_chart_set_times (self->chart, spans[span].hours, _ (spans[span].format));
  wattle_chart_set_points (self->chart, points, from, to, spans[span].step * GAP_STEPS);
  show_summary (self, &summary);
  show_table (self, points);
}

static gboolean
on_redraw (gpointer user_data)
{
  WattleReadingsPage *self = user_data;

  self->redraw_id = 0;
  redraw (self);
  return G_SOURCE_REMOVE;
}

/* Once for all that has come meanwhile. */
static void
queue_redraw (WattleReadingsPage *self)
{
  if (self->redraw_id == 0)
    self->redraw_id = g_idle_add (on_redraw, self);
}

static void
on_span (WattleReadingsPage *self, GtkToggleButton *button)
{
  if (gtk_toggle_button_get_active (button) && self->series != NULL)
    queue_redraw (self);
}

static void
on_table (WattleReadingsPage *self)
{
  queue_redraw (self);
}

static void
on_selected (WattleReadingsPage *self)
{
  g_autofree char *words = wattle_chart_say_selected (self->chart);

  gtk_label_set_text (self->point, words != NULL ? words : _ ("Choose a point to read it."));
}

/* --- readings --- */

static void fetch (WattleReadingsPage *self);

static void
on_readings (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleReadingsPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) readings = NULL;
  g_autofree char *unit = NULL;
  guint64 sequence, time, before;
  GVariantIter iter;
  double value;

  wattle_bus_device_call_get_readings_finish (WATTLE_BUS_DEVICE (source), &readings, &unit, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (readings == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  g_free (self->unit);
  self->unit = g_steal_pointer (&unit);
  before = wattle_reading_series_get_last (self->series);
  g_variant_iter_init (&iter, readings);
  while (g_variant_iter_next (&iter, "(ttd)", &sequence, &time, &value))
    wattle_reading_series_add (self->series, sequence, time, value);
  queue_redraw (self);
  if (wattle_reading_series_get_last (self->series) > before) /* a service that repeats itself is not asked for ever */
    fetch (self);
  else if (before == 0)
    wattle_message_set (self->message, "dialog-information-symbolic",
                        _ ("No reading has come yet. The device sends what it has kept as soon as it is in reach."));
}

static void
fetch (WattleReadingsPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);

  wattle_bus_device_call_get_readings (wattle_part_page_get_device (part),
                                       wattle_reading_series_get_last (self->series), PAGE,
                                       wattle_part_page_get_cancellable (part), on_readings, self);
}

/* Readings before it may be missing: all new ones are fetched in their order. */
static void
on_reading (WattleReadingsPage *self)
{
  wattle_message_set (self->message, NULL, NULL);
  fetch (self);
}

static void
wattle_readings_page_load (WattlePartPage *part)
{
  WattleReadingsPage *self = WATTLE_READINGS_PAGE (part);

  g_signal_connect_object (wattle_part_page_get_device (part), "reading", G_CALLBACK (on_reading), self,
                           G_CONNECT_SWAPPED);
  redraw (self);
  fetch (self);
}

static void
wattle_readings_page_dispose (GObject *object)
{
  g_clear_handle_id (&WATTLE_READINGS_PAGE (object)->redraw_id, g_source_remove);
  G_OBJECT_CLASS (wattle_readings_page_parent_class)->dispose (object);
}

static void
wattle_readings_page_finalize (GObject *object)
{
  WattleReadingsPage *self = WATTLE_READINGS_PAGE (object);

  g_ptr_array_unref (self->table_rows);
  wattle_reading_series_free (self->series);
  g_free (self->unit);
  G_OBJECT_CLASS (wattle_readings_page_parent_class)->finalize (object);
}

static void
wattle_readings_page_class_init (WattleReadingsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_readings_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_readings_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_readings_page_load;
  g_type_ensure (WATTLE_TYPE_CHART);
  g_type_ensure (WATTLE_TYPE_BUTTON_ROW);
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/readings-page.ui");
  for (guint i = 0; i < N_SPANS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, spans[i].id, FALSE,
                                               G_STRUCT_OFFSET (WattleReadingsPage, spans)
                                                   + (gssize)(i * sizeof (GtkToggleButton *)));
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, chart);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, point);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, summary);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, highest);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, mean);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, lowest);
  gtk_widget_class_bind_template_child (widget_class, WattleReadingsPage, table);
  gtk_widget_class_bind_template_callback (widget_class, on_span);
  gtk_widget_class_bind_template_callback (widget_class, on_table);
}

static void
wattle_readings_page_init (WattleReadingsPage *self)
{
  self->table_rows = g_ptr_array_new ();
  self->series = wattle_reading_series_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->chart, "selected", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
}

WattleNavPage *
wattle_readings_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_READINGS_PAGE, service, device);
}
