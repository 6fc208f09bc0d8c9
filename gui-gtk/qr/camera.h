/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The camera, through the desktop's camera portal, which asks the person.
 * Built without GStreamer there is none.
 */
#pragma once

#include "gui-gtk/navigation/nav-page.h"

G_BEGIN_DECLS

/* Whether there is a camera to ask for.  Never fails: without a portal there
 * is none. */
void wattle_camera_find_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_camera_find_finish (GAsyncResult *result);

/* A page that shows what the camera sees and reads QR codes off it.  It goes
 * when it has found one, with the signal "found" (text). */
WattleNavPage *wattle_camera_page_new (void);

G_END_DECLS
