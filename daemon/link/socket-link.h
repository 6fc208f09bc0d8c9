/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link over a connected socket that keeps packets apart (SOCK_SEQPACKET):
 * that of a device process on this computer, or one that BlueZ hands out.
 */
#pragma once

#include "daemon/link/link.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SOCKET_LINK (wattle_socket_link_get_type ())
G_DECLARE_FINAL_TYPE (WattleSocketLink, wattle_socket_link, WATTLE, SOCKET_LINK, WattleLink)

/* Takes a reference on @socket and sets it to non-blocking. */
WattleLink *wattle_socket_link_new (GSocket *socket, gsize mtu);
/* With one socket for each direction. */
WattleLink *wattle_socket_link_new_pair (GSocket *in, GSocket *out, gsize mtu);

G_END_DECLS
