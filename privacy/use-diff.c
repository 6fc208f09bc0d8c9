/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed in who holds which data of a purpose.
 *
 * Each kind of data that a use names now must have been named, too, by a use of
 * before: of the same holder at the same place.  The one that differs in the
 * fewest respects is what it is compared with.  What was not said before covers
 * nothing: nobody could agree to it.
 */
#include "privacy/notice-diff-private.h"

#include <glib/gi18n-lib.h>

#include "privacy/json.h"

/* In which a use goes beyond one of before. */
enum {
  COUNTRY = 1 << 0,
  KEEP = 1 << 1,
  SHARING = 1 << 2,
  WHY = 1 << 3,
};

/* How a change of who holds what is told, by place. */
static const struct words {
  const char *place;
  const char *more, *less, *keep;
} words[] = {
  { "device", N_ ("“{purpose}”: the device now also keeps this: {data}."),
    N_ ("“{purpose}”: the device no longer keeps this: {data}."),
    N_ ("“{purpose}”, on the device: {now} Before: {before}") },
  { "home", N_ ("“{purpose}”: your computer now also keeps this: {data}."),
    N_ ("“{purpose}”: your computer no longer keeps this: {data}."),
    N_ ("“{purpose}”, on your computer: {now} Before: {before}") },
  { "", N_ ("“{purpose}”: {party} now also gets this: {data}."),
    N_ ("“{purpose}”: {party} no longer gets this: {data}."), N_ ("“{purpose}”, at {party}: {now} Before: {before}") },
};

static const struct words *
words_for (JsonObject *use)
{
  const char *place = wattle_json_get_string (use, "place");
  guint i = 0;

  while (*words[i].place && !g_str_equal (words[i].place, place))
    i++;
  return &words[i];
}

/* --- parties --- */

static JsonObject *
party_of (JsonObject *root, const char *id)
{
  return g_str_equal (id, "manufacturer") ? wattle_json_get_object (root, "manufacturer")
                                          : wattle_passport_find_party (root, id);
}

/* Whether both names are of one company: what people know it by, not the id.  A
 * country that was not stated before may be any. */
static gboolean
same_party (struct wattle_diff *diff, const char *before, const char *after)
{
  JsonObject *was = party_of (diff->before, before), *is = party_of (diff->after, after);

  if (!was || !is)
    return !was && !is && g_str_equal (before, after); /* the owner */
  return g_strcmp0 (wattle_json_get_string (was, "name"), wattle_json_get_string (is, "name")) == 0
         && g_strcmp0 (wattle_json_get_string (was, "role"), wattle_json_get_string (is, "role")) == 0
         && (!json_object_has_member (was, "country")
             || g_strcmp0 (wattle_json_get_string (was, "country"), wattle_json_get_string (is, "country")) == 0);
}

static gboolean
same_holder (struct wattle_diff *diff, JsonObject *before, JsonObject *after)
{
  return g_str_equal (wattle_json_get_string (before, "place"), wattle_json_get_string (after, "place"))
         && same_party (diff, wattle_json_get_string (before, "party"), wattle_json_get_string (after, "party"));
}

static gboolean
has_data (JsonObject *use, const char *id)
{
  JsonArray *ids = wattle_json_get_array (use, "data");

  for (guint i = 0; i < json_array_get_length (ids); i++)
    if (g_str_equal (json_array_get_string_element (ids, i), id))
      return TRUE;
  return FALSE;
}

/* --- how far a use goes --- */

static gboolean
keeps_longer (const WattlePurpose *is, JsonObject *before, JsonObject *after)
{
  JsonObject *was = wattle_json_get_object (before, "keep"), *now = wattle_json_get_object (after, "keep");
  const char *was_until, *until;
  gint64 was_days = 0, days = 0;

  if (!was || !now)
    return was || now; /* nobody could agree to what was not said */
  was_until = wattle_json_get_string (was, "until");
  until = wattle_json_get_string (now, "until");
  if (wattle_json_get_integer (was, "days", &was_days) && wattle_json_get_integer (now, "days", &days))
    return days > was_days;
  if (!was_until || !until)
    return TRUE;
  /* A wipe and the end of the account take back a yes, too, if nothing did before. */
  if (g_str_equal (until, "withdrawal") && wattle_purpose_needs_consent (is))
    return !g_str_equal (was_until, "withdrawal") && !g_str_equal (was_until, "wipe")
           && !g_str_equal (was_until, "account-deleted");
  return !g_str_equal (was_until, until);
}

