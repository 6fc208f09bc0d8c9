/* SPDX-License-Identifier: Apache-2.0 */
/* The host controller interface as a stream. */
#define _GNU_SOURCE
#include "tests/bluez/air/stream.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bluez/air/hci.h"

typedef struct {
  StreamFunc func;
  gpointer user_data;
} Listener;

/* One host: bytes at one end, packets at the other. */
typedef struct {
  int bytes;
  int packets;
  guint8 waiting[HCI_PACKET_MAX]; /* the beginning of a packet */
  gsize have;
} Stream;

/* Size of the packet that begins with @have bytes at @p; 0 = not known yet,
 * more than HCI_PACKET_MAX: it is none. */
static gsize
packet_size (const guint8 *p, gsize have)
{
  if (have < 1)
    return 0;
  switch (p[0]) {
    case HCI_COMMAND:
      return have < 4 ? 0 : 4u + p[3];
    case HCI_ACL:
      return have < 5 ? 0 : 5u + hci_get16 (p + 3);
    default:
      return HCI_PACKET_MAX + 1;
  }
}

static gboolean
end (Stream *stream)
{
  close (stream->bytes);
  close (stream->packets);
  stream->bytes = stream->packets = -1;
  return G_SOURCE_REMOVE;
}

/* The second of the two sources to end frees what both use. */
static void
unref (gpointer data)
{
  g_atomic_rc_box_release (data);
}

static gboolean
on_bytes (int fd, GIOCondition condition, gpointer user_data)
{
  Stream *stream = user_data;
  gssize len;
  gsize size;

  if (fd != stream->bytes)
    return G_SOURCE_REMOVE;
  len = read (fd, stream->waiting + stream->have, sizeof stream->waiting - stream->have);
  if (len <= 0)
    return end (stream);
  stream->have += (gsize)len;
  while ((size = packet_size (stream->waiting, stream->have)) > 0 && size <= stream->have) {
    if (write (stream->packets, stream->waiting, size) != (gssize)size)
      return end (stream);
    stream->have -= size;
    memmove (stream->waiting, stream->waiting + size, stream->have);
  }
  return size > HCI_PACKET_MAX ? end (stream) : G_SOURCE_CONTINUE;
}

static gboolean
on_packets (int fd, GIOCondition condition, gpointer user_data)
{
  Stream *stream = user_data;
  guint8 packet[HCI_PACKET_MAX];
  gssize len;

  if (fd != stream->packets)
    return G_SOURCE_REMOVE;
  len = read (fd, packet, sizeof packet);
  return len > 0 && write (stream->bytes, packet, (gsize)len) == len ? G_SOURCE_CONTINUE : end (stream);
}

static gboolean
on_connection (int fd, GIOCondition condition, gpointer user_data)
{
  Listener *listener = user_data;
  int client = accept4 (fd, NULL, NULL, SOCK_CLOEXEC), pair[2];
  Stream *stream;

  if (client < 0)
    return G_SOURCE_CONTINUE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    close (client);
    return G_SOURCE_CONTINUE;
  }
  stream = g_atomic_rc_box_new0 (Stream);
  stream->bytes = client;
  stream->packets = pair[0];
  g_unix_fd_add_full (G_PRIORITY_DEFAULT, client, G_IO_IN | G_IO_HUP, on_bytes, g_atomic_rc_box_acquire (stream),
                      unref);
  g_unix_fd_add_full (G_PRIORITY_DEFAULT, pair[0], G_IO_IN | G_IO_HUP, on_packets, stream, unref);
  listener->func (listener->user_data, pair[1]);
  return G_SOURCE_CONTINUE;
}

gboolean
stream_listen (const char *path, StreamFunc func, gpointer user_data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Listener *listener;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  unlink (path);
  if (fd < 0 || bind (fd, (struct sockaddr *)&address, sizeof address) != 0 || listen (fd, 1) != 0)
    return FALSE;
  listener = g_new0 (Listener, 1);
  listener->func = func;
  listener->user_data = user_data;
  g_unix_fd_add_full (G_PRIORITY_DEFAULT, fd, G_IO_IN, on_connection, listener, g_free);
  return TRUE;
}
