/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet of a batch: up to 24 units, whose files and labels lie in one folder.
 *
 *   OUTPUT/sheet-00001/labels.pdf     to print
 *                      labels.jsonl   the same for scripts
 *                      units.jsonl    the units' lines of the manifest
 *                      UNIT.hex       to flash
 *
 * The folder is made under another name, and gets its own once its units are in
 * the manifest.  So a stop at any moment leaves whole sheets and at most one that
 * is finished or thrown away at the next start.
 */
#pragma once

#include "paper/label-sheet.h"
#include "vendor/manifest.h"
#include "vendor/unit.h"

G_BEGIN_DECLS

typedef struct {
  const char *output;  /* the batch's folder */
  const char *product; /* its name, for the labels */
  guint32 address;     /* of the unit's flash on the chip */
  Manifest *manifest;
} VendorSheets;

/* Finishes or throws away a sheet that a stop has left. */
gboolean vendor_sheet_recover (const VendorSheets *self, guint number, GError **error);

/* Whether the sheet is there, whole. */
gboolean vendor_sheet_exists (const VendorSheets *self, guint number);

/* Adds the codes on a sheet that is there to @codes, a set of strings. */
gboolean vendor_sheet_read_codes (const VendorSheets *self, guint number, GHashTable *codes, GError **error);

gboolean vendor_sheet_write (const VendorSheets *self, guint number, const VendorUnit *units, guint count,
                             GError **error);

G_END_DECLS
