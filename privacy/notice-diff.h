/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a newer version of a passport changes, in a sentence each, and which
 * purposes it widens.
 *
 * A purpose of the newer passport is *widened* where it may do anything with data
 * that the older one did not say: a kind of data, a holder, a country, a place, a
 * longer or other time, somebody it is shared with, another reason, other words
 * for it, a basis that leaves no choice, or all of it because it is new.  What
 * cannot be compared counts as wider, and so does what was not said before.  docs/passport.md has the table.
 *
 * A person has decided on what the older passport said.  So until they decide
 * again, a widened purpose is not allowed: silence is no.
 */
#pragma once

#include "privacy/passport.h"

G_BEGIN_DECLS

typedef struct {
  char *sentence;  /* for a person */
  char *purpose;   /* id of the purpose it is about; NULL = the product as a whole */
  gboolean widens; /* the purpose needs a new decision because of this */
} WattleNoticeChange;

void wattle_notice_change_free (WattleNoticeChange *change);

/* What changed from @before to @after, in the order of the notice; empty where a
 * person would notice nothing.  In the language of wattle_notice_render (@after).
 * (element-type WattleNoticeChange) */
GPtrArray *wattle_notice_diff (WattlePassport *before, WattlePassport *after, const char *language);

/* Whether @purpose, an id of @after, does more there than in @before.  FALSE where
 * @after has no such purpose. */
gboolean wattle_notice_diff_widens (WattlePassport *before, WattlePassport *after, const char *purpose);

/* Ids of all purposes of @after that are widened, new ones and ones that need no
 * consent included, in @after's order.  NULL-terminated; free with g_strfreev(). */
GStrv wattle_notice_diff_list_widened (WattlePassport *before, WattlePassport *after);

/* Whether @after may take the place of @before: the same product, a higher version,
 * and no promise taken back.  Support that ends sooner, or whose end is no longer
 * stated, is refused with WATTLE_ERROR_PASSPORT and a sentence that says so; a
 * version that is not higher, or another product, with
 * WATTLE_ERROR_INVALID_ARGUMENT. */
gboolean wattle_passport_check_successor (WattlePassport *before, WattlePassport *after, GError **error);

/* Whether a new unit may come with @passport where the maker has said @known of the same
 * product before: one that is no older and whose support ends sooner, or no longer says
 * when, takes a promise back.  WATTLE_ERROR_PASSPORT with a sentence that says so. */
gboolean wattle_passport_check_promise (WattlePassport *known, WattlePassport *passport, GError **error);

G_END_DECLS
