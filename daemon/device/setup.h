/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set-up: the job that makes a device ours.
 *
 *   row in the database (stage setting-up) → keys in the keyring →
 *   SetUpRequest, the device's commit point → decisions recorded, stage ours →
 *   decisions delivered → cloud, where a decision needs it
 *
 * Where it is not known whether the device has committed, the owner key tells:
 * it opens, and the set-up goes on, or it does not, and nothing is kept.
 *
 * Signals:
 *   "committed"    the device is ours, and in the database
 *   "keys-loaded"  taken up again: peers can be recognised now
 */
#pragma once

#include "daemon/device/candidate.h"
#include "daemon/device/conversation.h"
#include "daemon/device/device.h"
#include "daemon/device/job.h"
#include "daemon/store/devices.h"

G_BEGIN_DECLS

/* All borrowed. */
typedef struct {
  const char *candidate; /* id */
  WattlePeer *peer;
  const WattleOpened *opened;
  const char *password; /* new one; "" where opened with the password */
  GVariant *decisions;  /* a{sb} */
  const char *name;
} WattleSetupParams;

#define WATTLE_TYPE_SETUP_JOB (wattle_setup_job_get_type ())
G_DECLARE_FINAL_TYPE (WattleSetupJob, wattle_setup_job, WATTLE, SETUP_JOB, WattleJob)

WattleJob *wattle_setup_job_new (WattleServices *services, const WattleSetupParams *params);
void wattle_setup_job_start (WattleSetupJob *self);

/* One that a crash interrupted; takes @record, of stage setting-up.  It waits
 * for its device, or ends and leaves nothing where no key was kept. */
WattleJob *wattle_setup_job_new_resumed (WattleServices *services, WattleDeviceRecord *record);

/* A peer appeared or changed.  TRUE where the job wants it for itself. */
gboolean wattle_setup_job_consider_peer (WattleSetupJob *self, WattlePeer *peer);
/* Whether it waits for the device with this serial number, whose code has just
 * opened it: then the device never committed, and the job ends without a trace. */
void wattle_setup_job_unit_is_unowned (WattleSetupJob *self, const char *unit_id);

/* After "committed". */
const char *wattle_setup_job_get_device_id (WattleSetupJob *self);
WattlePeer *wattle_setup_job_get_peer (WattleSetupJob *self);
/* What its advertisements are made with; the job's. */
GBytes *wattle_setup_job_get_advert_key (WattleSetupJob *self);
/* The device object that the registry made, to follow to the end; hands it the
 * open conversation. */
void wattle_setup_job_attach_device (WattleSetupJob *self, WattleDevice *device);

G_END_DECLS
