/* SPDX-License-Identifier: Apache-2.0 */
/* What is in sight, for assistive programs. */
#include "gui-gtk/navigation/in-sight.h"

void
wattle_set_in_sight (GtkWidget *widget, gboolean in_sight)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, !in_sight, -1);
}

static void
on_visible_child (GtkStack *stack)
{
  GtkWidget *visible = gtk_stack_get_visible_child (stack);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    wattle_set_in_sight (child, child == visible);
}

void
wattle_follow_stack (GtkStack *stack)
{
  g_signal_connect (stack, "notify::visible-child", G_CALLBACK (on_visible_child), NULL);
  on_visible_child (stack);
}
