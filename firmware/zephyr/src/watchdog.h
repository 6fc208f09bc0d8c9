/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: starts the chip anew when the core's thread is stuck. */
#pragma once

#define WATCHDOG_MS 60000 /* a handshake and a wipe take less */

#ifdef CONFIG_WATCHDOG
/* 0 also where the board has none. */
int watchdog_start (void);
void watchdog_feed (void);
#else
static inline int
watchdog_start (void)
{
  return 0;
}

static inline void
watchdog_feed (void)
{
}
#endif
