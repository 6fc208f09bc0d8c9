/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets over a socket: sent at once where it takes them, else queued until
 * it is writable again.
 */
#include "daemon/link/socket-link.h"

#include <errno.h>
#include <sys/socket.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#define PACKETS_PER_DISPATCH 16 /* so that one talkative device does not keep the others waiting */

struct _WattleSocketLink {
  WattleLink parent_instance;

  GSocket *in;
  GSocket *out; /* may be the same */
  GSource *readable;
  GSource *writable; /* only while the queue is not empty */
  GQueue queue;      /* of GBytes */
};

G_DEFINE_FINAL_TYPE (WattleSocketLink, wattle_socket_link, WATTLE_TYPE_LINK)

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
fail_gone (WattleSocketLink *self)
{
  g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                                                  _ ("The connection to the device was lost. Bring it nearer."));

  wattle_link_fail (WATTLE_LINK (self), error);
}

/* FALSE where there is nothing more to read now. */
static gboolean
read_one (WattleSocketLink *self)
{
  guint8 buffer[WATTLE_LINK_MTU_MAX];
  g_autoptr (GBytes) packet = NULL;
  gssize n;

  do
    n = recv (g_socket_get_fd (self->in), buffer, sizeof buffer, MSG_DONTWAIT | MSG_TRUNC);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return FALSE;
  if (n <= 0) {
    fail_gone (self);
    return FALSE;
  }
  if ((gsize)n > sizeof buffer) {
    g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_PROTOCOL,
                                                    _ ("The device sent something that it may not send."));

    wattle_link_fail (WATTLE_LINK (self), error);
    return FALSE;
  }
  packet = g_bytes_new (buffer, n);
  wattle_link_emit_packet (WATTLE_LINK (self), packet);
  return !wattle_link_is_closed (WATTLE_LINK (self));
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (WattleSocketLink) self = g_object_ref (user_data);

  for (int i = 0; i < PACKETS_PER_DISPATCH; i++)
    if (!read_one (self))
      break;
  return wattle_link_is_closed (WATTLE_LINK (self)) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* 1 = sent, 0 = not now, -1 = the other side is gone. */
static int
send_now (WattleSocketLink *self, const guint8 *packet, gsize len)
{
  gssize n;

  do
    n = send (g_socket_get_fd (self->out), packet, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return 1;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (WattleSocketLink) self = g_object_ref (user_data);

  while (!g_queue_is_empty (&self->queue)) {
    GBytes *packet = g_queue_peek_head (&self->queue);
    gsize len;
    const guint8 *data = g_bytes_get_data (packet, &len);
    int sent = send_now (self, data, len);

    if (sent == 0)
      return G_SOURCE_CONTINUE;
    if (sent < 0) {
      fail_gone (self);
      return G_SOURCE_REMOVE;
    }
    g_bytes_unref (g_queue_pop_head (&self->queue));
  }
  clear_source (&self->writable);
  return G_SOURCE_REMOVE;
}

static GSource *
watch (WattleSocketLink *self, GSocket *socket, GIOCondition condition, GUnixFDSourceFunc func)
{
  GSource *source = g_unix_fd_source_new (g_socket_get_fd (socket), condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static gboolean
wattle_socket_link_send (WattleLink *link, const guint8 *packet, gsize len, GError **error)
{
  WattleSocketLink *self = WATTLE_SOCKET_LINK (link);

  if (g_queue_is_empty (&self->queue)) {
    int sent = send_now (self, packet, len);

    if (sent > 0)
      return TRUE;
    if (sent < 0) {
      /* The reading side finds out too, and closes; not from in here. */
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                           _ ("The connection to the device was lost. Bring it nearer."));
      return FALSE;
    }
  }
  if (g_queue_get_length (&self->queue) >= WATTLE_LINK_QUEUE_MAX) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("The device has stopped listening."));
    return FALSE;
  }
  g_queue_push_tail (&self->queue, g_bytes_new (packet, len));
  if (self->writable == NULL)
    self->writable = watch (self, self->out, G_IO_OUT, on_writable);
  return TRUE;
}

static void
wattle_socket_link_close (WattleLink *link)
{
  WattleSocketLink *self = WATTLE_SOCKET_LINK (link);

  clear_source (&self->readable);
  clear_source (&self->writable);
  g_queue_clear_full (&self->queue, (GDestroyNotify)g_bytes_unref);
  g_socket_close (self->in, NULL);
  g_socket_close (self->out, NULL);
}

static void
wattle_socket_link_finalize (GObject *object)
{
  WattleSocketLink *self = WATTLE_SOCKET_LINK (object);

  wattle_socket_link_close (WATTLE_LINK (self));
  g_clear_object (&self->in);
  g_clear_object (&self->out);
  G_OBJECT_CLASS (wattle_socket_link_parent_class)->finalize (object);
}

static void
wattle_socket_link_class_init (WattleSocketLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_socket_link_finalize;
  WATTLE_LINK_CLASS (klass)->send = wattle_socket_link_send;
  WATTLE_LINK_CLASS (klass)->close = wattle_socket_link_close;
}

static void
wattle_socket_link_init (WattleSocketLink *self)
{
  g_queue_init (&self->queue);
}

WattleLink *
wattle_socket_link_new (GSocket *socket, gsize mtu)
{
  return wattle_socket_link_new_pair (socket, socket, mtu);
}

WattleLink *
wattle_socket_link_new_pair (GSocket *in, GSocket *out, gsize mtu)
{
  WattleSocketLink *self = g_object_new (WATTLE_TYPE_SOCKET_LINK, NULL);

  self->in = g_object_ref (in);
  self->out = g_object_ref (out);
  g_socket_set_blocking (in, FALSE);
  g_socket_set_blocking (out, FALSE);
  wattle_link_set_mtu (WATTLE_LINK (self), mtu);
  self->readable = watch (self, self->in, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
  return WATTLE_LINK (self);
}
