/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which peer belongs to what: a device of ours (its tag matches), a job that waits
 * for it, or else a candidate while somebody looks for one.
 */
#include "daemon/device/identify.h"
#include "daemon/device/registry-internal.h"
#include "daemon/device/setup.h"
#include "daemon/device/wipe.h"

static void
remove_candidate (WattleRegistry *self, WattleCandidate *candidate)
{
  g_autoptr (WattleCandidate) ref = g_object_ref (candidate);

  g_signal_handlers_disconnect_by_data (candidate, self);
  wattle_candidate_stop (candidate);
  g_ptr_array_remove (self->candidates, candidate);
  g_signal_emit_by_name (self, "candidate-removed", candidate);
  wattle_registry_update_activity (self);
}

static WattleCandidate *
find_candidate_of (WattleRegistry *self, WattlePeer *peer)
{
  for (guint i = 0; i < self->candidates->len; i++)
    if (wattle_candidate_get_peer (g_ptr_array_index (self->candidates, i)) == peer)
      return g_ptr_array_index (self->candidates, i);
  return NULL;
}

/* A candidate stays while somebody looks and it is in sight, or is busy with it. */
static void
prune_candidate (WattleRegistry *self, WattleCandidate *candidate)
{
  WattlePeer *peer = wattle_candidate_get_peer (candidate);
  gboolean wanted = self->discovering && wattle_peer_is_present (peer);

  for (guint i = 0; wanted && i < self->devices->len; i++)
    wanted = wattle_device_get_peer (g_ptr_array_index (self->devices, i)) != peer;
  if (!wanted && !wattle_candidate_is_busy (candidate))
    remove_candidate (self, candidate);
}

void
wattle_registry_prune_candidates (WattleRegistry *self)
{
  for (guint i = self->candidates->len; i-- > 0;)
    if (i < self->candidates->len)
      prune_candidate (self, g_ptr_array_index (self->candidates, i));
}

static void
on_candidate_closed (WattleCandidate *candidate, WattleRegistry *self)
{
  prune_candidate (self, candidate);
}

static void
offer_candidate (WattleRegistry *self, WattlePeer *peer)
{
  const struct wtl_advert *advert = wattle_peer_get_advert (peer);
  WattleCandidate *known = find_candidate_of (self, peer);
  g_autoptr (WattleCandidate) candidate = NULL;
  g_autofree char *name = NULL;

  if (known == NULL && (!self->discovering || !wattle_peer_is_heard (peer)))
    return;
  name = wattle_identify_product_name (advert->product, (advert->flags & WTL_ADVERT_OWNED) != 0);
  if (known != NULL) {
    wattle_candidate_peer_changed (known, name);
    return;
  }
  candidate = wattle_candidate_new (self->services, peer, name);
  g_ptr_array_add (self->candidates, g_object_ref (candidate));
  g_signal_connect_object (candidate, "job-started", G_CALLBACK (wattle_registry_take_candidate_job), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (candidate, "closed", G_CALLBACK (on_candidate_closed), self, 0);
  g_signal_emit_by_name (self, "candidate-added", candidate);
}

/* --- peers --- */

static WattleDevice *
device_of (WattleRegistry *self, WattlePeer *peer)
{
  for (guint i = 0; i < self->devices->len; i++) {
    WattleDevice *device = g_ptr_array_index (self->devices, i);

    if (wattle_device_matches (device, wattle_peer_get_advert (peer)))
      return device;
  }
  return NULL;
}

/* Whether a job takes @peer for itself. */
static gboolean
offer_to_jobs (WattleRegistry *self, WattlePeer *peer)
{
  g_autoptr (GPtrArray) jobs = wattle_registry_list_jobs (self);
  gboolean taken = FALSE;

  for (guint i = 0; i < jobs->len; i++) {
    WattleJob *job = g_ptr_array_index (jobs, i);

    if (WATTLE_IS_SETUP_JOB (job))
      taken = wattle_setup_job_consider_peer (WATTLE_SETUP_JOB (job), peer) || taken;
    else if (WATTLE_IS_WIPE_JOB (job))
      taken = wattle_wipe_job_consider_peer (WATTLE_WIPE_JOB (job), peer) || taken;
  }
  return taken;
}

/* Whether it is a device's of ours, and its advertisement one of before the last
 * connection: before the set-up, say, when it was nobody's. */
static gboolean
is_old_news (WattleRegistry *self, WattlePeer *peer)
{
  for (guint i = 0; i < self->devices->len; i++) {
    WattleDevice *device = g_ptr_array_index (self->devices, i);

    if (wattle_device_get_peer (device) != peer)
      continue;
    if (wattle_device_is_connected (device))
      wattle_device_heard (device, wattle_peer_get_advert (peer));
    if (wattle_device_is_connected (device) || !wattle_peer_is_heard (peer))
      return TRUE;
  }
  return FALSE;
}

void
wattle_registry_route_peer (WattleRegistry *self, WattlePeer *peer)
{
  WattleDevice *device;

  if (is_old_news (self, peer))
    return;
  device = device_of (self, peer);
  /* What it was before it is no more: reset, or wiped. */
  for (guint i = 0; i < self->devices->len; i++) {
    WattleDevice *other = g_ptr_array_index (self->devices, i);

    if (other != device && wattle_device_get_peer (other) == peer)
      wattle_device_set_peer (other, NULL);
  }
  if (device != NULL) {
    WattleCandidate *candidate = find_candidate_of (self, peer);

    wattle_device_set_peer (device, peer);
    if (candidate != NULL)
      prune_candidate (self, candidate);
    return;
  }
  if (wattle_peer_get_advert (peer)->flags & WTL_ADVERT_OWNED)
    wattle_advert_keys_want (self->advert_keys);
  if (!offer_to_jobs (self, peer) || find_candidate_of (self, peer) != NULL)
    offer_candidate (self, peer);
}

void
wattle_registry_lose_peer (WattleRegistry *self, WattlePeer *peer)
{
  WattleCandidate *candidate = find_candidate_of (self, peer);
  gboolean missed = FALSE;

  for (guint i = 0; i < self->devices->len; i++) {
    WattleDevice *device = g_ptr_array_index (self->devices, i);

    if (wattle_device_get_peer (device) != peer)
      continue;
    wattle_device_set_peer (device, NULL);
    missed = TRUE;
  }
  if (candidate != NULL)
    prune_candidate (self, candidate);
  /* It may be in sight elsewhere, too: at another address, by another link. */
  if (missed && self->running)
    wattle_registry_route_all (self);
}

void
wattle_registry_route_all (WattleRegistry *self)
{
  for (guint s = 0; s < self->sources->len; s++) {
    GPtrArray *peers = wattle_link_source_get_peers (g_ptr_array_index (self->sources, s));

    for (guint i = 0; i < peers->len; i++)
      wattle_registry_route_peer (self, g_ptr_array_index (peers, i));
  }
}
