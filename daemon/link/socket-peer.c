/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connects to a device's socket.  A Unix socket connects at once or not at all,
 * so there is nothing to wait for.
 */
#include "daemon/link/socket-peer.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "daemon/link/socket-link.h"

struct _WattleSocketPeer {
  WattlePeer parent_instance;

  char *path;
  gsize mtu;
  gboolean listed;
};

G_DEFINE_FINAL_TYPE (WattleSocketPeer, wattle_socket_peer, WATTLE_TYPE_PEER)

enum { SIGNAL_REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static WattleLink *
try_connect (WattleSocketPeer *self, gboolean *refused, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autoptr (GSocket) gsocket = NULL;
  int fd;

  if (g_strlcpy (address.sun_path, self->path, sizeof address.sun_path) >= sizeof address.sun_path) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, _ ("The path %s is too long for a socket."),
                 self->path);
    return NULL;
  }
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, g_strerror (errno));
    return NULL;
  }
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0) {
    *refused = errno == ECONNREFUSED;
    if (errno == EAGAIN)
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY,
                           _ ("The device is busy with another computer or phone. Try again in a moment."));
    else
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                           _ ("The device is out of range or switched off."));
    close (fd);
    return NULL;
  }
  gsocket = g_socket_new_from_fd (fd, error);
  if (gsocket == NULL) {
    close (fd);
    return NULL;
  }
  return wattle_socket_link_new (gsocket, self->mtu);
}

static void
wattle_socket_peer_connect_async (WattlePeer *peer, WattleConnectQueue *queue, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (peer, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  gboolean refused = FALSE;
  WattleLink *link = try_connect (WATTLE_SOCKET_PEER (peer), &refused, &error);

  if (link != NULL)
    g_task_return_pointer (task, link, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  if (refused)
    g_signal_emit (peer, signals[SIGNAL_REFUSED], 0);
}

static WattleLink *
wattle_socket_peer_connect_finish (WattlePeer *peer, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wattle_socket_peer_finalize (GObject *object)
{
  g_free (WATTLE_SOCKET_PEER (object)->path);
  G_OBJECT_CLASS (wattle_socket_peer_parent_class)->finalize (object);
}

static void
wattle_socket_peer_class_init (WattleSocketPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_socket_peer_finalize;
  signals[SIGNAL_REFUSED]
      = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  WATTLE_PEER_CLASS (klass)->connect_async = wattle_socket_peer_connect_async;
  WATTLE_PEER_CLASS (klass)->connect_finish = wattle_socket_peer_connect_finish;
}

static void
wattle_socket_peer_init (WattleSocketPeer *self)
{
}

WattlePeer *
wattle_socket_peer_new (const char *address, const char *path)
{
  WattleSocketPeer *self = g_object_new (WATTLE_TYPE_SOCKET_PEER, NULL);

  wattle_peer_setup (WATTLE_PEER (self), address, "socket");
  self->path = g_strdup (path);
  self->mtu = WATTLE_LINK_MTU_MIN;
  return WATTLE_PEER (self);
}

void
wattle_socket_peer_set_mtu (WattleSocketPeer *self, gsize mtu)
{
  self->mtu = mtu;
}

void
wattle_socket_peer_set_listed (WattleSocketPeer *self, gboolean listed)
{
  self->listed = listed;
}

gboolean
wattle_socket_peer_get_listed (WattleSocketPeer *self)
{
  return self->listed;
}
