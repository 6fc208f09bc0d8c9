/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An export: everything held about a device and its person, by this computer,
 * the device and the cloud, as one tar archive.
 */
#pragma once

#include "daemon/device/device.h"
#include "daemon/device/job.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_EXPORT_JOB (wattle_export_job_get_type ())
G_DECLARE_FINAL_TYPE (WattleExportJob, wattle_export_job, WATTLE, EXPORT_JOB, WattleJob)

/* @fd is duplicated.  INVALID_ARGUMENT where it is not open for writing. */
WattleJob *wattle_export_job_new (WattleDevice *device, int fd, GError **error);
void wattle_export_job_start (WattleExportJob *self);

G_END_DECLS
