/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wipe: the job that carries out privacy/wipe-plan.h over the journal in the
 * database, until every place is done, through crashes and years.
 *
 * Signal "stranger" (WattlePeer): one that it took for the device is another.
 */
#pragma once

#include "daemon/device/device.h"
#include "daemon/device/job.h"
#include "daemon/link/peer.h"
#include "daemon/store/wipes.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WIPE_JOB (wattle_wipe_job_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipeJob, wattle_wipe_job, WATTLE, WIPE_JOB, WattleJob)

/* What a wipe of @device would do; as wattle_device_get_wipe_plan(). */
void wattle_wipe_describe (WattleDevice *device, GVariant **places, char ***remains);

/* Journals a new plan and makes its job @device's. */
gboolean wattle_wipe_job_begin (WattleDevice *device, gboolean lost, GError **error);
/* The device is lost; see privacy/wipe-plan.h. */
gboolean wattle_wipe_job_declare_lost (WattleWipeJob *self, GError **error);

/* The cloud is gone for good: its places are given up, and the rest goes on.  BUSY or
 * NOT_ALLOWED where the cloud has not been asked in vain a few times, or is being
 * asked just now. */
gboolean wattle_wipe_job_give_up_cloud (WattleWipeJob *self, GError **error);

/* Takes one up again.  @device is NULL where its row has gone already.
 * STORE_CORRUPT. */
WattleJob *wattle_wipe_job_new_resumed (WattleServices *services, const WattleWipeRecord *record, WattleDevice *device,
                                        GError **error);
/* Begins, once the job is listed. */
void wattle_wipe_job_start (WattleWipeJob *self);

/* A peer appeared or changed.  TRUE where the job wants it: it may be the
 * device after its wipe, which alone knows the receipt. */
gboolean wattle_wipe_job_consider_peer (WattleWipeJob *self, WattlePeer *peer);

/* Lets go of the device; for the end of the service. */
void wattle_wipe_job_stop (WattleWipeJob *self);

G_END_DECLS
