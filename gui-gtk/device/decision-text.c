/* SPDX-License-Identifier: Apache-2.0 */
/* A purpose's decision in words. */
#include "gui-gtk/device/decision-text.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/device/say.h"

static gboolean
is (const char *value, const char *wanted)
{
  return g_strcmp0 (value, wanted) == 0;
}

/* "You said yes." with its end where it has one. */
static char *
say_decision (const WattlePurpose *purpose)
{
  g_autofree char *until = NULL;
  g_autofree char *words = wattle_words_capital (wattle_words (WATTLE_WORDS_DECISION, purpose->state));

  if (!is (purpose->state, "given") || purpose->until == 0)
    return g_strdup_printf ("%s.", words);
  until = wattle_words_time (purpose->until);
  /* Translators: a date and time */
  return g_strdup_printf (_ ("You said yes. It ends by itself on %s."), until);
}

static void
add_waiting (GString *status, const char *state, guint64 since, const char *known, const char *unknown)
{
  g_autofree char *when = NULL;

  if (!is (state, "outstanding"))
    return;
  g_string_append_c (status, '\n');
  if (since == 0) {
    g_string_append (status, unknown);
    return;
  }
  when = wattle_words_time (since);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_string_append_printf (status, known, when);
#pragma GCC diagnostic pop
}

static const char *
say_confirmed (const WattlePurpose *purpose)
{
  gboolean device = is (purpose->device, "confirmed"), cloud = is (purpose->cloud, "confirmed");

  if (device && cloud)
    return _ ("The device and the cloud have confirmed it.");
  if (device)
    return _ ("The device has confirmed it.");
  return cloud ? _ ("The cloud has confirmed it.") : NULL;
}

char *
wattle_decision_say_status (const WattlePurpose *purpose)
{
  g_autofree char *decision = say_decision (purpose);
  GString *status = g_string_new (decision);
  const char *confirmed = is (purpose->state, "not-asked") ? NULL : say_confirmed (purpose);

  if (confirmed != NULL)
    g_string_append_printf (status, "\n%s", confirmed);
  add_waiting (status, purpose->device, purpose->device_since,
               /* Translators: a date and time */
               _ ("Waiting for the device since %s."), _ ("Waiting for the device."));
  add_waiting (status, purpose->cloud, purpose->cloud_since,
               /* Translators: a date and time */
               _ ("Waiting for the cloud since %s."), _ ("Waiting for the cloud."));
  return g_string_free (status, FALSE);
}

char *
wattle_decision_say_facts (const WattlePurpose *purpose)
{
  const char *where = wattle_words (WATTLE_WORDS_WHERE, purpose->where);
  g_autofree char *recipients = g_strjoinv (", ", purpose->recipients);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_null_terminated (5, g_free, TRUE);
  g_autofree char *all = NULL;

  if (*where != '\0')
    g_ptr_array_add (lines, g_strdup_printf (_ ("Where: %s"), where));
  if (*recipients != '\0')
    g_ptr_array_add (lines, g_strdup_printf (_ ("Who gets it: %s"), recipients));
  if (*purpose->retention != '\0')
    g_ptr_array_add (lines, g_strdup_printf (_ ("How long: %s"), purpose->retention));
  if (*purpose->if_refused != '\0')
    g_ptr_array_add (lines, g_strdup_printf (_ ("If you say no: %s"), purpose->if_refused));
  if (purpose->consent_days != 0)
    g_ptr_array_add (lines, g_strdup_printf (ngettext ("A yes ends by itself after %u day.",
                                                       "A yes ends by itself after %u days.", purpose->consent_days),
                                             purpose->consent_days));
  for (guint i = 0; i < lines->len; i++) { /* the maker's words; our lines stay apart */
    char *line = wattle_text_clean (lines->pdata[i]);

    g_free (lines->pdata[i]);
    lines->pdata[i] = line;
  }
  all = g_strjoinv ("\n", (char **)lines->pdata);
  return g_steal_pointer (&all);
}
