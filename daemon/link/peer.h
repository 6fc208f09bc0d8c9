/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer: a device that a link source sees, and how to connect to it.
 */
#pragma once

#include <gio/gio.h>

#include "daemon/link/link.h"
#include "pairing/advert.h"

G_BEGIN_DECLS

#define WATTLE_PEER_CONNECT_TIMEOUT 20 /* seconds, once its turn has come */

/* Who goes first where several wait for the same source. */
typedef enum {
  WATTLE_CONNECT_BACKGROUND,
  WATTLE_CONNECT_URGENT,      /* a decision of a person's waits for the device */
  WATTLE_CONNECT_INTERACTIVE, /* a person waits */
  WATTLE_CONNECT_PRIORITIES
} WattleConnectPriority;

/* Where attempts wait for their turn: daemon/link/connect-queue.h. */
typedef struct _WattleConnectQueue WattleConnectQueue;

#define WATTLE_TYPE_PEER (wattle_peer_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattlePeer, wattle_peer, WATTLE, PEER, GObject)

struct _WattlePeerClass {
  GObjectClass parent_class;

  guint connect_timeout; /* seconds; 0 = WATTLE_PEER_CONNECT_TIMEOUT */

  /* The queue for the next attempt; NULL = the source's.  The vfunc itself may
   * be NULL. */
  WattleConnectQueue *(*get_queue) (WattlePeer *self);
  /* The connection itself, for implementations; waiting in @queue and the
   * time-out are the base's.  Must give up when @cancellable says so. */
  void (*connect_async) (WattlePeer *self, WattleConnectQueue *queue, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
  WattleLink *(*connect_finish) (WattlePeer *self, GAsyncResult *result, GError **error);
  /* Whether it was heard after its last connection, and after its source began to
   * look.  NULL = always. */
  gboolean (*is_heard) (WattlePeer *self);
  /* Forgets what this computer keeps about the peer below Wattle (a bond, a
   * cache).  May be NULL. */
  void (*forget) (WattlePeer *self);
};

/* Names the peer within its source while it is seen. */
const char *wattle_peer_get_address (WattlePeer *self);
/* "socket" or "bluetooth". */
const char *wattle_peer_get_link_name (WattlePeer *self);
const struct wtl_advert *wattle_peer_get_advert (WattlePeer *self);
/* dBm; 0 = unknown. */
int wattle_peer_get_rssi (WattlePeer *self);
/* FALSE once its source has lost sight of it. */
gboolean wattle_peer_is_present (WattlePeer *self);
/* FALSE where it may be somewhere else by now: no reason to offer it to anybody. */
gboolean wattle_peer_is_heard (WattlePeer *self);

/* Connects when there is a place for it: one attempt at a time in each queue, by
 * priority, else in order of asking.  WATTLE_ERROR_UNREACHABLE,
 * _TIMED_OUT, _CANCELLED, _BUSY (the device speaks to another computer). */
void wattle_peer_connect_async (WattlePeer *self, WattleConnectPriority priority, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
WattleLink *wattle_peer_connect_finish (WattlePeer *self, GAsyncResult *result, GError **error);

void wattle_peer_forget (WattlePeer *self);

/* For implementations. */
void wattle_peer_setup (WattlePeer *self, const char *address, const char *link_name);
/* TRUE where something changed. */
gboolean wattle_peer_update (WattlePeer *self, const struct wtl_advert *advert, int rssi);

G_END_DECLS
