/* SPDX-License-Identifier: Apache-2.0 */
/* An image as MCUboot has them, of nothing but a pattern. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IMAGE_SIZE 12008
#define IMAGE_TOTAL (32 + IMAGE_SIZE + 4 + 4 + 32)

/* Fills @out with header, body and hash. */
void image_make (uint8_t seed, uint8_t minor, uint8_t out[IMAGE_TOTAL], uint8_t hash[32]);
