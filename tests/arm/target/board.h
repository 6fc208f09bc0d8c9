/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts instructions on the emulated board, to 40 of them, when QEMU runs with
 * -icount shift=0: the same number at each run.
 */
#pragma once

#include <stdint.h>

void board_count_start (void);

/* Since the start; at most 671 million, beyond which the program ends with an error. */
uint32_t board_count_stop (void);
