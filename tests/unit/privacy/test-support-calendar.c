/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar of support, by tables. */
#include <glib.h>

#include "privacy/support-calendar.h"

#define HOUR G_GINT64_CONSTANT (3600)
#define DAY (24 * HOUR)

static GTimeZone *
zone_of (const char *name)
{
  GTimeZone *zone = g_time_zone_new_identifier (name);

  g_assert_nonnull (zone);
  return zone;
}

/* "2031-06-30T12:00:00" where @zone is. */
static gint64
at (const char *local, GTimeZone *zone)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (local, zone);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time);
}

static void
test_names (void)
{
  for (guint stage = 0; stage < WATTLE_SUPPORT_N_STAGES; stage++)
    g_assert_cmpuint (wattle_support_stage_from_name (wattle_support_stage_name (stage)), ==, stage);
  g_assert_cmpuint (wattle_support_stage_from_name ("12 months"), ==, WATTLE_SUPPORT_N_STAGES);
  g_assert_cmpuint (wattle_support_stage_from_name (NULL), ==, WATTLE_SUPPORT_N_STAGES);
}

/* The day that each mark begins. */
static const struct {
  const char *end;
  const char *marks[6]; /* 12, 6, 3, 1 months, the last day, the day after */
} dates[] = {
  { "2032-03-01", { "2031-03-01", "2031-09-01", "2031-12-01", "2032-02-01", "2032-03-01", "2032-03-02" } },
  /* 29 February has no brother in most years. */
  { "2032-02-29", { "2031-02-28", "2031-08-29", "2031-11-29", "2032-01-29", "2032-02-29", "2032-03-01" } },
  { "2033-02-28", { "2032-02-28", "2032-08-28", "2032-11-28", "2033-01-28", "2033-02-28", "2033-03-01" } },
  /* 31 August less 6 months, in a leap year and not. */
  { "2032-08-31", { "2031-08-31", "2032-02-29", "2032-05-31", "2032-07-31", "2032-08-31", "2032-09-01" } },
  { "2031-08-31", { "2030-08-31", "2031-02-28", "2031-05-31", "2031-07-31", "2031-08-31", "2031-09-01" } },
  /* 1900 and 2100 are no leap years, 2000 is. */
  { "2100-03-31", { "2099-03-31", "2099-09-30", "2099-12-31", "2100-02-28", "2100-03-31", "2100-04-01" } },
  { "2000-03-31", { "1999-03-31", "1999-09-30", "1999-12-31", "2000-02-29", "2000-03-31", "2000-04-01" } },
  { "2030-12-31", { "2029-12-31", "2030-06-30", "2030-09-30", "2030-11-30", "2030-12-31", "2031-01-01" } },
  { "2031-05-30", { "2030-05-30", "2030-11-30", "2031-02-28", "2031-04-30", "2031-05-30", "2031-05-31" } },
};

static void
test_marks (void)
{
  static const char *const zones[] = { "UTC", "Australia/Sydney", "America/New_York", "Pacific/Kiritimati" };

  for (gsize z = 0; z < G_N_ELEMENTS (zones); z++) {
    g_autoptr (GTimeZone) zone = zone_of (zones[z]);

    for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
      for (guint m = 0; m < 6; m++) {
        gint64 mark = wattle_support_calendar_mark (dates[i].end, WATTLE_SUPPORT_12_MONTHS + m, zone);
        g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (mark);
        g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
        g_autofree char *text = g_date_time_format (local, "%Y-%m-%d %H:%M:%S");
        g_autofree char *expected = g_strconcat (dates[i].marks[m], " 00:00:00", NULL);

        g_assert_cmpstr (text, ==, expected);
      }
  }
}

