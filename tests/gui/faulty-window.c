/* SPDX-License-Identifier: Apache-2.0 */
/* A window with faults that the tests of the app's window have to find in any. */
#include <adwaita.h>

static void
on_clicked (GtkButton *button, GtkWidget *entry)
{
  g_autofree char *label = g_strdup_printf ("Hello %s", gtk_editable_get_text (GTK_EDITABLE (entry)));

  gtk_button_set_label (button, label);
  if (g_str_equal (label, "Hello nobody"))
    g_warning ("nobody there");
}

static void
on_activate (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *nameless = gtk_button_new_from_icon_name ("list-add-symbolic");
  GtkWidget *label = gtk_label_new ("Name"), *entry = gtk_entry_new (), *greet = gtk_button_new_with_label ("Greet");
  GtkWidget *rows = gtk_list_box_new (), *wide = gtk_button_new_with_label ("Wide");

  gtk_widget_set_tooltip_text (nameless, "Add");
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), entry);
  g_signal_connect (greet, "clicked", G_CALLBACK (on_clicked), entry);
  gtk_list_box_append (GTK_LIST_BOX (rows), gtk_label_new ("In a row without a name"));
  gtk_widget_set_size_request (wide, 700, -1);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), nameless);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), greet);
  gtk_box_append (GTK_BOX (box), rows);
  gtk_box_append (GTK_BOX (box), wide);
  gtk_window_set_title (GTK_WINDOW (window), "Faults");
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new ("org.wattle.Faulty", G_APPLICATION_DEFAULT_FLAGS);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
