/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a person is to be warned that the support of a product ends: pure
 * arithmetic of dates, no clock and no store of its own.
 *
 * Support ends with a day of the calendar.  The marks before it are whole
 * months earlier, the same day of the month or, where a month has no such day,
 * its last: 31 August less 6 months is 28 or 29 February.  Each mark begins
 * when its day begins where the person is.  Of several marks that were missed
 * (the computer was off) the latest alone is told.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_SUPPORT_NOT_STATED,
  WATTLE_SUPPORT_GOING_ON, /* for more than a year */
  WATTLE_SUPPORT_12_MONTHS,
  WATTLE_SUPPORT_6_MONTHS,
  WATTLE_SUPPORT_3_MONTHS,
  WATTLE_SUPPORT_1_MONTH,
  WATTLE_SUPPORT_LAST_DAY,
  WATTLE_SUPPORT_ENDED,
  WATTLE_SUPPORT_N_STAGES
} WattleSupportStage;

/* "not-stated", "going-on", "12-months", "6-months", "3-months", "1-month",
 * "last-day", "ended": the names in the D-Bus interface and the database. */
const char *wattle_support_stage_name (WattleSupportStage stage);
/* WATTLE_SUPPORT_N_STAGES where there is none of that name. */
WattleSupportStage wattle_support_stage_from_name (const char *name);

#define WATTLE_SUPPORT_SNOOZE_MAX 90 /* days */

/* What the person has been told about one end date.  Seconds since 1970 by the
 * clock of that moment, 0 = not. */
typedef struct {
  gint64 told_at[WATTLE_SUPPORT_N_STAGES];
  gint64 snoozed_until;
} WattleSupportShown;

typedef struct {
  WattleSupportStage stage;
  int days;     /* until the last day: 0 on it, negative after; 0 where not stated */
  gboolean due; /* the stage is to be told now */
  gint64 next;  /* when there is something to tell next, later than now; 0 = never */
} WattleSupportState;

/* When @stage begins, in seconds since 1970, for the end date @end (ISO 8601);
 * 0 where it has no beginning or @end is no date. */
gint64 wattle_support_calendar_mark (const char *end, WattleSupportStage stage, GTimeZone *zone);

/*
 * How things are at @now.  @end: ISO 8601 date, "" = not stated.
 *
 * The clock may have been wrong.  One set back a little repeats nothing.  What
 * was told while the clock was more than a month ahead of @now was told too
 * early, so it counts as not told; a snooze that ends later than any could is
 * over.
 */
WattleSupportState wattle_support_calendar_at (const char *end, const WattleSupportShown *shown, gint64 now,
                                               GTimeZone *zone);

G_END_DECLS
