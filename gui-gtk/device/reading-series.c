/* SPDX-License-Identifier: Apache-2.0 */
/* A device's readings over time. */
#include "gui-gtk/device/reading-series.h"

#include <math.h>

#define KEPT (32 * 24 * 60 * 60) /* seconds: no chart shows more */

typedef struct {
  guint64 time;
  double value;
} Reading;

struct _WattleReadingSeries {
  GArray *readings; /* of Reading, by time */
  guint64 last;
};

WattleReadingSeries *
wattle_reading_series_new (void)
{
  WattleReadingSeries *self = g_new0 (WattleReadingSeries, 1);

  self->readings = g_array_new (FALSE, FALSE, sizeof (Reading));
  return self;
}

void
wattle_reading_series_free (WattleReadingSeries *self)
{
  g_array_unref (self->readings);
  g_free (self);
}

static const Reading *
get_reading (WattleReadingSeries *self, guint i)
{
  return &g_array_index (self->readings, Reading, i);
}

void
wattle_reading_series_add (WattleReadingSeries *self, guint64 sequence, guint64 time, double value)
{
  const guint64 now = (guint64)(g_get_real_time () / G_USEC_PER_SEC);
  const Reading reading = { time, value };
  guint place = self->readings->len;

  if (sequence <= self->last)
    return;
  self->last = sequence;
  if (time == 0 || !isfinite (value) || (time < now && now - time > KEPT))
    return;
  /* A device whose clock was set back tells of earlier times later. */
  while (place > 0 && get_reading (self, place - 1)->time > time)
    place--;
  g_array_insert_val (self->readings, place, reading);
}

guint64
wattle_reading_series_get_last (WattleReadingSeries *self)
{
  return self->last;
}

/* The first reading at @time or later. */
static guint
find (WattleReadingSeries *self, guint64 time)
{
  guint low = 0, high = self->readings->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (get_reading (self, middle)->time < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

WattleReadingSummary
wattle_reading_series_summarize (WattleReadingSeries *self, guint64 from, guint64 to)
{
  WattleReadingSummary summary = { 0 };

  for (guint i = find (self, from); i < self->readings->len && get_reading (self, i)->time < to; i++) {
    const Reading *reading = get_reading (self, i);

    if (summary.count == 0 || reading->value < summary.lowest) {
      summary.lowest = reading->value;
      summary.lowest_time = reading->time;
    }
    if (summary.count == 0 || reading->value > summary.highest) {
      summary.highest = reading->value;
      summary.highest_time = reading->time;
    }
    summary.count++;
    summary.mean += (reading->value - summary.mean) / summary.count;
  }
  return summary;
}

GArray *
wattle_reading_series_get_points (WattleReadingSeries *self, guint64 from, guint64 to, guint64 step)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (WattleChartPoint));

  for (guint64 begin = from - from % step; begin < to; begin += step) {
    const guint64 first = MAX (begin, from), end = MIN (begin + step, to);
    const WattleReadingSummary summary = wattle_reading_series_summarize (self, first, end);
    const guint i = find (self, first);
    WattleChartPoint point = { 0, summary.mean, summary.lowest, summary.highest };

    if (summary.count == 0)
      continue;
    point.time = get_reading (self, i + summary.count / 2)->time;
    g_array_append_val (points, point);
  }
  return points;
}
