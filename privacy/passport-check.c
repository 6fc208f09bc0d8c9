/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a passport must look like: const tables, one function that walks them,
 * and the few rules that reach across.  data/passports/passport-1.schema.json
 * says the same to programs and docs/passport.md to people.
 */
#include "privacy/passport-check.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "privacy/country.h"
#include "privacy/json.h"
#include "privacy/passport.h"

#define MAX_TEXT 1000 /* characters of a text in one language */
#define MAX_LANGUAGES 40

enum type {
  TEXT,    /* an object of languages */
  STRING,  /* one line */
  INTEGER, /* between min and max */
  BOOLEAN,
  DATE,
  URL,     /* https: */
  CONTACT, /* https: or mailto: */
  ID,
  COUNTRY,
  TERM,      /* of the Data Privacy Vocabulary */
  BASE64,    /* min bytes, padded */
  BASE64URL, /* min bytes, not padded */
  CHOICE,    /* one of the words in choices, separated by spaces */
  OBJECT,    /* of members */
};

struct rule {
  const char *name;
  enum type type;
  gboolean required;
  const char *omission; /* set: mandatory; the sentence for a person if it is missing */
  const struct rule *members;
  const char *choices;
  gint64 min, max; /* of an integer, or the number of items of a list */
  gboolean list;   /* an array of @type */
};

/* clang-format off */
static const struct rule product[] = {
  { "number", INTEGER, TRUE, .min = 1, .max = G_MAXUINT32 },
  { "name", TEXT, TRUE },
  { "model", STRING },
  { "kind", TEXT },
  { NULL },
};

static const struct rule manufacturer[] = {
  { "name", STRING, TRUE },
  { "country", COUNTRY, .omission = N_("The maker does not say which country it is in.") },
  { "address", STRING },
  { "contact", CONTACT, .omission = N_("The maker does not say how you can reach it.") },
  { "website", URL },
  { NULL },
};

static const struct rule sensors[] = {
  { "name", TEXT, TRUE },
  { "note", TEXT },
  { NULL },
};

static const struct rule readings[] = {
  { "name", TEXT, TRUE },
  { "unit", STRING, TRUE },
  { "scale", INTEGER, TRUE, .min = 1, .max = 1000000 },
  { "decimals", INTEGER, .min = 0, .max = 6 },
  { NULL },
};

static const struct rule data[] = {
  { "id", ID, TRUE },
  { "name", TEXT, TRUE },
  { "dpv", TERM, TRUE, .list = TRUE, .min = 1, .max = 8 },
  { "sensitive", BOOLEAN },
  { NULL },
};

static const struct rule parties[] = {
  { "id", ID, TRUE },
  { "role", CHOICE, TRUE, .choices = "service third-party" },
  { "name", STRING, TRUE },
  { "country", COUNTRY, TRUE },
  { "contact", CONTACT, TRUE },
  { "does", TEXT, TRUE },
  { NULL },
};

static const struct rule keep[] = {
  { "days", INTEGER, .min = 1, .max = 36500 },
  { "until", CHOICE, .choices = "wipe withdrawal replaced account-deleted" },
  { NULL },
};

static const struct rule uses[] = {
  { "party", ID, TRUE },
  { "place", CHOICE, TRUE, .choices = "device home cloud third-party" },
  { "country", COUNTRY },
  { "data", ID, TRUE, .list = TRUE, .min = 1, .max = 40 },
  { "keep", OBJECT, .members = keep,
    .omission = N_("For “{purpose}” the maker does not say how long all of the data is kept.") },
  { "why", TEXT },
  { NULL },
};

static const struct rule purposes[] = {
  { "id", ID, TRUE },
  { "device_purpose", INTEGER, .min = 1, .max = WATTLE_PURPOSE_MAX },
  { "title", TEXT, TRUE },
  { "sentence", TEXT, TRUE },
  { "legal_basis", CHOICE, TRUE, .choices = "consent needed" },
  { "dpv", TERM, TRUE, .list = TRUE, .min = 1, .max = 8 },
  { "if_refused", TEXT },
  { "uses", OBJECT, .members = uses, .list = TRUE, .min = 1, .max = 20,
    .omission = N_("For “{purpose}” the maker does not say who gets data, where it goes and how long it is kept.") },
  { NULL },
};

