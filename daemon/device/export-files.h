/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of an export, as bytes.
 */
#pragma once

#include "daemon/device/device-private.h"

G_BEGIN_DECLS

typedef struct {
  char *name; /* in the archive, without a folder */
  GBytes *bytes;
} WattleExportFile;

void wattle_export_file_free (WattleExportFile *file);

/* A list of them. */
GPtrArray *wattle_export_files_new (void);
/* Takes @bytes. */
void wattle_export_files_add (GPtrArray *files, const char *name, GBytes *bytes);

/* What this computer holds: device.json, readings.csv, readings.json,
 * consent.json, receipts.json, log.json, passport.json. */
gboolean wattle_export_files_add_local (GPtrArray *files, WattleDevice *device, GError **error);

/* What the device holds: device-info.json and device-readings.csv. */
void wattle_export_files_add_device (GPtrArray *files, WattleDevice *device, const wtl_Info *info,
                                     const GArray *readings /* of wtl_Reading */);

/* README.txt and, last, SHA256SUMS of all.  @left_out: sentences. */
void wattle_export_files_seal (GPtrArray *files, WattleDevice *device, const char *const *left_out);

G_END_DECLS
