/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads QR codes off pictures: files, what is pasted or dropped, frames of a
 * camera.  Built without ZBar there is nothing to read them with.
 */
#pragma once

#include <gtk/gtk.h>

#include "common/secret-fd.h"

G_BEGIN_DECLS

/* Whether this build can read pictures. */
gboolean wattle_qr_can_read (void);

/* The text of the first QR code in a picture of @width x @height pixels, a
 * byte of brightness each, rows without a gap; NULL where there is none.
 * From a setup code's label it is as secret as the code.  May be called in any
 * thread. */
WattleSecret *wattle_qr_decode (const guchar *brightness, guint width, guint height);

/* Reads @texture, in a thread of its own.  Fails with WATTLE_ERROR_NOT_FOUND
 * where there is no QR code in it. */
void wattle_qr_read_texture_async (GdkTexture *texture, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);

/* The same of a picture in a file of any format that the system reads. */
void wattle_qr_read_file_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);

/* Ends both.  Free with wattle_secret_free(). */
WattleSecret *wattle_qr_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
