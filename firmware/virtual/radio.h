/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The radio: how companions see the device, and the one that is connected.
 * Without --bluetooth it is a directory,
 *
 *   NAME.advert   12 bytes: the advertisement (pairing/advert.h), then the
 *                 largest packet, big-endian; replaced in one step; gone while
 *                 the device is out of range
 *   NAME.sock     a SOCK_SEQPACKET socket, one packet of the link each
 *
 * with it a GATT service and an advertisement that BlueZ puts on the air
 * (pairing/gatt.h).  One companion is connected at a time; others are turned
 * away.  Faults are made here, the same ones on either.
 */
#pragma once

#include <glib.h>

#include "firmware/virtual/options.h"
#include "pairing/advert.h"

G_BEGIN_DECLS

typedef struct {
  /* Packets to send are of at most @mtu bytes.  FALSE turns the companion away. */
  gboolean (*connected) (gpointer user_data, gsize mtu);
  void (*packet) (gpointer user_data, const guint8 *packet, gsize len);
  void (*disconnected) (gpointer user_data);
} RadioHandlers;

typedef struct _Radio Radio;

/* @options and @handlers must outlive it.  Nobody sees the device before
 * radio_advertise(). */
Radio *radio_new (const Options *options, const RadioHandlers *handlers, gpointer user_data, GError **error);

/* Leaves everything as if the device had never been there. */
void radio_free (Radio *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Radio, radio_free)

/* The power is gone, and this process will be: only what nobody else tidies up. */
void radio_vanish (Radio *self);

void radio_advertise (Radio *self, const guint8 advert[WTL_ADVERT_SIZE]);

/* FALSE where nobody is connected or the other side has stopped reading. */
gboolean radio_send (Radio *self, const guint8 *packet, gsize len);

/* Round trips of the connection, or of the last one: how often there was an
 * answer to what was heard. */
guint radio_get_turns (const Radio *self);

/* Ends the connection; "disconnected" is not called. */
void radio_hang_up (Radio *self);

/* Out of range the device is neither seen nor heard. */
gboolean radio_set_in_range (Radio *self, gboolean in_range, GError **error);

G_END_DECLS
