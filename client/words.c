/* SPDX-License-Identifier: Apache-2.0 */
/* Times, spans and states as a person says them. */
#include "client/words.h"

#include <glib/gi18n.h>

#include "client/text.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define MONTH (30 * DAY)
#define YEAR (365 * DAY)

#define MOST_DECIMALS 6

/* dBm at about arm's length, and in the same room. */
#define VERY_NEAR -55
#define NEAR -75

#define ATTEMPTS_UNKNOWN 255 /* Candidate.AttemptsLeft */

static const struct {
  WattleWords of;
  const char *value;
  const char *word;
} words[] = {
  { WATTLE_WORDS_CANDIDATE_STATE, "unowned", N_ ("ready to set up") },
  { WATTLE_WORDS_CANDIDATE_STATE, "owned", N_ ("belongs to somebody") },
  { WATTLE_WORDS_CANDIDATE_STATE, "wiping", N_ ("being wiped") },
  { WATTLE_WORDS_CANDIDATE_STATE, "locked", N_ ("locked after wrong codes") },
  { WATTLE_WORDS_CANDIDATE_STATE, "opening", N_ ("being opened") },
  { WATTLE_WORDS_CANDIDATE_STATE, "must-change-password", N_ ("waits for a password") },
  { WATTLE_WORDS_CANDIDATE_STATE, "finishing", N_ ("being set up") },

  { WATTLE_WORDS_DEVICE_STATE, "connected", N_ ("connected") },
  { WATTLE_WORDS_DEVICE_STATE, "connecting", N_ ("connecting") },
  { WATTLE_WORDS_DEVICE_STATE, "away", N_ ("out of reach") },
  { WATTLE_WORDS_DEVICE_STATE, "wiping", N_ ("being wiped") },
  { WATTLE_WORDS_DEVICE_STATE, "problem", N_ ("has a problem") },

  { WATTLE_WORDS_CLOUD, "none", N_ ("not used") },
  { WATTLE_WORDS_CLOUD, "active", N_ ("in use") },
  { WATTLE_WORDS_CLOUD, "unreachable", N_ ("in use, out of reach now") },
  { WATTLE_WORDS_CLOUD, "outstanding", N_ ("changes wait for it") },
  { WATTLE_WORDS_CLOUD, "stopped", N_ ("stopped by you") },

  { WATTLE_WORDS_DECISION, "not-asked", N_ ("not asked yet: off") },
  { WATTLE_WORDS_DECISION, "given", N_ ("you said yes") },
  { WATTLE_WORDS_DECISION, "refused", N_ ("you said no") },
  { WATTLE_WORDS_DECISION, "withdrawn", N_ ("you took it back") },
  { WATTLE_WORDS_DECISION, "expired", N_ ("your yes has ended: off") },
  { WATTLE_WORDS_DECISION, "outdated", N_ ("the notice changed: off") },
  { WATTLE_WORDS_DECISION, "needed", N_ ("needed to work") },

  { WATTLE_WORDS_DELIVERY, "confirmed", N_ ("confirmed") },
  { WATTLE_WORDS_DELIVERY, "outstanding", N_ ("not confirmed yet") },
  { WATTLE_WORDS_DELIVERY, "not-needed", N_ ("not involved") },
  { WATTLE_WORDS_DELIVERY, "given-up", N_ ("given up, not confirmed") },

  { WATTLE_WORDS_PLACE, "device", N_ ("On the device") },
  { WATTLE_WORDS_PLACE, "cloud-data", N_ ("Data in the cloud") },
  { WATTLE_WORDS_PLACE, "cloud-account", N_ ("Cloud account") },
  { WATTLE_WORDS_PLACE, "cloud", N_ ("In the cloud") },
  { WATTLE_WORDS_PLACE, "computer", N_ ("On this computer") },
  { WATTLE_WORDS_PLACE, "keyring", N_ ("Keys in your keyring") },
  { WATTLE_WORDS_PLACE, "records", N_ ("Records on this computer") },
  { WATTLE_WORDS_PLACE, "traces", N_ ("Records here that the device's wipe does not need") },
  { WATTLE_WORDS_PLACE, "spare-keys", N_ ("Keys that the device's wipe does not need") },

  { WATTLE_WORDS_STEP, "pending", N_ ("to do") },
  { WATTLE_WORDS_STEP, "running", N_ ("now") },
  { WATTLE_WORDS_STEP, "waiting", N_ ("waiting") },
  { WATTLE_WORDS_STEP, "done", N_ ("done") },
  { WATTLE_WORDS_STEP, "skipped", N_ ("not needed") },
  { WATTLE_WORDS_STEP, "failed", N_ ("failed") },
  { WATTLE_WORDS_STEP, "given-up", N_ ("given up") },

  { WATTLE_WORDS_RECEIPT_KIND, "wipe", N_ ("wipe") },
  { WATTLE_WORDS_RECEIPT_KIND, "consent", N_ ("decision") },

  { WATTLE_WORDS_WHERE, "device", N_ ("on the device") },
  { WATTLE_WORDS_WHERE, "home", N_ ("on this computer") },
  { WATTLE_WORDS_WHERE, "cloud", N_ ("in the manufacturer's cloud") },

  { WATTLE_WORDS_SUPPORT, "not-stated", N_ ("not known") },
  { WATTLE_WORDS_SUPPORT, "going-on", N_ ("supported") },
  { WATTLE_WORDS_SUPPORT, "12-months", N_ ("ends within a year") },
  { WATTLE_WORDS_SUPPORT, "6-months", N_ ("ends within 6 months") },
  { WATTLE_WORDS_SUPPORT, "3-months", N_ ("ends within 3 months") },
  { WATTLE_WORDS_SUPPORT, "1-month", N_ ("ends within a month") },
  { WATTLE_WORDS_SUPPORT, "last-day", N_ ("ends today") },
  { WATTLE_WORDS_SUPPORT, "ended", N_ ("has ended") },

  { WATTLE_WORDS_UPDATE, "unknown", N_ ("not known") },
  { WATTLE_WORDS_UPDATE, "fine", N_ ("as it should be") },
  { WATTLE_WORDS_UPDATE, "unconfirmed", N_ ("new, on trial") },
  { WATTLE_WORDS_UPDATE, "alert", N_ ("something is wrong") },
  { WATTLE_WORDS_UPDATE, "installing", N_ ("being updated") },

  { WATTLE_WORDS_RESET_CAUSE, "unknown", N_ ("not known") },
  { WATTLE_WORDS_RESET_CAUSE, "power", N_ ("the power came on") },
  { WATTLE_WORDS_RESET_CAUSE, "pin", N_ ("its reset button was pressed") },
  { WATTLE_WORDS_RESET_CAUSE, "software", N_ ("by itself, for an update") },
  { WATTLE_WORDS_RESET_CAUSE, "watchdog", N_ ("it had stopped working") },
  { WATTLE_WORDS_RESET_CAUSE, "brownout", N_ ("its power was too low") },
  { WATTLE_WORDS_RESET_CAUSE, "lockup", N_ ("its processor had stopped") },
  { WATTLE_WORDS_RESET_CAUSE, "debug", N_ ("by its port for repairs") },

  { WATTLE_WORDS_DEBUG_PORT, "unknown", N_ ("not known") },
  { WATTLE_WORDS_DEBUG_PORT, "locked", N_ ("locked") },
  { WATTLE_WORDS_DEBUG_PORT, "open", N_ ("open") },
};

