/* SPDX-License-Identifier: Apache-2.0 */
/* What runs on a virtual device, for its owner to know. */
#pragma once

#include <glib.h>

#include "firmware/virtual/images.h"
#include "firmware/virtual/options.h"
#include "pairing/pairing.pb.h"

G_BEGIN_DECLS

#define INTEGRITY_CAUSES "power, pin, software, watchdog, brownout, lockup, debug, unknown"

/* One of those names; NULL: power. */
gboolean integrity_parse_cause (const char *name, wtl_ResetCause *out);

/* As wtl_device_port's. */
void integrity_tell (const Images *images, const Options *options, wtl_Integrity *out);

/* The debug port, the images' memory, and @image_is_off as it was found at the start. */
guint32 integrity_alerts (const Images *images, const Options *options, gboolean image_is_off);

G_END_DECLS
