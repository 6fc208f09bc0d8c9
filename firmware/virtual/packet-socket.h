/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a connected SOCK_SEQPACKET socket: packets in, packets out by a
 * queue that does not grow without bound.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PACKET_SOCKET_MAX 512 /* bytes of a packet */

typedef struct {
  /* Either may close the socket. */
  void (*received) (gpointer user_data, const guint8 *packet, gsize len);
  /* The other end hung up, or sent a packet that is too long. */
  void (*closed) (gpointer user_data);
} PacketSocketHandlers;

typedef struct _PacketSocket PacketSocket;

/* Takes @fd.  @handlers must outlive it. */
PacketSocket *packet_socket_new (int fd, const PacketSocketHandlers *handlers, gpointer user_data);

/* What was sent arrives; what still waits in the queue does not. */
void packet_socket_close (PacketSocket *self);

/* Dropped where the other end is gone, which "closed" tells. */
void packet_socket_send (PacketSocket *self, const guint8 *packet, gsize len);

/* Whether the other end has stopped reading. */
gboolean packet_socket_is_full (const PacketSocket *self);

/* Whether the other end hung up, even if "closed" has not told yet. */
gboolean packet_socket_is_gone (const PacketSocket *self);

G_END_DECLS
