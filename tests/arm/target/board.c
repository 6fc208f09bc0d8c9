/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's mps2-an386: a Cortex-M4.  newlib's start and its semihosting do the
 * rest.  What goes wrong below the program ends it with an error.
 */
#include "board.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* Arm v7-M Architecture Reference Manual, B3.3. */
#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define CSR_ENABLE 1u
#define CSR_CORE_CLOCK 4u
#define CSR_PASSED_ZERO (1u << 16)
#define COUNTER_MAX 0xffffffu
/* The board's core runs at 25 MHz, and with -icount shift=0 an instruction takes 1 ns. */
#define INSTRUCTIONS_PER_TICK 40u

extern uint32_t board_stack_top;
void _start (void);

static void
fault (void)
{
  static const char text[] = "not ok - the processor met a fault\n";
  const uint32_t write[] = { 2, (uint32_t)text, sizeof text - 1 };
  const uint32_t leave[] = { 0x20023, 0 }; /* ADP_Stopped_RunTimeError */

  for (int i = 0; i < 2; i++) {
    register uint32_t operation __asm__("r0") = i == 0 ? 0x05 : 0x18; /* SYS_WRITE, SYS_EXIT */
    register const uint32_t *argument __asm__("r1") = i == 0 ? write : (const uint32_t *)leave[0];

    __asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(argument) : "memory");
  }
  for (;;)
    ;
}

__attribute__ ((section (".vectors"), used)) static void (*const vectors[16]) (void) = {
  (void (*) (void)) & board_stack_top,
  _start,
  fault,
  fault,
  fault,
  fault,
  fault,
  NULL,
  NULL,
  NULL,
  NULL,
  fault,
  fault,
  NULL,
  fault,
  fault,
};

void
board_count_start (void)
{
  SYST_CSR = 0;
  SYST_RVR = COUNTER_MAX;
  SYST_CVR = 0;
  SYST_CSR = CSR_ENABLE | CSR_CORE_CLOCK;
}

uint32_t
board_count_stop (void)
{
  uint32_t now = SYST_CVR;

  if ((SYST_CSR & CSR_PASSED_ZERO) != 0) {
    printf ("not ok - what was counted took too long to count\n");
    exit (1);
  }
  return (COUNTER_MAX - now) * INSTRUCTIONS_PER_TICK;
}

ssize_t
getrandom (void *out, size_t len, unsigned flags)
{
  static uint64_t state = 0x9e3779b97f4a7c15;
  uint8_t *bytes = out;

  for (size_t i = 0; i < len; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    bytes[i] = (uint8_t)(state >> 32);
  }
  return (ssize_t)len;
}
