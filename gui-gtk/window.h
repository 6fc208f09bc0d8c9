/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window.  Actions: "win.add-device", "win.show-device" (s: the device's
 * Id), "win.show-receipts", "win.retry", "win.restart-service".
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WINDOW (wattle_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleWindow, wattle_window, WATTLE, WINDOW, AdwApplicationWindow)

WattleWindow *wattle_window_new (GtkApplication *application, WattleService *service);

/* The window that @inside is in; NULL where it is in none yet. */
WattleWindow *wattle_window_of (gpointer inside);

WattleNavView *wattle_window_get_view (WattleWindow *self);

/* Says @sentence at the bottom of the window for a moment. */
void wattle_window_say (gpointer inside, const char *sentence);

/* The same with a button that takes back what was done: @undo is called with
 * @inside unless that is gone by then. */
void wattle_window_say_undo (gpointer inside, const char *sentence, void (*undo) (gpointer inside));

/* The same of @error, without a word where it only tells that the app itself
 * has cancelled the call. */
void wattle_window_say_error (gpointer inside, const GError *error);

/* Shows the device @id above the first page. */
void wattle_window_show_device (WattleWindow *self, const char *id);

G_END_DECLS
