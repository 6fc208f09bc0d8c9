/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notice for somebody else in the home whom a product measures, too: a child,
 * a guest.  One page to print or to show.  It says what the product can notice,
 * what happens with that as things are allowed now, and whom to ask.
 *
 * They have decided nothing, so there is nothing in it to decide and no record of
 * it in the ledger.
 */
#pragma once

#include "privacy/notice.h"

G_BEGIN_DECLS

/* Over the page.  Free with g_free(). */
char *wattle_others_notice_title (WattlePassport *passport, const char *language);

/* @who: whom it is for, in the words of the person who set the product up; "" = not
 * said.  @allowed: ids of the purposes that are allowed now.  WattleNoticeSection,
 * owned by the array, in the language of wattle_notice_render(). */
GPtrArray *wattle_others_notice_render (WattlePassport *passport, const char *who, const char *const *allowed,
                                        const char *language);

G_END_DECLS
