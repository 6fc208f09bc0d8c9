/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in memory.
 */
#include "pairing/secret.h"

#include <stdint.h>

void
wtl_wipe (void *secret, size_t len)
{
  volatile uint8_t *p = secret;

  while (len--)
    *p++ = 0;
}

bool
wtl_equal (const void *a, const void *b, size_t len)
{
  const volatile uint8_t *x = a;
  const volatile uint8_t *y = b;
  uint8_t difference = 0;

  while (len--)
    difference |= *x++ ^ *y++;
  return difference == 0;
}
