/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash in a file.
 */
#include "firmware/virtual/flash-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/core/layout.h"

#define FLASH_SIZE (WTL_LAYOUT_PAGE_SIZE * WTL_LAYOUT_PAGES)

static int
write_through (void *ctx, uint32_t at, uint32_t len)
{
  FlashFile *self = ctx;

  while (len > 0) {
    ssize_t n = pwrite (self->fd, self->bytes + at, len, at);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return -1;
    at += (uint32_t)n;
    len -= (uint32_t)n;
  }
  return fdatasync (self->fd);
}

/* As hard as a power cut: nothing is flushed, freed or said good-bye to. */
static void
cut_power (void *ctx)
{
  FlashFile *self = ctx;

  if (self->on_cut != NULL)
    self->on_cut (self->user_data);
  _exit (FLASH_FILE_CUT_STATUS);
}

static gboolean
read_all (FlashFile *self)
{
  gsize done = 0;

  while (done < FLASH_SIZE) {
    ssize_t n = pread (self->fd, self->bytes + done, FLASH_SIZE - done, (off_t)done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    done += (gsize)n;
  }
  return TRUE;
}

static void
set_error_from_errno (GError **error, const char *path)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("The flash file %s cannot be used: %s"), path,
               g_strerror (code));
}

FlashFile *
flash_file_open (const char *path, GError **error)
{
  g_autoptr (FlashFile) self = g_new0 (FlashFile, 1);
  struct stat status;

  self->bytes = g_malloc (FLASH_SIZE);
  self->fd = open (path, O_RDWR | O_CLOEXEC);
  if (self->fd < 0 || fstat (self->fd, &status) != 0) {
    set_error_from_errno (error, path);
    return NULL;
  }
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("The device with the flash file %s is switched on already."),
                 path);
    return NULL;
  }
  if (!S_ISREG (status.st_mode) || status.st_size != FLASH_SIZE) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _ ("%s is not a flash file. Make one with: wattle-vendor device new"), path);
    return NULL;
  }
  if (!read_all (self)) {
    set_error_from_errno (error, path);
    return NULL;
  }
  self->nor = (struct wtl_nor){
    .bytes = self->bytes,
    .page_size = WTL_LAYOUT_PAGE_SIZE,
    .page_count = WTL_LAYOUT_PAGES,
    .changed = write_through,
    .power_cut = cut_power,
    .ctx = self,
  };
  return g_steal_pointer (&self);
}

void
flash_file_close (FlashFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->bytes);
  g_free (self);
}
