/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link source: sees peers appear, change and vanish over one kind of link.
 */
#pragma once

#include "daemon/link/peer.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_ACTIVITY_OFF,
  WATTLE_ACTIVITY_QUIET,       /* all of ours are connected: keep those in sight, look for no more */
  WATTLE_ACTIVITY_BACKGROUND,  /* notices our own devices, sparing the battery */
  WATTLE_ACTIVITY_INTERACTIVE, /* a person looks at a list */
} WattleActivity;

#define WATTLE_TYPE_LINK_SOURCE (wattle_link_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleLinkSource, wattle_link_source, WATTLE, LINK_SOURCE, GObject)

/*
 * Signals:
 *   "peer-appeared" (WattlePeer)
 *   "peer-changed"  (WattlePeer)   its advertisement or signal strength
 *   "peer-vanished" (WattlePeer)
 *   "problem-changed"
 */
struct _WattleLinkSourceClass {
  GObjectClass parent_class;

  const char *name; /* "socket", "bluetooth" */

  /* Turns looking up or down.  Called only where @activity is another one. */
  void (*set_activity) (WattleLinkSource *self, WattleActivity activity);
  /* Whether a connection holds the radio.  May be NULL: never. */
  gboolean (*is_busy) (WattleLinkSource *self);
};

const char *wattle_link_source_get_name (WattleLinkSource *self);

void wattle_link_source_set_activity (WattleLinkSource *self, WattleActivity activity);
WattleActivity wattle_link_source_get_activity (WattleLinkSource *self);

/* Whether a connection is open, being made or being ended. */
gboolean wattle_link_source_is_busy (WattleLinkSource *self);

/* What keeps it from working, as a sentence that says what to do; NULL = all
 * is well. */
const GError *wattle_link_source_get_problem (WattleLinkSource *self);

/* Those in sight; (element-type WattlePeer), owned by the source. */
GPtrArray *wattle_link_source_get_peers (WattleLinkSource *self);
/* NULL where it is not in sight. */
WattlePeer *wattle_link_source_find_peer (WattleLinkSource *self, const char *address);

/* For implementations. */
void wattle_link_source_add_peer (WattleLinkSource *self, WattlePeer *peer);
void wattle_link_source_change_peer (WattleLinkSource *self, WattlePeer *peer);
void wattle_link_source_remove_peer (WattleLinkSource *self, WattlePeer *peer);
/* @error NULL = all is well; copied. */
void wattle_link_source_set_problem (WattleLinkSource *self, const GError *error);

G_END_DECLS
