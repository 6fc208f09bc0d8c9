/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer base class: what is known of it, and its turn to be connected.
 */
#include "daemon/link/peer.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/link/peer-private.h"

typedef struct {
  char *address;
  char *link_name;
  struct wtl_advert advert;
  int rssi;
  WattleConnectQueue *queue; /* NULL = not in sight of a source */
} WattlePeerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattlePeer, wattle_peer, G_TYPE_OBJECT)

static void
wattle_peer_finalize (GObject *object)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (WATTLE_PEER (object));

  g_free (priv->address);
  g_free (priv->link_name);
  g_clear_pointer (&priv->queue, wattle_connect_queue_unref);
  G_OBJECT_CLASS (wattle_peer_parent_class)->finalize (object);
}

static void
wattle_peer_class_init (WattlePeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_peer_finalize;
}

static void
wattle_peer_init (WattlePeer *self)
{
}

void
wattle_peer_setup (WattlePeer *self, const char *address, const char *link_name)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  g_return_if_fail (priv->address == NULL);
  priv->address = g_strdup (address);
  priv->link_name = g_strdup (link_name);
}

gboolean
wattle_peer_update (WattlePeer *self, const struct wtl_advert *advert, int rssi)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);
  const struct wtl_advert *old = &priv->advert;
  gboolean changed = old->version != advert->version || old->flags != advert->flags || old->product != advert->product
                     || memcmp (old->tag, advert->tag, sizeof old->tag) != 0 || priv->rssi != rssi;

  priv->advert = *advert;
  priv->rssi = rssi;
  return changed;
}

void
wattle_peer_set_queue (WattlePeer *self, WattleConnectQueue *queue)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  g_clear_pointer (&priv->queue, wattle_connect_queue_unref);
  priv->queue = queue == NULL ? NULL : wattle_connect_queue_ref (queue);
}

const char *
wattle_peer_get_address (WattlePeer *self)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  return priv->address;
}

const char *
wattle_peer_get_link_name (WattlePeer *self)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  return priv->link_name;
}

const struct wtl_advert *
wattle_peer_get_advert (WattlePeer *self)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  return &priv->advert;
}

int
wattle_peer_get_rssi (WattlePeer *self)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  return priv->rssi;
}

gboolean
wattle_peer_is_present (WattlePeer *self)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);

  return priv->queue != NULL;
}

gboolean
wattle_peer_is_heard (WattlePeer *self)
{
  g_return_val_if_fail (WATTLE_IS_PEER (self), FALSE);
  return WATTLE_PEER_GET_CLASS (self)->is_heard == NULL || WATTLE_PEER_GET_CLASS (self)->is_heard (self);
}

void
wattle_peer_connect_async (WattlePeer *self, WattleConnectPriority priority, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  WattlePeerPrivate *priv = wattle_peer_get_instance_private (self);
  WattleConnectQueue *queue = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WATTLE_IS_PEER (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, wattle_peer_connect_async);
  /* Errors are in our own domain: the queue looks at the cancellable itself. */
  g_task_set_check_cancellable (task, FALSE);
  if (priv->queue == NULL) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "%s",
                             _ ("The device is out of range or switched off."));
    return;
  }
  if (WATTLE_PEER_GET_CLASS (self)->get_queue != NULL)
    queue = WATTLE_PEER_GET_CLASS (self)->get_queue (self);
  wattle_connect_queue_push (queue != NULL ? queue : priv->queue, g_steal_pointer (&task), priority);
}

WattleLink *
wattle_peer_connect_finish (WattlePeer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_peer_forget (WattlePeer *self)
{
  g_return_if_fail (WATTLE_IS_PEER (self));
  if (WATTLE_PEER_GET_CLASS (self)->forget != NULL)
    WATTLE_PEER_GET_CLASS (self)->forget (self);
}
