/* SPDX-License-Identifier: Apache-2.0 */
/* The word lists of vendor/plain-language.c. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

struct vendor_jargon {
  const char *word;    /* one or more words in lower case */
  const char *instead; /* what people say */
};
/* Ends with a NULL word. */
extern const struct vendor_jargon vendor_jargon[];

/* What a word counts as that the rules do not fit; 0 = they do. */
int vendor_known_syllables (const char *word);

/* "is", "are", "was", "were", "be", "been", "being". */
gboolean vendor_is_form_of_be (const char *word);

/* "used", "sent": ends in ed, or is one of the common irregular ones. */
gboolean vendor_is_participle (const char *word);

G_END_DECLS