static const struct rule support[] = {
  { "start", DATE, .omission = N_("The maker does not say when support began.") },
  { "end", DATE, .omission = N_("The maker does not say until when it fixes security problems.") },
  { "reason", TEXT, .omission = N_("The maker does not say why support lasts this long.") },
  { "promise", TEXT, .omission = N_("The maker does not say how it will tell you before support ends.") },
  { "after", TEXT, .omission = N_("The maker does not say what to do once support has ended.") },
  { NULL },
};

static const struct rule security[] = {
  { "contact", CONTACT, .omission = N_("The maker does not say where to report a security problem.") },
  { "answer_days", INTEGER, .min = 1, .max = 90,
    .omission = N_("The maker does not say how fast it answers a report.") },
  { "policy", URL },
  { "advisories", URL, .omission = N_("The maker does not say where it lists known security problems.") },
  { NULL },
};

static const struct rule stops[] = {
  { "without_internet", TEXT, .omission = N_("The maker does not say what stops working without internet.") },
  { "without_cloud", TEXT }, /* mandatory where there is a cloud */
  { "after_support", TEXT, .omission = N_("The maker does not say what stops working after support ends.") },
  { NULL },
};

static const struct rule receipt_key[] = {
  { "kty", CHOICE, TRUE, .choices = "EC" },
  { "crv", CHOICE, TRUE, .choices = "P-256" },
  { "x", BASE64URL, TRUE, .min = 32 },
  { "y", BASE64URL, TRUE, .min = 32 },
  { NULL },
};

static const struct rule cloud[] = {
  { "url", URL, TRUE },
  { "spki_sha256", BASE64, TRUE, .min = 32 },
  { "receipt_key", OBJECT, TRUE, .members = receipt_key },
  { NULL },
};

static const struct rule representative[] = {
  { "name", STRING, TRUE },
  { "address", STRING, TRUE },
  { NULL },
};

static const struct rule compliance[] = {
  { "rules", STRING, .list = TRUE, .min = 1, .max = 20,
    .omission = N_("The maker does not say which security rules the product meets.") },
  { "batch", STRING, .omission = N_("The maker does not say which batches its statement is for.") },
  { "declaration", TEXT, .omission = N_("The maker does not declare that the product meets the rules.") },
  { "representatives", OBJECT, .members = representative, .list = TRUE, .min = 0, .max = 20 },
  { "place", STRING, .omission = N_("The maker’s statement does not say where it was signed.") },
  { "date", DATE, .omission = N_("The maker’s statement does not say when it was signed.") },
  { "signatory", STRING, .omission = N_("The maker’s statement does not say who signed it.") },
  { NULL },
};

static const struct rule passport[] = {
  { "$schema", STRING },
  { "format", CHOICE, TRUE, .choices = "wattle-passport-1" },
  { "version", INTEGER, TRUE, .min = 1, .max = 1000000 },
  { "published", DATE, TRUE },
  { "product", OBJECT, TRUE, .members = product },
  { "manufacturer", OBJECT, TRUE, .members = manufacturer },
  { "sensors", OBJECT, .members = sensors, .list = TRUE, .min = 0, .max = 40,
    .omission = N_("The maker does not say which sensors are in the product.") },
  { "readings", OBJECT, .members = readings },
  { "data", OBJECT, .members = data, .list = TRUE, .min = 0, .max = 40 },
  { "parties", OBJECT, .members = parties, .list = TRUE, .min = 0, .max = 40 },
  { "purposes", OBJECT, .members = purposes, .list = TRUE, .min = 0, .max = 40,
    .omission = N_("The maker does not say what your data is used for.") },
  { "support", OBJECT, .members = support },
  { "security", OBJECT, .members = security },
  { "stops", OBJECT, .members = stops },
  { "reset", TEXT, .omission = N_("The maker does not say how to reset the product.") },
  { "disposal", TEXT, .omission = N_("The maker does not say how to dispose of the product.") },
  { "cloud", OBJECT, .members = cloud },
  { "compliance", OBJECT, .members = compliance },
  { NULL },
};
/* clang-format on */

struct walk {
  WattlePassportCheck *check;
  JsonObject *purpose_title; /* while inside a purpose */
};

