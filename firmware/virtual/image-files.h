/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory for images in a directory:
 *
 *   key.pem      the maker's public key, which a chip's boot loader has built in
 *   slot-0.bin   what runs; put the first image there, as wattle-vendor made it
 *   slot-1.bin   what may run next
 *   boot.bin     the boot loader's own
 *
 * Every operation is on the disk before it returns, as with the flash.
 */
#pragma once

#include <glib.h>

#include "firmware/core/nor.h"
#include "firmware/image/image.h"

G_BEGIN_DECLS

#define IMAGE_FILES_SLOT_SIZE (512u * 1024)

typedef struct {
  struct wtl_nor nor; /* count and cuts */
  ImageKey *key;
  int fds[3];

  /* Called when the power is cut, just before the process is gone; may be NULL. */
  void (*on_cut) (gpointer user_data);
  gpointer user_data;
} ImageFiles;

/* Opens the directory for this process alone. */
ImageFiles *image_files_open (const char *directory, GError **error);
void image_files_close (ImageFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImageFiles, image_files_close)

G_END_DECLS