/* Whether @other is one of those that the use of before named. */
static gboolean
was_shared_with (struct wattle_diff *diff, JsonArray *before, const char *other)
{
  for (guint i = 0; i < json_array_get_length (before); i++)
    if (same_party (diff, json_array_get_string_element (before, i), other))
      return TRUE;
  return FALSE;
}

static gboolean
shares_more (struct wattle_diff *diff, JsonObject *before, JsonObject *after)
{
  JsonArray *was = wattle_json_get_array (before, "shared_with"), *now = wattle_json_get_array (after, "shared_with");

  if (!was || !now)
    return was || (now && json_array_get_length (now) > 0); /* an empty list promises something */
  for (guint i = 0; i < json_array_get_length (now); i++)
    if (!was_shared_with (diff, was, json_array_get_string_element (now, i)))
      return TRUE;
  return FALSE;
}

/* The ways in which @after goes beyond @before, of the same holder. */
static guint
beyond (struct wattle_diff *diff, JsonObject *before, JsonObject *after)
{
  JsonObject *why = wattle_json_get_object (after, "why");
  guint result = 0;

  if (g_strcmp0 (wattle_json_get_string (before, "country"), wattle_json_get_string (after, "country")) != 0)
    result |= COUNTRY;
  if (keeps_longer (diff->is, before, after))
    result |= KEEP;
  if (shares_more (diff, before, after))
    result |= SHARING;
  if (why && !wattle_diff_same_text (wattle_json_get_object (before, "why"), why))
    result |= WHY;
  return result;
}

static guint
n_ways (guint ways)
{
  guint n = 0;

  for (; ways; ways &= ways - 1)
    n++;
  return n;
}

/* The use of before with @use's holder and the data @id that @use goes least beyond;
 * NULL if there is none. */
static JsonObject *
closest (struct wattle_diff *diff, JsonObject *use, const char *id)
{
  JsonObject *best = NULL;

  for (guint i = 0; i < wattle_purpose_get_n_uses (diff->was); i++) {
    JsonObject *before = wattle_purpose_get_use (diff->was, i);

    if (!same_holder (diff, before, use) || !has_data (before, id))
      continue;
    if (!best || n_ways (beyond (diff, before, use)) < n_ways (beyond (diff, best, use)))
      best = before;
  }
  return best;
}

/* --- telling it --- */

static char *
describe_party (struct wattle_diff *diff, JsonObject *root, JsonObject *use)
{
  return wattle_party_describe (root, wattle_json_get_string (use, "party"), use, diff->speech);
}

static void
say_country (struct wattle_diff *diff, JsonObject *use)
{
  g_autofree char *party = describe_party (diff, diff->after, use);

  if (json_object_has_member (use, "country"))
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the maker now says that data is here: {party}."), "party", party);
  else
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the maker no longer says in which country {party} has the data."),
                     "party", party);
}

static void
say_keep (struct wattle_diff *diff, JsonObject *before, JsonObject *use, gboolean widens)
{
  g_autofree char *party = describe_party (diff, diff->after, use);
  g_autofree char *now = wattle_use_describe_keep (use, diff->speech);
  g_autofree char *was = wattle_use_describe_keep (before, diff->speech);

  if (!g_str_equal (now, was))
    wattle_diff_say (diff, widens, words_for (use)->keep, "party", party, "now", now, "before", was);
}

static void
say_sharing (struct wattle_diff *diff, JsonObject *before, JsonObject *use)
{
  JsonArray *was = wattle_json_get_array (before, "shared_with"), *now = wattle_json_get_array (use, "shared_with");
  g_autofree char *party = describe_party (diff, diff->after, use);

  if (!now)
    wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: the maker no longer says whom {party} passes data on to."), "party",
                     party);
  for (guint i = 0; now && i < json_array_get_length (now); i++) {
    const char *id = json_array_get_string_element (now, i);
    g_autofree char *other = wattle_party_describe (diff->after, id, NULL, diff->speech);

    if (!was || !was_shared_with (diff, was, id))
      wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: {party} now also passes data on to {other}."), "party", party,
                       "other", other);
  }
}

