/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a connected SOCK_SEQPACKET socket.
 */
#include "firmware/virtual/packet-socket.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_MAX 256 /* packets the other end has not taken yet */
#define BURST 16      /* packets read before others get a turn */

struct _PacketSocket {
  int fd; /* -1 = closed */
  const PacketSocketHandlers *handlers;
  gpointer user_data;
  guint in_source;
  guint out_source;
  GQueue queue; /* of GBytes */
};

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  PacketSocket *self = g_rc_box_acquire (user_data);

  for (int i = 0; i < BURST && self->fd >= 0; i++) {
    guint8 packet[PACKET_SOCKET_MAX];
    ssize_t n = recv (fd, packet, sizeof packet, MSG_DONTWAIT | MSG_TRUNC);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n > 0 && n <= PACKET_SOCKET_MAX) {
      self->handlers->received (self->user_data, packet, (gsize)n);
    } else {
      self->handlers->closed (self->user_data);
      break;
    }
  }
  /* Where it was closed, this source is gone already. */
  g_rc_box_release (self);
  return G_SOURCE_CONTINUE;
}

/* Whether @packet went out: 1, waits: 0, or never will: -1. */
static int
send_now (PacketSocket *self, GBytes *packet)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (packet, &len);
  ssize_t n;

  do
    n = send (self->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return 1;
  return errno == EAGAIN || errno == ENOBUFS ? 0 : -1;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  PacketSocket *self = user_data;

  while (!g_queue_is_empty (&self->queue)) {
    int sent = send_now (self, g_queue_peek_head (&self->queue));

    if (sent == 0)
      return G_SOURCE_CONTINUE;
    if (sent < 0)
      break; /* the reading side notices, too */
    g_bytes_unref (g_queue_pop_head (&self->queue));
  }
  self->out_source = 0;
  return G_SOURCE_REMOVE;
}

void
packet_socket_send (PacketSocket *self, const guint8 *packet, gsize len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (packet, len);

  if (g_queue_is_empty (&self->queue) && send_now (self, bytes) != 0)
    return;
  g_queue_push_tail (&self->queue, g_steal_pointer (&bytes));
  if (self->out_source == 0)
    self->out_source = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
}

gboolean
packet_socket_is_full (const PacketSocket *self)
{
  return g_queue_get_length ((GQueue *)&self->queue) >= QUEUE_MAX;
}

gboolean
packet_socket_is_gone (const PacketSocket *self)
{
  struct pollfd pollfd = { self->fd, POLLRDHUP, 0 };

  return poll (&pollfd, 1, 0) == 1;
}

PacketSocket *
packet_socket_new (int fd, const PacketSocketHandlers *handlers, gpointer user_data)
{
  PacketSocket *self = g_rc_box_new0 (PacketSocket);

  self->fd = fd;
  self->handlers = handlers;
  self->user_data = user_data;
  g_queue_init (&self->queue);
  self->in_source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  return self;
}

void
packet_socket_close (PacketSocket *self)
{
  guint8 rest[PACKET_SOCKET_MAX];

  g_clear_handle_id (&self->in_source, g_source_remove);
  g_clear_handle_id (&self->out_source, g_source_remove);
  g_queue_clear_full (&self->queue, (GDestroyNotify)g_bytes_unref);
  /* Closing with unread packets would make the other end lose what was said
   * last, such as why it was refused. */
  while (recv (self->fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
    ;
  close (self->fd);
  self->fd = -1;
  g_rc_box_release (self);
}
