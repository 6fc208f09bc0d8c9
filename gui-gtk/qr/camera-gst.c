/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the camera sees, by GStreamer.  The pipeline keeps one frame, the
 * newest; the page takes it ten times a second in its own thread.
 */
#include <unistd.h>
#include <glib/gi18n.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "common/error.h"
#include "common/lazy.h"
#include "gui-gtk/lazy/sonames.h"
#include "gui-gtk/qr/camera-portal.h"
#include "gui-gtk/qr/camera.h"
#include "gui-gtk/qr/decode.h"

/* Each frame gets its time here: where a source gives none, videorate would
 * let the first frame pass and no other. */
#define PIPELINE                                                                                                       \
  "pipewiresrc name=source fd=%d do-timestamp=true ! videorate drop-only=true max-rate=10 ! videoconvert"              \
  " ! video/x-raw,format=RGBA ! appsink name=sink max-buffers=1 drop=true sync=false"
#define LOOK_MS 100
#define MOST_EMPTY_LOOKS 100 /* ten seconds */
#define LARGEST_SIDE 4096    /* pixels */

#define WATTLE_TYPE_CAMERA_PAGE (wattle_camera_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleCameraPage, wattle_camera_page, WATTLE, CAMERA_PAGE, WattleNavPage)

struct _WattleCameraPage {
  WattleNavPage parent_instance;
  GtkPicture *picture;
  GtkSpinner *spinner;
  GCancellable *cancellable;
  GstElement *pipeline; /* NULL before the camera is there */
  GstElement *sink;     /* of it */
  guint look_id;
  guint empty_looks; /* since the last frame */
  gboolean starting; /* a thread starts the pipeline */
  gboolean reading;  /* a frame is searched for a code */
};

G_DEFINE_FINAL_TYPE (WattleCameraPage, wattle_camera_page, WATTLE_TYPE_NAV_PAGE)

enum { SIGNAL_FOUND, SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

gboolean
wattle_camera_can_show (void)
{
  return wattle_qr_can_read () && wattle_lazy_has (WATTLE_SONAME_GSTREAMER)
         && wattle_lazy_has (WATTLE_SONAME_GSTREAMER_APP);
}

/* --- the pipeline --- */

/* Its elements wait for PipeWire when it starts and when it ends, for up to
 * half a minute: that is done in a thread. */
static void
end_in_thread (GTask *task, gpointer source, gpointer pipeline, GCancellable *cancellable)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_task_return_boolean (task, TRUE);
}

/* Takes @pipeline. */
static void
end (GstElement *pipeline)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, pipeline, gst_object_unref);
  g_task_run_in_thread (task, end_in_thread);
}

static void
stop (WattleCameraPage *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  if (self->pipeline == NULL)
    return;
  gst_object_unref (self->sink);
  if (self->starting) /* then it ends once it has started */
    gst_object_unref (self->pipeline);
  else
    end (self->pipeline);
  self->sink = self->pipeline = NULL;
}

/* Back to where the code can be typed, and where it is told. */
static void
fail (WattleCameraPage *self, const GError *error)
{
  stop (self);
  wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
fail_to_see (WattleCameraPage *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED,
                             _ ("The camera gives no picture. See that no other app uses it, and try again."));

  fail (self, error);
}

/* --- frames --- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleCameraPage) self = user_data;
  g_autoptr (WattleSecret) text = wattle_qr_read_finish (result, NULL);

  self->reading = FALSE;
  if (text == NULL || self->pipeline == NULL) /* no code yet, or the page has gone */
    return;
  stop (self);
  wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
  g_signal_emit (self, signals[SIGNAL_FOUND], 0, text);
}

/* The frame as a texture; NULL where it is not what the pipeline promised. */
static GdkTexture *
texture_of (GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstCaps *caps = gst_sample_get_caps (sample);
  const GstStructure *format = caps != NULL ? gst_caps_get_structure (caps, 0) : NULL;
  GdkTexture *texture = NULL;
  int width = 0, height = 0;
  GstMapInfo map;

  if (buffer == NULL || format == NULL || !gst_structure_get_int (format, "width", &width)
      || !gst_structure_get_int (format, "height", &height) || width <= 0 || height <= 0 || width > LARGEST_SIDE
      || height > LARGEST_SIDE || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return NULL;
  if (map.size >= (gsize)width * 4 * (gsize)height) {
    g_autoptr (GBytes) bytes = g_bytes_new (map.data, (gsize)width * 4 * (gsize)height);

    texture = gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8A8, bytes, (gsize)width * 4);
  }
  gst_buffer_unmap (buffer, &map);
  return texture;
}

/* Also where no frame has come for long: of a camera that is unplugged, or of
 * PipeWire's end, the pipeline says nothing. */