/* Chile puts its clocks forward at midnight: that day begins at one o'clock. */
static void
test_day_without_midnight (void)
{
  g_autoptr (GTimeZone) zone = zone_of ("America/Santiago");
  gint64 mark = wattle_support_calendar_mark ("2024-09-08", WATTLE_SUPPORT_LAST_DAY, zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (mark);
  g_autoptr (GDateTime) before_utc = g_date_time_new_from_unix_utc (mark - 1);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
  g_autoptr (GDateTime) before = g_date_time_to_timezone (before_utc, zone);

  g_assert_cmpint (g_date_time_get_day_of_month (local), ==, 8);
  g_assert_cmpint (g_date_time_get_day_of_month (before), ==, 7);
}

static void
test_no_date (void)
{
  static const char *const texts[]
      = { "", "soon", "2031-02-29", "2031-13-01", "2031-1-1", "2031-01-01T00", "0000-01-01", "-031-01-01", NULL };
  g_autoptr (GTimeZone) zone = zone_of ("UTC");
  const WattleSupportShown shown = { .snoozed_until = 5 };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    WattleSupportState state = wattle_support_calendar_at (texts[i], &shown, at ("2031-03-01T12:00:00", zone), zone);

    g_assert_cmpuint (state.stage, ==, WATTLE_SUPPORT_NOT_STATED);
    g_assert_false (state.due);
    g_assert_cmpint (state.next, ==, 0);
    g_assert_cmpint (wattle_support_calendar_mark (texts[i], WATTLE_SUPPORT_ENDED, zone), ==, 0);
  }
  g_assert_cmpint (wattle_support_calendar_mark ("2031-03-01", WATTLE_SUPPORT_GOING_ON, zone), ==, 0);
}

static const struct {
  const char *now;
  WattleSupportStage stage;
  int days;
  const char *next; /* NULL = never */
} moments[] = {
  { "1999-12-31T23:59:59", WATTLE_SUPPORT_GOING_ON, 11749, "2031-03-01" },
  { "2031-02-28T23:59:59", WATTLE_SUPPORT_GOING_ON, 367, "2031-03-01" },
  { "2031-03-01T00:00:00", WATTLE_SUPPORT_12_MONTHS, 366, "2031-09-01" },
  { "2031-08-31T23:59:59", WATTLE_SUPPORT_12_MONTHS, 183, "2031-09-01" },
  { "2031-09-01T00:00:00", WATTLE_SUPPORT_6_MONTHS, 182, "2031-12-01" },
  { "2031-12-01T08:00:00", WATTLE_SUPPORT_3_MONTHS, 91, "2032-02-01" },
  { "2032-02-01T00:00:00", WATTLE_SUPPORT_1_MONTH, 29, "2032-03-01" },
  { "2032-02-29T23:59:59", WATTLE_SUPPORT_1_MONTH, 1, "2032-03-01" },
  { "2032-03-01T00:00:00", WATTLE_SUPPORT_LAST_DAY, 0, "2032-03-02" },
  { "2032-03-01T23:59:59", WATTLE_SUPPORT_LAST_DAY, 0, "2032-03-02" },
  { "2032-03-02T00:00:00", WATTLE_SUPPORT_ENDED, -1, NULL },
  { "2099-03-02T00:00:00", WATTLE_SUPPORT_ENDED, -24472, NULL },
};

static void
test_stages (void)
{
  static const char *const zones[] = { "UTC", "Australia/Lord_Howe", "America/St_Johns" };

  for (gsize z = 0; z < G_N_ELEMENTS (zones); z++) {
    g_autoptr (GTimeZone) zone = zone_of (zones[z]);

    for (gsize i = 0; i < G_N_ELEMENTS (moments); i++) {
      const WattleSupportShown nothing = { 0 };
      WattleSupportState state = wattle_support_calendar_at ("2032-03-01", &nothing, at (moments[i].now, zone), zone);
      g_autofree char *next = moments[i].next == NULL ? NULL : g_strconcat (moments[i].next, "T00:00:00", NULL);

      g_assert_cmpuint (state.stage, ==, moments[i].stage);
      g_assert_cmpint (state.days, ==, moments[i].days);
      g_assert_cmpint (state.next, ==, next == NULL ? 0 : at (next, zone));
      g_assert_cmpint (state.due, ==, moments[i].stage >= WATTLE_SUPPORT_12_MONTHS);
    }
  }
}

