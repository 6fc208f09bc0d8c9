/* SPDX-License-Identifier: Apache-2.0 */
/* Reads QR codes off pictures. */
#include "gui-gtk/qr/decode.h"

#include <glib/gi18n.h>
#include <string.h>

#include "common/error.h"

#define LARGEST_FILE (32 * 1024 * 1024) /* bytes; photographs have less */
#define LARGEST_SIDE 2048               /* pixels: a code is read as well from fewer */
#define MOST_PIXELS (64 * 1024 * 1024)  /* of what is pasted */

/* A picture as bytes of brightness, which a thread may have. */
typedef struct {
  guchar *brightness;
  guint width;
  guint height;
} Picture;

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  explicit_bzero (picture->brightness, (gsize)picture->width * picture->height);
  g_free (picture->brightness);
  g_free (picture);
}

/* What is see-through is on white paper. */
static Picture *
picture_new (GdkTexture *texture)
{
  Picture *picture = g_new0 (Picture, 1);
  gsize stride;
  g_autofree guchar *pixels = NULL;

  picture->width = (guint)gdk_texture_get_width (texture);
  picture->height = (guint)gdk_texture_get_height (texture);
  picture->brightness = g_malloc ((gsize)picture->width * picture->height);
  stride = (gsize)picture->width * 4;
  pixels = g_malloc (stride * picture->height);
  gdk_texture_download (texture, pixels, stride);
  for (gsize i = 0; i < (gsize)picture->width * picture->height; i++) {
    const guchar *pixel = pixels + i * 4; /* three colours times alpha, and alpha */

    picture->brightness[i] = (guchar)((pixel[0] + pixel[1] + pixel[2]) / 3 + (255 - pixel[3]));
  }
  return picture;
}

static void
free_secret (gpointer secret)
{
  wattle_secret_free (secret);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Picture *picture = data;
  WattleSecret *text = wattle_qr_decode (picture->brightness, picture->width, picture->height);

  if (text != NULL && g_utf8_validate (text, -1, NULL))
    g_task_return_pointer (task, text, free_secret);
  else {
    wattle_secret_free (text);
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, "%s",
                             _ ("There is no QR code in the picture. Take one of the label from nearer, with light "
                                "on it."));
  }
}

/* Takes @task and @error. */
static void
fail_to_read (GTask *task, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED, "%s",
                             _ ("This picture cannot be read. Choose a photograph or a screenshot of the QR code."));
    g_clear_error (&error);
  }
  g_object_unref (task);
}

/* Takes @task. */
static void
decode (GTask *task, GdkTexture *texture)
{
  if ((gint64)gdk_texture_get_width (texture) * gdk_texture_get_height (texture) > MOST_PIXELS) {
    fail_to_read (task, NULL);
    return;
  }
  g_task_set_task_data (task, picture_new (texture), picture_free);
  g_task_run_in_thread (task, run);
  g_object_unref (task);
}

void
wattle_qr_read_texture_async (GdkTexture *texture, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  decode (g_task_new (NULL, cancellable, callback, user_data), texture);
}

/* --- files --- */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_stream_finish (result, &error);
  g_autoptr (GdkTexture) texture = NULL;

  if (pixbuf == NULL) {
    fail_to_read (task, error);
    return;
  }
  texture = gdk_texture_new_for_pixbuf (pixbuf);
  decode (task, texture);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    fail_to_read (task, error);
  else
    gdk_pixbuf_new_from_stream_at_scale_async (G_INPUT_STREAM (stream), LARGEST_SIDE, LARGEST_SIDE, TRUE,
                                               g_task_get_cancellable (task), on_loaded, task);
}

static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (info != NULL && g_file_info_get_size (info) > LARGEST_FILE)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "too large");
  if (error != NULL)
    fail_to_read (task, error);
  else
    g_file_read_async (G_FILE (source), G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_opened, task);
}

void
wattle_qr_read_file_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                           cancellable, on_info, task);
}

WattleSecret *
wattle_qr_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
