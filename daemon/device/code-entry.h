/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person types to open a device, before anything is sent.
 */
#pragma once

#include <glib.h>

#include "common/error.h"

G_BEGIN_DECLS

/* The ten digits of a code as typed or pasted, or of a QR text, in wiped
 * memory.  @product: what the device says it is, 0 = unknown; a QR text of
 * another product is refused.  MISTYPED_CODE. */
GBytes *wattle_code_entry_parse (const char *text, guint32 product, GError **error);

/* A password that could be one.  WRONG_PASSWORD. */
GBytes *wattle_password_entry_parse (const char *text, GError **error);

G_END_DECLS
