/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notice: a passport in plain words.
 */
#include "privacy/notice-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "privacy/country.h"
#include "privacy/json.h"
#include "privacy/passport-private.h"
#include "privacy/vocabulary.h"

/* What is being written. */
struct writer {
  WattlePassport *passport;
  WattleSpeech *speech;
  GPtrArray *sections;   /* WattleNoticeSection */
  GPtrArray *paragraphs; /* of the section being written */
  const char *part;      /* of the notice being written */
  const char *purpose;   /* id, while it is about one */
};

static const char *const months[] = {
  N_ ("{day} January {year}"), N_ ("{day} February {year}"), N_ ("{day} March {year}"),
  N_ ("{day} April {year}"),   N_ ("{day} May {year}"),      N_ ("{day} June {year}"),
  N_ ("{day} July {year}"),    N_ ("{day} August {year}"),   N_ ("{day} September {year}"),
  N_ ("{day} October {year}"), N_ ("{day} November {year}"), N_ ("{day} December {year}"),
};

static char *
format_date (const char *iso, WattleSpeech *speech)
{
  int year, month, day;
  g_autofree char *year_text = NULL;
  g_autofree char *day_text = NULL;

  if (sscanf (iso, "%4d-%2d-%2d", &year, &month, &day) != 3 || year < 1 || !g_date_valid_dmy (day, month, year))
    return NULL;
  year_text = g_strdup_printf ("%d", year);
  day_text = g_strdup_printf ("%d", day);
  return wattle_speech_format (speech, months[month - 1], "day", day_text, "year", year_text, NULL);
}

static void
section_free (WattleNoticeSection *section)
{
  g_free (section->title);
  g_strfreev (section->paragraphs);
  g_free (section);
}

GPtrArray *
wattle_notice_sections_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)section_free);
}

void
wattle_notice_sections_add (GPtrArray *sections, const char *part, const char *purpose, char *title,
                            GPtrArray *paragraphs)
{
  WattleNoticeSection *section;

  if (paragraphs->len == 0) {
    g_free (title);
    return;
  }
  section = g_new0 (WattleNoticeSection, 1);
  section->part = part;
  section->purpose = purpose;
  section->title = title;
  g_ptr_array_add (paragraphs, NULL);
  section->paragraphs = (GStrv)g_ptr_array_steal (paragraphs, NULL);
  g_ptr_array_add (sections, section);
}

/* Takes @text; nothing for NULL. */
static void
add (struct writer *w, char *text)
{
  if (text)
    g_ptr_array_add (w->paragraphs, text);
}

static void
add_all (struct writer *w, GStrv texts)
{
  for (guint i = 0; texts[i]; i++)
    add (w, texts[i]);
  g_free (texts);
}

/* Ends the section.  Takes @title. */
static void
end_section (struct writer *w, char *title)
{
  wattle_notice_sections_add (w->sections, w->part, w->purpose, title, w->paragraphs);
}

#define say(w, ...) wattle_speech_format ((w)->speech, __VA_ARGS__, NULL)

static JsonObject *
part (struct writer *w, const char *name)
{
  return wattle_json_get_object (wattle_passport_get_root (w->passport), name);
}

/* A text of part @name; NULL if there is none. */
static const char *
text (struct writer *w, const char *name, const char *member)
{
  JsonObject *object = part (w, name);

  return object ? wattle_text_get (wattle_json_get_object (object, member), w->speech->language) : NULL;
}

static const char *
string (struct writer *w, const char *name, const char *member)
{
  JsonObject *object = part (w, name);

  return object ? wattle_json_get_string (object, member) : NULL;
}

static void
write_omissions (struct writer *w)
{
  add_all (w, wattle_passport_get_omissions (w->passport, w->speech->language));
  end_section (w, say (w, N_ ("What the maker leaves out")));
}

static void
write_sensors (struct writer *w)
{
  JsonArray *sensors = wattle_json_get_array (wattle_passport_get_root (w->passport), "sensors");

  if (sensors && json_array_get_length (sensors) == 0)
    add (w, say (w, N_ ("It has no sensors.")));
  for (guint i = 0; sensors && i < json_array_get_length (sensors); i++) {
    JsonObject *sensor = json_array_get_object_element (sensors, i);
    const char *name = wattle_text_get (wattle_json_get_object (sensor, "name"), w->speech->language);
    const char *note = wattle_text_get (wattle_json_get_object (sensor, "note"), w->speech->language);
    g_autofree char *sentence = say (w, N_ ("It has a sensor: {name}."), "name", name);

    add (w, g_strjoin (" ", sentence, note, NULL));
  }
}

