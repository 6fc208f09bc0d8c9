/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New images: frames of SMP that the core hands on from its owner's session, to
 * Zephyr's own handlers.  There is no other way to them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef CONFIG_WATTLE_UPDATE
/* To be called once, before the first frame. */
int update_start (void);

/* As wtl_device_port's smp: returns when the answer is there. */
int update_smp (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len);
#else
#define update_smp NULL

static inline int
update_start (void)
{
  return 0;
}
#endif