/* What a person lives through: times at which somebody looks, and which stage
 * is told at each; 0 = nothing.  A telling is kept at once. */
typedef struct {
  const char *now;
  WattleSupportStage told;
  int snooze; /* days, after the telling; 0 = none */
} Look;

static const struct {
  const char *name;
  Look looks[16];
} stories[] = {
  { "one after the other",
    { { "2030-01-01T12:00:00" },
      { "2031-03-01T00:00:00", WATTLE_SUPPORT_12_MONTHS },
      { "2031-03-01T00:00:01" },
      { "2031-06-01T00:00:00" },
      { "2031-09-01T00:00:00", WATTLE_SUPPORT_6_MONTHS },
      { "2031-12-01T00:00:00", WATTLE_SUPPORT_3_MONTHS },
      { "2032-02-01T00:00:00", WATTLE_SUPPORT_1_MONTH },
      { "2032-03-01T00:00:00", WATTLE_SUPPORT_LAST_DAY },
      { "2032-03-01T18:00:00" },
      { "2032-03-02T00:00:00", WATTLE_SUPPORT_ENDED },
      { "2032-03-03T00:00:00" },
      { "2042-03-03T00:00:00" } } },
  { "off over several marks",
    { { "2031-03-05T12:00:00", WATTLE_SUPPORT_12_MONTHS },
      { "2032-02-10T12:00:00", WATTLE_SUPPORT_1_MONTH },
      { "2032-02-11T12:00:00" },
      { "2034-01-01T00:00:00", WATTLE_SUPPORT_ENDED } } },
  { "off until long after", { { "2036-01-01T00:00:00", WATTLE_SUPPORT_ENDED }, { "2036-01-02T00:00:00" } } },
  { "clock set back and forward over a mark",
    { { "2031-09-01T08:00:00", WATTLE_SUPPORT_6_MONTHS },
      { "2031-08-31T08:00:00" },
      { "2031-09-01T09:00:00" },
      { "2031-08-30T08:00:00" },
      { "2031-12-02T09:00:00", WATTLE_SUPPORT_3_MONTHS } } },
  { "set back before a mark of which the earlier was never told",
    { { "2031-12-01T01:00:00", WATTLE_SUPPORT_3_MONTHS }, { "2031-11-30T23:00:00" }, { "2031-12-01T01:30:00" } } },
  { "no battery: 1970 at every start, right a moment later",
    { { "2031-09-01T08:00:00", WATTLE_SUPPORT_6_MONTHS },
      { "1970-01-01T00:00:05" },
      { "2031-09-02T08:00:00" },
      { "1970-01-01T00:00:05" },
      { "2031-12-02T08:00:00", WATTLE_SUPPORT_3_MONTHS } } },
  { "years ahead by mistake: nothing is lost",
    { { "2028-01-01T00:00:00" },
      { "2038-01-01T00:00:00", WATTLE_SUPPORT_ENDED },
      { "2028-01-01T00:10:00" },
      { "2031-03-01T08:00:00", WATTLE_SUPPORT_12_MONTHS },
      { "2031-09-01T08:00:00", WATTLE_SUPPORT_6_MONTHS },
      { "2031-12-01T08:00:00", WATTLE_SUPPORT_3_MONTHS },
      { "2032-02-01T08:00:00", WATTLE_SUPPORT_1_MONTH },
      { "2032-03-01T08:00:00", WATTLE_SUPPORT_LAST_DAY },
      { "2032-03-02T08:00:00", WATTLE_SUPPORT_ENDED },
      { "2032-03-03T08:00:00" } } },
  { "snoozed: once more, then quiet",
    { { "2031-03-01T08:00:00", WATTLE_SUPPORT_12_MONTHS, 7 },
      { "2031-03-08T07:59:59" },
      { "2031-03-08T08:00:00", WATTLE_SUPPORT_12_MONTHS },
      { "2031-03-20T08:00:00" } } },
  { "snoozed again and again",
    { { "2033-03-01T08:00:00", WATTLE_SUPPORT_ENDED, 1 },
      { "2033-03-02T08:00:00", WATTLE_SUPPORT_ENDED, 90 },
      { "2033-04-02T08:00:00" },
      { "2033-05-31T08:00:00", WATTLE_SUPPORT_ENDED },
      { "2033-09-01T08:00:00" } } },
  { "a snooze does not hold back the next mark",
    { { "2032-02-25T08:00:00", WATTLE_SUPPORT_1_MONTH, 30 },
      { "2032-03-01T00:00:00", WATTLE_SUPPORT_LAST_DAY },
      { "2032-03-02T00:00:00", WATTLE_SUPPORT_ENDED },
      { "2032-03-26T08:00:00" } } },
  { "snoozed while the clock was years ahead",
    { { "2038-01-01T00:00:00", WATTLE_SUPPORT_ENDED, 30 },
      { "2031-04-01T00:00:00", WATTLE_SUPPORT_12_MONTHS },
      { "2031-04-02T00:00:00" } } },
  { "set back while snoozed",
    { { "2031-03-10T08:00:00", WATTLE_SUPPORT_12_MONTHS, 7 },
      { "2031-03-09T08:00:00" },
      { "2031-03-17T08:00:00", WATTLE_SUPPORT_12_MONTHS },
      { "2031-03-18T08:00:00" } } },
};

