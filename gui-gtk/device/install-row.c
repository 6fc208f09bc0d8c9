/* SPDX-License-Identifier: Apache-2.0 */
/* Installing software from a file. */
#include "gui-gtk/device/install-row.h"

#include <gio/gfiledescriptorbased.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#include "client/text.h"
#include "common/error.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/window.h"

struct _WattleInstallRow {
  AdwActionRow parent_instance;
  GtkStack *stack;
  GtkWidget *choose, *cancel;
  GtkProgressBar *progress;
  WattleService *service;
  WattleBusObject *device;
  char *begun;                   /* path of the job that is to be followed, over or not */
  WattleBusJob *job;             /* that is followed; NULL = none */
  GtkFileChooserNative *chooser; /* open, or NULL */
  GFile *file;                   /* that the person is asked about */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (WattleInstallRow, wattle_install_row, ADW_TYPE_ACTION_ROW)

static void
say (WattleInstallRow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
}

static void
fail (WattleInstallRow *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  wattle_window_say_error (self, error);
  gtk_widget_set_sensitive (self->choose, TRUE);
}

/* --- the job --- */

static gboolean
is_over (WattleBusJob *job)
{
  const char *state = wattle_bus_job_get_state (job);

  return g_strcmp0 (state, "running") != 0 && g_strcmp0 (state, "waiting") != 0;
}

static void
say_result (WattleInstallRow *self)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (self->device);
  GVariant *error = wattle_bus_job_get_error (self->job), *result = wattle_bus_job_get_result (self->job);
  const char *sentence = _ ("Nothing was installed."), *version;
  g_autofree char *done = NULL;
  g_autofree char *clean = NULL;

  if (g_strcmp0 (wattle_bus_job_get_state (self->job), "failed") == 0 && error != NULL)
    g_variant_get_child (error, 1, "&s", &sentence);
  if (g_strcmp0 (wattle_bus_job_get_state (self->job), "done") == 0 && device != NULL && result != NULL
      && g_variant_lookup (result, "version", "&s", &version))
    /* Translators: the name of a device and a version such as 1.2.3 */
    sentence = done = g_strdup_printf (_ ("“%s” runs version %s now."), wattle_bus_device_get_name (device), version);
  clean = wattle_text_clean (sentence);
  say (self, clean);
  wattle_window_say (self, clean);
}

static void
let_go (WattleInstallRow *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
}

static void
on_job (WattleInstallRow *self)
{
  g_autofree char *why = NULL;

  if (is_over (self->job)) {
    gtk_widget_set_sensitive (self->choose, TRUE);
    gtk_stack_set_visible_child_name (self->stack, "choose");
    say_result (self);
    let_go (self);
    return;
  }
  gtk_progress_bar_set_fraction (self->progress, CLAMP (wattle_bus_job_get_progress (self->job), 0, 1));
  gtk_widget_set_sensitive (self->cancel, wattle_bus_job_get_cancellable (self->job));
  why = wattle_say_job (self->job);
  say (self, why);
}

/* An update of the device that goes on, from here or from elsewhere. */
static void
look_for_job (WattleInstallRow *self)
{
  GListModel *jobs = wattle_service_get_jobs (self->service);
  const char *path = g_dbus_object_get_object_path (G_DBUS_OBJECT (self->device));

  for (guint i = 0; self->job == NULL && i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (jobs, i);
    WattleBusJob *job = wattle_bus_object_peek_job (object);
    gboolean begun = g_strcmp0 (g_dbus_object_get_object_path (G_DBUS_OBJECT (object)), self->begun) == 0;

    if (g_strcmp0 (wattle_bus_job_get_kind (job), "update") != 0
        || g_strcmp0 (wattle_bus_job_get_subject (job), path) != 0 || (is_over (job) && !begun))
      continue;
    g_clear_pointer (&self->begun, g_free);
    self->job = g_object_ref (job);
    g_signal_connect_object (job, "g-properties-changed", G_CALLBACK (on_job), self, G_CONNECT_SWAPPED);
    gtk_stack_set_visible_child_name (self->stack, "cancel");
    on_job (self);
  }
}

