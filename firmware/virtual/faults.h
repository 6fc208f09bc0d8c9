/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bad link: loses, repeats, reorders and corrupts packets, the same ones each
 * time for the same seed.
 */
#pragma once

#include <glib.h>

#include "firmware/virtual/options.h"

G_BEGIN_DECLS

typedef void (*FaultsDeliver) (gpointer user_data, const guint8 *packet, gsize len);

/* One direction of a link. */
typedef struct {
  const Options *options;
  GRand *rand;
  GBytes *held; /* goes after the next packet */
} Faults;

/* @options must outlive it.  @salt tells the two directions apart. */
void faults_init (Faults *self, const Options *options, guint32 salt);
void faults_clear (Faults *self);

/* Forgets what is held back: the link is another one. */
void faults_reset (Faults *self);

/* Calls @deliver for what comes out: nothing, one packet or several. */
void faults_pass (Faults *self, const guint8 *packet, gsize len, FaultsDeliver deliver, gpointer user_data);

G_END_DECLS
