/* SPDX-License-Identifier: Apache-2.0 */
/* The slots, by number, as in src/flash.h. */
#pragma once

#define FLASH_AREA_IMAGE_PRIMARY(image) 0
#define FLASH_AREA_IMAGE_SECONDARY(image) 1
