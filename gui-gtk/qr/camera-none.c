/* SPDX-License-Identifier: Apache-2.0 */
/* Built without GStreamer. */
#include "gui-gtk/qr/camera.h"

void
wattle_camera_find_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_return_boolean (task, FALSE);
}

gboolean
wattle_camera_find_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

WattleNavPage *
wattle_camera_page_new (void)
{
  g_return_val_if_reached (NULL);
}
