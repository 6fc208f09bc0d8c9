/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kinds of radio have in common, and what each does its own way.
 */
#pragma once

#include "firmware/virtual/faults.h"
#include "firmware/virtual/radio.h"

G_BEGIN_DECLS

/* One table per kind.  A kind's structure begins with a Radio. */
typedef struct {
  /* In range: takes companions, and is seen where self->has_advert. */
  gboolean (*enter) (Radio *self, GError **error);
  /* Out of range: neither seen nor heard.  Does not call back. */
  void (*leave) (Radio *self);
  void (*vanish) (Radio *self);
  /* self->advert is new; the device is in range. */
  void (*advertise) (Radio *self);
  /* Sends one packet to the companion, now or from a queue. */
  void (*send) (Radio *self, const guint8 *packet, gsize len);
  /* Whether that queue is full: the companion has stopped reading. */
  gboolean (*is_full) (Radio *self);
  /* Closes the connection. */
  void (*hang_up) (Radio *self);
  /* Frees the kind's structure; the device is out of range. */
  void (*free) (Radio *self);
} RadioKind;

struct _Radio {
  const RadioKind *kind;
  const Options *options;
  const RadioHandlers *handlers;
  gpointer user_data;
  guint8 advert[WTL_ADVERT_SIZE];
  gboolean has_advert;
  gboolean in_range;
  gboolean connected;
  gboolean heard;   /* something since the last answer */
  guint turns;      /* answers on this connection */
  int packets_left; /* until it walks out of range; -1 = never */
  guint leave_source;
  guint back_source;
  Faults in, out;
};

/* The kinds.  Each takes what of @options concerns it; out of range at first. */
Radio *radio_socket_new (const Options *options, GError **error);
Radio *radio_bluez_new (const Options *options, GError **error);

/* For the kinds: somebody is there, whose packets may have @mtu bytes.  FALSE:
 * is to be turned away. */
gboolean radio_connected (Radio *self, gsize mtu);

/* For the kinds: a packet came.  The connection may be over afterwards. */
void radio_received (Radio *self, const guint8 *packet, gsize len);

/* For the kinds: the companion is gone.  Hangs up. */
void radio_lost (Radio *self);

G_END_DECLS
