/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a new image on a device: reads the file, sends it inside the encrypted
 * session, has the device start with it, and sees which one runs then.
 *
 * A link that is lost meanwhile is waited for.  Until the device has been told to try
 * the image it can be stopped, and nothing has changed.
 */
#pragma once

#include "daemon/device/device-private.h"
#include "daemon/device/job.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_UPDATE_JOB (wattle_update_job_get_type ())
G_DECLARE_FINAL_TYPE (WattleUpdateJob, wattle_update_job, WATTLE, UPDATE_JOB, WattleJob)

/* @fd is duplicated.  The job is the device's until it is over. */
WattleJob *wattle_update_job_new (WattleDevice *device, int fd, GError **error);
void wattle_update_job_start (WattleUpdateJob *self);

G_END_DECLS
