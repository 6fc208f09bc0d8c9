/* SPDX-License-Identifier: Apache-2.0 */
/* A whole chip's flash, whose power can be cut at any operation. */
#pragma once

#include <setjmp.h>
#include <stdint.h>

#define FLASH_PAGE 4096u
#define FLASH_WORD 4u

/* What an operation has done when the power goes. */
enum flash_tear {
  FLASH_NOTHING, /* it had not begun */
  FLASH_HALF,    /* the first half of its bytes */
  FLASH_ALL,     /* it was over, and nobody heard */
};

extern uint8_t flash_bytes[FLASH_SIZE];
extern jmp_buf flash_power_off;   /* where a cut leads to */
extern unsigned flash_operations; /* writes and erases since flash_cut() */

/* Cuts at the @n-th operation from now; 0: not at all. */
void flash_cut (unsigned n, enum flash_tear tear);
