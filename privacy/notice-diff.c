/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a newer passport changes.
 *
 * Purposes are compared statement by statement, because it matters there in which
 * direction a change goes.  The rest of the notice is compared as people read it:
 * paragraphs that are new and paragraphs that are gone.
 */
#include "privacy/notice-diff-private.h"

#include <glib/gi18n-lib.h>

#include "common/error.h"
#include "privacy/json.h"
#include "privacy/notice.h"
#include "privacy/vocabulary.h"

void
wattle_notice_change_free (WattleNoticeChange *change)
{
  g_free (change->sentence);
  g_free (change->purpose);
  g_free (change);
}

void
wattle_diff_add (struct wattle_diff *diff, gboolean widens, char *sentence)
{
  const char *purpose = diff->is    ? wattle_purpose_get_id (diff->is)
                        : diff->was ? wattle_purpose_get_id (diff->was)
                                    : NULL;
  WattleNoticeChange *change;

  for (guint i = 0; i < diff->changes->len; i++) {
    change = g_ptr_array_index (diff->changes, i);
    if (g_strcmp0 (change->purpose, purpose) == 0 && g_str_equal (change->sentence, sentence)) {
      change->widens = change->widens || widens;
      g_free (sentence);
      return;
    }
  }
  change = g_new0 (WattleNoticeChange, 1);
  change->sentence = sentence;
  change->purpose = g_strdup (purpose);
  change->widens = widens;
  g_ptr_array_add (diff->changes, change);
}

const char *
wattle_diff_title (struct wattle_diff *diff)
{
  const WattlePurpose *purpose = diff->is ? diff->is : diff->was;

  return purpose ? wattle_purpose_get_title (purpose, diff->speech->language) : "";
}

gboolean
wattle_diff_same_text (JsonObject *a, JsonObject *b)
{
  g_autoptr (GList) languages = a ? json_object_get_members (a) : NULL;

  if (!a || !b)
    return !a && !b;
  for (GList *l = languages; l; l = l->next) {
    const char *other = wattle_json_get_string (b, l->data);

    if (other && !g_str_equal (other, wattle_json_get_string (a, l->data)))
      return FALSE;
  }
  return TRUE;
}

/* ---------------------------------------------------------------- purposes */

static gboolean
has_term (JsonArray *terms, const char *term)
{
  for (guint i = 0; i < json_array_get_length (terms); i++)
    if (g_str_equal (json_array_get_string_element (terms, i), term))
      return TRUE;
  return FALSE;
}

/* For each term of @now that @was has not: @known with its words, or @unknown.  @data
 * is the name of the data that the terms are of, or "". */
static void
compare_terms (struct wattle_diff *diff, gboolean widens, JsonArray *was, JsonArray *now,
               const char *(*find) (const char *), const char *known, const char *unknown, const char *data)
{
  for (guint i = 0; i < json_array_get_length (now); i++) {
    const char *term = json_array_get_string_element (now, i);
    const char *words = find (term);

    if (!has_term (was, term))
      wattle_diff_say (diff, widens, words ? known : unknown, "data", data, "words",
                       words ? wattle_catalog_lookup (diff->speech->sentences, words) : "");
  }
}

static void
compare_words (struct wattle_diff *diff)
{
  JsonObject *was = diff->was->object, *is = diff->is->object;
  const char *language = diff->speech->language;

  if (!wattle_diff_same_text (wattle_json_get_object (was, "title"), wattle_json_get_object (is, "title")))
    wattle_diff_say (diff, TRUE, N_ ("“{before}” is now called “{purpose}”."), "before",
                     wattle_purpose_get_title (diff->was, language));
  if (!wattle_diff_same_text (wattle_json_get_object (was, "sentence"), wattle_json_get_object (is, "sentence")))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the maker now puts it like this: {sentence}"), "sentence",
                     wattle_purpose_get_sentence (diff->is, language));
  compare_terms (diff, TRUE, wattle_json_get_array (was, "dpv"), wattle_json_get_array (is, "dpv"),
                 wattle_vocabulary_purpose, N_ ("“{purpose}”: it has one more reason: {words}."),
                 N_ ("“{purpose}”: it has one more reason, and Wattle does not know it. Ask the maker what it means."),
                 "");
  compare_terms (diff, FALSE, wattle_json_get_array (is, "dpv"), wattle_json_get_array (was, "dpv"),
                 wattle_vocabulary_purpose, N_ ("“{purpose}”: this is no reason any more: {words}."),
                 N_ ("“{purpose}”: a reason that Wattle does not know is gone."), "");
}

