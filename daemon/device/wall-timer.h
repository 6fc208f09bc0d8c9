/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A timer by the wall clock: wakes at a moment of the calendar, also when the
 * computer slept through it, and at once when somebody sets the clock.
 * Between these it costs nothing.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleWallTimer WattleWallTimer;

/* @func: the moment has come, or the clock was set: look what time it is.  Not
 * called again before the next wattle_wall_timer_set(). */
typedef void (*WattleWallTimerFunc) (gpointer user_data);

/* NULL where the system has none, which is warned of.  Runs in the default
 * main context. */
WattleWallTimer *wattle_wall_timer_new (WattleWallTimerFunc func, gpointer user_data);
void wattle_wall_timer_free (WattleWallTimer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleWallTimer, wattle_wall_timer_free)

/* @time: seconds since 1970, 0 = only when the clock is set. */
void wattle_wall_timer_set (WattleWallTimer *self, gint64 time);

G_END_DECLS
