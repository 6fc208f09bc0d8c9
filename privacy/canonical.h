/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading canonical JSON (RFC 8785 without fractions, as wattle_json_canonical()
 * writes it) in one pass and without a tree: a ledger of ten thousand records is
 * checked in little more time than hashing it takes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A value looked for.  @path is names from the top with '/' between, such as
 * "dpv:hasProcess/dpv:hasPurpose"; nothing inside an array has a path. */
typedef struct {
  const char *path;
  const char *start; /* its text in the input, quotes included; NULL = not there */
  gsize length;      /* bytes */
} WattleCanonicalField;

/* Reads one object of @length bytes and fills in @fields, at most 16.  FALSE where @text is
 * anything but the one canonical text of an object with ASCII names; *@at (may
 * be NULL) is then the offset of the first byte that is wrong. */
gboolean wattle_canonical_read (const char *text, gsize length, WattleCanonicalField *fields, guint n_fields,
                                gsize *at);

/* The text that @field holds, NULL where it is not there, no text or one with
 * escapes.  Free with g_free(). */
char *wattle_canonical_dup (const WattleCanonicalField *field);
/* Whether @field holds exactly @text, which needs no escapes. */
gboolean wattle_canonical_equals (const WattleCanonicalField *field, const char *text);

G_END_DECLS