static void problem (struct walk *walk, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
problem (struct walk *walk, const char *path, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (walk->check->problems->len >= WATTLE_PASSPORT_MAX_PROBLEMS)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  /* Translators: a place in a file, such as "support.end", and what is wrong there. */
  g_ptr_array_add (walk->check->problems, g_strdup_printf (_ ("%s: %s"), path, message));
}

/* What reaches a person: no line may end, hide or turn around what follows. */
static gboolean
is_plain_line (const char *text, glong max)
{
  glong length = g_utf8_strlen (text, -1);

  if (length < 1 || length > max)
    return FALSE;
  for (; *text; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
        || c == 0x2028 || c == 0x2029)
      return FALSE;
  }
  return TRUE;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define ALNUM LOWER UPPER DIGITS

/* The forms are checked by hand: a regular expression library costs an idle
 * daemon more memory than all of this file. */

/* Moves @at past @min to @max characters of @set; FALSE where there are fewer. */
static gboolean
skip (const char **at, const char *set, gsize min, gsize max)
{
  gsize length = strspn (*at, set);

  if (length < min)
    return FALSE;
  *at += MIN (length, max);
  return TRUE;
}

static gboolean
skip_text (const char **at, const char *text)
{
  if (!g_str_has_prefix (*at, text))
    return FALSE;
  *at += strlen (text);
  return TRUE;
}

/* Letters, digits, dots and dashes, with a letter or digit at either end. */
static gboolean
skip_host (const char **at)
{
  const char *start = *at;

  return skip (at, ALNUM ".-", 1, G_MAXSIZE) && g_ascii_isalnum (start[0]) && g_ascii_isalnum ((*at)[-1]);
}

static gboolean
is_day_form (const char *at)
{
  return *at == '2' && skip (&at, DIGITS, 4, 4) && skip_text (&at, "-") && skip (&at, DIGITS, 2, 2)
         && skip_text (&at, "-") && skip (&at, DIGITS, 2, 2) && *at == '\0';
}

/* "https://host[:port][/path]", all of it printable ASCII. */
static gboolean
is_https (const char *at)
{
  if (!skip_text (&at, "https://") || !skip_host (&at) || (skip_text (&at, ":") && !skip (&at, DIGITS, 1, 5)))
    return FALSE;
  if (*at == '/')
    while (*at >= '!' && *at <= '~')
      at++;
  return *at == '\0';
}

static gboolean
is_mailto (const char *at)
{
  return skip_text (&at, "mailto:") && skip (&at, ALNUM "._+-", 1, G_MAXSIZE) && skip_text (&at, "@") && skip_host (&at)
         && *at == '\0';
}

/* "de", "zh-Hant", "de-AT", "es-419" (BCP 47). */
static gboolean
is_language (const char *at)
{
  if (!skip (&at, LOWER, 2, 3))
    return FALSE;
  if (at[0] == '-' && g_ascii_isupper (at[1]) && strspn (at + 2, LOWER) == 3)
    at += 5;
  if (at[0] == '-' && strspn (at + 1, UPPER) == 2)
    at += 3;
  else if (at[0] == '-' && strspn (at + 1, DIGITS) == 3)
    at += 4;
  return *at == '\0';
}

static gboolean
is_name (const char *at)
{
  return g_ascii_islower (*at) && skip (&at, LOWER DIGITS "-", 1, 40) && *at == '\0';
}

/* A term of the Data Privacy Vocabulary, "dpv:Term". */
static gboolean
is_vocabulary (const char *at)
{
  return (skip_text (&at, "dpv:") || skip_text (&at, "pd:") || skip_text (&at, "eu-gdpr:")) && g_ascii_isalpha (*at)
         && skip (&at, ALNUM "-", 1, 80) && *at == '\0';
}

static gboolean
is_date (const char *text)
{
  int year, month, day;

  if (!is_day_form (text))
    return FALSE;
  if (sscanf (text, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return FALSE;
  return g_date_valid_dmy (day, month, year);
}

static gboolean
is_base64 (const char *text, gsize bytes, gboolean url)
{
  g_autofree char *plain = g_strdup (text);
  g_autoptr (GBytes) decoded = NULL;
  gsize length = strlen (text);

  if (!url) {
    if (length % 4 != 0 || strpbrk (text, "-_"))
      return FALSE;
    while (length > 0 && plain[length - 1] == '=')
      plain[--length] = '\0';
    g_strdelimit (g_strdelimit (plain, "+", '-'), "/", '_');
  }
  decoded = wattle_base64url_decode (plain, length);
  return decoded && g_bytes_get_size (decoded) == bytes;
}

static gboolean
is_choice (const char *text, const char *choices)
{
  g_auto (GStrv) words = g_strsplit (choices, " ", -1);

  return g_strv_contains ((const char *const *)words, text);
}

static gboolean
is_country (const char *text)
{
  g_autofree char *name = wattle_country_name (text, NULL);

  return name != NULL;
}

static gboolean
string_fits (const struct rule *rule, const char *text)
{
  if (!is_plain_line (text, 500))
    return FALSE;
  switch (rule->type) {
    case DATE:
      return is_date (text);
    case URL:
      return is_https (text);
    case CONTACT:
      return is_https (text) || is_mailto (text);
    case ID:
      return is_name (text);
    case COUNTRY:
      return is_country (text);
    case TERM:
      return is_vocabulary (text);
    case BASE64:
    case BASE64URL:
      return is_base64 (text, rule->min, rule->type == BASE64URL);
    case CHOICE:
      return is_choice (text, rule->choices);
    default:
      return TRUE;
  }
}

static void
string_problem (struct walk *walk, const struct rule *rule, const char *path)
{
  static const char *const expected[] = {
    [STRING] = N_ ("one line of at most 500 characters is expected"),
    [DATE] = N_ ("a date like 2031-06-30 is expected"),
    [URL] = N_ ("an address that starts with https:// is expected"),
    [CONTACT] = N_ ("an address that starts with https:// or mailto: is expected"),
    [ID] = N_ ("a short name of small letters, digits and dashes is expected"),
    [COUNTRY] = N_ ("a country code of ISO 3166-1, like AU, is expected"),
    [TERM] = N_ ("a term like dpv:ServiceProvision is expected"),
    [BASE64] = N_ ("32 bytes in base64 are expected"),
    [BASE64URL] = N_ ("32 bytes in base64url without = are expected"),
  };

  if (rule->type == CHOICE)
    problem (walk, path, _ ("one of these is expected: %s"), rule->choices);
  else
    problem (walk, path, "%s", _ (expected[rule->type]));
}

static void
check_text (struct walk *walk, JsonNode *node, const char *path)
{
  g_autoptr (GList) languages = NULL;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    problem (walk, path, _ ("a text in languages is expected, like {\"en\": \"...\"}"));
    return;
  }
  object = json_node_get_object (node);
  languages = json_object_get_members (object);
  walk->check->n_texts++;
  if (!json_object_has_member (object, "en"))
    problem (walk, path, _ ("the text in English (\"en\") is missing"));
  if (json_object_get_size (object) > MAX_LANGUAGES)
    problem (walk, path, _ ("there are more than %d languages"), MAX_LANGUAGES);
  for (GList *l = languages; l; l = l->next) {
    const char *text = wattle_json_get_string (object, l->data);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (walk->check->languages, l->data));

    if (!is_language (l->data))
      problem (walk, path, _ ("“%s” is not a language"), (const char *)l->data);
    else if (!text || !is_plain_line (text, MAX_TEXT))
      problem (walk, path, _ ("the text in “%s” must be one line of at most %d characters"), (const char *)l->data,
               MAX_TEXT);
    else
      g_hash_table_insert (walk->check->languages, g_strdup (l->data), GUINT_TO_POINTER (n + 1));
  }
}

static void check_object (struct walk *walk, JsonObject *object, const struct rule *rules, const char *path);

/* One value, not a list. */
static void
check_value (struct walk *walk, const struct rule *rule, JsonNode *node, const char *path)
{
  switch (rule->type) {
    case TEXT:
      check_text (walk, node, path);
      return;
    case OBJECT:
      if (JSON_NODE_HOLDS_OBJECT (node))
        check_object (walk, json_node_get_object (node), rule->members, path);
      else
        problem (walk, path, _ ("an object is expected"));
      return;
    case INTEGER:
      if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < rule->min
          || json_node_get_int (node) > rule->max)
        problem (walk, path, _ ("a whole number from %" PRId64 " to %" PRId64 " is expected"), rule->min, rule->max);
      return;
    case BOOLEAN:
      if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        problem (walk, path, _ ("true or false is expected"));
      return;
    default:
      if (json_node_get_value_type (node) != G_TYPE_STRING || !string_fits (rule, json_node_get_string (node)))
        string_problem (walk, rule, path);
  }
}

