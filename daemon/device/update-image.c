/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing that a file says of itself is believed before it is checked. */
#include "daemon/device/update-image.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

void
wattle_update_image_free (WattleUpdateImage *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/* At most IMAGE_MAX_SIZE bytes, whatever the file says of its size. */
static GBytes *
read_all (int fd, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  struct stat about;

  if (fstat (fd, &about) != 0 || !S_ISREG (about.st_mode)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("This is not an ordinary file."));
    return NULL;
  }
  while (all->len <= IMAGE_MAX_SIZE) {
    gssize n = pread (fd, chunk, CHUNK, all->len);

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("The file could not be read: %s."),
                   g_strerror (errno));
      return NULL;
    }
    if (n == 0)
      return g_byte_array_free_to_bytes (g_steal_pointer (&all));
    g_byte_array_append (all, chunk, (guint)n);
  }
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                       _ ("This file is too large to be software for a device."));
  return NULL;
}

static WattleUpdateImage *
look (GBytes *bytes, GError **error)
{
  g_autoptr (WattleUpdateImage) self = g_new0 (WattleUpdateImage, 1);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size, len = sizeof self->sha256;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (!image_read (data, size, &self->image, NULL) || self->image.size != size
      || !image_is_whole (&self->image, data)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("This file is no software for a device, or it is damaged. Get it once more."));
    return NULL;
  }
  self->image.signature = NULL;
  self->bytes = g_bytes_ref (bytes);
  image_version_format (&self->image.version, self->version);
  for (gsize i = 0; i < sizeof self->image.sha256; i++)
    g_snprintf (self->hex + 2 * i, 3, "%02x", self->image.sha256[i]);
  g_checksum_update (checksum, data, (gssize)size);
  g_checksum_get_digest (checksum, self->sha256, &len);
  return g_steal_pointer (&self);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;
  WattleUpdateImage *image = NULL;

  bytes = read_all (GPOINTER_TO_INT (data), cancellable, &error);
  if (bytes != NULL)
    image = look (bytes, &error);
  if (image != NULL)
    g_task_return_pointer (task, image, (GDestroyNotify)wattle_update_image_free);
  else
    g_task_return_error (task, error);
}

void
wattle_update_image_read_async (int fd, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_update_image_read_async);
  g_task_set_task_data (task, GINT_TO_POINTER (fd), NULL);
  g_task_run_in_thread (task, read_in_thread);
}

WattleUpdateImage *
wattle_update_image_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
wattle_update_image_check (const WattleUpdateImage *self, guint32 product, const char *running, const char *hex,
                           GError **error)
{
  const char *problem = NULL;
  ImageVersion now;

  if (!self->image.has_product || self->image.product != product)
    problem = _ ("This software is for another product.");
  else if (strcmp (self->hex, hex) == 0)
    problem = _ ("The device runs this software already.");
  else if (image_version_parse (running, &now) && image_version_compare (&self->image.version, &now) < 0)
    problem = _ ("This software is older than what the device runs. The device would not take it.");
  if (problem != NULL)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, problem);
  return problem == NULL;
}
