/* SPDX-License-Identifier: Apache-2.0 */
/* Built without GStreamer. */
#include "gui-gtk/qr/camera.h"

gboolean
wattle_camera_can_show (void)
{
  return FALSE;
}

WattleNavPage *
wattle_camera_page_new (void)
{
  g_return_val_if_reached (NULL);
}
