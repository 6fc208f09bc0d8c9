/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people write about their devices: names, notes.
 */
#pragma once

#include <glib.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_DEVICE_NAME_MAX 128 /* bytes */

#define WATTLE_OTHERS_MAX 300 /* bytes */

/* Whether @text is one line of at most @max bytes of UTF-8, without control
 * characters; "" is. */
gboolean wattle_line_is_valid (const char *text, gsize max);

/* INVALID_ARGUMENT: empty, too long, not UTF-8 or with control characters. */
gboolean wattle_device_name_is_valid (const char *name, GError **error);

G_END_DECLS
