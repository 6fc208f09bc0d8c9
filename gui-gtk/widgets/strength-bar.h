/* SPDX-License-Identifier: Apache-2.0 */
/* How strong a password is: a bar, and the same in words. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_STRENGTH_BAR (wattle_strength_bar_get_type ())
G_DECLARE_FINAL_TYPE (WattleStrengthBar, wattle_strength_bar, WATTLE, STRENGTH_BAR, AdwBin)

/* @score: 0 to 4; @reasons: sentences that come with it. */
void wattle_strength_bar_set (WattleStrengthBar *self, guint score, char **reasons);

/* Nothing has been judged. */
void wattle_strength_bar_clear (WattleStrengthBar *self);

/* All that it says; the widget's. */
const char *wattle_strength_bar_get_words (WattleStrengthBar *self);

G_END_DECLS