static void
test_story (gconstpointer data)
{
  const Look *looks = data;
  g_autoptr (GTimeZone) zone = zone_of ("Australia/Adelaide");
  WattleSupportShown shown = { 0 };

  for (guint i = 0; i < 16 && looks[i].now != NULL; i++) {
    gint64 now = at (looks[i].now, zone);
    WattleSupportState state = wattle_support_calendar_at ("2032-03-01", &shown, now, zone);

    g_test_message ("%s", looks[i].now);
    g_assert_cmpuint (state.due ? state.stage : 0, ==, looks[i].told);
    if (state.due) {
      shown.told_at[state.stage] = now;
      shown.snoozed_until = looks[i].snooze == 0 ? 0 : now + looks[i].snooze * DAY;
    }
    state = wattle_support_calendar_at ("2032-03-01", &shown, now, zone);
    g_assert_false (state.due);
    g_assert_true (state.next == 0 || state.next > now);
  }
}

/* Whoever sleeps from each "next" to the following misses nothing and is never
 * woken for nothing. */
static void
test_next_is_enough (void)
{
  g_autoptr (GTimeZone) zone = zone_of ("Europe/Berlin");
  WattleSupportShown shown = { 0 };
  gint64 now = at ("2026-11-23T08:00:00", zone);
  WattleSupportState state = wattle_support_calendar_at ("2032-02-29", &shown, now, zone);
  guint told = 0;

  g_assert_false (state.due);
  while (state.next != 0) {
    now = state.next;
    state = wattle_support_calendar_at ("2032-02-29", &shown, now - 1, zone);
    g_assert_false (state.due);
    state = wattle_support_calendar_at ("2032-02-29", &shown, now, zone);
    g_assert_true (state.due);
    shown.told_at[state.stage] = now;
    told++;
    state = wattle_support_calendar_at ("2032-02-29", &shown, now, zone);
  }
  g_assert_cmpuint (told, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/support-calendar/names", test_names);
  g_test_add_func ("/support-calendar/marks", test_marks);
  g_test_add_func ("/support-calendar/day-without-midnight", test_day_without_midnight);
  g_test_add_func ("/support-calendar/no-date", test_no_date);
  g_test_add_func ("/support-calendar/stages", test_stages);
  g_test_add_func ("/support-calendar/next-is-enough", test_next_is_enough);
  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++) {
    g_autofree char *path = g_strdup_printf ("/support-calendar/story/%s", stories[i].name);

    g_test_add_data_func (path, stories[i].looks, test_story);
  }
  return g_test_run ();
}
