/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness and time, as wtl_device_port wants them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int board_random (void *ctx, uint8_t *buf, size_t len);
uint64_t board_now_ms (void *ctx);
