/* SPDX-License-Identifier: Apache-2.0 */
/* Built without ZBar. */
#include "gui-gtk/qr/decode.h"

gboolean
wattle_qr_can_read (void)
{
  return FALSE;
}

WattleSecret *
wattle_qr_decode (const guchar *brightness, guint width, guint height)
{
  return NULL;
}
