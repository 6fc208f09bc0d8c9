/* SPDX-License-Identifier: Apache-2.0 */
/* The memory for images in a directory. */
#include "firmware/virtual/image-files.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/virtual/flash-file.h"
#include "firmware/virtual/slots.h"

#define SLOT_PAGES (IMAGE_FILES_SLOT_SIZE / SLOTS_PAGE)
#define PAGES SLOTS_FLASH_PAGES (SLOT_PAGES)
#define KEY_MAX 16384

/* Side by side in the memory's addresses. */
static const struct {
  const char *name;
  guint32 at, size;
} files[] = {
  { "slot-0.bin", 0, IMAGE_FILES_SLOT_SIZE },
  { "slot-1.bin", IMAGE_FILES_SLOT_SIZE, IMAGE_FILES_SLOT_SIZE },
  { "boot.bin", 2 * IMAGE_FILES_SLOT_SIZE, 3 * SLOTS_PAGE },
};

static gboolean
fail_errno (GError **error, const char *path)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* All @len bytes, one way or the other.  FALSE with errno, which is 0 at the end
 * of the file. */
static gboolean
transfer (int fd, gboolean is_write, guint8 *bytes, guint32 len, off_t at)
{
  while (len > 0) {
    ssize_t n = is_write ? pwrite (fd, bytes, len, at) : pread (fd, bytes, len, at);

    if (n < 0 && errno == EINTR)
      continue;
    if (n == 0)
      errno = 0;
    if (n <= 0)
      return FALSE;
    bytes += n;
    len -= (guint32)n;
    at += n;
  }
  return TRUE;
}

static int
write_through (void *ctx, uint32_t at, uint32_t len)
{
  ImageFiles *self = ctx;

  /* No operation reaches from one file into the next. */
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (at >= files[i].at && at < files[i].at + files[i].size)
      return transfer (self->fds[i], TRUE, self->nor.bytes + at, len, at - files[i].at) && fdatasync (self->fds[i]) == 0
                 ? 0
                 : -1;
  return -1;
}

/* As the flash's. */
static void
cut_power (void *ctx)
{
  ImageFiles *self = ctx;

  if (self->on_cut != NULL)
    self->on_cut (self->user_data);
  _exit (FLASH_FILE_CUT_STATUS);
}

/* A file may be shorter than its part of the memory, as one that was just put
 * there: the rest is erased. */
static gboolean
open_part (ImageFiles *self, guint i, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, files[i].name, NULL);
  guint8 *bytes = self->nor.bytes + files[i].at;
  struct stat info;

  self->fds[i] = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (i > 0 ? O_CREAT : 0), 0600);
  if (self->fds[i] < 0 || fstat (self->fds[i], &info) != 0)
    return fail_errno (error, path);
  if (flock (self->fds[i], LOCK_EX | LOCK_NB) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("The device with the images in %s is switched on already."),
                 directory);
    return FALSE;
  }
  if (!S_ISREG (info.st_mode) || info.st_size > files[i].size) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s: too large. At most %u bytes are allowed."), path,
                 files[i].size);
    return FALSE;
  }
  if (!transfer (self->fds[i], FALSE, bytes, (guint32)info.st_size, 0)
      || (info.st_size < files[i].size
          && (!transfer (self->fds[i], TRUE, bytes + info.st_size, files[i].size - (guint32)info.st_size, info.st_size)
              || fdatasync (self->fds[i]) != 0)))
    return fail_errno (error, path);
  return TRUE;
}

static ImageKey *
load_key (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "key.pem", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GBytes) pem = NULL;
  ImageKey *key;

  pem = stream != NULL ? g_input_stream_read_bytes (G_INPUT_STREAM (stream), KEY_MAX, NULL, error) : NULL;
  if (pem == NULL)
    return NULL;
  key = image_key_new (pem, error);
  if (key == NULL)
    g_prefix_error (error, "%s: ", path);
  return key;
}

ImageFiles *
image_files_open (const char *directory, GError **error)
{
  g_autoptr (ImageFiles) self = g_new0 (ImageFiles, 1);

  self->nor = (struct wtl_nor){
    .bytes = g_malloc (PAGES * SLOTS_PAGE),
    .page_size = SLOTS_PAGE,
    .page_count = PAGES,
    .changed = write_through,
    .power_cut = cut_power,
    .ctx = self,
  };
  memset (self->nor.bytes, 0xff, PAGES * SLOTS_PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (self->fds); i++)
    self->fds[i] = -1;
  self->key = load_key (directory, error);
  if (self->key == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (!open_part (self, i, directory, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
image_files_close (ImageFiles *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->fds); i++)
    if (self->fds[i] >= 0)
      close (self->fds[i]);
  g_clear_pointer (&self->key, image_key_free);
  g_free (self->nor.bytes);
  g_free (self);
}