static void
write_product (struct writer *w)
{
  const char *contact = string (w, "manufacturer", "contact");
  g_autofree char *maker
      = wattle_party_describe (wattle_passport_get_root (w->passport), "manufacturer", NULL, w->speech);

  add (w, say (w, N_ ("{name} is made by {maker}."), "name", text (w, "product", "name"), "maker", maker));
  if (contact)
    add (w, say (w, N_ ("You can reach the maker at {contact}."), "contact", wattle_contact_for_people (contact)));
  write_sensors (w);
  end_section (w, say (w, N_ ("The product")));
}

/* What the purpose is for, and what the data is, in our own words for the terms
 * that the maker gives: its own may be kinder than the facts. */
static void
write_terms (struct writer *w, JsonArray *terms, const char *(*find) (const char *), const char *known,
             const char *unknown)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  gboolean all = TRUE;

  for (guint i = 0; i < json_array_get_length (terms); i++) {
    const char *found = find (json_array_get_string_element (terms, i));

    all = all && found;
    if (found)
      found = wattle_catalog_lookup (w->speech->sentences, found);
    if (found && !g_ptr_array_find_with_equal_func (words, found, g_str_equal, NULL))
      g_ptr_array_add (words, (gpointer)found);
  }
  if (words->len > 0) {
    g_ptr_array_add (words, NULL);
    joined = g_strjoinv ("; ", (GStrv)words->pdata);
    add (w, say (w, known, "words", joined));
  }
  if (!all)
    add (w, say (w, unknown));
}

/* The terms of all data used for @purpose. */
static JsonArray *
data_terms (const WattlePurpose *purpose)
{
  JsonArray *all = json_array_new ();

  for (guint i = 0; i < wattle_purpose_get_n_uses (purpose); i++) {
    JsonArray *ids = wattle_json_get_array (wattle_purpose_get_use (purpose, i), "data");

    for (guint j = 0; j < json_array_get_length (ids); j++) {
      JsonObject *data = wattle_passport_find_data (purpose->root, json_array_get_string_element (ids, j));
      JsonArray *terms = wattle_json_get_array (data, "dpv");

      for (guint k = 0; k < json_array_get_length (terms); k++)
        json_array_add_string_element (all, json_array_get_string_element (terms, k));
    }
  }
  return all;
}

static void
write_standard_words (struct writer *w, const WattlePurpose *purpose)
{
  g_autoptr (JsonArray) data = data_terms (purpose);

  write_terms (w, wattle_json_get_array (purpose->object, "dpv"), wattle_vocabulary_purpose,
               N_ ("In Wattle’s words, it is for: {words}."),
               N_ ("The maker gives a reason that Wattle does not know. Ask the maker what it means."));
  write_terms (w, data, wattle_vocabulary_data, N_ ("In Wattle’s words, the data is: {words}."),
               N_ ("The maker names a kind of data that Wattle does not know. Ask the maker what it means."));
}

static void
write_purpose (struct writer *w, const WattlePurpose *purpose)
{
  const char *language = w->speech->language;
  const char *refused = wattle_purpose_get_if_refused (purpose, language);

  add (w, g_strdup (wattle_purpose_get_sentence (purpose, language)));
  if (wattle_purpose_needs_consent (purpose))
    add (w, say (w, N_ ("You decide: yes or no. You can change your mind at any time.")));
  else
    add (w, say (w, N_ ("The product cannot do its job without this.")));
  if (wattle_purpose_get_consent_days (purpose) > 0)
    add (w, wattle_purpose_describe_end (purpose, w->speech));
  if (refused)
    add (w, say (w, N_ ("If you say no: {sentence}"), "sentence", refused));
  write_standard_words (w, purpose);
  add_all (w, wattle_purpose_get_uses (purpose, language));
  w->purpose = wattle_purpose_get_id (purpose);
  end_section (w, say (w, N_ ("Your data: {purpose}"), "purpose", wattle_purpose_get_title (purpose, language)));
  w->purpose = NULL;
}

static void
write_purposes (struct writer *w)
{
  JsonArray *purposes = wattle_json_get_array (wattle_passport_get_root (w->passport), "purposes");

  if (purposes && json_array_get_length (purposes) == 0) {
    add (w, say (w, N_ ("This product uses no data about you.")));
    end_section (w, say (w, N_ ("Your data")));
  }
  for (guint i = 0; i < wattle_passport_get_n_purposes (w->passport); i++)
    write_purpose (w, wattle_passport_get_purpose (w->passport, i));
}