static void
compare_basis (struct wattle_diff *diff)
{
  gboolean asked = wattle_purpose_needs_consent (diff->was), asks = wattle_purpose_needs_consent (diff->is);
  JsonObject *refused = wattle_json_get_object (diff->is->object, "if_refused");
  guint number = wattle_purpose_get_number (diff->is);

  if (asked && !asks)
    wattle_diff_say (diff, TRUE,
                     N_ ("“{purpose}”: the maker says that the product needs this now. Before, you could say no."));
  if (!asked && asks)
    wattle_diff_say (diff, FALSE, N_ ("“{purpose}”: you can say no to this now."));
  if (refused && !wattle_diff_same_text (wattle_json_get_object (diff->was->object, "if_refused"), refused))
    wattle_diff_say (diff, FALSE, N_ ("“{purpose}”: if you say no: {sentence}"), "sentence",
                     wattle_purpose_get_if_refused (diff->is, diff->speech->language));
  if (number != 0 && number != wattle_purpose_get_number (diff->was))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the device itself now gathers data for this."));
}

/* A yes that ends sooner than it was to has to be given again; one that would end later
 * still ends when it was to, as that is recorded with it. */
static void
compare_end (struct wattle_diff *diff)
{
  guint was = wattle_purpose_get_consent_days (diff->was), is = wattle_purpose_get_consent_days (diff->is);
  g_autofree char *sentence = wattle_purpose_describe_end (diff->is, diff->speech);

  if (is != 0 && is != was)
    wattle_diff_say (diff, was == 0 || is < was, N_ ("“{purpose}”: this is new: {sentence}"), "sentence", sentence);
  if (is == 0 && was != 0)
    wattle_diff_say (diff, FALSE, N_ ("“{purpose}”: your yes does not end by itself any more."));
}

/* The kind of data @id is the same in name, and is something else now. */
static void
compare_data (struct wattle_diff *diff, const char *id)
{
  JsonObject *was = wattle_passport_find_data (diff->before, id), *is = wattle_passport_find_data (diff->after, id);
  const char *name = wattle_data_name (diff->after, id, diff->speech->language);

  if (!was)
    return; /* told as new where it is used */
  if (!wattle_diff_same_text (wattle_json_get_object (was, "name"), wattle_json_get_object (is, "name")))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: instead of “{before}” the maker now says “{data}”."), "before",
                     wattle_data_name (diff->before, id, diff->speech->language), "data", name);
  compare_terms (diff, TRUE, wattle_json_get_array (was, "dpv"), wattle_json_get_array (is, "dpv"),
                 wattle_vocabulary_data, N_ ("“{purpose}”: this is now part of “{data}”: {words}."),
                 N_ ("“{purpose}”: “{data}” now has a part that Wattle does not know. Ask the maker what it means."),
                 name);
  if (json_object_get_boolean_member_with_default (is, "sensitive", FALSE)
      && !json_object_get_boolean_member_with_default (was, "sensitive", FALSE))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the maker now says that “{data}” needs special care."), "data",
                     name);
}

/* The party @id is the same, and does something else now. */
static void
compare_party (struct wattle_diff *diff, const char *id)
{
  JsonObject *was = wattle_passport_find_party (diff->before, id), *is = wattle_passport_find_party (diff->after, id);
  JsonObject *does = is ? wattle_json_get_object (is, "does") : NULL;

  if (was && is && !wattle_diff_same_text (wattle_json_get_object (was, "does"), does))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: this is what {party} does now: {sentence}"), "party",
                     wattle_json_get_string (is, "name"), "sentence", wattle_text_get (does, diff->speech->language));
}

