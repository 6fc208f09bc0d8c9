/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the check: rules (passport-rules.c) are const tables, forms
 * (passport-form.c) say what one string may be, the walk (passport-walk.c) holds a
 * document against the rules, and passport-check.c adds what reaches across.
 * For these alone.
 */
#pragma once

#include "privacy/passport-check.h"

G_BEGIN_DECLS

#define WATTLE_PASSPORT_MAX_TEXT 1000 /* characters of a text in one language */
#define WATTLE_PASSPORT_MAX_LINE 500  /* characters of a string that is no text */

enum wattle_rule_type {
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

struct wattle_rule {
  const char *name;
  enum wattle_rule_type type;
  gboolean required;
  const char *omission; /* set: mandatory; the sentence for a person if it is missing */
  const struct wattle_rule *members;
  const char *choices;
  gint64 min, max; /* of an integer, or the number of items of a list */
  gboolean list;   /* an array of @type */
};

/* The whole document's, and those of one purpose; each ends with a NULL name. */
extern const struct wattle_rule wattle_passport_rules[];
extern const struct wattle_rule wattle_purpose_rules[];

/* --- forms --- */

/* One line of 1 to @max characters, none of which hides or turns around what follows. */
gboolean wattle_form_is_line (const char *text, glong max);
/* A language tag such as "de", "zh-Hant", "de-AT", "es-419" (BCP 47). */
gboolean wattle_form_is_language (const char *text);
/* Whether @text is what @rule, which is of a string, asks for. */
gboolean wattle_form_fits (const struct wattle_rule *rule, const char *text);
/* What was expected, untranslated; NULL for CHOICE, whose words are the rule's. */
const char *wattle_form_expected (enum wattle_rule_type type);

/* --- the walk --- */

struct wattle_walk {
  WattlePassportCheck *check;
  JsonObject *purpose_title; /* while inside a purpose */
  const char *party;         /* name, while it is about one */
};

/* Adds a problem at @path, such as "support.end". */
void wattle_walk_problem (struct wattle_walk *walk, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Adds the omission with this untranslated sentence, once per purpose and party. */
void wattle_walk_omit (struct wattle_walk *walk, const char *sentence);
/* Holds @object against @rules. */
void wattle_walk_object (struct wattle_walk *walk, JsonObject *object, const struct wattle_rule *rules,
                         const char *path);

G_END_DECLS
