/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All candidates, devices and jobs of the service.
 *
 * Signals, each with the object:
 *   "candidate-added", "candidate-removed" (WattleCandidate)
 *   "device-added", "device-removed"       (WattleDevice)
 *   "job-added", "job-removed"             (WattleJob)   removed a minute after its end
 *   "problems-changed"
 */
#pragma once

#include "daemon/device/candidate.h"
#include "daemon/device/device.h"
#include "daemon/device/job.h"
#include "daemon/device/services.h"
#include "daemon/link/link-source.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_REGISTRY (wattle_registry_get_type ())
G_DECLARE_FINAL_TYPE (WattleRegistry, wattle_registry, WATTLE, REGISTRY, GObject)

WattleRegistry *wattle_registry_new (WattleServices *services);

/* Before wattle_registry_start(). */
void wattle_registry_add_source (WattleRegistry *self, WattleLinkSource *source);

/* Reads what is ours from the database: the devices are there when it returns.
 * Needs neither bus nor keyring. */
void wattle_registry_load (WattleRegistry *self);
/* Loads where that is not done, takes up what a crash interrupted and begins to
 * notice our devices. */
void wattle_registry_start (WattleRegistry *self);
/* Ends connections and everything under way; before the service leaves. */
void wattle_registry_stop (WattleRegistry *self);

typedef enum {
  WATTLE_AWAKE,
  WATTLE_DROWSY, /* connections are ended in order, and none begun */
  WATTLE_ASLEEP, /* nobody looks, and nobody is in sight */
} WattleWakefulness;

/* Goes to sleep with the computer, or wakes up. */
void wattle_registry_set_wakefulness (WattleRegistry *self, WattleWakefulness wakefulness);
/* Whether no connection is open, being made or being ended. */
gboolean wattle_registry_is_quiet (WattleRegistry *self);

/* While TRUE, candidates appear.  One that is being set up stays after. */
void wattle_registry_set_discovering (WattleRegistry *self, gboolean discovering);
gboolean wattle_registry_get_discovering (WattleRegistry *self);

/* a(ss): error name and sentence, most serious first.  New reference. */
GVariant *wattle_registry_get_problems (WattleRegistry *self);

/* New containers of borrowed objects. */
GPtrArray *wattle_registry_list_candidates (WattleRegistry *self);
GPtrArray *wattle_registry_list_devices (WattleRegistry *self);
GPtrArray *wattle_registry_list_jobs (WattleRegistry *self);
/* NULL where there is none; borrowed. */
WattleCandidate *wattle_registry_find_candidate (WattleRegistry *self, const char *id);
WattleDevice *wattle_registry_find_device (WattleRegistry *self, const char *id);
WattleJob *wattle_registry_find_job (WattleRegistry *self, guint number);

/* Whether nothing is connected or under way, so that the service could leave. */
gboolean wattle_registry_is_idle (WattleRegistry *self);

G_END_DECLS
