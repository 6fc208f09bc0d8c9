/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The link source base class: the list of peers and its signals.
 */
#include "daemon/link/link-source.h"

#include <string.h>

#include "daemon/link/peer-private.h"

typedef struct {
  WattleActivity activity;
  GPtrArray *peers;
  WattleConnectQueue *queue;
  GError *problem;
} WattleLinkSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleLinkSource, wattle_link_source, G_TYPE_OBJECT)

enum { SIGNAL_APPEARED, SIGNAL_CHANGED, SIGNAL_VANISHED, SIGNAL_PROBLEM, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
wattle_link_source_finalize (GObject *object)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (WATTLE_LINK_SOURCE (object));

  for (guint i = 0; i < priv->peers->len; i++)
    wattle_peer_set_queue (g_ptr_array_index (priv->peers, i), NULL);
  g_ptr_array_unref (priv->peers);
  wattle_connect_queue_unref (priv->queue);
  g_clear_error (&priv->problem);
  G_OBJECT_CLASS (wattle_link_source_parent_class)->finalize (object);
}

static guint
new_peer_signal (WattleLinkSourceClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       WATTLE_TYPE_PEER);
}

static void
wattle_link_source_class_init (WattleLinkSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_link_source_finalize;
  signals[SIGNAL_APPEARED] = new_peer_signal (klass, "peer-appeared");
  signals[SIGNAL_CHANGED] = new_peer_signal (klass, "peer-changed");
  signals[SIGNAL_VANISHED] = new_peer_signal (klass, "peer-vanished");
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_link_source_init (WattleLinkSource *self)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  priv->peers = g_ptr_array_new_with_free_func (g_object_unref);
  priv->queue = wattle_connect_queue_new ();
}

const char *
wattle_link_source_get_name (WattleLinkSource *self)
{
  g_return_val_if_fail (WATTLE_IS_LINK_SOURCE (self), NULL);
  return WATTLE_LINK_SOURCE_GET_CLASS (self)->name;
}

void
wattle_link_source_set_activity (WattleLinkSource *self, WattleActivity activity)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  g_return_if_fail (WATTLE_IS_LINK_SOURCE (self));
  if (priv->activity == activity)
    return;
  priv->activity = activity;
  WATTLE_LINK_SOURCE_GET_CLASS (self)->set_activity (self, activity);
}

WattleActivity
wattle_link_source_get_activity (WattleLinkSource *self)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  return priv->activity;
}

gboolean
wattle_link_source_is_busy (WattleLinkSource *self)
{
  g_return_val_if_fail (WATTLE_IS_LINK_SOURCE (self), FALSE);
  return WATTLE_LINK_SOURCE_GET_CLASS (self)->is_busy != NULL && WATTLE_LINK_SOURCE_GET_CLASS (self)->is_busy (self);
}

const GError *
wattle_link_source_get_problem (WattleLinkSource *self)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  return priv->problem;
}

void
wattle_link_source_set_problem (WattleLinkSource *self, const GError *error)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  if (priv->problem == error
      || (priv->problem != NULL && error != NULL && priv->problem->code == error->code
          && strcmp (priv->problem->message, error->message) == 0))
    return;
  g_clear_error (&priv->problem);
  priv->problem = error == NULL ? NULL : g_error_copy (error);
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0);
}

GPtrArray *
wattle_link_source_get_peers (WattleLinkSource *self)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  return priv->peers;
}

WattlePeer *
wattle_link_source_find_peer (WattleLinkSource *self, const char *address)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  for (guint i = 0; i < priv->peers->len; i++) {
    WattlePeer *peer = g_ptr_array_index (priv->peers, i);

    if (g_strcmp0 (wattle_peer_get_address (peer), address) == 0)
      return peer;
  }
  return NULL;
}

void
wattle_link_source_add_peer (WattleLinkSource *self, WattlePeer *peer)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);

  g_ptr_array_add (priv->peers, g_object_ref (peer));
  wattle_peer_set_queue (peer, priv->queue);
  g_signal_emit (self, signals[SIGNAL_APPEARED], 0, peer);
}

void
wattle_link_source_change_peer (WattleLinkSource *self, WattlePeer *peer)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, peer);
}

void
wattle_link_source_remove_peer (WattleLinkSource *self, WattlePeer *peer)
{
  WattleLinkSourcePrivate *priv = wattle_link_source_get_instance_private (self);
  g_autoptr (WattlePeer) ref = g_object_ref (peer);

  if (!g_ptr_array_remove (priv->peers, peer))
    return;
  wattle_peer_set_queue (peer, NULL);
  g_signal_emit (self, signals[SIGNAL_VANISHED], 0, peer);
}
