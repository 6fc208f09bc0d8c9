/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of sentences by stage, and what the passport says.
 */
#include "privacy/support-text.h"

#include <glib/gi18n-lib.h>

#include "privacy/notice.h"
#include "privacy/speech.h"

static const struct {
  const char *headline, *sentence;
} stages[WATTLE_SUPPORT_N_STAGES] = {
  [WATTLE_SUPPORT_NOT_STATED] = { N_ ("{name}: the end of support is not known"),
                                  N_ ("The maker does not say until when it fixes security problems.") },
  [WATTLE_SUPPORT_GOING_ON] = { N_ ("{name}: supported"), N_ ("The maker fixes security problems until {date}.") },
  [WATTLE_SUPPORT_12_MONTHS]
  = { N_ ("{name}: support ends within a year"), N_ ("The maker fixes security problems until {date}.") },
  [WATTLE_SUPPORT_6_MONTHS]
  = { N_ ("{name}: support ends within 6 months"), N_ ("The maker fixes security problems until {date}.") },
  [WATTLE_SUPPORT_3_MONTHS]
  = { N_ ("{name}: support ends within 3 months"), N_ ("The maker fixes security problems until {date}.") },
  [WATTLE_SUPPORT_1_MONTH]
  = { N_ ("{name}: support ends within a month"), N_ ("The maker fixes security problems until {date}.") },
  [WATTLE_SUPPORT_LAST_DAY] = { N_ ("{name}: support ends today"),
                                N_ ("Today, {date}, is the last day that the maker fixes security problems.") },
  [WATTLE_SUPPORT_ENDED] = { N_ ("{name}: support has ended"),
                             N_ ("Support ended on {date}. The maker does not fix security problems any more.") },
};

#define say(speech, ...) wattle_speech_format (speech, __VA_ARGS__, NULL)

static char *
risk (WattleSpeech *speech, WattleSupportStage stage)
{
  if (stage == WATTLE_SUPPORT_ENDED)
    return say (speech, N_ ("New security holes stay open for good. Somebody could use one to read what the device "
                            "knows about you, or to get at other devices in your home."));
  if (stage == WATTLE_SUPPORT_NOT_STATED)
    return say (speech, N_ ("You cannot count on it that new security holes are closed. Ask the maker."));
  return say (speech, N_ ("From the day after, new security holes stay open. Somebody could use one to read what the "
                          "device knows about you, or to get at other devices in your home."));
}

/* @text is taken; nothing for NULL. */
static void
add (GPtrArray *list, char *text)
{
  if (text != NULL)
    g_ptr_array_add (list, text);
}

static GStrv
end (GPtrArray *list)
{
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (list, FALSE);
}

static GStrv
stops (WattlePassport *passport, WattleSpeech *speech)
{
  GPtrArray *list = g_ptr_array_new ();

  add (list, g_strdup (wattle_passport_get_after_support (passport, speech->language)));
  return end (list);
}

static GStrv
isolate (WattlePassport *passport, WattleSpeech *speech, gboolean relays)
{
  GPtrArray *list = g_ptr_array_new ();
  const char *without = wattle_passport_get_without_cloud (passport, speech->language);

  add (list, g_strdup (wattle_passport_get_support_after (passport, speech->language)));
  if (wattle_passport_has_cloud (passport)) {
    add (list, relays ? say (speech, N_ ("You can stop sending to the cloud. Then nothing about the device leaves "
                                         "this computer any more."))
                      : say (speech, N_ ("You have stopped sending to the cloud: nothing about the device leaves this "
                                         "computer.")));
    if (without != NULL)
      add (list, say (speech, N_ ("Without the maker’s cloud: {sentence}"), "sentence", without));
  }
  add (list, say (speech, N_ ("If the device has a network of its own, such as Wi-Fi, take it off that network.")));
  return end (list);
}

static GStrv
replace (WattlePassport *passport, WattleSpeech *speech)
{
  GPtrArray *list = g_ptr_array_new ();
  const char *contact = wattle_passport_get_contact (passport);

  add (list, say (speech, N_ ("Before you buy another, look until when it is supported, and choose one that has many "
                              "years left.")));
  if (*contact != '\0')
    add (list, say (speech, N_ ("Ask the maker whether it takes the old one back: {contact}."), "contact", contact));
  return end (list);
}

static GStrv
dispose (WattlePassport *passport, WattleSpeech *speech)
{
  GPtrArray *list = g_ptr_array_new ();

  add (list, say (speech, N_ ("Wipe it first. One step wipes your data in the cloud, on the device and on this "
                              "computer.")));
  add (list, g_strdup (wattle_passport_get_disposal (passport, speech->language)));
  return end (list);
}

WattleSupportText *
wattle_support_text_new (WattlePassport *passport, const char *name, const WattleSupportState *state, gboolean relays,
                         const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (passport), language);
  g_autofree char *date = wattle_notice_date (wattle_passport_get_support_end (passport), speech->language);
  WattleSupportText *text = g_new0 (WattleSupportText, 1);

  g_return_val_if_fail (state->stage < WATTLE_SUPPORT_N_STAGES, text);
  text->headline = say (speech, stages[state->stage].headline, "name", name);
  text->sentence = say (speech, stages[state->stage].sentence, "date", date == NULL ? "" : date);
  text->risk = risk (speech, state->stage);
  text->stops = stops (passport, speech);
  text->isolate = isolate (passport, speech, relays);
  text->replace = replace (passport, speech);
  text->dispose = dispose (passport, speech);
  return text;
}

void
wattle_support_text_free (WattleSupportText *text)
{
  g_free (text->headline);
  g_free (text->sentence);
  g_free (text->risk);
  g_strfreev (text->stops);
  g_strfreev (text->isolate);
  g_strfreev (text->replace);
  g_strfreev (text->dispose);
  g_free (text);
}