static const char *const strengths[] = {
  N_ ("very weak: guessed at once"),
  N_ ("weak: guessed within hours"),
  N_ ("fair: stops a casual guess"),
  N_ ("strong"),
  N_ ("very strong"),
};

const char *
wattle_words (WattleWords of, const char *value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].of == of && g_strcmp0 (words[i].value, value) == 0)
      return _ (words[i].word);
  return value != NULL ? value : "";
}

const char *
wattle_words_strength (guint score)
{
  return _ (strengths[MIN (score, G_N_ELEMENTS (strengths) - 1)]);
}

char *
wattle_words_value (double value, const char *unit, guint decimals)
{
  g_autofree char *clean = wattle_text_clean (unit);

  /* Translators: a value and its unit: "21.4 °C".  Where the language is written from the right, put them
   * between U+2066 and U+2069, so that they stay in this order. */
  return g_strdup_printf (_ ("%.*f %s"), (int)MIN (decimals, MOST_DECIMALS), value, clean);
}

char *
wattle_words_capital (const char *text)
{
  char first[7] = "";

  if (text == NULL || *text == '\0')
    return g_strdup ("");
  g_unichar_to_utf8 (g_unichar_totitle (g_utf8_get_char (text)), first);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

/* GDateTime reaches the year 9999; what is later is nobody's time. */
static GDateTime *
new_time (guint64 seconds)
{
  return seconds > 0 && seconds <= G_MAXINT64 ? g_date_time_new_from_unix_utc ((gint64)seconds) : NULL;
}

char *
wattle_words_time (guint64 seconds)
{
  g_autoptr (GDateTime) utc = new_time (seconds);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local == NULL)
    return g_strdup (seconds == 0 ? _ ("never") : _ ("unknown"));
  /* Translators: a date and time of day, see g_date_time_format() */
  return g_date_time_format (local, _ ("%-d %B %Y, %H:%M"));
}

