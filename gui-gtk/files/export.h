/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of all that is held about a device and the person, as a file.  It
 * appears under its name only once it is whole.
 */
#pragma once

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

/* @fraction: 0 to 1. */
typedef void (*WattleExportProgress) (double fraction, gpointer data);

/* Writes the archive to @path, in place of what may be there: the person has been
 * asked.  @progress is called with @user_data until the end.  Cancelling @cancellable
 * stops the service's job, too. */
void wattle_export_async (WattleService *service, WattleBusDevice *device, const char *path,
                          WattleExportProgress progress, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean wattle_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
