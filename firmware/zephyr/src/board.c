/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness and time. */
#include "board.h"

#include <zephyr/kernel.h>
#include <zephyr/random/random.h>

int
board_random (void *ctx, uint8_t *buf, size_t len)
{
  return sys_csrand_get (buf, len);
}

uint64_t
board_now_ms (void *ctx)
{
  return (uint64_t)k_uptime_get ();
}
