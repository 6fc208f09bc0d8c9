/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The archive of an export: a tar file with one folder, "wattle-export".
 */
#pragma once

#include "daemon/device/export-page.h"

G_BEGIN_DECLS

#define WATTLE_EXPORT_FOLDER "wattle-export/"

/* Adds what is made from @files (tables of the cloud's data, index.html and,
 * last, SHA256SUMS) and writes all to @fd, in a thread.  Takes @files, @fd and
 * @about.  It may take as long as the reader of a pipe likes; @cancellable ends it. */
void wattle_export_archive_write_async (GPtrArray *files, int fd, WattleExportAbout *about, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_export_archive_write_finish (GAsyncResult *result, GError **error);

G_END_DECLS
