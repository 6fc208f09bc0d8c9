/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chart of values over time: a line, and how far values went to both sides of
 * it.  Arrow keys, Home and End go from point to point, a pointer does too; the
 * point is told to assistive programs as the chart's description.
 *
 * Signal "selected": another point, or none.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What was measured in a stretch of time. */
typedef struct {
  guint64 time; /* the middle of its readings */
  double mean, lowest, highest;
} WattleChartPoint;

#define WATTLE_TYPE_CHART (wattle_chart_get_type ())
G_DECLARE_FINAL_TYPE (WattleChart, wattle_chart, WATTLE, CHART, GtkWidget)

GtkWidget *wattle_chart_new (void);

/* Shows @points (of WattleChartPoint, by time; copied), from the time @from to
 * @to.  Points further apart than @gap seconds are not joined by the line.  The
 * selection stays where it is in time. */
void wattle_chart_set_points (WattleChart *self, GArray *points, guint64 from, guint64 to, guint64 gap);

/* A time below the chart every @hours hours, as g_date_time_format() writes it by @format. */
void wattle_chart_set_times (WattleChart *self, guint hours, const char *format);

/* What stands after values; @decimals: how many they have. */
void wattle_chart_set_unit (WattleChart *self, const char *unit, guint decimals);

/* NULL = none. */
const WattleChartPoint *wattle_chart_get_selected (WattleChart *self);

/* The selected point in words: "21.4 °C on 23 November 2026, 05:00"; NULL = none.
 * Free it. */
char *wattle_chart_say_selected (WattleChart *self);

G_END_DECLS
