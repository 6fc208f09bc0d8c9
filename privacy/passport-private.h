/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of privacy/ that read a passport; for nobody else. */
#pragma once

#include <json-glib/json-glib.h>

#include "privacy/passport.h"
#include "privacy/speech.h"

G_BEGIN_DECLS

struct _WattlePurpose {
  JsonObject *object;           /* the purpose itself; belongs to the passport */
  JsonObject *root;             /* the passport */
  const char *const *languages; /* of the passport */
};

JsonObject *wattle_passport_get_root (WattlePassport *self);

/* The text @object in @language or what comes closest; NULL if @object is. */
const char *wattle_text_get (JsonObject *object, const char *language);

/* The party with this id; NULL for "owner" and "manufacturer". */
JsonObject *wattle_passport_find_party (JsonObject *root, const char *id);
/* The kind of data with this id; NULL if there is none. */
JsonObject *wattle_passport_find_data (JsonObject *root, const char *id);
/* The name of the data with this id. */
const char *wattle_data_name (JsonObject *root, const char *id, const char *language);
/* How long the data of @use is kept, as a sentence. */
char *wattle_use_describe_keep (JsonObject *use, WattleSpeech *speech);

/* Who @party is: "Gumleaf (Australia)"; the country of @use where it has one. */
char *wattle_party_describe (JsonObject *root, const char *party, JsonObject *use, WattleSpeech *speech);

/* A mailto: without the scheme; anything else as it is. */
const char *wattle_contact_for_people (const char *url);

/* The purpose's uses as an array of objects; empty where it has none. */
guint wattle_purpose_get_n_uses (const WattlePurpose *self);
JsonObject *wattle_purpose_get_use (const WattlePurpose *self, guint index);

/* When a yes to it ends by itself, as a sentence; NULL = it does not. */
char *wattle_purpose_describe_end (const WattlePurpose *self, WattleSpeech *speech);

/* Names of the data that @party holds for it, with commas; NULL = none. */
char *wattle_purpose_list_party_data (const WattlePurpose *self, const char *party, const char *language);

G_END_DECLS
