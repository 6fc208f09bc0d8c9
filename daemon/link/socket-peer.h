/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device process on this computer, as daemon/link/socket-source.h sees it.
 */
#pragma once

#include "daemon/link/peer.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SOCKET_PEER (wattle_socket_peer_get_type ())
G_DECLARE_FINAL_TYPE (WattleSocketPeer, wattle_socket_peer, WATTLE, SOCKET_PEER, WattlePeer)

/* @path of its listening socket.
 * Signal "refused": nobody listens there any more. */
WattlePeer *wattle_socket_peer_new (const char *address, const char *path);

/* Largest packet its next link takes. */
void wattle_socket_peer_set_mtu (WattleSocketPeer *self, gsize mtu);

/* What the source noted: it was in the kernel's list of sockets. */
void wattle_socket_peer_set_listed (WattleSocketPeer *self, gboolean listed);
gboolean wattle_socket_peer_get_listed (WattleSocketPeer *self);

G_END_DECLS
