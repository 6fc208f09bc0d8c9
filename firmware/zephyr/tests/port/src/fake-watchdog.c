/* SPDX-License-Identifier: Apache-2.0 */
#define DT_DRV_COMPAT wattle_fake_watchdog

#include <zephyr/device.h>
#include <zephyr/drivers/watchdog.h>

#include "fakes.h"

#define CHANNEL 3

struct fake_watchdog fake_watchdog;

static int
setup (const struct device *device, uint8_t options)
{
  fake_watchdog.running = true;
  return 0;
}

static int
disable (const struct device *device)
{
  return -EPERM;
}

static int
install (const struct device *device, const struct wdt_timeout_cfg *config)
{
  fake_watchdog.window_ms = config->window.max;
  fake_watchdog.flags = config->flags;
  return CHANNEL;
}

static int
feed (const struct device *device, int channel)
{
  if (channel != CHANNEL || !fake_watchdog.running)
    return -EINVAL;
  fake_watchdog.fed++;
  return 0;
}

static DEVICE_API (wdt, api) = { .setup = setup, .disable = disable, .install_timeout = install, .feed = feed };

DEVICE_DT_INST_DEFINE (0, NULL, NULL, NULL, NULL, POST_KERNEL, CONFIG_KERNEL_INIT_PRIORITY_DEVICE, &api);
