/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash in a file: every operation is on the disk before it returns.
 */
#pragma once

#include <glib.h>

#include "firmware/core/nor.h"

G_BEGIN_DECLS

/* What the process exits with when its power is cut. */
#define FLASH_FILE_CUT_STATUS 86

typedef struct {
  struct wtl_nor nor; /* count and cuts */
  int fd;
  guint8 *bytes;

  /* Called when the power is cut, just before the process is gone; may be NULL. */
  void (*on_cut) (gpointer user_data);
  gpointer user_data;
} FlashFile;

/* Opens a file as wattle-vendor makes it, for this process alone. */
FlashFile *flash_file_open (const char *path, GError **error);
void flash_file_close (FlashFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlashFile, flash_file_close)

G_END_DECLS
