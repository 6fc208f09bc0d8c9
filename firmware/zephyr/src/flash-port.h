/* SPDX-License-Identifier: Apache-2.0 */
/* The core's flash (firmware/core/flash.h) in a partition of its own. */
#pragma once

#include <stdint.h>

#include "firmware/core/flash.h"

/* Fills @flash with functions on the partition "wattle_partition".  WTL_ERROR_STORAGE
 * where it is missing, too small, or its memory cannot keep the core's rules. */
enum wtl_status flash_port_open (struct wtl_flash *flash);

/* Pages erased and words written since the start, for the wear of the chip. */
uint32_t flash_port_erases (void);
uint32_t flash_port_writes (void);
