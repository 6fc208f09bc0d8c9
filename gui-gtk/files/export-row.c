/* SPDX-License-Identifier: Apache-2.0 */
/* A row that offers a copy of all the person's data of a device. */
#include "gui-gtk/files/export-row.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "common/error.h"
#include "gui-gtk/files/export.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/window.h"

struct _WattleExportRow {
  AdwActionRow parent_instance;
  GtkStack *stack;
  GtkProgressBar *progress;
  GtkWidget *open;
  WattleService *service;
  WattleBusObject *device;
  GtkFileChooserNative *chooser; /* open, or NULL */
  GCancellable *cancellable;     /* of what goes on; NULL = nothing does */
  char *path;
  GtkWindow *window; /* that the row was in; weak */
};

G_DEFINE_FINAL_TYPE (WattleExportRow, wattle_export_row, ADW_TYPE_ACTION_ROW)

static void
say (WattleExportRow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
}

/* --- the copy --- */

static void
on_progress (double fraction, gpointer data)
{
  gtk_progress_bar_set_fraction (WATTLE_EXPORT_ROW (data)->progress, fraction);
}

static void on_save (WattleExportRow *self);

static void
try_again (gpointer row, gboolean elsewhere)
{
  if (gtk_widget_get_root (row) != NULL) /* the page is still there */
    on_save (row);
}

static void
fail (WattleExportRow *self, const GError *error)
{
  say (self, _ ("All that this computer, the device and the cloud hold, in one file."));
  if (self->window != NULL)
    wattle_file_trouble_tell (self->window, WATTLE_NOT_SAVED, error,
                              gtk_widget_get_root (GTK_WIDGET (self)) != NULL ? try_again : NULL, g_object_ref (self),
                              g_object_unref);
}

static void
succeed (WattleExportRow *self)
{
  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *shown = g_filename_display_name (name);
  /* Translators: %s is a file */
  g_autofree char *sentence
      = g_strdup_printf (_ ("Everything is in “%s”. Only you can read that file; keep it safe."), shown);

  say (self, sentence);
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL && self->window != NULL)
    wattle_window_say (self->window, sentence);
}

/* A copy that was begun is finished, even where the person has left the page. */
static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleExportRow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = wattle_export_finish (result, &error);

  g_clear_object (&self->cancellable);
  gtk_stack_set_visible_child_name (self->stack, "save");
  gtk_widget_set_visible (self->open, good);
  if (good)
    succeed (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, _ ("Cancelled. Nothing was written."));
  else
    fail (self, error);
}

static void
export_to (WattleExportRow *self, const char *path)
{
  g_free (self->path);
  self->path = g_strdup (path);
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_stack_set_visible_child_name (self->stack, "cancel");
  say (self, _ ("The copy is being made. This may take a while."));
  wattle_export_async (self->service, wattle_bus_object_peek_device (self->device), path, on_progress,
                       self->cancellable, on_exported, g_object_ref (self));
}

/* --- where to --- */

static void
on_response (GtkNativeDialog *dialog, int response, WattleExportRow *self)
{
  g_autoptr (GtkNativeDialog) chooser = GTK_NATIVE_DIALOG (g_steal_pointer (&self->chooser));
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autoptr (GError) error = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  if (path != NULL) {
    export_to (self, path);
    return;
  }
  g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                       _ ("The copy can only go to a folder of this computer."));
  fail (self, error);
}

static void
on_save (WattleExportRow *self)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (self->device);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *name = NULL;

  g_set_weak_pointer (&self->window, root != NULL ? GTK_WINDOW (root) : NULL);
  if (device == NULL || self->chooser != NULL || self->cancellable != NULL)
    return;
  name = wattle_text_export_name (wattle_bus_device_get_name (device));
  self->chooser = gtk_file_chooser_native_new (_ ("Keep a copy of your data"), self->window,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_cancel (WattleExportRow *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
on_open (WattleExportRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (root != NULL ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
}

static void
wattle_export_row_dispose (GObject *object)
{
  WattleExportRow *self = WATTLE_EXPORT_ROW (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->chooser);
  g_clear_object (&self->device);
  g_clear_object (&self->service);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (wattle_export_row_parent_class)->dispose (object);
}

static void
wattle_export_row_class_init (WattleExportRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_export_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/files/export-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleExportRow, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleExportRow, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_child (widget_class, WattleExportRow, open);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
}

static void
wattle_export_row_init (WattleExportRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_follow_stack (self->stack);
}

GtkWidget *
wattle_export_row_new (WattleService *service, WattleBusObject *device)
{
  WattleExportRow *self = g_object_new (WATTLE_TYPE_EXPORT_ROW, NULL);

  self->service = g_object_ref (service);
  self->device = g_object_ref (device);
  return GTK_WIDGET (self);
}
