/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a companion asks by SMP (Zephyr's mcumgr, its group for images) to put a new
 * image on a device, and what the device answers.  Makes and reads frames, no more.
 */
#pragma once

#include <glib.h>

#include "common/error.h"
#include "pairing/pairing.pb.h"

G_BEGIN_DECLS

#define WATTLE_SMP_HASH_SIZE 32

/* The piece of @file, @size bytes, that begins at @offset.  @sha: SHA-256 of the whole
 * file: with offset 0 again the device goes on where it was with the same file.
 * Returns the bytes of the piece. */
gsize wattle_smp_put_piece (wtl_SmpFrame *out, guint8 sequence, const guint8 *file, gsize size, gsize offset,
                            const guint8 sha[WATTLE_SMP_HASH_SIZE]);
/* The image of @hash is to be tried at the next start. */
void wattle_smp_put_try (wtl_SmpFrame *out, guint8 sequence, const guint8 hash[WATTLE_SMP_HASH_SIZE]);
/* Start anew. */
void wattle_smp_put_reset (wtl_SmpFrame *out, guint8 sequence);

/* Whether @answer is one to @asked, and a good one; @offset, where not NULL: what the
 * device has of the file.  PROTOCOL: it is none.  Else what the device says is in the way. */
gboolean wattle_smp_read_answer (const wtl_SmpFrame *asked, const wtl_SmpFrame *answer, guint32 *offset,
                                 GError **error);

G_END_DECLS
