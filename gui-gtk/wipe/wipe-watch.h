/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks after wipes that are under way: the app stays while one runs, even
 * without a window, and tells of its end where the person looks elsewhere.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WIPE_WATCH (wattle_wipe_watch_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipeWatch, wattle_wipe_watch, WATTLE, WIPE_WATCH, GObject)

/* @application has the action "app.show-receipt" (s: a receipt's id). */
WattleWipeWatch *wattle_wipe_watch_new (GtkApplication *application, WattleService *service);

G_END_DECLS
