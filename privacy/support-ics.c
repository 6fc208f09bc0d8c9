/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event is a whole day, which is the same day in every time zone; alarms
 * are moments, because "a month before" is no duration of RFC 5545.
 */
#include "privacy/support-ics.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "common/error.h"
#include "privacy/speech.h"
#include "privacy/support-calendar.h"
#include "privacy/support-text.h"

#define LINE_OCTETS 75
#define ALARM_HOUR 9
#define HOUR 3600

/* Folds @line, which has no line end. */
static void
add_line (GString *out, const char *line)
{
  gsize used = 0;

  for (const char *at = line; *at != '\0';) {
    gsize size = g_utf8_next_char (at) - at;

    if (used + size > LINE_OCTETS) {
      g_string_append (out, "\r\n ");
      used = 1;
    }
    g_string_append_len (out, at, size);
    used += size;
    at += size;
  }
  g_string_append (out, "\r\n");
}

void
wattle_ics_add_text (GString *out, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) line = g_string_new (name);

  g_string_append_c (line, ':');
  for (const char *at = valid; *at != '\0'; at++) {
    if (*at == '\n')
      g_string_append (line, "\\n");
    else if (strchr ("\\;,", *at) != NULL)
      g_string_append_printf (line, "\\%c", *at);
    else
      g_string_append_c (line, g_ascii_iscntrl (*at) ? ' ' : *at);
  }
  add_line (out, line->str);
}

static void
add_time (GString *out, const char *name, gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = utc == NULL ? NULL : g_date_time_format (utc, "%Y%m%dT%H%M%SZ");

  if (text != NULL)
    g_string_append_printf (out, "%s:%s\r\n", name, text);
}

static void
add_alarm (GString *out, WattlePassport *passport, const char *name, WattleSupportStage stage, gint64 time,
           const char *language)
{
  const WattleSupportState state = { .stage = stage };
  g_autoptr (WattleSupportText) text = wattle_support_text_new (passport, name, &state, TRUE, language);

  g_string_append (out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
  add_time (out, "TRIGGER;VALUE=DATE-TIME", time);
  wattle_ics_add_text (out, "DESCRIPTION", text->headline);
  g_string_append (out, "END:VALARM\r\n");
}

static void
add_alarms (GString *out, WattlePassport *passport, const char *name, gint64 now, GTimeZone *zone, const char *language)
{
  const char *end = wattle_passport_get_support_end (passport);

  for (guint stage = WATTLE_SUPPORT_12_MONTHS; stage <= WATTLE_SUPPORT_ENDED; stage++) {
    gint64 alarm = wattle_support_calendar_mark (end, stage, zone) + ALARM_HOUR * HOUR;

    if (alarm > now)
      add_alarm (out, passport, name, stage, alarm, language);
  }
}

/* What the event is about, a paragraph for each thing to know. */
static char *
describe (const WattleSupportText *text)
{
  GString *out = g_string_new (text->sentence);
  const GStrv lists[] = { text->stops, text->isolate, text->replace, text->dispose };

  g_string_append_printf (out, "\n\n%s", text->risk);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint line = 0; lists[i][line] != NULL; line++)
      g_string_append_printf (out, "%s%s", line == 0 ? "\n\n" : "\n", lists[i][line]);
  return g_string_free (out, FALSE);
}

static void
add_dates (GString *out, const char *end)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) day
      = g_date_time_new_from_unix_utc (wattle_support_calendar_mark (end, WATTLE_SUPPORT_LAST_DAY, utc));
  g_autoptr (GDateTime) after = g_date_time_add_days (day, 1);
  g_autofree char *start_text = g_date_time_format (day, "%Y%m%d");
  g_autofree char *end_text = g_date_time_format (after, "%Y%m%d");

  /* The date can only move later, so its day is a sequence number that grows. */
  g_string_append_printf (out, "SEQUENCE:%" G_GINT64_FORMAT "\r\n", MAX (g_date_time_to_unix (day) / (24 * HOUR), 0));
  g_string_append_printf (out, "DTSTART;VALUE=DATE:%s\r\nDTEND;VALUE=DATE:%s\r\n", start_text, end_text);
}

char *
wattle_support_ics_new (WattlePassport *passport, const char *id, const char *name, gint64 now, GTimeZone *zone,
                        const char *language, GError **error)
{
  const char *end = wattle_passport_get_support_end (passport);
  const WattleSupportState state = { .stage = WATTLE_SUPPORT_GOING_ON };
  g_autoptr (WattleSupportText) text = wattle_support_text_new (passport, name, &state, TRUE, language);
  g_autofree char *about = describe (text);
  g_autofree char *uid = g_strdup_printf ("%s-support@wattle", id);
  g_autofree char *summary = NULL;
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (passport), language);
  g_autoptr (GString) out = g_string_new ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");

  if (wattle_support_calendar_mark (end, WATTLE_SUPPORT_LAST_DAY, zone) == 0) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND,
                         _ ("The maker does not say until when it fixes security problems, so there is no date."));
    return NULL;
  }
  summary = wattle_speech_format (speech, N_ ("{name}: last day of support"), "name", name, NULL);
  wattle_ics_add_text (out, "PRODID", "-//Wattle//Wattle " WATTLE_VERSION "//EN");
  g_string_append (out, "BEGIN:VEVENT\r\n");
  wattle_ics_add_text (out, "UID", uid);
  add_time (out, "DTSTAMP", now);
  add_dates (out, end);
  wattle_ics_add_text (out, "SUMMARY", summary);
  wattle_ics_add_text (out, "DESCRIPTION", about);
  g_string_append (out, "CLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\n");
  add_alarms (out, passport, name, now, zone, language);
  g_string_append (out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
  return g_string_free (g_steal_pointer (&out), FALSE);
}
