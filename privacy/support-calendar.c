/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks are days; a day begins at the first moment that the clocks there call
 * by its date.
 */
#include "privacy/support-calendar.h"

#include <stdio.h>
#include <string.h>

#define HOUR 3600
#define DAY (24 * HOUR)
#define CLOCK_SLACK (31 * DAY) /* a telling that far ahead of the clock was too early */

static const struct {
  const char *name;
  gboolean is_mark;
  guint months_before;
  guint days_after;
} stages[WATTLE_SUPPORT_N_STAGES] = {
  [WATTLE_SUPPORT_NOT_STATED] = { "not-stated", FALSE, 0, 0 }, [WATTLE_SUPPORT_GOING_ON] = { "going-on", FALSE, 0, 0 },
  [WATTLE_SUPPORT_12_MONTHS] = { "12-months", TRUE, 12, 0 },   [WATTLE_SUPPORT_6_MONTHS] = { "6-months", TRUE, 6, 0 },
  [WATTLE_SUPPORT_3_MONTHS] = { "3-months", TRUE, 3, 0 },      [WATTLE_SUPPORT_1_MONTH] = { "1-month", TRUE, 1, 0 },
  [WATTLE_SUPPORT_LAST_DAY] = { "last-day", TRUE, 0, 0 },      [WATTLE_SUPPORT_ENDED] = { "ended", TRUE, 0, 1 },
};

const char *
wattle_support_stage_name (WattleSupportStage stage)
{
  g_return_val_if_fail (stage < WATTLE_SUPPORT_N_STAGES, NULL);
  return stages[stage].name;
}

WattleSupportStage
wattle_support_stage_from_name (const char *name)
{
  guint stage = 0;

  while (stage < WATTLE_SUPPORT_N_STAGES && g_strcmp0 (stages[stage].name, name) != 0)
    stage++;
  return stage;
}

static gboolean
parse (const char *iso, GDate *date)
{
  int year, month, day, length = 0;

  g_date_clear (date, 1);
  if (iso == NULL || sscanf (iso, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || length != 10
      || iso[length] != '\0' || year < 2 || year > 9998 || !g_date_valid_dmy (day, month, year))
    return FALSE;
  g_date_set_dmy (date, day, month, year);
  return TRUE;
}

/* Where clocks go forward at midnight a day begins at one o'clock. */
static gint64
begin_of (const GDate *date, GTimeZone *zone)
{
  g_autoptr (GDateTime) begin
      = g_date_time_new (zone, g_date_get_year (date), g_date_get_month (date), g_date_get_day (date), 0, 0, 0);
  gint64 time = g_date_time_to_unix (begin);

  if (g_date_time_get_day_of_month (begin) != g_date_get_day (date))
    time += HOUR;
  return time;
}

static gint64
mark_of (const GDate *end, WattleSupportStage stage, GTimeZone *zone)
{
  GDate date = *end;

  if (!stages[stage].is_mark)
    return 0;
  g_date_subtract_months (&date, stages[stage].months_before);
  g_date_add_days (&date, stages[stage].days_after);
  return begin_of (&date, zone);
}

gint64
wattle_support_calendar_mark (const char *end, WattleSupportStage stage, GTimeZone *zone)
{
  GDate date;

  g_return_val_if_fail (stage < WATTLE_SUPPORT_N_STAGES, 0);
  return parse (end, &date) ? mark_of (&date, stage, zone) : 0;
}

static int
days_until (const GDate *end, gint64 now, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now);
  g_autoptr (GDateTime) local = utc == NULL ? NULL : g_date_time_to_timezone (utc, zone);
  GDate today;
  int year, month, day;

  if (local == NULL)
    return 0;
  g_date_time_get_ymd (local, &year, &month, &day);
  g_date_clear (&today, 1);
  g_date_set_dmy (&today, day, month, year);
  return g_date_days_between (&today, end);
}

/* Whether the person knows of @stage or of what comes after it. */
static gboolean
is_told (const WattleSupportShown *shown, WattleSupportStage stage, gint64 now)
{
  for (guint later = stage; later < WATTLE_SUPPORT_N_STAGES; later++)
    if (shown->told_at[later] != 0 && shown->told_at[later] <= now + CLOCK_SLACK)
      return TRUE;
  return FALSE;
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == 0 || (b != 0 && b < a) ? b : a;
}

WattleSupportState
wattle_support_calendar_at (const char *end, const WattleSupportShown *shown, gint64 now, GTimeZone *zone)
{
  WattleSupportState state = { .stage = WATTLE_SUPPORT_NOT_STATED };
  gint64 snoozed_until = shown->snoozed_until;
  GDate date;

  if (!parse (end, &date))
    return state;
  state.stage = WATTLE_SUPPORT_GOING_ON;
  state.days = days_until (&date, now, zone);
  for (guint stage = WATTLE_SUPPORT_12_MONTHS; stage < WATTLE_SUPPORT_N_STAGES; stage++) {
    gint64 mark = mark_of (&date, stage, zone);

    if (mark <= now)
      state.stage = stage;
    else
      state.next = sooner (state.next, mark);
  }
  if (state.stage == WATTLE_SUPPORT_GOING_ON)
    return state;
  if (!is_told (shown, state.stage, now)) {
    state.due = TRUE;
  } else if (snoozed_until != 0) {
    state.due = snoozed_until <= now || snoozed_until > now + WATTLE_SUPPORT_SNOOZE_MAX * DAY;
    if (!state.due)
      state.next = sooner (state.next, snoozed_until);
  }
  return state;
}
