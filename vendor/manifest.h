/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units manifest: which units were made, one JSON object a line, with
 * nothing secret in it.  The manufacturer's cloud reads it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Manifest Manifest;

/* Opens the file, or makes it, and keeps others out until it is closed.  Fails
 * where a line of it cannot be read. */
Manifest *manifest_open (const char *path, GError **error);
void manifest_close (Manifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Manifest, manifest_close)

gboolean manifest_has (Manifest *self, const char *unit_id);

/* Appends a unit, down to the disk; @public_key: 65 bytes. */
gboolean manifest_append (Manifest *self, const char *unit_id, guint32 product, const guint8 *public_key,
                          GError **error);

G_END_DECLS
