/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to a QR code beside typing. */
#include "gui-gtk/qr/picker.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "common/error.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/qr/camera-portal.h"
#include "gui-gtk/qr/camera.h"
#include "gui-gtk/qr/decode.h"
#include "gui-gtk/widgets/button-row.h"

struct _WattleQrPicker {
  AdwBin parent_instance;
  GtkWidget *camera;
  GCancellable *cancellable;
  GtkFileChooserNative *chooser; /* while it is open */
};

G_DEFINE_FINAL_TYPE (WattleQrPicker, wattle_qr_picker, ADW_TYPE_BIN)

enum { SIGNAL_FOUND, SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- pictures --- */

static void
take (WattleQrPicker *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (wattle_text_looks_like_code (text)) {
    g_signal_emit (self, signals[SIGNAL_FOUND], 0, text);
    return;
  }
  g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_MISTYPED_CODE,
                       _ ("This QR code is not a setup code. Take the one on the device’s label."));
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleQrPicker) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleSecret) text = wattle_qr_read_finish (result, &error);

  if (self->cancellable == NULL) /* the page has gone */
    return;
  if (text != NULL)
    take (self, text);
  else
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
read_file (WattleQrPicker *self, GFile *file)
{
  wattle_qr_read_file_async (file, self->cancellable, on_read, g_object_ref (self));
}

static void
read_texture (WattleQrPicker *self, GdkTexture *texture)
{
  wattle_qr_read_texture_async (texture, self->cancellable, on_read, g_object_ref (self));
}

static void
on_chosen (WattleQrPicker *self, int response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));

  g_clear_object (&self->chooser);
  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    read_file (self, file);
}

static void
on_choose (WattleQrPicker *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;
  self->chooser
      = gtk_file_chooser_native_new (_ ("Picture of the QR code"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- pasting and dropping --- */

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleQrPicker) self = user_data;
  g_autoptr (GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, NULL);

  if (self->cancellable != NULL && texture != NULL)
    read_texture (self, texture);
}

/* Text is the entry's own; a picture is ours. */
static void
on_paste (WattleQrPicker *self, GtkWidget *text)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (text);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (gdk_content_formats_contain_gtype (formats, G_TYPE_STRING)
      || !gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE))
    return;
  g_signal_stop_emission_by_name (text, "paste-clipboard");
  gdk_clipboard_read_texture_async (clipboard, self->cancellable, on_pasted, g_object_ref (self));
}

static gboolean
on_drop (WattleQrPicker *self, const GValue *value)
{
  g_autoptr (GSList) files = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE)) {
    read_texture (self, g_value_get_object (value));
    return TRUE;
  }
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = gdk_file_list_get_files (g_value_get_boxed (value));
  if (files != NULL)
    read_file (self, files->data);
  return files != NULL;
}

void
wattle_qr_picker_watch (WattleQrPicker *self, GtkWidget *entry, GtkWidget *page)
{
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (page, GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "paste-clipboard", G_CALLBACK (on_paste),
                           self, G_CONNECT_SWAPPED);
}

/* --- camera --- */

static void
on_camera_present (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleQrPicker) self = user_data;
  gboolean present = wattle_camera_portal_find_finish (result);

  if (self->cancellable != NULL)
    gtk_widget_set_visible (self->camera, present);
}

static void
on_camera_failed (WattleQrPicker *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
on_camera (WattleQrPicker *self)
{
  WattleNavPage *page = wattle_camera_page_new ();

  g_signal_connect_object (page, "found", G_CALLBACK (take), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "failed", G_CALLBACK (on_camera_failed), self, G_CONNECT_SWAPPED);
  wattle_nav_view_push (wattle_nav_view_of (self), page);
}

/* --- object --- */

static void
wattle_qr_picker_dispose (GObject *object)
{
  WattleQrPicker *self = WATTLE_QR_PICKER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (wattle_qr_picker_parent_class)->dispose (object);
}

static void
wattle_qr_picker_class_init (WattleQrPickerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_qr_picker_dispose;
  signals[SIGNAL_FOUND] = g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE); /* no copy that nobody wipes */
  signals[SIGNAL_FAILED]
      = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  g_type_ensure (WATTLE_TYPE_BUTTON_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/qr/picker.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleQrPicker, camera);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_camera);
}

static void
wattle_qr_picker_init (WattleQrPicker *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), wattle_qr_can_read ());
  if (wattle_camera_can_show ())
    wattle_camera_portal_find_async (self->cancellable, on_camera_present, g_object_ref (self));
}
