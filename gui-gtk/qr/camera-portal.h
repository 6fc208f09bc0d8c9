/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desktop's camera portal, which asks the person for us
 * (org.freedesktop.portal.Camera, version 1).
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether there is a camera to ask for.  Never fails: without a portal there
 * is none. */
void wattle_camera_portal_find_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_camera_portal_find_finish (GAsyncResult *result);

/* Asks the person.  The result is a connection to PipeWire that shows cameras
 * alone, the caller's to close; -1 with @error set, a sentence for a person:
 * WATTLE_ERROR_DENIED where the person or the desktop has said no. */
void wattle_camera_portal_open_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
int wattle_camera_portal_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