static void
on_cancel (WattleInstallRow *self)
{
  if (self->job != NULL)
    wattle_bus_job_call_cancel (self->job, NULL, NULL, NULL);
}

/* --- the file --- */

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleInstallRow) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->begun, g_free);
  if (wattle_bus_update_call_install_finish (WATTLE_BUS_UPDATE (source), &self->begun, NULL, result, &error))
    look_for_job (self); /* or when it is in the list */
  else
    fail (self, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleInstallRow) self = user_data;
  WattleBusUpdate *update = wattle_bus_object_peek_update (self->device);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);
  int index = -1;

  if (update == NULL) /* the service has gone meanwhile, and the page goes with it */
    return;
  if (stream != NULL && G_IS_FILE_DESCRIPTOR_BASED (stream))
    index = g_unix_fd_list_append (list, g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream)), &error);
  else if (stream != NULL)
    g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                         _ ("Choose a file that is in a folder of this computer."));
  if (index < 0)
    fail (self, error);
  else
    wattle_bus_update_call_install (update, g_variant_new_handle (index), g_variant_new ("a{sv}", NULL), list,
                                    self->cancellable, on_begun, g_object_ref (self));
}

static void
on_answer (WattleInstallRow *self, const char *response)
{
  g_autoptr (GFile) file = g_steal_pointer (&self->file);

  if (file == NULL || !g_str_equal (response, "install"))
    return;
  gtk_widget_set_sensitive (self->choose, FALSE);
  g_file_read_async (file, G_PRIORITY_DEFAULT, self->cancellable, on_opened, g_object_ref (self));
}

/* Whoever presses Enter at once has installed nothing. */
static void
ask (WattleInstallRow *self)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (self->device);
  g_autofree char *name = wattle_text_clean (device != NULL ? wattle_bus_device_get_name (device) : "");
  g_autofree char *body = g_strdup_printf (_ ("“%s” starts anew with this software. What you have set stays. It takes "
                                              "only software that its maker has signed."),
                                           name);
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (wattle_window_of (self)), _ ("Do you want to install it?"), body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_response (message, "cancel", _ ("Cancel"));
  adw_message_dialog_add_response (message, "install", _ ("Install"));
  adw_message_dialog_set_response_appearance (message, "install", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (message, "response", G_CALLBACK (on_answer), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_response (GtkNativeDialog *dialog, int response, WattleInstallRow *self)
{
  g_autoptr (GtkNativeDialog) chooser = GTK_NATIVE_DIALOG (g_steal_pointer (&self->chooser));

  if (response != GTK_RESPONSE_ACCEPT || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  g_clear_object (&self->file);
  self->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (self->file != NULL)
    ask (self);
}

static void
on_choose (WattleInstallRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL || self->job != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Install software from a file"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- the row --- */

static void
wattle_install_row_dispose (GObject *object)
{
  WattleInstallRow *self = WATTLE_INSTALL_ROW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  let_go (self);
  g_clear_pointer (&self->begun, g_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->file);
  g_clear_object (&self->device);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_install_row_parent_class)->dispose (object);
}

static void
wattle_install_row_class_init (WattleInstallRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_install_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/install-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleInstallRow, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleInstallRow, choose);
  gtk_widget_class_bind_template_child (widget_class, WattleInstallRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, WattleInstallRow, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
wattle_install_row_init (WattleInstallRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_follow_stack (self->stack);
}

GtkWidget *
wattle_install_row_new (WattleService *service, WattleBusObject *device)
{
  WattleInstallRow *self = g_object_new (WATTLE_TYPE_INSTALL_ROW, NULL);

  self->service = g_object_ref (service);
  self->device = g_object_ref (device);
  g_signal_connect_object (wattle_service_get_jobs (service), "items-changed", G_CALLBACK (look_for_job), self,
                           G_CONNECT_SWAPPED);
  look_for_job (self);
  return GTK_WIDGET (self);
}
