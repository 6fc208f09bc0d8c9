/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file where the person says. */
#include "gui-gtk/files/save.h"

#include <glib/gi18n.h>

#include "gui-gtk/window.h"

typedef struct {
  GWeakRef inside;
  GBytes *bytes;
  char *said;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_weak_ref_clear (&saving->inside);
  g_bytes_unref (saving->bytes);
  g_free (saving->said);
  g_free (saving);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GtkWidget) inside = g_weak_ref_get (&saving->inside);
  g_autoptr (GError) error = NULL;
  gboolean good = g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);

  if (inside == NULL)
    return;
  if (good)
    wattle_window_say (inside, saving->said);
  else
    wattle_window_say_error (inside, error);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GtkNativeDialog) held = dialog;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  GBytes *bytes = saving->bytes;

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                         G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_written,
                                         g_steal_pointer (&saving));
}

void
wattle_save_bytes (GtkWidget *inside, const char *title, const char *name, GBytes *bytes, const char *said)
{
  GtkRoot *root = gtk_widget_get_root (inside);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, root != NULL ? GTK_WINDOW (root) : NULL,
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  Saving *saving = g_new0 (Saving, 1);

  g_weak_ref_init (&saving->inside, inside);
  saving->bytes = g_bytes_ref (bytes);
  saving->said = g_strdup (said);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