static void
check_list (struct walk *walk, const struct rule *rule, JsonNode *node, const char *path)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    problem (walk, path, _ ("a list is expected"));
    return;
  }
  array = json_node_get_array (node);
  if (json_array_get_length (array) < rule->min || json_array_get_length (array) > rule->max)
    problem (walk, path, _ ("a list of %" PRId64 " to %" PRId64 " items is expected"), rule->min, rule->max);
  for (guint i = 0; i < json_array_get_length (array) && i < rule->max; i++) {
    g_autofree char *item = g_strdup_printf ("%s[%u]", path, i);

    check_value (walk, rule, json_array_get_element (array, i), item);
  }
}

static void
omit (struct walk *walk, const char *sentence)
{
  WattleOmission *omission;

  /* The same gap in several places of one purpose is one sentence. */
  for (guint i = 0; i < walk->check->omissions->len; i++) {
    omission = g_ptr_array_index (walk->check->omissions, i);
    if (omission->sentence == sentence && omission->purpose == walk->purpose_title)
      return;
  }
  omission = g_new0 (WattleOmission, 1);
  omission->sentence = sentence;
  omission->purpose = walk->purpose_title;
  g_ptr_array_add (walk->check->omissions, omission);
}

/* @rule's member is not there. */
static void
check_missing (struct walk *walk, const struct rule *rule, const char *path)
{
  if (rule->required)
    problem (walk, path, _ ("this is missing"));
  else if (rule->omission)
    omit (walk, rule->omission);
  else if (rule->type == OBJECT && !rule->list)
    for (const struct rule *member = rule->members; member->name; member++)
      if (member->omission)
        omit (walk, member->omission);
}

