/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The radio: what is the same whether companions come by socket or Bluetooth.
 */
#include "firmware/virtual/radio.h"

#include <string.h>

#include "firmware/virtual/radio-private.h"

static void
clear_source (guint *source)
{
  if (*source != 0)
    g_source_remove (*source);
  *source = 0;
}

/* --- range --- */

static gboolean
on_back (gpointer user_data)
{
  Radio *self = user_data;
  g_autoptr (GError) error = NULL;

  self->back_source = 0;
  if (!radio_set_in_range (self, TRUE, &error))
    g_printerr ("%s\n", error->message);
  return G_SOURCE_REMOVE;
}

static gboolean
on_leave (gpointer user_data)
{
  Radio *self = user_data;

  self->leave_source = 0;
  self->packets_left = -1;
  radio_set_in_range (self, FALSE, NULL);
  if (self->options->back_after > 0)
    self->back_source = g_timeout_add ((guint)self->options->back_after, on_back, self);
  return G_SOURCE_REMOVE;
}

gboolean
radio_set_in_range (Radio *self, gboolean in_range, GError **error)
{
  if (self->in_range == in_range)
    return TRUE;
  clear_source (&self->leave_source);
  clear_source (&self->back_source);
  self->in_range = in_range;
  if (!in_range) {
    self->kind->leave (self); /* first: who hears the end finds nothing any more */
    radio_lost (self);
    return TRUE;
  }
  self->in_range = self->kind->enter (self, error);
  return self->in_range;
}

/* Whether a packet still gets through.  The link goes later, because the core
 * may be in the middle of an answer. */
static gboolean
use_packet (Radio *self)
{
  if (self->packets_left < 0)
    return TRUE;
  if (self->packets_left == 0)
    return FALSE;
  self->packets_left--;
  if (self->packets_left == 0)
    self->leave_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_leave, self, NULL);
  return TRUE;
}

/* --- the connection --- */

gboolean
radio_connected (Radio *self, gsize mtu)
{
  g_return_val_if_fail (!self->connected, FALSE);

  self->heard = FALSE;
  self->turns = 0;
  self->connected = self->handlers->connected (self->user_data, mtu);
  return self->connected;
}

static void
take_packet (gpointer user_data, const guint8 *packet, gsize len)
{
  Radio *self = user_data;

  if (!self->connected || !use_packet (self))
    return;
  self->heard = TRUE;
  self->handlers->packet (self->user_data, packet, len);
}

void
radio_received (Radio *self, const guint8 *packet, gsize len)
{
  faults_pass (&self->in, packet, len, take_packet, self);
}

void
radio_hang_up (Radio *self)
{
  if (!self->connected)
    return;
  self->connected = FALSE;
  faults_reset (&self->in);
  faults_reset (&self->out);
  self->kind->hang_up (self);
}

void
radio_lost (Radio *self)
{
  if (!self->connected)
    return;
  radio_hang_up (self);
  self->handlers->disconnected (self->user_data);
}

static void
send_packet (gpointer user_data, const guint8 *packet, gsize len)
{
  Radio *self = user_data;

  if (self->connected)
    self->kind->send (self, packet, len);
}

gboolean
radio_send (Radio *self, const guint8 *packet, gsize len)
{
  if (!self->connected || self->kind->is_full (self))
    return FALSE;
  self->turns += self->heard;
  self->heard = FALSE;
  if (!use_packet (self))
    return TRUE; /* as radio does: it never knows */
  faults_pass (&self->out, packet, len, send_packet, self);
  return TRUE;
}

guint
radio_get_turns (const Radio *self)
{
  return self->turns;
}

/* --- life --- */

void
radio_advertise (Radio *self, const guint8 advert[WTL_ADVERT_SIZE])
{
  memcpy (self->advert, advert, WTL_ADVERT_SIZE);
  self->has_advert = TRUE;
  if (self->in_range)
    self->kind->advertise (self);
}

void
radio_vanish (Radio *self)
{
  self->kind->vanish (self);
}

Radio *
radio_new (const Options *options, const RadioHandlers *handlers, gpointer user_data, GError **error)
{
  g_autoptr (Radio) self = options->bluetooth ? radio_bluez_new (options, error) : radio_socket_new (options, error);

  if (self == NULL)
    return NULL;
  self->options = options;
  self->handlers = handlers;
  self->user_data = user_data;
  self->packets_left = options->out_of_range_after > 0 ? options->out_of_range_after : -1;
  faults_init (&self->in, options, 1);
  faults_init (&self->out, options, 2);
  return radio_set_in_range (self, TRUE, error) ? g_steal_pointer (&self) : NULL;
}

void
radio_free (Radio *self)
{
  clear_source (&self->leave_source);
  clear_source (&self->back_source);
  if (self->in_range)
    self->kind->leave (self);
  radio_hang_up (self);
  faults_clear (&self->in);
  faults_clear (&self->out);
  self->kind->free (self);
}
