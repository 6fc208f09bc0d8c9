/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog. */
#include "watchdog.h"

#include <zephyr/drivers/watchdog.h>

static const struct device *const watchdog = DEVICE_DT_GET_OR_NULL (DT_ALIAS (watchdog0));
static int channel = -1;

int
watchdog_start (void)
{
  const struct wdt_timeout_cfg config = { .window.max = WATCHDOG_MS, .flags = WDT_FLAG_RESET_SOC };

  if (watchdog == NULL || !device_is_ready (watchdog))
    return 0;
  channel = wdt_install_timeout (watchdog, &config);
  return channel < 0 ? channel : wdt_setup (watchdog, WDT_OPT_PAUSE_HALTED_BY_DBG);
}

void
watchdog_feed (void)
{
  if (channel >= 0)
    wdt_feed (watchdog, channel);
}
