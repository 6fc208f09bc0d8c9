/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assistive programs hear of what is in sight alone.  GTK 4.8 tells them of all
 * pages of a leaflet or stack as if all were shown.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether assistive programs are told of @widget and of all in it. */
void wattle_set_in_sight (GtkWidget *widget, gboolean in_sight);

/* Keeps that true of @stack's pages, once all of them are in it. */
void wattle_follow_stack (GtkStack *stack);

G_END_DECLS