static void
say_why (struct wattle_diff *diff, JsonObject *use)
{
  g_autofree char *party = describe_party (diff, diff->after, use);
  const char *why = wattle_text_get (wattle_json_get_object (use, "why"), diff->speech->language);

  wattle_diff_say (diff, TRUE, N_ ("“{purpose}”: about {party} the maker now says: {sentence}"), "party", party,
                   "sentence", why);
}

/* What @use does less than @before: nobody has to decide on that again. */
static void
say_narrower (struct wattle_diff *diff, JsonObject *before, JsonObject *use)
{
  JsonArray *was = wattle_json_get_array (before, "shared_with"), *now = wattle_json_get_array (use, "shared_with");

  say_keep (diff, before, use, FALSE);
  if (!now || g_str_equal (wattle_json_get_string (use, "party"), "owner"))
    return;
  if (!was || json_array_get_length (now) < json_array_get_length (was)) {
    g_autofree char *party = describe_party (diff, diff->after, use);

    wattle_diff_say (diff, FALSE, N_ ("“{purpose}”: {party} passes data on to fewer others than before."), "party",
                     party);
  }
}

/* Data @ids of @use, which @message is about. */
static void
say_data (struct wattle_diff *diff, gboolean widens, const char *message, JsonObject *root, JsonObject *use,
          GPtrArray *ids)
{
  g_autofree char *party = describe_party (diff, root, use);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "",
                            wattle_data_name (root, g_ptr_array_index (ids, i), diff->speech->language));
  if (ids->len > 0)
    wattle_diff_say (diff, widens, message, "party", party, "data", names->str);
}

/* --- one use --- */

static void
compare_use (struct wattle_diff *diff, JsonObject *use)
{
  JsonArray *ids = wattle_json_get_array (use, "data");
  g_autoptr (GPtrArray) added = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (ids); i++) {
    const char *id = json_array_get_string_element (ids, i);
    JsonObject *before = closest (diff, use, id);
    guint ways = before ? beyond (diff, before, use) : 0;

    if (!before)
      g_ptr_array_add (added, (gpointer)id);
    else if (!ways)
      say_narrower (diff, before, use);
    if (ways & COUNTRY)
      say_country (diff, use);
    if (ways & KEEP)
      say_keep (diff, before, use, TRUE);
    if (ways & SHARING)
      say_sharing (diff, before, use);
    if (ways & WHY)
      say_why (diff, use);
  }
  say_data (diff, TRUE, words_for (use)->more, diff->after, use, added);
}

/* What @before named and no use names any more. */
static void
tell_dropped (struct wattle_diff *diff, JsonObject *before)
{
  JsonArray *ids = wattle_json_get_array (before, "data");
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (ids); i++) {
    const char *id = json_array_get_string_element (ids, i);
    gboolean kept = FALSE;

    for (guint j = 0; !kept && j < wattle_purpose_get_n_uses (diff->is); j++) {
      JsonObject *use = wattle_purpose_get_use (diff->is, j);

      kept = same_holder (diff, before, use) && has_data (use, id);
    }
    if (!kept)
      g_ptr_array_add (dropped, (gpointer)id);
  }
  say_data (diff, FALSE, words_for (before)->less, diff->before, before, dropped);
}

void
wattle_diff_uses (struct wattle_diff *diff)
{
  guint was = wattle_purpose_get_n_uses (diff->was), is = wattle_purpose_get_n_uses (diff->is);

  if (was > 0 && is == 0)
    wattle_diff_say (
        diff, TRUE, N_ ("“{purpose}”: the maker no longer says who gets data, where it goes and how long it is kept."));
  for (guint i = 0; i < is; i++)
    compare_use (diff, wattle_purpose_get_use (diff->is, i));
  for (guint i = 0; is > 0 && i < was; i++)
    tell_dropped (diff, wattle_purpose_get_use (diff->was, i));
}
