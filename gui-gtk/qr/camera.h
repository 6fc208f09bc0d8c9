/* SPDX-License-Identifier: Apache-2.0 */
/* What the camera sees.  Built without GStreamer there is nothing to see. */
#pragma once

#include "gui-gtk/navigation/nav-page.h"

G_BEGIN_DECLS

/* Whether this build, with the libraries that are installed, can show it. */
gboolean wattle_camera_can_show (void);

/* A page that asks for the camera, shows what it sees and reads QR codes off
 * it.  When it has found one it goes, with the signal "found" (text); with
 * "failed" (error, a sentence for a person) where there is no camera to be had. */
WattleNavPage *wattle_camera_page_new (void);

G_END_DECLS
