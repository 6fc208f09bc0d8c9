/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel HEX (Intel's "Hexadecimal Object File Format Specification", revision A,
 * 1988), as flashing tools take it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @len bytes that belong at @address; both are multiples of 4. */
GString *vendor_hex_new (guint32 address, const guint8 *data, gsize len);

G_END_DECLS
