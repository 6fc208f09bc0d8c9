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

typedef struct {
  const char *unit_id;
  guint32 product;
  const guint8 *public_key; /* 65 bytes */
} ManifestLine;

/* The lines of units, as they are appended. */
char *manifest_make_lines (const ManifestLine *units, guint count);

/* Appends lines, down to the disk: all of them or, at an error, none.  A power
 * cut may leave the first few. */
gboolean manifest_append (Manifest *self, const char *lines, GError **error);

/* The two of them finish what a power cut left: whether the manifest has any of
 * the units of @lines (FALSE where that is no manifest's text), and appending
 * those that it has not. */
gboolean manifest_has_some (Manifest *self, const char *lines, gboolean *some);
gboolean manifest_append_missing (Manifest *self, const char *lines, GError **error);

G_END_DECLS
