/* SPDX-License-Identifier: Apache-2.0 */
/* The one language that a text put together from a passport is in. */
#pragma once

#include "privacy/catalog.h"

G_BEGIN_DECLS

typedef struct {
  char *language;           /* BCP 47 */
  WattleCatalog *sentences; /* NULL in English */
  WattleCatalog *countries; /* NULL in English, or where iso-codes is not installed */
} WattleSpeech;

/* The first of @language, wider ones ("de-AT", "de") and English that is one of
 * @available and that our own sentences exist in.  @available has
 * "en"; NULL is all languages. */
WattleSpeech *wattle_speech_new (const char *const *available, const char *language);
void wattle_speech_free (WattleSpeech *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSpeech, wattle_speech_free)

/* wattle_catalog_format() in the speech's language. */
#define wattle_speech_format(self, ...) wattle_catalog_format ((self)->sentences, __VA_ARGS__)

G_END_DECLS
