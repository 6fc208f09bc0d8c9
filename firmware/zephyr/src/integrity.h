/* SPDX-License-Identifier: Apache-2.0 */
/* What runs on this chip, for its owner to know. */
#pragma once

#include <stdint.h>

#include "pairing/pairing.pb.h"

/* To be called once, at the start: the chip forgets why it started, and the
 * image is looked through. */
void integrity_start (void);

/* As wtl_device_port's alerts. */
uint32_t integrity_alerts (void *ctx);

/* As wtl_device_port's integrity. */
void integrity_tell (void *ctx, wtl_Integrity *out);
