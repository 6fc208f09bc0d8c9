/* SPDX-License-Identifier: Apache-2.0 */
/* A QR picture on the screen: dark on light in every style, as scanners want it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_QR_PICTURE (wattle_qr_picture_get_type ())
G_DECLARE_FINAL_TYPE (WattleQrPicture, wattle_qr_picture, WATTLE, QR_PICTURE, GtkWidget)

/* @text: ASCII; NULL or too long for one shows nothing. */
void wattle_qr_picture_set_text (WattleQrPicture *self, const char *text);

/* Whether there is a picture to show. */
gboolean wattle_qr_picture_has_picture (WattleQrPicture *self);

G_END_DECLS
