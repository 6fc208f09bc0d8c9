/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that are processes on this computer.  They meet in a directory:
 *
 *   NAME.sock     listening AF_UNIX SOCK_SEQPACKET; one packet is one link
 *                 packet of at most 512 bytes
 *   NAME.advert   12 bytes: the 10 of pairing/advert.h and the MTU, big-endian;
 *                 replaced by rename; absent = out of range
 *
 * The directory is watched by inotify; nothing polls.
 */
#pragma once

#include "daemon/link/link-source.h"

G_BEGIN_DECLS

#define WATTLE_SOCKET_PEERS_MAX 256 /* further ones are not looked at */

#define WATTLE_TYPE_SOCKET_SOURCE (wattle_socket_source_get_type ())
G_DECLARE_FINAL_TYPE (WattleSocketSource, wattle_socket_source, WATTLE, SOCKET_SOURCE, WattleLinkSource)

/* $XDG_RUNTIME_DIR/wattle/links */
char *wattle_socket_source_default_directory (void);

/* @directory is made where it does not exist, for this user alone; one that
 * belongs to another user is a problem and not used. */
WattleLinkSource *wattle_socket_source_new (const char *directory);

G_END_DECLS
