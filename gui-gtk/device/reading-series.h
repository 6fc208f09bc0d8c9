/* SPDX-License-Identifier: Apache-2.0 */
/* A device's readings over time, and what is shown of them. */
#pragma once

#include <glib.h>

#include "gui-gtk/widgets/chart.h"

G_BEGIN_DECLS

typedef struct _WattleReadingSeries WattleReadingSeries;

WattleReadingSeries *wattle_reading_series_new (void);
void wattle_reading_series_free (WattleReadingSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleReadingSeries, wattle_reading_series_free)

/* Takes a reading; what has no time or is no number is left out, and so is one
 * that is not newer, by its sequence number, than all before. */
void wattle_reading_series_add (WattleReadingSeries *self, guint64 sequence, guint64 time, double value);

/* The highest sequence number that was added; 0 = none. */
guint64 wattle_reading_series_get_last (WattleReadingSeries *self);

/* What was measured from @from up to and without @to, as a WattleChartPoint for
 * each @step seconds in which something was. */
GArray *wattle_reading_series_get_points (WattleReadingSeries *self, guint64 from, guint64 to, guint64 step);

typedef struct {
  guint count;
  double mean, lowest, highest;
  guint64 lowest_time, highest_time;
} WattleReadingSummary;

/* The readings of the same time in a few numbers; of none where count is 0. */
WattleReadingSummary wattle_reading_series_summarize (WattleReadingSeries *self, guint64 from, guint64 to);

G_END_DECLS
