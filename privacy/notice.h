/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notice: a passport in plain words, in parts, in one language.
 *
 * One language all through: the first of @language, its base language and
 * English that both the passport and our own sentences (po/) exist in.
 * Identifiers of the Data Privacy Vocabulary never reach a person.
 */
#pragma once

#include "privacy/passport.h"

G_BEGIN_DECLS

typedef struct {
  const char
      *part; /* "omissions", "product", "purpose", "parties", "support", "stops", "security", "end", "statement" */
  const char *purpose; /* id of the purpose it is about; belongs to the passport.  NULL: another part */
  char *title;
  GStrv paragraphs; /* at least one */
} WattleNoticeSection;

/* The sections in reading order: WattleNoticeSection, owned by the array.
 * The notice's first section names omissions, if there are any. */
GPtrArray *wattle_notice_render (WattlePassport *passport, const char *language);

/* The same as one text: title, empty line, paragraphs. */
char *wattle_notice_to_text (WattlePassport *passport, const char *language);

/* SHA-256 of wattle_notice_to_text(), hexadecimal: what a consent record says
 * the person was shown. */
char *wattle_notice_sha256 (WattlePassport *passport, const char *language);

/* The language wattle_notice_render() would use, such as "de". */
char *wattle_notice_language (WattlePassport *passport, const char *language);

/* An ISO 8601 date for people: "30 June 2031".  NULL if @iso is no date. */
char *wattle_notice_date (const char *iso, const char *language);

G_END_DECLS
