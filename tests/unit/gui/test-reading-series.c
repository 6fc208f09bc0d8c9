/* SPDX-License-Identifier: Apache-2.0 */
/* Readings of any order and value become points and numbers that are true of them. */
#include <math.h>

#include "gui-gtk/device/reading-series.h"

#define HOUR 3600
#define DAY (24 * HOUR)

/* A whole day in the past: what is older than a month is not kept. */
static guint64
begin (void)
{
  const guint64 now = (guint64)(g_get_real_time () / G_USEC_PER_SEC);

  return now - now % DAY - 2 * DAY;
}

static void
test_points (void)
{
  g_autoptr (WattleReadingSeries) series = wattle_reading_series_new ();
  const guint64 from = begin ();
  g_autoptr (GArray) points = NULL;
  const WattleChartPoint *point;

  wattle_reading_series_add (series, 1, from, 10);
  wattle_reading_series_add (series, 2, from + 60, 20);
  wattle_reading_series_add (series, 3, from + 120, 60);
  wattle_reading_series_add (series, 4, from + 5 * HOUR, -1);
  wattle_reading_series_add (series, 5, from + DAY, 99); /* the first that is not asked for */

  points = wattle_reading_series_get_points (series, from, from + DAY, HOUR);
  g_assert_cmpuint (points->len, ==, 2);
  point = &g_array_index (points, WattleChartPoint, 0);
  g_assert_cmpuint (point->time, ==, from + 60);
  g_assert_cmpfloat_with_epsilon (point->mean, 30, 1e-9);
  g_assert_cmpfloat (point->lowest, ==, 10);
  g_assert_cmpfloat (point->highest, ==, 60);
  point = &g_array_index (points, WattleChartPoint, 1);
  g_assert_cmpuint (point->time, ==, from + 5 * HOUR);
  g_assert_cmpfloat (point->mean, ==, -1);
}

static void
test_summary (void)
{
  g_autoptr (WattleReadingSeries) series = wattle_reading_series_new ();
  const guint64 from = begin ();
  WattleReadingSummary summary = wattle_reading_series_summarize (series, from, from + DAY);

  g_assert_cmpuint (summary.count, ==, 0);
  wattle_reading_series_add (series, 7, from + 10, 4);
  wattle_reading_series_add (series, 8, from + 20, 2);
  wattle_reading_series_add (series, 9, from + 30, 3);
  summary = wattle_reading_series_summarize (series, from, from + DAY);
  g_assert_cmpuint (summary.count, ==, 3);
  g_assert_cmpfloat_with_epsilon (summary.mean, 3, 1e-9);
  g_assert_cmpuint (summary.lowest_time, ==, from + 20);
  g_assert_cmpuint (summary.highest_time, ==, from + 10);
  g_assert_cmpuint (wattle_reading_series_get_last (series), ==, 9);
}

/* A device's clock was set back; a service repeats itself. */
static void
test_order (void)
{
  g_autoptr (WattleReadingSeries) series = wattle_reading_series_new ();
  const guint64 from = begin ();
  g_autoptr (GArray) points = NULL;

  wattle_reading_series_add (series, 1, from + 3 * HOUR, 3);
  wattle_reading_series_add (series, 2, from + HOUR, 1);
  wattle_reading_series_add (series, 2, from + 2 * HOUR, 2);
  wattle_reading_series_add (series, 1, from + 2 * HOUR, 2);
  points = wattle_reading_series_get_points (series, from, from + DAY, HOUR);
  g_assert_cmpuint (points->len, ==, 2);
  g_assert_cmpfloat (g_array_index (points, WattleChartPoint, 0).mean, ==, 1);
  g_assert_cmpfloat (g_array_index (points, WattleChartPoint, 1).mean, ==, 3);
}

static void
test_nonsense (void)
{
  g_autoptr (WattleReadingSeries) series = wattle_reading_series_new ();
  const guint64 from = begin ();

  wattle_reading_series_add (series, 1, 0, 1);
  wattle_reading_series_add (series, 2, from, NAN);
  wattle_reading_series_add (series, 3, from, INFINITY);
  wattle_reading_series_add (series, 4, 1, 1);
  wattle_reading_series_add (series, 5, G_MAXUINT64, 1);
  g_assert_cmpuint (wattle_reading_series_summarize (series, 0, G_MAXUINT64).count, ==, 0);
  wattle_reading_series_add (series, G_MAXUINT64, from, 1);
  g_assert_cmpuint (wattle_reading_series_summarize (series, 0, G_MAXUINT64).count, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reading-series/points", test_points);
  g_test_add_func ("/reading-series/summary", test_summary);
  g_test_add_func ("/reading-series/order", test_order);
  g_test_add_func ("/reading-series/nonsense", test_nonsense);
  return g_test_run ();
}
