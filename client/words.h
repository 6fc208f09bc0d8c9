/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times, spans and states as a person says them.  Every string returned as
 * char * is the caller's; const ones are static and translated.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "23 November 2026, 05:00" in local time; 0 is "never". */
char *wattle_words_time (guint64 seconds);

/* "2026-11-23T05:00:00Z", for scripts; NULL for 0 and for what no calendar holds. */
char *wattle_words_iso_time (guint64 seconds);

/* "5 minutes", "3 days": the largest unit that fits, rounded up. */
char *wattle_words_span (gint64 seconds);

/* "31 March 2031", or @iso itself where it is no date. */
char *wattle_words_date (const char *iso);

/* A sentence: until when security updates come, seen from @now. */
char *wattle_words_support_end (const char *iso, GDateTime *now);

/* How far away a device is, from its signal in dBm: "near"; "" for 0 = unknown. */
const char *wattle_words_distance (int dbm);

/* A sentence: until when a device refuses codes, seen from now; NULL where it
 * does not. */
char *wattle_words_locked (guint64 until);

/* A sentence: @left tries before the device locks; NULL where that is not known. */
char *wattle_words_attempts (guint left);

/* Words for a value of a D-Bus property named below; @value itself, cleaned of
 * nothing, where we know no better word. */
typedef enum {
  WATTLE_WORDS_CANDIDATE_STATE,
  WATTLE_WORDS_DEVICE_STATE,
  WATTLE_WORDS_CLOUD,
  WATTLE_WORDS_DECISION,
  WATTLE_WORDS_DELIVERY,
  WATTLE_WORDS_PLACE,
  WATTLE_WORDS_STEP,
  WATTLE_WORDS_RECEIPT_KIND,
  WATTLE_WORDS_WHERE,
  WATTLE_WORDS_SUPPORT,
  WATTLE_WORDS_UPDATE,
  WATTLE_WORDS_RESET_CAUSE,
  WATTLE_WORDS_DEBUG_PORT,
} WattleWords;
const char *wattle_words (WattleWords of, const char *value);

/* "21.4 °C".  @decimals: how many are worth showing. */
char *wattle_words_value (double value, const char *unit, guint decimals);

/* @text with a capital letter where the script has them. */
char *wattle_words_capital (const char *text);

/* CheckPassword's score in words. */
const char *wattle_words_strength (guint score);

G_END_DECLS
