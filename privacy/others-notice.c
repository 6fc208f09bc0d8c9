/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short, because it has to fit on a page: what the person who set the product up
 * can read at length is not in it.
 */
#include "privacy/others-notice.h"

#include <glib/gi18n-lib.h>

#include "privacy/json.h"
#include "privacy/notice-private.h"
#include "privacy/passport-private.h"

/* What is being written. */
struct writer {
  WattlePassport *passport;
  WattleSpeech *speech;
  const char *who;
  const char *const *allowed;
  GPtrArray *sections;
  GPtrArray *paragraphs; /* of the section being written */
};

#define say(w, ...) wattle_speech_format ((w)->speech, __VA_ARGS__, NULL)

/* Takes @text. */
static void
add (struct writer *w, char *text)
{
  g_ptr_array_add (w->paragraphs, text);
}

static void
end_section (struct writer *w, const char *title)
{
  wattle_notice_sections_add (w->sections, "others", NULL, say (w, title), w->paragraphs);
}

/* @names, of const char *, with commas. */
static char *
join (GPtrArray *names)
{
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (GStrv)names->pdata);
}

static void
write_whom (struct writer *w)
{
  g_autofree char *maker
      = wattle_party_describe (wattle_passport_get_root (w->passport), "manufacturer", NULL, w->speech);

  if (*w->who != '\0')
    add (w, say (w, N_ ("This page is for: {who}."), "who", w->who));
  add (w, say (w, N_ ("Somebody in this home uses {name}, made by {maker}."), "name",
               wattle_passport_get_name (w->passport, w->speech->language), "maker", maker));
  add (w, say (w, N_ ("It may measure you, too. Here is what it does.")));
  end_section (w, N_ ("Why you get this page"));
}

static void
write_sensors (struct writer *w)
{
  JsonArray *sensors = wattle_json_get_array (wattle_passport_get_root (w->passport), "sensors");
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (guint i = 0; sensors && i < json_array_get_length (sensors); i++)
    g_ptr_array_add (
        names, (gpointer)wattle_text_get (wattle_json_get_object (json_array_get_object_element (sensors, i), "name"),
                                          w->speech->language));
  if (!sensors) {
    add (w, say (w, N_ ("The maker does not say which sensors are in the product.")));
  } else if (names->len == 0) {
    add (w, say (w, N_ ("It has no sensors.")));
  } else {
    joined = join (names);
    add (w, say (w, N_ ("Its sensors: {names}."), "names", joined));
  }
  end_section (w, N_ ("What it can notice"));
}

static gboolean
is_allowed (struct writer *w, const WattlePurpose *purpose)
{
  return g_strv_contains (w->allowed, wattle_purpose_get_id (purpose));
}

static void
write_uses (struct writer *w)
{
  g_autoptr (GPtrArray) off = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (guint i = 0; i < wattle_passport_get_n_purposes (w->passport); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (w->passport, i);
    const char *title = wattle_purpose_get_title (purpose, w->speech->language);
    g_autofree char *kept = NULL;

    if (!is_allowed (w, purpose)) {
      g_ptr_array_add (off, (gpointer)title);
      continue;
    }
    kept = wattle_purpose_get_retention (purpose, w->speech->language);
    add (w, say (w, N_ ("{purpose}: {sentences}"), "purpose", title, "sentences", kept));
  }
  if (w->paragraphs->len == 0)
    add (w, say (w, N_ ("It may use data for nothing now.")));
  if (off->len > 0) {
    joined = join (off);
    add (w, say (w, N_ ("This is off now: {purposes}."), "purposes", joined));
  }
  end_section (w, N_ ("What happens with the data now"));
}

static void
write_rights (struct writer *w)
{
  const char *contact = wattle_passport_get_contact (w->passport);

  add (w, say (w, N_ ("Ask the person who set it up. They can show you what it has noted, switch off what you do not "
                      "want, and delete it. They can do so at any time.")));
  add (w, say (w, N_ ("If you are a child, ask a grown-up to read this with you.")));
  if (*contact != '\0')
    add (w, say (w, N_ ("You can reach the maker at {contact}."), "contact", contact));
  end_section (w, N_ ("What you can do"));
}

char *
wattle_others_notice_title (WattlePassport *passport, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (passport), language);

  return wattle_speech_format (speech, N_ ("{name} is in use here"), "name",
                               wattle_passport_get_name (passport, speech->language), NULL);
}

GPtrArray *
wattle_others_notice_render (WattlePassport *passport, const char *who, const char *const *allowed,
                             const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (passport), language);
  g_autoptr (GPtrArray) paragraphs = g_ptr_array_new ();
  struct writer w = { passport, speech, who, allowed, wattle_notice_sections_new (), paragraphs };

  write_whom (&w);
  write_sensors (&w);
  write_uses (&w);
  write_rights (&w);
  return w.sections;
}
