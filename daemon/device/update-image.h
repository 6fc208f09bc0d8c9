/* SPDX-License-Identifier: Apache-2.0 */
/* A file with an image that is to be put on a device: reads it, and looks whether it is for that device. */
#pragma once

#include <gio/gio.h>

#include "daemon/store/integrity.h"
#include "firmware/image/image.h"

G_BEGIN_DECLS

typedef struct {
  GBytes *bytes; /* of the file */
  Image image;   /* its signature is not kept */
  char hex[WATTLE_IMAGE_HEX_SIZE];
  char version[IMAGE_VERSION_SIZE];
  guint8 sha256[IMAGE_HASH_SIZE]; /* of the file */
} WattleUpdateImage;

void wattle_update_image_free (WattleUpdateImage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleUpdateImage, wattle_update_image_free)

/* Reads @fd, which stays the caller's, from its beginning, in a thread of its own.
 * INVALID_ARGUMENT: it is no ordinary file, or too large for an image, or none that is
 * whole.  Whether it is signed is the device's to check: it has the maker's key. */
void wattle_update_image_read_async (int fd, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
WattleUpdateImage *wattle_update_image_read_finish (GAsyncResult *result, GError **error);

/* NOT_ALLOWED: for another product; older than @running, a version; what runs already,
 * by its hash @hex. */
gboolean wattle_update_image_check (const WattleUpdateImage *self, guint32 product, const char *running,
                                    const char *hex, GError **error);

G_END_DECLS
