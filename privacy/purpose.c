/* SPDX-License-Identifier: Apache-2.0 */
/* What a passport says of one purpose. */
#include "privacy/purpose.h"

#include <glib/gi18n-lib.h>

#include "privacy/country.h"
#include "privacy/json.h"
#include "privacy/passport-private.h"

/* Places from near to far, as a passport names them, and how a sentence begins. */
static const struct {
  const char *place;
  const char *sentence;
} places[] = {
  { "device", N_ ("On the device: {data}.") },
  { "home", N_ ("On your own computer: {data}.") },
  { "cloud", N_ ("In the cloud of {party}: {data}.") },
  { "third-party", N_ ("At {party}: {data}.") },
};

static const struct {
  const char *until;
  const char *sentence;
} untils[] = {
  { "wipe", N_ ("It is kept until you wipe the device.") },
  { "withdrawal", N_ ("It is kept until you take your yes back.") },
  { "replaced", N_ ("It is kept until newer data takes its place.") },
  { "account-deleted", N_ ("It is kept until your account is deleted.") },
};

const char *
wattle_purpose_get_id (const WattlePurpose *self)
{
  return wattle_json_get_string (self->object, "id");
}

guint
wattle_purpose_get_number (const WattlePurpose *self)
{
  gint64 number = 0;

  wattle_json_get_integer (self->object, "device_purpose", &number);
  return number;
}

guint32
wattle_purpose_get_bit (const WattlePurpose *self)
{
  guint number = wattle_purpose_get_number (self);

  return number ? 1u << (number - 1) : 0;
}

gboolean
wattle_purpose_needs_consent (const WattlePurpose *self)
{
  return g_strcmp0 (wattle_json_get_string (self->object, "legal_basis"), "needed") != 0;
}

guint
wattle_purpose_get_consent_days (const WattlePurpose *self)
{
  gint64 days = 0;

  wattle_json_get_integer (self->object, "consent_days", &days);
  return (guint)days;
}

char *
wattle_purpose_describe_end (const WattlePurpose *self, WattleSpeech *speech)
{
  guint days = wattle_purpose_get_consent_days (self);
  g_autofree char *number = g_strdup_printf ("%u", days);

  if (days == 0)
    return NULL;
  /* Translators: {days} is 2 or more. */
  return wattle_speech_format (speech,
                               days == 1 ? N_ ("Your yes ends by itself after one day.")
                                         : N_ ("Your yes ends by itself after {days} days."),
                               "days", number, NULL);
}

static int
place_index (JsonObject *use)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_strcmp0 (wattle_json_get_string (use, "place"), places[i].place) == 0)
      return i;
  return -1;
}

guint
wattle_purpose_get_n_uses (const WattlePurpose *self)
{
  JsonArray *uses = wattle_json_get_array (self->object, "uses");

  return uses ? json_array_get_length (uses) : 0;
}

JsonObject *
wattle_purpose_get_use (const WattlePurpose *self, guint index)
{
  return json_array_get_object_element (wattle_json_get_array (self->object, "uses"), index);
}

gboolean
wattle_purpose_uses_cloud (const WattlePurpose *self)
{
  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++)
    if (g_strcmp0 (wattle_json_get_string (wattle_purpose_get_use (self, i), "place"), "cloud") == 0)
      return TRUE;
  return FALSE;
}

const char *
wattle_purpose_get_title (const WattlePurpose *self, const char *language)
{
  return wattle_text_get (wattle_json_get_object (self->object, "title"), language);
}

const char *
wattle_purpose_get_sentence (const WattlePurpose *self, const char *language)
{
  return wattle_text_get (wattle_json_get_object (self->object, "sentence"), language);
}

const char *
wattle_purpose_get_if_refused (const WattlePurpose *self, const char *language)
{
  return wattle_text_get (wattle_json_get_object (self->object, "if_refused"), language);
}

const char *
wattle_purpose_get_where (const WattlePurpose *self)
{
  int farthest = -1;

  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++)
    farthest = MAX (farthest, place_index (wattle_purpose_get_use (self, i)));
  return farthest < 0 ? "" : places[farthest].place;
}

/* Adds @text unless it is there; takes it. */
static void
add_once (GPtrArray *list, char *text)
{
  if (g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
    g_free (text);
  else
    g_ptr_array_add (list, text);
}

static GStrv
finish (GPtrArray *list)
{
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (list, FALSE);
}

GStrv
wattle_purpose_get_recipients (const WattlePurpose *self, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (self->languages, language);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++) {
    JsonObject *use = wattle_purpose_get_use (self, i);
    const char *party = wattle_json_get_string (use, "party");

    if (!g_str_equal (party, "owner"))
      add_once (list, wattle_party_describe (self->root, party, use, speech));
  }
  return finish (list);
}

const char *
wattle_data_name (JsonObject *root, const char *id, const char *language)
{
  JsonObject *data = wattle_passport_find_data (root, id);

  return data ? wattle_text_get (wattle_json_get_object (data, "name"), language) : id;
}

