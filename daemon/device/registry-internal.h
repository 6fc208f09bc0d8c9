/* SPDX-License-Identifier: Apache-2.0 */
/* The insides of WattleRegistry, for registry.c and registry-route.c alone. */
#pragma once

#include "daemon/device/advert-keys.h"
#include "daemon/device/candidate-private.h"
#include "daemon/device/device-private.h"
#include "daemon/device/passport-watch.h"
#include "daemon/device/registry.h"

G_BEGIN_DECLS

struct _WattleRegistry {
  GObject parent_instance;

  WattleServices *services;
  GPtrArray *sources;
  GPtrArray *candidates;
  GPtrArray *devices;
  GPtrArray *jobs;
  gboolean running;
  gboolean discovering;
  WattleWakefulness wakefulness;
  WattleAdvertKeys *advert_keys;
  gboolean loaded;
  GPtrArray *interrupted; /* of WattleDeviceRecord: set-ups to resume */
  GPtrArray *load_errors; /* of GError: devices that could not be loaded */
  WattlePassportWatch *passport_watch;
};

/* --- registry.c --- */

/* How hard the links have to look, as things are now. */
void wattle_registry_update_activity (WattleRegistry *self);
/* A set-up of @candidate has begun. */
void wattle_registry_take_candidate_job (WattleRegistry *self, WattleJob *job, WattleCandidate *candidate);

/* --- registry-route.c --- */

/* Gives @peer, or each that is in sight, to whom it belongs. */
void wattle_registry_route_peer (WattleRegistry *self, WattlePeer *peer);
void wattle_registry_route_all (WattleRegistry *self);
/* It is out of sight. */
void wattle_registry_lose_peer (WattleRegistry *self, WattlePeer *peer);
/* Nobody looks any more. */
void wattle_registry_prune_candidates (WattleRegistry *self);

G_END_DECLS
