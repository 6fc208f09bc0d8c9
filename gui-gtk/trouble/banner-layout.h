/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a banner lies: an icon, a sentence, and a button that is beside the sentence
 * or below it, whichever is lower.  Large text beside a button is a narrow column
 * that is most of a handset high.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For a widget with these three children in this order; the button may be hidden. */
GtkLayoutManager *wattle_banner_layout_new (void);

G_END_DECLS
