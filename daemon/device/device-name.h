/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that people give their devices.
 */
#pragma once

#include <glib.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_DEVICE_NAME_MAX 128 /* bytes */

/* INVALID_ARGUMENT: empty, too long, not UTF-8 or with control characters. */
gboolean wattle_device_name_is_valid (const char *name, GError **error);

G_END_DECLS
