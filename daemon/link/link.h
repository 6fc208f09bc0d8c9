/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link: a two-way pipe of packets to one device, as a radio gives it.  It
 * promises order and nothing else; what goes over it is protected above.
 *
 * An implementation keeps its queue of outgoing packets bounded and hands on
 * incoming ones as they come, reading no further while a handler runs.
 */
#pragma once

#include <gio/gio.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_LINK_MTU_MIN 20
#define WATTLE_LINK_MTU_MAX 512
#define WATTLE_LINK_QUEUE_MAX 64 /* packets waiting to go out */

#define WATTLE_TYPE_LINK (wattle_link_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleLink, wattle_link, WATTLE, LINK, GObject)

/*
 * Signals:
 *   "packet" (GBytes)      one packet came, 1..512 bytes
 *   "closed" (GError)      once, the last signal; NULL where this side closed it
 */
struct _WattleLinkClass {
  GObjectClass parent_class;

  /* Queues one packet.  FALSE with @error: the queue is full (BUSY) or the
   * link is closed (UNREACHABLE). */
  gboolean (*send) (WattleLink *self, const guint8 *packet, gsize len, GError **error);
  /* Lets go of what the link holds.  Called once. */
  void (*close) (WattleLink *self);
};

/* Largest packet, WATTLE_LINK_MTU_MIN..WATTLE_LINK_MTU_MAX bytes.  May change
 * before the first packet only. */
gsize wattle_link_get_mtu (WattleLink *self);

/* Queues @len bytes (1..mtu) as one packet.  Never blocks.  FALSE with @error
 * INVALID_ARGUMENT, BUSY (the queue is full: the other side has stopped
 * reading) or UNREACHABLE (closed). */
gboolean wattle_link_send (WattleLink *self, const guint8 *packet, gsize len, GError **error);

gboolean wattle_link_is_closed (WattleLink *self);

/* Ends it; emits "closed" with NULL unless it was closed before. */
void wattle_link_close (WattleLink *self);

/* For implementations. */
void wattle_link_set_mtu (WattleLink *self, gsize mtu);
void wattle_link_emit_packet (WattleLink *self, GBytes *packet);
/* The other side is gone: closes and emits "closed" with @error. */
void wattle_link_fail (WattleLink *self, const GError *error);

G_END_DECLS
