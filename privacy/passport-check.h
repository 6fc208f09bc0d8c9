/* SPDX-License-Identifier: Apache-2.0 */
/* What a passport must look like.  For passport.c alone. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A mandatory statement that is missing. */
typedef struct {
  const char *sentence; /* untranslated; may have the places "{purpose}" and "{party}" */
  JsonObject *purpose;  /* a purpose's title, a text; NULL = not about one */
  const char *party;    /* a party's name; NULL = not about one */
} WattleOmission;

typedef struct {
  GPtrArray *problems;   /* sentences, char *, at most WATTLE_PASSPORT_MAX_PROBLEMS */
  GPtrArray *omissions;  /* WattleOmission */
  GHashTable *languages; /* language to the number of texts that have it */
  guint n_texts;
} WattlePassportCheck;

/* Checks a parsed passport.  It is valid where there are no problems.  The
 * result refers to @root.  Free with wattle_passport_check_free(). */
WattlePassportCheck *wattle_passport_check (JsonNode *root);
void wattle_passport_check_free (WattlePassportCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePassportCheck, wattle_passport_check_free)

G_END_DECLS
