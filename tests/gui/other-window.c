/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another program on the screen: copies the picture FILE, and shows it in a
 * small window from where it can be dragged.  Says "copied" once the picture can
 * be pasted anywhere.
 *
 *   other-window FILE
 */
#include <gtk/gtk.h>

static void
on_activate (GtkApplication *application, GFile *file)
{
  GtkWidget *window = gtk_application_window_new (application), *picture = gtk_picture_new_for_file (file);
  GdkTexture *texture = gdk_texture_new_from_file (file, NULL);
  GtkDragSource *drag = gtk_drag_source_new ();
  g_autoptr (GdkContentProvider) files = NULL;
  GSList list = { file, NULL };
  GdkFileList *dragged = gdk_file_list_new_from_list (&list);

  files = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, dragged);
  gtk_drag_source_set_content (drag, files);
  gtk_widget_add_controller (picture, GTK_EVENT_CONTROLLER (drag));
  gtk_window_set_child (GTK_WINDOW (window), picture);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 80, 80);
  gtk_window_present (GTK_WINDOW (window));
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (window), texture);
  g_print ("copied\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (argc == 2 ? argv[1] : "");

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), file);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
