/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a text is plain enough for everybody: docs/plain-language.md has the rules.
 *
 * English is judged by the Flesch-Kincaid grade level (Kincaid et al. 1975: years of
 * school that a reader needs), by the length of sentences and by a list of jargon.
 * Other languages are judged by the length of sentences alone, because the grade is
 * made for English.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VENDOR_PLAIN_MAX_GRADE 8.0
#define VENDOR_PLAIN_MAX_WORDS 25      /* of a sentence */
#define VENDOR_PLAIN_MAX_CHARACTERS 90 /* of one without spaces, as in Chinese */
#define VENDOR_PLAIN_SHORT 6           /* words; below, a grade says nothing and long words are counted instead */
#define VENDOR_PLAIN_MAX_SYLLABLES 4   /* of a word in such a short sentence */

typedef struct {
  char *sentence;
  char *problem; /* for a writer: what is wrong and what helps */
  gboolean hint; /* only worth a thought */
} VendorFinding;

void vendor_finding_free (VendorFinding *finding);

/* What is wrong with @text in @language (BCP 47), sentence by sentence; empty where
 * it is plain.  Free with g_ptr_array_unref(). */
GPtrArray *vendor_plain_check (const char *text, const char *language);

/* Syllables of an English word, by rules that are right for nearly all. */
guint vendor_plain_syllables (const char *word);

/* The Flesch-Kincaid grade of an English text; 0 for one without words. */
double vendor_plain_grade (const char *text);

G_END_DECLS
