/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The link base class: bounds, and "closed" once and last.
 */
#include "daemon/link/link.h"

#include <glib/gi18n-lib.h>

typedef struct {
  gsize mtu;
  gboolean closed;
} WattleLinkPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleLink, wattle_link, G_TYPE_OBJECT)

enum { SIGNAL_PACKET, SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
end (WattleLink *self, const GError *error)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  if (priv->closed)
    return;
  g_object_ref (self);
  priv->closed = TRUE;
  WATTLE_LINK_GET_CLASS (self)->close (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
  g_object_unref (self);
}

static void
wattle_link_class_init (WattleLinkClass *klass)
{
  signals[SIGNAL_PACKET] = g_signal_new ("packet", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
wattle_link_init (WattleLink *self)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  priv->mtu = WATTLE_LINK_MTU_MIN;
}

gsize
wattle_link_get_mtu (WattleLink *self)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  g_return_val_if_fail (WATTLE_IS_LINK (self), WATTLE_LINK_MTU_MIN);
  return priv->mtu;
}

void
wattle_link_set_mtu (WattleLink *self, gsize mtu)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  g_return_if_fail (WATTLE_IS_LINK (self));
  priv->mtu = CLAMP (mtu, WATTLE_LINK_MTU_MIN, WATTLE_LINK_MTU_MAX);
}

gboolean
wattle_link_send (WattleLink *self, const guint8 *packet, gsize len, GError **error)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  g_return_val_if_fail (WATTLE_IS_LINK (self), FALSE);
  if (priv->closed) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, _ ("The connection to the device has ended."));
    return FALSE;
  }
  if (len < 1 || len > priv->mtu) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, "A packet does not fit the link");
    return FALSE;
  }
  return WATTLE_LINK_GET_CLASS (self)->send (self, packet, len, error);
}

gboolean
wattle_link_is_closed (WattleLink *self)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  g_return_val_if_fail (WATTLE_IS_LINK (self), TRUE);
  return priv->closed;
}

void
wattle_link_close (WattleLink *self)
{
  g_return_if_fail (WATTLE_IS_LINK (self));
  end (self, NULL);
}

void
wattle_link_fail (WattleLink *self, const GError *error)
{
  g_return_if_fail (WATTLE_IS_LINK (self));
  g_return_if_fail (error != NULL);
  end (self, error);
}

void
wattle_link_emit_packet (WattleLink *self, GBytes *packet)
{
  WattleLinkPrivate *priv = wattle_link_get_instance_private (self);

  g_return_if_fail (WATTLE_IS_LINK (self));
  if (!priv->closed)
    g_signal_emit (self, signals[SIGNAL_PACKET], 0, packet);
}
