/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child that scrolls up and down where there is too little room.  Unlike a
 * GtkScrolledWindow of GTK 4.8 it asks for the height that the child needs at the
 * width it gets.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_SCROLL_BIN (wattle_scroll_bin_get_type ())
G_DECLARE_FINAL_TYPE (WattleScrollBin, wattle_scroll_bin, WATTLE, SCROLL_BIN, GtkWidget)

GtkWidget *wattle_scroll_bin_new (GtkWidget *child);

/* By about what is in sight; for keys, as the child never has the keyboard. */
void wattle_scroll_bin_page (WattleScrollBin *self, gboolean down);

G_END_DECLS
