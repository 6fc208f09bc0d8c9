/* SPDX-License-Identifier: Apache-2.0 */
/* Between notice-diff.c and use-diff.c. */
#pragma once

#include "privacy/notice-diff.h"
#include "privacy/passport-private.h"

G_BEGIN_DECLS

/* Two passports, and the purpose of both that is being compared. */
struct wattle_diff {
  WattlePassport *before_passport, *after_passport;
  JsonObject *before, *after; /* their roots */
  const WattlePurpose *was, *is;
  WattleSpeech *speech;
  GPtrArray *changes; /* WattleNoticeChange */
};

/* Adds a change of the purpose being compared; the same sentence once.  Takes @sentence. */
void wattle_diff_add (struct wattle_diff *diff, gboolean widens, char *sentence);

/* The title of the purpose being compared, as it is now called. */
const char *wattle_diff_title (struct wattle_diff *diff);

/* The same with our sentence @message, where {purpose} is the title, and names and values. */
#define wattle_diff_say(diff, widens, message, ...)                                                                    \
  wattle_diff_add (                                                                                                    \
      diff, widens,                                                                                                    \
      wattle_speech_format ((diff)->speech, message, "purpose", wattle_diff_title (diff), ##__VA_ARGS__, NULL))

/* Whether two texts say the same in every language that both have; NULL is no text. */
gboolean wattle_diff_same_text (JsonObject *a, JsonObject *b);

/* Compares the uses of the purpose: who holds what, where, how long, shared with whom. */
void wattle_diff_uses (struct wattle_diff *diff);

G_END_DECLS
