/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a wipe is: each place, what it waits for, and what can still be
 * decided.  Signals: "lost" and "give-up" (the person says that the device or the
 * cloud is), "show-receipt" (const char *id), of what is wiped so far.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WIPE_PROGRESS_VIEW (wattle_wipe_progress_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipeProgressView, wattle_wipe_progress_view, WATTLE, WIPE_PROGRESS_VIEW, AdwBin)

GtkWidget *wattle_wipe_progress_view_new (void);

/* Follows @job, of kind "wipe"; NULL = none for now. */
void wattle_wipe_progress_view_set_job (WattleWipeProgressView *self, WattleBusJob *job);

/* When the person asked for the wipe, in seconds since 1970. */
void wattle_wipe_progress_view_set_begun (WattleWipeProgressView *self, guint64 time);

G_END_DECLS