/* What the uses refer to. */
static void
compare_references (struct wattle_diff *diff)
{
  for (guint i = 0; i < wattle_purpose_get_n_uses (diff->is); i++) {
    JsonObject *use = wattle_purpose_get_use (diff->is, i);
    JsonArray *ids = wattle_json_get_array (use, "data"), *others = wattle_json_get_array (use, "shared_with");

    for (guint j = 0; j < json_array_get_length (ids); j++)
      compare_data (diff, json_array_get_string_element (ids, j));
    compare_party (diff, wattle_json_get_string (use, "party"));
    for (guint j = 0; others && j < json_array_get_length (others); j++)
      compare_party (diff, json_array_get_string_element (others, j));
  }
}

static void
compare_cloud (struct wattle_diff *diff)
{
  const char *was = wattle_passport_get_cloud_url (diff->before_passport);
  const char *is = wattle_passport_get_cloud_url (diff->after_passport);

  if (was && is && !g_str_equal (was, is) && wattle_purpose_uses_cloud (diff->is))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the maker’s cloud has a new address: {address}."), "address", is);
}

static void
compare_purpose (struct wattle_diff *diff)
{
  if (!diff->was && wattle_purpose_needs_consent (diff->is)) {
    wattle_diff_say (diff, TRUE, N_ ("New: “{purpose}”. You decide: yes or no."));
  } else if (!diff->was) {
    wattle_diff_say (diff, TRUE, N_ ("New: “{purpose}”. The maker says that the product needs this."));
  } else if (!diff->is) {
    wattle_diff_say (diff, FALSE, N_ ("No more: “{purpose}”."));
  } else {
    compare_words (diff);
    compare_basis (diff);
    if (wattle_purpose_needs_consent (diff->is))
      compare_end (diff);
    wattle_diff_uses (diff);
    compare_references (diff);
    compare_cloud (diff);
  }
}

static void
compare_purposes (struct wattle_diff *diff)
{
  for (guint i = 0; i < wattle_passport_get_n_purposes (diff->after_passport); i++) {
    diff->is = wattle_passport_get_purpose (diff->after_passport, i);
    diff->was = wattle_passport_find_purpose (diff->before_passport, wattle_purpose_get_id (diff->is));
    compare_purpose (diff);
  }
  diff->is = NULL;
  for (guint i = 0; i < wattle_passport_get_n_purposes (diff->before_passport); i++) {
    diff->was = wattle_passport_get_purpose (diff->before_passport, i);
    if (!wattle_passport_find_purpose (diff->after_passport, wattle_purpose_get_id (diff->was)))
      compare_purpose (diff);
  }
  diff->was = NULL;
}

/* --------------------------------------------------------- the rest of it */

/* Whether a section of this part among @sections has the paragraph. */
static gboolean
has_paragraph (GPtrArray *sections, const char *part, const char *paragraph)
{
  for (guint i = 0; i < sections->len; i++) {
    const WattleNoticeSection *section = g_ptr_array_index (sections, i);

    if (g_str_equal (section->part, part) && g_strv_contains ((const char *const *)section->paragraphs, paragraph))
      return TRUE;
  }
  return FALSE;
}

/* Says @message of each paragraph of @sections that @others have not. */
static void
compare_sections (struct wattle_diff *diff, GPtrArray *sections, GPtrArray *others, const char *message)
{
  for (guint i = 0; i < sections->len; i++) {
    const WattleNoticeSection *section = g_ptr_array_index (sections, i);

    for (guint j = 0; !section->purpose && section->paragraphs[j]; j++)
      if (!has_paragraph (others, section->part, section->paragraphs[j]))
        wattle_diff_say (diff, FALSE, message, "section", section->title, "sentence", section->paragraphs[j]);
  }
}

static void
compare_notices (struct wattle_diff *diff)
{
  const char *language = diff->speech->language;
  g_autoptr (GPtrArray) was = wattle_notice_render (diff->before_passport, language);
  g_autoptr (GPtrArray) is = wattle_notice_render (diff->after_passport, language);

  compare_sections (diff, is, was, N_ ("New under “{section}”: {sentence}"));
  compare_sections (diff, was, is, N_ ("No longer under “{section}”: {sentence}"));
}