static void
add_data (const WattlePurpose *self, JsonObject *use, const char *language, GPtrArray *list)
{
  JsonArray *ids = wattle_json_get_array (use, "data");

  for (guint i = 0; i < json_array_get_length (ids); i++)
    add_once (list, g_strdup (wattle_data_name (self->root, json_array_get_string_element (ids, i), language)));
}

GStrv
wattle_purpose_get_data (const WattlePurpose *self, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (self->languages, language);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++)
    add_data (self, wattle_purpose_get_use (self, i), speech->language, list);
  return finish (list);
}

char *
wattle_use_describe_keep (JsonObject *use, WattleSpeech *speech)
{
  JsonObject *keep = wattle_json_get_object (use, "keep");
  const char *until = keep ? wattle_json_get_string (keep, "until") : NULL;
  g_autofree char *number = NULL;
  gint64 days;

  for (guint i = 0; i < G_N_ELEMENTS (untils); i++)
    if (g_strcmp0 (untils[i].until, until) == 0)
      return wattle_speech_format (speech, untils[i].sentence, NULL);
  if (!keep || !wattle_json_get_integer (keep, "days", &days))
    return wattle_speech_format (speech, N_ ("The maker does not say how long it is kept."), NULL);
  if (days == 1)
    return wattle_speech_format (speech, N_ ("It is kept for one day."), NULL);
  number = g_strdup_printf ("%" G_GINT64_FORMAT, days);
  /* Translators: {days} is 2 or more. */
  return wattle_speech_format (speech, N_ ("It is kept for {days} days."), "days", number, NULL);
}

/* Whom it is passed on to, as a sentence; NULL where the owner holds it. */
static char *
describe_sharing (const WattlePurpose *self, JsonObject *use, WattleSpeech *speech)
{
  JsonArray *others = wattle_json_get_array (use, "shared_with");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL;

  if (g_str_equal (wattle_json_get_string (use, "party"), "owner"))
    return NULL;
  if (!others)
    return wattle_speech_format (speech, N_ ("The maker does not say whom it is passed on to."), NULL);
  if (json_array_get_length (others) == 0)
    return wattle_speech_format (speech, N_ ("It is passed on to nobody."), NULL);
  for (guint i = 0; i < json_array_get_length (others); i++)
    add_once (names, wattle_party_describe (self->root, json_array_get_string_element (others, i), NULL, speech));
  g_ptr_array_add (names, NULL);
  joined = g_strjoinv (", ", (GStrv)names->pdata);
  return wattle_speech_format (speech, N_ ("It is passed on to: {names}."), "names", joined, NULL);
}

/* What is where, as a sentence; @data is names of data or, where NULL, left out. */
static char *
describe_place (const WattlePurpose *self, JsonObject *use, WattleSpeech *speech)
{
  g_autofree char *party = wattle_party_describe (self->root, wattle_json_get_string (use, "party"), use, speech);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *sentence = places[place_index (use)].sentence;
  g_autofree char *data = NULL;

  add_data (self, use, speech->language, names);
  g_ptr_array_add (names, NULL);
  data = g_strjoinv (", ", (GStrv)names->pdata);
  if (g_str_equal (wattle_json_get_string (use, "place"), "cloud")
      && !g_str_equal (wattle_json_get_string (use, "party"), "manufacturer"))
    sentence = N_ ("On computers of {party}, who work for the maker: {data}.");
  return wattle_speech_format (speech, sentence, "party", party, "data", data, NULL);
}

GStrv
wattle_purpose_get_uses (const WattlePurpose *self, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (self->languages, language);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++) {
    JsonObject *use = wattle_purpose_get_use (self, i);
    const char *why = wattle_text_get (wattle_json_get_object (use, "why"), speech->language);
    g_autofree char *place = describe_place (self, use, speech);
    g_autofree char *keep = wattle_use_describe_keep (use, speech);

    g_autofree char *sharing = describe_sharing (self, use, speech);
    g_autoptr (GString) all = g_string_new (place);

    g_string_append_printf (all, " %s", keep);
    if (sharing)
      g_string_append_printf (all, " %s", sharing);
    if (why)
      g_string_append_printf (all, " %s", why);
    add_once (list, g_string_free (g_steal_pointer (&all), FALSE));
  }
  return finish (list);
}

char *
wattle_purpose_get_retention (const WattlePurpose *self, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (self->languages, language);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++) {
    g_autofree char *place = describe_place (self, wattle_purpose_get_use (self, i), speech);
    g_autofree char *keep = wattle_use_describe_keep (wattle_purpose_get_use (self, i), speech);

    add_once (list, g_strjoin (" ", place, keep, NULL));
  }
  g_ptr_array_add (list, NULL);
  return g_strjoinv (" ", (GStrv)list->pdata);
}

char *
wattle_purpose_list_party_data (const WattlePurpose *self, const char *party, const char *language)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < wattle_purpose_get_n_uses (self); i++) {
    JsonObject *use = wattle_purpose_get_use (self, i);

    if (g_strcmp0 (wattle_json_get_string (use, "party"), party) == 0)
      add_data (self, use, language, list);
  }
  if (list->len == 0)
    return NULL;
  g_ptr_array_add (list, NULL);
  return g_strjoinv (", ", (GStrv)list->pdata);
}
