/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One write at a time, so that BlueZ's answer is the flow control; the others
 * wait in a queue with an end.
 */
#include "daemon/link/bluez/value-link.h"

#include <glib/gi18n-lib.h>

struct _WattleBluezValueLink {
  WattleLink parent_instance;

  WattleBluezGattCharacteristic1 *in;
  WattleBluezGattCharacteristic1 *out;
  gulong changed_id;
  GCancellable *cancellable;
  GQueue queue; /* of GBytes */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (WattleBluezValueLink, wattle_bluez_value_link, WATTLE_TYPE_LINK)

static void write_next (WattleBluezValueLink *self);

static void
fail (WattleBluezValueLink *self, WattleError code, const char *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, code, sentence);

  wattle_link_fail (WATTLE_LINK (self), error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezValueLink) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_gatt_characteristic1_call_write_value_finish (WATTLE_BLUEZ_GATT_CHARACTERISTIC1 (source), result,
                                                             &error);
  self->busy = FALSE;
  if (wattle_link_is_closed (WATTLE_LINK (self)))
    return;
  if (error != NULL)
    fail (self, WATTLE_ERROR_UNREACHABLE, _ ("The connection to the device was lost. Bring it nearer."));
  else
    write_next (self);
}

/* With an answer from the device where it gives one. */
static const char *
write_type (WattleBluezValueLink *self)
{
  const char *const *flags = wattle_bluez_gatt_characteristic1_get_flags (self->in);

  return flags != NULL && g_strv_contains (flags, "write") ? "request" : "command";
}

static void
write_next (WattleBluezValueLink *self)
{
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GBytes) packet = NULL;

  if (self->busy || g_queue_is_empty (&self->queue))
    return;
  packet = g_queue_pop_head (&self->queue);
  self->busy = TRUE;
  g_variant_builder_add (&options, "{sv}", "type", g_variant_new_string (write_type (self)));
  wattle_bluez_gatt_characteristic1_call_write_value (
      self->in, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, packet, TRUE), g_variant_builder_end (&options),
      self->cancellable, on_written, g_object_ref (self));
}

static void
on_changed (WattleBluezValueLink *self, GVariant *changed, const char *const *invalidated)
{
  g_autoptr (WattleBluezValueLink) ref = g_object_ref (self);
  g_autoptr (GVariant) value = g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GBytes) packet = NULL;

  if (value == NULL)
    return;
  packet = g_variant_get_data_as_bytes (value);
  if (g_bytes_get_size (packet) < 1 || g_bytes_get_size (packet) > WATTLE_LINK_MTU_MAX)
    fail (self, WATTLE_ERROR_PROTOCOL, _ ("The device sent something that it may not send."));
  else
    wattle_link_emit_packet (WATTLE_LINK (self), packet);
}

static gboolean
wattle_bluez_value_link_send (WattleLink *link, const guint8 *packet, gsize len, GError **error)
{
  WattleBluezValueLink *self = WATTLE_BLUEZ_VALUE_LINK (link);

  if (g_queue_get_length (&self->queue) >= WATTLE_LINK_QUEUE_MAX) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("The device has stopped listening."));
    return FALSE;
  }
  g_queue_push_tail (&self->queue, g_bytes_new (packet, len));
  write_next (self);
  return TRUE;
}

static void
wattle_bluez_value_link_close (WattleLink *link)
{
  WattleBluezValueLink *self = WATTLE_BLUEZ_VALUE_LINK (link);

  g_clear_signal_handler (&self->changed_id, self->out);
  g_cancellable_cancel (self->cancellable);
  g_queue_clear_full (&self->queue, (GDestroyNotify)g_bytes_unref);
  wattle_bluez_gatt_characteristic1_call_stop_notify (self->out, NULL, NULL, NULL);
}

static void
wattle_bluez_value_link_finalize (GObject *object)
{
  WattleBluezValueLink *self = WATTLE_BLUEZ_VALUE_LINK (object);

  if (!wattle_link_is_closed (WATTLE_LINK (self)))
    wattle_bluez_value_link_close (WATTLE_LINK (self));
  g_object_unref (self->in);
  g_object_unref (self->out);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (wattle_bluez_value_link_parent_class)->finalize (object);
}

static void
wattle_bluez_value_link_class_init (WattleBluezValueLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_bluez_value_link_finalize;
  WATTLE_LINK_CLASS (klass)->send = wattle_bluez_value_link_send;
  WATTLE_LINK_CLASS (klass)->close = wattle_bluez_value_link_close;
}

static void
wattle_bluez_value_link_init (WattleBluezValueLink *self)
{
  g_queue_init (&self->queue);
  self->cancellable = g_cancellable_new ();
}

WattleLink *
wattle_bluez_value_link_new (WattleBluezGattCharacteristic1 *in, WattleBluezGattCharacteristic1 *out, gsize mtu)
{
  WattleBluezValueLink *self = g_object_new (WATTLE_TYPE_BLUEZ_VALUE_LINK, NULL);

  self->in = g_object_ref (in);
  self->out = g_object_ref (out);
  wattle_link_set_mtu (WATTLE_LINK (self), mtu);
  self->changed_id = g_signal_connect_swapped (out, "g-properties-changed", G_CALLBACK (on_changed), self);
  return WATTLE_LINK (self);
}
