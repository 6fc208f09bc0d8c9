/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a set-up when its window is closed.  One that has opened the
 * device is kept for a while, out of sight, so that the person can come back;
 * one that the service is finishing is shown again at the next start.
 */
#pragma once

#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

/* Hides @window instead of closing it, where @view holds a set-up to come back
 * to.  After five minutes the window is closed and the device as it was. */
gboolean wattle_keeper_keep (GtkWindow *window, WattleNavView *view);

/* Shows a set-up in @view, once, if the service is finishing one when it is
 * there for the first time. */
void wattle_keeper_resume (WattleNavView *view, WattleService *service);

G_END_DECLS