static const struct rule *
find_rule (const struct rule *rules, const char *name)
{
  for (; rules->name; rules++)
    if (g_str_equal (rules->name, name))
      return rules;
  return NULL;
}

static void
check_object (struct walk *walk, JsonObject *object, const struct rule *rules, const char *path)
{
  g_autoptr (GList) names = json_object_get_members (object);
  const char *dot = *path ? "." : "";
  gboolean is_purpose = rules == purposes;

  if (is_purpose)
    walk->purpose_title = wattle_json_get_object (object, "title");
  for (GList *l = names; l; l = l->next) {
    g_autofree char *member = g_strconcat (path, dot, l->data, NULL);

    if (!find_rule (rules, l->data))
      problem (walk, member, _ ("this name is not known"));
  }
  for (; rules->name; rules++) {
    g_autofree char *member = g_strconcat (path, dot, rules->name, NULL);
    JsonNode *node = json_object_get_member (object, rules->name);

    if (!node)
      check_missing (walk, rules, member);
    else if (rules->list)
      check_list (walk, rules, node, member);
    else
      check_value (walk, rules, node, member);
  }
  if (is_purpose)
    walk->purpose_title = NULL;
}

/* ------------------------------------------------------- across the document
 * Only looked at where the form is right. */

/* Objects of the list @name; none where the list is missing. */
static guint
n_items (JsonObject *object, const char *name)
{
  JsonArray *array = wattle_json_get_array (object, name);

  return array ? json_array_get_length (array) : 0;
}

static JsonObject *
item (JsonObject *object, const char *name, guint index)
{
  return json_array_get_object_element (wattle_json_get_array (object, name), index);
}

/* The item of list @name whose id is @id. */
static JsonObject *
find_item (JsonObject *object, const char *name, const char *id)
{
  for (guint i = 0; i < n_items (object, name); i++)
    if (g_strcmp0 (wattle_json_get_string (item (object, name, i), "id"), id) == 0)
      return item (object, name, i);
  return NULL;
}

static void
check_unique_ids (struct walk *walk, JsonObject *root, const char *list)
{
  for (guint i = 0; i < n_items (root, list); i++) {
    const char *id = wattle_json_get_string (item (root, list, i), "id");
    g_autofree char *path = g_strdup_printf ("%s[%u].id", list, i);

    if (find_item (root, list, id) != item (root, list, i))
      problem (walk, path, _ ("“%s” is there twice"), id);
    else if (g_str_equal (id, "owner") || g_str_equal (id, "manufacturer"))
      problem (walk, path, _ ("“%s” has a meaning of its own"), id);
  }
}

/* Which places a party can hold data at. */
static gboolean
place_fits (JsonObject *root, const char *party, const char *place)
{
  JsonObject *other = find_item (root, "parties", party);
  const char *role = other ? wattle_json_get_string (other, "role") : party;

  if (g_str_equal (role, "owner"))
    return g_str_equal (place, "device") || g_str_equal (place, "home");
  return g_str_equal (place, g_str_equal (role, "third-party") ? "third-party" : "cloud");
}

