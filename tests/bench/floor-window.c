/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a libadwaita window with a list of N is: what the app is measured beside. */
#include <adwaita.h>

static int count = 1, refreshed;

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_label_new (gtk_string_object_get_string (gtk_list_item_get_item (item))));
}

static void
on_refresh (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  g_autofree char *text = g_strdup_printf ("Hello, world, for the %d. time", ++refreshed);

  gtk_string_list_splice (list, 0, 1, (const char *[]){ text, NULL });
}

static void
on_activate (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkStringList *list = gtk_string_list_new (NULL);
  GSimpleAction *refresh = g_simple_action_new ("refresh", NULL);

  for (int i = 0; i < count; i++)
    gtk_string_list_append (list, "Hello, world");
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (refresh, "activate", G_CALLBACK (on_refresh), list);
  g_action_map_add_action (G_ACTION_MAP (application), G_ACTION (refresh));
  gtk_scrolled_window_set_child (
      GTK_SCROLLED_WINDOW (scrolled),
      gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (list))), factory));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 700);
  gtk_window_maximize (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new ("org.wattle.FloorWindow", G_APPLICATION_DEFAULT_FLAGS);

  count = argc > 1 ? atoi (argv[1]) : 1;
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
