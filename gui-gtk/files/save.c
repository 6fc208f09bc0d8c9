/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file where the person says. */
#include "gui-gtk/files/save.h"

#include "gui-gtk/files/trouble.h"
#include "gui-gtk/window.h"

/* Counted, as a thread and the dialogs have it in turn. */
typedef struct {
  GWeakRef window;
  char *title;
  char *name;
  GBytes *bytes;
  char *said;
  GFile *file; /* the one that was chosen; NULL = none yet */
} Saving;

static void choose (Saving *saving);

static void
saving_clear (gpointer data)
{
  Saving *saving = data;

  g_weak_ref_clear (&saving->window);
  g_clear_object (&saving->file);
  g_bytes_unref (saving->bytes);
  g_free (saving->title);
  g_free (saving->name);
  g_free (saving->said);
}

static void
saving_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, saving_clear);
}

/* --- writing --- */

/* In a thread.  A stream that is closed with a cancelled cancellable leaves the
 * file as it was, and nothing beside it; g_file_replace_contents() closes it
 * without, and puts half a file in the place of a whole one. */
static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *unused)
{
  const Saving *saving = data;
  const GFileCreateFlags flags = G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  GError *error = NULL;
  g_autoptr (GFileOutputStream) file = g_file_replace (saving->file, NULL, FALSE, flags, NULL, &error);
  GOutputStream *stream = (GOutputStream *)file;
  gsize size = 0;
  const void *bytes = g_bytes_get_data (saving->bytes, &size);

  if (file != NULL && g_output_stream_write_all (stream, bytes, size, NULL, NULL, &error))
    g_output_stream_close (stream, NULL, &error);
  if (error == NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_cancellable_cancel (cancelled);
  if (file != NULL)
    g_output_stream_close (stream, cancelled, NULL);
  g_task_return_error (task, error);
}

static void on_written (GObject *source, GAsyncResult *result, gpointer user_data);

static void
write_file (Saving *saving)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_written, NULL);

  g_task_set_task_data (task, g_atomic_rc_box_acquire (saving), saving_unref);
  g_task_run_in_thread (task, write_in_thread);
}

static void
try_again (gpointer saving, gboolean elsewhere)
{
  if (elsewhere)
    choose (saving);
  else
    write_file (saving);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GtkWidget) window = g_weak_ref_get (&saving->window);
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (window == NULL)
    return;
  if (error == NULL)
    wattle_window_say (window, saving->said);
  else
    wattle_file_trouble_tell (window, WATTLE_NOT_SAVED, error, try_again, g_atomic_rc_box_acquire (saving),
                              saving_unref);
}

/* --- where to --- */

static void
on_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  Saving *saving = user_data;
  g_autoptr (GtkNativeDialog) held = dialog;

  if (response == GTK_RESPONSE_ACCEPT) {
    g_clear_object (&saving->file);
    saving->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    if (saving->file != NULL)
      write_file (saving);
  }
  saving_unref (saving);
}

/* Again under the name that was chosen before. */
static void
choose (Saving *saving)
{
  g_autoptr (GtkWindow) window = g_weak_ref_get (&saving->window);
  g_autofree char *last = saving->file != NULL ? g_file_get_basename (saving->file) : NULL;
  g_autofree char *name = g_filename_display_name (last != NULL ? last : saving->name);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (saving->title, window, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), g_atomic_rc_box_acquire (saving));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
wattle_save_bytes (GtkWidget *inside, const char *title, const char *name, GBytes *bytes, const char *said)
{
  Saving *saving = g_atomic_rc_box_new0 (Saving);

  g_weak_ref_init (&saving->window, gtk_widget_get_root (inside));
  saving->title = g_strdup (title);
  saving->name = g_strdup (name);
  saving->bytes = g_bytes_ref (bytes);
  saving->said = g_strdup (said);
  choose (saving);
  saving_unref (saving);
}