/* Languages that both passports are written in. */
static GStrv
common_languages (WattlePassport *before, WattlePassport *after)
{
  const char *const *all = wattle_passport_get_languages (after);
  g_autoptr (GStrvBuilder) common = g_strv_builder_new ();

  for (; *all; all++)
    if (g_strv_contains (wattle_passport_get_languages (before), *all))
      g_strv_builder_add (common, *all);
  return g_strv_builder_end (common);
}

static GPtrArray *
compare (WattlePassport *before, WattlePassport *after, const char *language, gboolean purposes_only)
{
  g_auto (GStrv) languages = common_languages (before, after);
  g_autoptr (WattleSpeech) speech = wattle_speech_new ((const char *const *)languages, language);
  struct wattle_diff diff = {
    .before_passport = before,
    .after_passport = after,
    .before = wattle_passport_get_root (before),
    .after = wattle_passport_get_root (after),
    .speech = speech,
    .changes = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_notice_change_free),
  };

  compare_purposes (&diff);
  if (!purposes_only)
    compare_notices (&diff);
  return diff.changes;
}

GPtrArray *
wattle_notice_diff (WattlePassport *before, WattlePassport *after, const char *language)
{
  return compare (before, after, language, FALSE);
}

GStrv
wattle_notice_diff_list_widened (WattlePassport *before, WattlePassport *after)
{
  g_autoptr (GPtrArray) changes = compare (before, after, NULL, TRUE);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < changes->len; i++) {
    const WattleNoticeChange *change = g_ptr_array_index (changes, i);

    if (change->widens && !g_ptr_array_find_with_equal_func (ids, change->purpose, g_str_equal, NULL))
      g_ptr_array_add (ids, change->purpose);
  }
  g_ptr_array_add (ids, NULL);
  return g_strdupv ((GStrv)ids->pdata);
}

gboolean
wattle_notice_diff_widens (WattlePassport *before, WattlePassport *after, const char *purpose)
{
  g_auto (GStrv) ids = wattle_notice_diff_list_widened (before, after);

  return g_strv_contains ((const char *const *)ids, purpose);
}

/* ------------------------------------------------------------- successors */

static gboolean
is_shorter (WattlePassport *before, WattlePassport *after)
{
  const char *promised = wattle_passport_get_support_end (before), *now = wattle_passport_get_support_end (after);

  /* ISO 8601 dates sort as text, and "" before all. */
  return g_strcmp0 (now, promised) < 0;
}

gboolean
wattle_passport_check_successor (WattlePassport *before, WattlePassport *after, GError **error)
{
  g_autofree char *promised = wattle_notice_date (wattle_passport_get_support_end (before), NULL);

  if (wattle_passport_get_product (before) != wattle_passport_get_product (after)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("The two passports are of different products."));
    return FALSE;
  }
  if (wattle_passport_get_version (after) <= wattle_passport_get_version (before)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("The second passport is not newer. Its version must be higher."));
    return FALSE;
  }
  if (is_shorter (before, after)) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
                 _ ("The maker promised to fix security problems until %s. Its new passport takes that back, so Wattle "
                    "does not use it. Ask the maker to keep its word."),
                 promised);
    return FALSE;
  }
  return TRUE;
}

gboolean
wattle_passport_check_promise (WattlePassport *known, WattlePassport *passport, GError **error)
{
  g_autofree char *promised = wattle_notice_date (wattle_passport_get_support_end (known), NULL);

  /* An older one is of a unit that has lain in a shop: what was said since holds for it. */
  if (wattle_passport_get_product (known) != wattle_passport_get_product (passport)
      || wattle_passport_get_version (passport) < wattle_passport_get_version (known) || !is_shorter (known, passport))
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
               _ ("The maker promised to fix security problems of this product until %s. The passport of this device "
                  "takes that back, so Wattle does not set it up. Ask the maker to keep its word."),
               promised);
  return FALSE;
}