static gboolean
has_failed (WattleCameraPage *self)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  gboolean failed = message != NULL || self->empty_looks >= MOST_EMPTY_LOOKS;

  if (message != NULL)
    gst_mini_object_unref ((GstMiniObject *)message);
  gst_object_unref (bus);
  return failed;
}

static gboolean
on_look (gpointer user_data)
{
  g_autoptr (WattleCameraPage) self = g_object_ref (user_data);
  GstSample *sample = gst_app_sink_try_pull_sample ((GstAppSink *)self->sink, 0);
  g_autoptr (GdkTexture) texture = sample != NULL ? texture_of (sample) : NULL;

  if (sample != NULL)
    gst_mini_object_unref ((GstMiniObject *)sample);
  self->empty_looks = texture != NULL ? 0 : self->empty_looks + 1;
  if (texture != NULL) {
    gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
    gtk_spinner_stop (self->spinner);
    gtk_widget_hide (GTK_WIDGET (self->spinner));
  }
  if (texture != NULL && !self->reading) {
    self->reading = TRUE;
    wattle_qr_read_texture_async (texture, self->cancellable, on_read, g_object_ref (self));
  }
  if (!has_failed (self))
    return G_SOURCE_CONTINUE;
  self->look_id = 0;
  fail_to_see (self);
  return G_SOURCE_REMOVE;
}

/* --- starting --- */

static void
start_in_thread (GTask *task, gpointer source, gpointer pipeline, GCancellable *cancellable)
{
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_task_return_boolean (task, TRUE);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleCameraPage *self = WATTLE_CAMERA_PAGE (source);

  self->starting = FALSE;
  if (self->pipeline == NULL) /* stopped meanwhile */
    end (gst_object_ref (g_task_get_task_data (G_TASK (result))));
}

static void
close_remote (gpointer remote)
{
  close (GPOINTER_TO_INT (remote));
}

/* The pipeline for the camera at @remote, which it closes; NULL where a plug-in
 * is missing. */
static GstElement *
new_pipeline (int remote)
{
  g_autofree char *description = g_strdup_printf (PIPELINE, remote);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_init_check (NULL, NULL, &error) ? gst_parse_launch (description, &error) : NULL;

  if (pipeline == NULL) {
    close (remote);
    return NULL;
  }
  g_object_set_data_full ((GObject *)pipeline, "remote", GINT_TO_POINTER (remote), close_remote);
  if (error == NULL)
    return pipeline;
  gst_object_unref (pipeline);
  return NULL;
}

static void
start (WattleCameraPage *self, int remote)
{
  g_autoptr (GTask) task = NULL;

  self->pipeline = new_pipeline (remote);
  if (self->pipeline == NULL) {
    fail_to_see (self);
    return;
  }
  self->sink = gst_bin_get_by_name ((GstBin *)self->pipeline, "sink");
  self->look_id = g_timeout_add (LOOK_MS, on_look, self);
  self->starting = TRUE;
  task = g_task_new (self, NULL, on_started, NULL);
  g_task_set_task_data (task, gst_object_ref (self->pipeline), gst_object_unref);
  g_task_run_in_thread (task, start_in_thread);
}

static void
on_allowed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleCameraPage) self = user_data;
  g_autoptr (GError) error = NULL;
  int fd = wattle_camera_portal_open_finish (result, &error);

  if (self->cancellable == NULL) { /* the page has gone */
    if (fd >= 0)
      close (fd);
  } else if (fd >= 0) {
    start (self, fd);
  } else {
    fail (self, error);
  }
}

/* For good: what still goes on holds the page, and nobody waits for it any more. */
static void
wattle_camera_page_hidden (WattleNavPage *page)
{
  WattleCameraPage *self = WATTLE_CAMERA_PAGE (page);

  stop (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
wattle_camera_page_dispose (GObject *object)
{
  wattle_camera_page_hidden (WATTLE_NAV_PAGE (object));
  G_OBJECT_CLASS (wattle_camera_page_parent_class)->dispose (object);
}

static void
wattle_camera_page_class_init (WattleCameraPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_camera_page_dispose;
  WATTLE_NAV_PAGE_CLASS (klass)->hidden = wattle_camera_page_hidden;
  signals[SIGNAL_FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/qr/camera-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleCameraPage, picture);
  gtk_widget_class_bind_template_child (widget_class, WattleCameraPage, spinner);
}

static void
wattle_camera_page_init (WattleCameraPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_camera_page_new (void)
{
  WattleCameraPage *self = g_object_new (WATTLE_TYPE_CAMERA_PAGE, NULL);

  wattle_camera_portal_open_async (self->cancellable, on_allowed, g_object_ref (self));
  return WATTLE_NAV_PAGE (self);
}
