/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New images: frames of SMP that the core hands on from its owner's session, to
 * Zephyr's own handlers.  There is no other way to them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef CONFIG_WATTLE_UPDATE
/* To be called once, before the first frame. */
int update_start (void);

/* As wtl_device_port's smp: returns when the answer is there. */
int update_smp (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len);

/* Forgets what a former owner has offered: erases the first page at or after @at, in
 * bytes from the begin of the slot for new images, that is not blank, and sets @at
 * behind it.  False where there is none left, or where the image that runs is only
 * tried and the one in that slot may have to come back. */
bool update_forget (uint32_t *at);
#else
#define update_smp NULL

static inline int
update_start (void)
{
  return 0;
}

static inline bool
update_forget (uint32_t *at)
{
  return false;
}
#endif