/* What data the party holds for which purposes. */
static void
write_party_purposes (struct writer *w, const char *party, const char *name)
{
  for (guint i = 0; i < wattle_passport_get_n_purposes (w->passport); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (w->passport, i);
    g_autofree char *data = wattle_purpose_list_party_data (purpose, party, w->speech->language);

    if (data)
      add (w, say (w,
                   wattle_purpose_needs_consent (purpose) ? N_ ("For “{purpose}”, if you say yes, {name} gets: {data}.")
                                                          : N_ ("For “{purpose}” {name} gets: {data}."),
                   "purpose", wattle_purpose_get_title (purpose, w->speech->language), "name", name, "data", data));
  }
}

static void
write_parties (struct writer *w)
{
  JsonObject *root = wattle_passport_get_root (w->passport);
  JsonArray *parties = wattle_json_get_array (root, "parties");

  for (guint i = 0; parties && i < json_array_get_length (parties); i++) {
    JsonObject *party = json_array_get_object_element (parties, i);
    const char *does = wattle_text_get (wattle_json_get_object (party, "does"), w->speech->language);
    g_autofree char *name = wattle_party_describe (root, wattle_json_get_string (party, "id"), NULL, w->speech);

    add (w, say (w, N_ ("{name}: {does} You can reach them at {contact}."), "name", name, "does", does, "contact",
                 wattle_contact_for_people (wattle_json_get_string (party, "contact"))));
    write_party_purposes (w, wattle_json_get_string (party, "id"), name);
  }
  end_section (w, say (w, N_ ("Other companies")));
}

static void
write_support (struct writer *w)
{
  g_autofree char *start = format_date (wattle_passport_get_support_start (w->passport), w->speech);
  g_autofree char *end = format_date (wattle_passport_get_support_end (w->passport), w->speech);

  if (end)
    add (w, say (w, N_ ("The maker fixes security problems until {date}."), "date", end));
  else
    add (w, say (w, N_ ("The maker does not say until when it fixes security problems.")));
  if (start)
    add (w, say (w, N_ ("Support began on {date}."), "date", start));
  add (w, g_strdup (text (w, "support", "reason")));
  add (w, g_strdup (text (w, "support", "promise")));
  add (w, g_strdup (text (w, "support", "after")));
  end_section (w, say (w, N_ ("How long it is supported")));
}

static void
write_stops (struct writer *w)
{
  static const struct {
    const char *member, *sentence;
  } rows[] = {
    { "without_internet", N_ ("Without internet: {sentence}") },
    { "without_cloud", N_ ("Without the maker’s cloud: {sentence}") },
    { "after_support", N_ ("After support has ended: {sentence}") },
  };

  if (!wattle_passport_has_cloud (w->passport))
    add (w, say (w, N_ ("This product works without a cloud.")));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *sentence = text (w, "stops", rows[i].member);

    if (sentence)
      add (w, say (w, rows[i].sentence, "sentence", sentence));
  }
  end_section (w, say (w, N_ ("What stops working")));
}

static void
write_response_times (struct writer *w)
{
  static const struct {
    const char *member, *one, *more; /* Translators: {days} is 2 or more. */
  } rows[] = {
    { "answer_days", N_ ("The maker promises to answer within one day."),
      N_ ("The maker promises to answer within {days} days.") },
    { "status_days", N_ ("It then tells you every day how things stand."),
      N_ ("It then tells you every {days} days how things stand.") },
    { "fix_days", N_ ("It fixes a serious problem within one day."),
      N_ ("It fixes a serious problem within {days} days.") },
  };

  for (guint i = 0; part (w, "security") && i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *number = NULL;
    gint64 days;

    if (!wattle_json_get_integer (part (w, "security"), rows[i].member, &days))
      continue;
    number = g_strdup_printf ("%" G_GINT64_FORMAT, days);
    add (w, say (w, days == 1 ? rows[i].one : rows[i].more, "days", number));
  }
}

static void
write_security (struct writer *w)
{
  const char *contact = string (w, "security", "contact"), *advisories = string (w, "security", "advisories");
  const char *policy = string (w, "security", "policy");

  if (contact)
    add (w, say (w, N_ ("If you find a security problem, tell the maker at {contact}."), "contact",
                 wattle_contact_for_people (contact)));
  write_response_times (w);
  if (policy)
    add (w, say (w, N_ ("How it treats reports is written at {address}."), "address", policy));
  if (advisories)
    add (w, say (w, N_ ("Known security problems are listed at {address}."), "address", advisories));
  end_section (w, say (w, N_ ("Security problems")));
}

static void
write_end (struct writer *w)
{
  const char *language = w->speech->language;

  add (w, g_strdup (wattle_passport_get_reset (w->passport, language)));
  add (w, g_strdup (wattle_passport_get_disposal (w->passport, language)));
  add_all (w, wattle_passport_get_third_parties (w->passport, language));
  end_section (w, say (w, N_ ("Reset and disposal")));
}