char *
wattle_words_iso_time (guint64 seconds)
{
  g_autoptr (GDateTime) utc = new_time (seconds);

  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static guint
units (gint64 seconds, gint64 unit)
{
  return (guint)MIN ((seconds + unit - 1) / unit, G_MAXINT);
}

char *
wattle_words_span (gint64 seconds)
{
  guint n;

  if (seconds < 0)
    seconds = 0;
  if (seconds < 2 * MINUTE) {
    n = (guint)seconds;
    return g_strdup_printf (ngettext ("%u second", "%u seconds", n), n);
  }
  if (seconds < 2 * HOUR) {
    n = units (seconds, MINUTE);
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", n), n);
  }
  if (seconds < 2 * DAY) {
    n = units (seconds, HOUR);
    return g_strdup_printf (ngettext ("%u hour", "%u hours", n), n);
  }
  n = units (seconds, DAY);
  return g_strdup_printf (ngettext ("%u day", "%u days", n), n);
}

/* A long time in years and months: nobody counts support in days. */
static char *
long_span (gint64 seconds)
{
  guint years = (guint)(seconds / YEAR);
  guint months = (guint)((seconds % YEAR) / MONTH);
  g_autofree char *y = g_strdup_printf (ngettext ("%u year", "%u years", years), years);
  g_autofree char *m = g_strdup_printf (ngettext ("%u month", "%u months", months), months);

  if (years == 0 && months < 2)
    return wattle_words_span (seconds);
  if (months == 0 || months == 12)
    return g_steal_pointer (&y);
  if (years == 0)
    return g_steal_pointer (&m);
  /* Translators: "4 years" and "5 months" */
  return g_strdup_printf (_ ("%s and %s"), y, m);
}

/* The first moment after the day @iso in local time, or NULL. */
static GDateTime *
day_after (const char *iso)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *midnight = iso != NULL ? g_strconcat (iso, "T00:00:00", NULL) : NULL;
  g_autoptr (GDateTime) day = midnight != NULL ? g_date_time_new_from_iso8601 (midnight, zone) : NULL;

  return day != NULL ? g_date_time_add_days (day, 1) : NULL;
}

char *
wattle_words_date (const char *iso)
{
  g_autoptr (GDateTime) after = day_after (iso);
  g_autoptr (GDateTime) day = after != NULL ? g_date_time_add_days (after, -1) : NULL;

  if (day == NULL)
    return g_strdup (iso != NULL ? iso : "");
  /* Translators: a date, see g_date_time_format() */
  return g_date_time_format (day, _ ("%-d %B %Y"));
}

char *
wattle_words_support_end (const char *iso, GDateTime *now)
{
  g_autoptr (GDateTime) after = day_after (iso);
  g_autofree char *date = wattle_words_date (iso);
  g_autofree char *span = NULL;
  gint64 left;

  if (after == NULL)
    return g_strdup (_ ("The manufacturer does not say how long security updates will come."));
  left = g_date_time_difference (after, now) / G_USEC_PER_SEC;
  span = long_span (ABS (left));
  if (left <= 0)
    return g_strdup_printf (_ ("Security updates ended on %s, %s ago. Weaknesses found since are not repaired."), date,
                            span);
  return g_strdup_printf (_ ("Security updates come until %s: for another %s."), date, span);
}

const char *
wattle_words_distance (int dbm)
{
  if (dbm == 0)
    return "";
  if (dbm >= VERY_NEAR)
    return _ ("very near");
  return dbm >= NEAR ? _ ("near") : _ ("further away");
}

char *
wattle_words_locked (guint64 until)
{
  gint64 left = until <= G_MAXINT64 ? (gint64)until - g_get_real_time () / G_USEC_PER_SEC : 0;
  g_autofree char *span = NULL;
  g_autofree char *time = NULL;

  if (left <= 0)
    return NULL;
  span = wattle_words_span (left);
  time = wattle_words_time (until);
  return g_strdup_printf (_ ("After too many wrong codes the device is locked until %s (for another %s)."), time, span);
}

char *
wattle_words_attempts (guint left)
{
  if (left >= ATTEMPTS_UNKNOWN)
    return NULL;
  return g_strdup_printf (
      ngettext ("%u try is left before the device locks.", "%u tries are left before the device locks.", left), left);
}
