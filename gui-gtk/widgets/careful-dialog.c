/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that nobody answers by accident. */
#include "gui-gtk/widgets/careful-dialog.h"

#include "gui-gtk/widgets/scroll-bin.h"

#define MOMENT_MS 1000
#define MOMENT "wattle-moment"
#define YES "wattle-yes"

/* --- content --- */

static GtkWidget *
new_label (const char *text, const char *style_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_width_chars (GTK_LABEL (label), 8); /* GTK 4.8 takes the least width for two different ones */
  gtk_label_set_max_width_chars (GTK_LABEL (label), style_class != NULL ? 20 : 40);
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
  if (style_class != NULL)
    gtk_widget_add_css_class (label, style_class);
  return label;
}

static gboolean
on_scroll_key (GtkWidget *dialog, GVariant *down, gpointer scroller)
{
  wattle_scroll_bin_page (scroller, g_variant_get_boolean (down));
  return TRUE;
}

static void
add_scroll_keys (AdwMessageDialog *dialog, GtkWidget *scroller)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  for (int down = FALSE; down <= TRUE; down++) {
    GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (down ? GDK_KEY_Page_Down : GDK_KEY_Page_Up, 0),
                                              gtk_callback_action_new (on_scroll_key, scroller, NULL));

    gtk_shortcut_set_arguments (shortcut, g_variant_new_boolean (down));
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), shortcut);
  }
  gtk_widget_add_controller (GTK_WIDGET (dialog), keys);
}

void
wattle_careful_dialog_fill (AdwMessageDialog *dialog, const char *heading, const char *body, GtkWidget *extra)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scroller = wattle_scroll_bin_new (box);

  gtk_box_append (GTK_BOX (box), new_label (heading, "title-2"));
  gtk_box_append (GTK_BOX (box), new_label (body, NULL));
  if (extra != NULL)
    gtk_box_append (GTK_BOX (box), extra);
  gtk_widget_set_vexpand (scroller, TRUE);
  adw_message_dialog_set_extra_child (dialog, scroller);
  add_scroll_keys (dialog, scroller);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog), GTK_ACCESSIBLE_PROPERTY_LABEL, heading,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, body, -1);
}

/* --- the moment --- */

static void
stop_moment (GtkWindow *dialog)
{
  guint moment = GPOINTER_TO_UINT (g_object_steal_data (G_OBJECT (dialog), MOMENT));

  if (moment != 0)
    g_source_remove (moment);
}

static gboolean
on_moment (gpointer data)
{
  g_object_steal_data (data, MOMENT);
  adw_message_dialog_set_response_enabled (data, g_object_get_data (data, YES), TRUE);
  return G_SOURCE_REMOVE;
}

static void
begin_moment (GtkWindow *dialog)
{
  stop_moment (dialog);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), g_object_get_data (G_OBJECT (dialog), YES),
                                           FALSE);
  if (gtk_window_is_active (dialog))
    g_object_set_data (G_OBJECT (dialog), MOMENT, GUINT_TO_POINTER (g_timeout_add (MOMENT_MS, on_moment, dialog)));
}

static gboolean
on_settled (gpointer data)
{
  GtkWidget *button = gtk_window_get_default_widget (data);

  if (button == NULL)
    return G_SOURCE_REMOVE;
  gtk_widget_grab_focus (button);
  gtk_widget_queue_resize (button);
  return G_SOURCE_REMOVE;
}

/* The buttons stand elsewhere.  What had the keyboard is hidden, and GTK takes
 * any other.  libadwaita 1.2 does this while it lays the dialog out, with the room
 * that they needed before. */
static void
on_default (GtkWindow *dialog)
{
  GtkWidget *button = gtk_window_get_default_widget (dialog);

  if (button != NULL)
    gtk_widget_grab_focus (button);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_settled, g_object_ref (dialog), g_object_unref);
}

void
wattle_careful_dialog_hold_focus (AdwMessageDialog *dialog)
{
  g_signal_connect (dialog, "notify::default-widget", G_CALLBACK (on_default), NULL);
  on_default (GTK_WINDOW (dialog));
}

void
wattle_careful_dialog_guard (AdwMessageDialog *dialog, const char *yes)
{
  g_object_set_data_full (G_OBJECT (dialog), YES, g_strdup (yes), g_free);
  g_signal_connect (dialog, "notify::is-active", G_CALLBACK (begin_moment), NULL);
  g_signal_connect (dialog, "notify::default-widget", G_CALLBACK (begin_moment), NULL);
  wattle_careful_dialog_hold_focus (dialog);
  g_signal_connect (dialog, "destroy", G_CALLBACK (stop_moment), NULL);
  begin_moment (GTK_WINDOW (dialog));
}