static void
write_rules (struct writer *w)
{
  JsonArray *rules = part (w, "compliance") ? wattle_json_get_array (part (w, "compliance"), "rules") : NULL;

  for (guint i = 0; rules && i < json_array_get_length (rules); i++)
    add (w, say (w, N_ ("It meets {rules}."), "rules", json_array_get_string_element (rules, i)));
}

/* Who wrote it, and who else answers for it. */
static void
write_authors (struct writer *w)
{
  JsonArray *others = part (w, "compliance") ? wattle_json_get_array (part (w, "compliance"), "representatives") : NULL;
  const char *author = string (w, "compliance", "prepared_by");
  const char *maker = string (w, "manufacturer", "name"), *address = string (w, "manufacturer", "address");

  if (address)
    add (w, say (w, N_ ("The maker is {name}, {address}."), "name", maker, "address", address));
  if (author)
    add (w, g_str_equal (author, "manufacturer") ? say (w, N_ ("The maker wrote this statement itself."))
                                                 : say (w, N_ ("Somebody else wrote this statement for the maker.")));
  if (others && json_array_get_length (others) == 0)
    add (w, say (w, N_ ("Nobody else answers for the maker in other countries.")));
  for (guint i = 0; others && i < json_array_get_length (others); i++) {
    JsonObject *other = json_array_get_object_element (others, i);
    const char *code = wattle_json_get_string (other, "country");
    g_autofree char *country = code ? wattle_country_name (code, w->speech->countries) : NULL;
    const char *name = wattle_json_get_string (other, "name"), *where = wattle_json_get_string (other, "address");

    add (w, country ? say (w, N_ ("In {country}, {name} answers for it: {address}."), "country", country, "name", name,
                           "address", where)
                    : say (w, N_ ("{name} answers for it, too: {address}."), "name", name, "address", where));
  }
}

static void
write_compliance (struct writer *w)
{
  const char *who = string (w, "compliance", "signatory"), *where = string (w, "compliance", "place");
  const char *type = string (w, "compliance", "product"), *batch = string (w, "compliance", "batch");
  const char *iso = string (w, "compliance", "date"), *promised = string (w, "compliance", "support_end");
  const char *document = string (w, "compliance", "document");
  g_autofree char *end = promised ? format_date (promised, w->speech) : NULL;
  g_autofree char *date = iso ? format_date (iso, w->speech) : NULL;

  add (w, g_strdup (text (w, "compliance", "declaration")));
  write_rules (w);
  if (type)
    add (w, say (w, N_ ("The statement is about: {product}."), "product", type));
  if (batch)
    add (w, say (w, N_ ("The statement is for: {batch}."), "batch", batch));
  write_authors (w);
  if (end)
    add (w, say (w, N_ ("When it was signed, security problems were to be fixed until {date}."), "date", end));
  if (who && where && date)
    add (w, say (w, N_ ("Signed by {name}, {place}, {date}."), "name", who, "place", where, "date", date));
  if (document)
    add (w, say (w, N_ ("The signed statement is at {address}."), "address", document));
  end_section (w, say (w, N_ ("The maker’s statement")));
}

GPtrArray *
wattle_notice_render (WattlePassport *passport, const char *language)
{
  static const struct {
    const char *name;
    void (*write) (struct writer *w);
  } parts[] = {
    { "omissions", write_omissions }, { "product", write_product }, { "purpose", write_purposes },
    { "parties", write_parties },     { "support", write_support }, { "stops", write_stops },
    { "security", write_security },   { "end", write_end },         { "statement", write_compliance },
  };
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (passport), language);
  struct writer w = { .passport = passport, .speech = speech };

  w.sections = wattle_notice_sections_new ();
  w.paragraphs = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    w.part = parts[i].name;
    parts[i].write (&w);
  }
  g_ptr_array_unref (w.paragraphs);
  return w.sections;
}

char *
wattle_notice_to_text (WattlePassport *passport, const char *language)
{
  g_autoptr (GPtrArray) sections = wattle_notice_render (passport, language);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < sections->len; i++) {
    const WattleNoticeSection *section = g_ptr_array_index (sections, i);

    g_string_append_printf (out, "%s%s\n", i ? "\n" : "", section->title);
    for (guint j = 0; section->paragraphs[j]; j++)
      g_string_append_printf (out, "\n%s\n", section->paragraphs[j]);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
wattle_notice_sha256 (WattlePassport *passport, const char *language)
{
  g_autofree char *whole = wattle_notice_to_text (passport, language);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);
}

char *
wattle_notice_language (WattlePassport *passport, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (passport), language);

  return g_strdup (speech->language);
}

char *
wattle_notice_date (const char *iso, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (NULL, language);

  return format_date (iso, speech);
}