static void
check_use (struct walk *walk, JsonObject *root, JsonObject *use, const char *path)
{
  const char *party = wattle_json_get_string (use, "party"), *place = wattle_json_get_string (use, "place");
  gboolean own = g_str_equal (party, "owner");
  JsonObject *kept = wattle_json_get_object (use, "keep");
  JsonArray *ids = wattle_json_get_array (use, "data");

  if (!own && !g_str_equal (party, "manufacturer") && !find_item (root, "parties", party))
    problem (walk, path, _ ("there is no party “%s”"), party);
  else if (!place_fits (root, party, place))
    problem (walk, path, _ ("“%s” cannot hold data at “%s”"), party, place);
  if (own && json_object_has_member (use, "country"))
    problem (walk, path, _ ("what the owner holds has no country"));
  if (!own && !json_object_has_member (use, "country"))
    omit (walk, N_ ("For “{purpose}” the maker does not say in which country all of the data is."));
  if (kept && json_object_get_size (kept) != 1)
    problem (walk, path, _ ("“keep” needs either “days” or “until”"));
  if (g_str_equal (place, "cloud") && !json_object_has_member (root, "cloud"))
    problem (walk, path, _ ("it needs a cloud, but the passport has no part “cloud”"));
  for (guint i = 0; i < json_array_get_length (ids); i++)
    if (!find_item (root, "data", json_array_get_string_element (ids, i)))
      problem (walk, path, _ ("there is no data “%s”"), json_array_get_string_element (ids, i));
}

static void
check_purposes (struct walk *walk, JsonObject *root)
{
  guint32 seen = 0;

  for (guint i = 0; i < n_items (root, "purposes"); i++) {
    JsonObject *purpose = item (root, "purposes", i);
    g_autofree char *path = g_strdup_printf ("purposes[%u].device_purpose", i);
    gint64 number = 0;

    walk->purpose_title = wattle_json_get_object (purpose, "title");
    if (wattle_json_get_integer (purpose, "device_purpose", &number) && (seen & (1u << number)))
      problem (walk, path, _ ("the number %d is there twice"), (int)number);
    seen |= number ? 1u << number : 0;
    if (g_strcmp0 (wattle_json_get_string (purpose, "legal_basis"), "consent") == 0
        && !json_object_has_member (purpose, "if_refused"))
      omit (walk, N_ ("For “{purpose}” the maker does not say what you do without if you say no."));
    for (guint j = 0; j < n_items (purpose, "uses"); j++) {
      g_autofree char *use = g_strdup_printf ("purposes[%u].uses[%u]", i, j);

      check_use (walk, root, item (purpose, "uses", j), use);
    }
  }
  walk->purpose_title = NULL;
}

static void
check_cloud (struct walk *walk, JsonObject *root)
{
  JsonObject *object = wattle_json_get_object (root, "cloud");
  const char *url = object ? wattle_json_get_string (object, "url") : NULL;

  JsonObject *stopping = wattle_json_get_object (root, "stops");

  if (url && (!stopping || !json_object_has_member (stopping, "without_cloud")))
    omit (walk, N_ ("The maker does not say what stops working without its cloud."));
  if (url && strchr (url + strlen ("https://"), '/'))
    problem (walk, "cloud.url", _ ("no path may follow the host, not even a slash"));
}

static void
check_support (struct walk *walk, JsonObject *root)
{
  JsonObject *object = wattle_json_get_object (root, "support");
  const char *start = wattle_json_get_string (object, "start"), *end = wattle_json_get_string (object, "end");

  /* ISO 8601 dates sort as text. */
  if (start && end && strcmp (start, end) > 0)
    problem (walk, "support.end", _ ("support ends before it begins"));
}

WattlePassportCheck *
wattle_passport_check (JsonNode *root)
{
  WattlePassportCheck *check = g_new0 (WattlePassportCheck, 1);
  struct walk walk = { .check = check };
  JsonObject *object;

  check->problems = g_ptr_array_new_with_free_func (g_free);
  check->omissions = g_ptr_array_new_with_free_func (g_free);
  check->languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    problem (&walk, "passport", _ ("an object is expected"));
    return check;
  }
  object = json_node_get_object (root);
  check_object (&walk, object, passport, "");
  if (check->problems->len > 0)
    return check;
  check_unique_ids (&walk, object, "data");
  check_unique_ids (&walk, object, "parties");
  check_unique_ids (&walk, object, "purposes");
  check_purposes (&walk, object);
  check_cloud (&walk, object);
  check_support (&walk, object);
  return check;
}

void
wattle_passport_check_free (WattlePassportCheck *check)
{
  g_ptr_array_unref (check->problems);
  g_ptr_array_unref (check->omissions);
  g_hash_table_unref (check->languages);
  g_free (check);
}
