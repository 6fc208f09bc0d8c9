/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unit's label: what is printed on it, for people and for phones.
 */
#pragma once

#include <glib.h>

#include "pairing/code.h"

G_BEGIN_DECLS

/* Prints the label: name, unit, code in groups, QR text and the QR picture in
 * half blocks. */
gboolean vendor_label_print (const struct wtl_label *label, const char *product_name, GError **error);

/* Writes {"code", "qr", "unit_id", "product"} for scripts to @path, readable by
 * its owner alone.  Fails where the file is there already. */
gboolean vendor_label_write (const struct wtl_label *label, const char *path, GError **error);

/* Appends the same as one line to @lines; wipe it. */
void vendor_label_append_line (const struct wtl_label *label, GString *lines);

/* The code of such a line; NULL where it is none. */
char *vendor_label_read_code (const char *line, gsize len);

G_END_DECLS
