/* SPDX-License-Identifier: Apache-2.0 */
/* The core's flash (firmware/core/flash.h) in a partition of its own. */
#pragma once

#include "firmware/core/flash.h"

/* Fills @flash with functions on the partition "wattle_partition".  WTL_ERROR_STORAGE
 * where it is missing, too small, or its memory cannot keep the core's rules. */
enum wtl_status flash_port_open (struct wtl_flash *flash);

/* Whether anything was refused by the memory since it was opened. */
bool flash_port_has_failed (void);
