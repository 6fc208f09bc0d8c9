/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of the window, one upon the other.  The one place that knows of
 * AdwLeaflet, so that a newer libadwaita's navigation can replace it here.
 *
 * Actions for all that is inside: "navigation.back".  Alt+Left, Escape, the
 * mouse's back button and a swipe do the same.
 */
#pragma once

#include "gui-gtk/navigation/nav-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NAV_VIEW (wattle_nav_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleNavView, wattle_nav_view, WATTLE, NAV_VIEW, AdwBin)

/* Shows @page above all others. */
void wattle_nav_view_push (WattleNavView *self, WattleNavPage *page);

/* Takes away @page and all that is above it; the first page stays. */
void wattle_nav_view_pop (WattleNavView *self, WattleNavPage *page);

/* Takes away all above @page. */
void wattle_nav_view_pop_to (WattleNavView *self, WattleNavPage *page);

/* Takes away all but the first page. */
void wattle_nav_view_pop_to_root (WattleNavView *self);

/* Shows @banner below the header bar of whichever page is in sight. */
void wattle_nav_view_set_banner (WattleNavView *self, GtkWidget *banner);

/* The page in sight.  Signal "page-shown": it is another one. */
WattleNavPage *wattle_nav_view_get_page (WattleNavView *self);

/* The topmost page of @type or of a subclass of it; NULL where there is none. */
WattleNavPage *wattle_nav_view_find (WattleNavView *self, GType type);

/* The view that @inside is in. */
WattleNavView *wattle_nav_view_of (gpointer inside);

G_END_DECLS
