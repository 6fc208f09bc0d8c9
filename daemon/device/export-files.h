/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of an export, as bytes: JSON for programs, CSV for spreadsheets.
 */
#pragma once

#include "daemon/device/device-private.h"
#include "daemon/store/rows.h"

G_BEGIN_DECLS

typedef struct {
  char *name; /* in the archive, below its one folder */
  GBytes *bytes;
} WattleExportFile;

/* A list of them. */
GPtrArray *wattle_export_files_new (void);
/* Takes @bytes. */
void wattle_export_files_add (GPtrArray *files, const char *name, GBytes *bytes);
/* NAME.csv and NAME.json; takes @rows. */
void wattle_export_files_add_rows (GPtrArray *files, const char *name, WattleRows *rows);
/* NULL where there is none of that name. */
const WattleExportFile *wattle_export_files_find (GPtrArray *files, const char *name);

/* What this computer holds, but for the readings: device.json, passport.json,
 * consent.json, receipts.json, decisions, log, and every table in records/. */
gboolean wattle_export_files_add_local (GPtrArray *files, WattleDevice *device, GError **error);
/* What the keyring shows: keyring.  @labels: of WattleKeyringLabel. */
void wattle_export_files_add_keyring (GPtrArray *files, const GPtrArray *labels);

/* For readings, wherever they are kept. */
WattleRows *wattle_export_reading_rows_new (void);
void wattle_export_reading_rows_add (WattleRows *rows, WattleDevice *device, const WattleReading *reading);

/* What the device holds: device-info and device-readings. */
void wattle_export_files_add_device (GPtrArray *files, WattleDevice *device, const wtl_Info *info,
                                     const GArray *readings /* of wtl_Reading */);

/* From cloud.json, which came from the manufacturer: cloud-devices.csv and
 * cloud-readings.csv.  Nothing where it cannot be read.  May run in a thread. */
void wattle_export_files_add_cloud_tables (GPtrArray *files);

G_END_DECLS
