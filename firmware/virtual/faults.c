/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bad link.
 */
#include "firmware/virtual/faults.h"

#include <string.h>

void
faults_init (Faults *self, const Options *options, guint32 salt)
{
  const guint32 seed[] = { (guint32)options->seed, (guint32)((guint64)options->seed >> 32), salt };

  self->options = options;
  self->rand = g_rand_new_with_seed_array (seed, G_N_ELEMENTS (seed));
  self->held = NULL;
}

void
faults_reset (Faults *self)
{
  g_clear_pointer (&self->held, g_bytes_unref);
}

void
faults_clear (Faults *self)
{
  faults_reset (self);
  g_clear_pointer (&self->rand, g_rand_free);
}

static gboolean
happens (Faults *self, double chance)
{
  return chance > 0 && g_rand_double (self->rand) < chance;
}

void
faults_pass (Faults *self, const guint8 *packet, gsize len, FaultsDeliver deliver, gpointer user_data)
{
  g_autofree guint8 *copy = g_memdup2 (packet, len);
  g_autoptr (GBytes) held = NULL;

  if (happens (self, self->options->lose))
    return;
  if (len > 0 && happens (self, self->options->corrupt))
    copy[g_rand_int_range (self->rand, 0, (gint32)len)] ^= 1u << g_rand_int_range (self->rand, 0, 8);
  if (self->held == NULL && happens (self, self->options->reorder)) {
    self->held = g_bytes_new (copy, len);
    return;
  }
  held = g_steal_pointer (&self->held);
  deliver (user_data, copy, len);
  if (happens (self, self->options->repeat))
    deliver (user_data, copy, len);
  if (held != NULL)
    deliver (user_data, g_bytes_get_data (held, NULL), g_bytes_get_size (held));
}
