/* SPDX-License-Identifier: Apache-2.0 */
/* A room's temperature for native_sim: it rises and falls by a degree in ten minutes. */
#define DT_DRV_COMPAT wattle_native_temperature

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/kernel.h>

#define MEAN 21 /* degrees Celsius */
#define PERIOD_MS 600000

static int
fetch (const struct device *device, enum sensor_channel channel)
{
  return 0;
}

static int
get (const struct device *device, enum sensor_channel channel, struct sensor_value *value)
{
  int32_t phase = (int32_t)(k_uptime_get () % PERIOD_MS);
  int32_t rise = phase < PERIOD_MS / 2 ? phase : PERIOD_MS - phase;

  if (channel != SENSOR_CHAN_AMBIENT_TEMP)
    return -ENOTSUP;
  value->val1 = MEAN;
  value->val2 = (int32_t)((int64_t)rise * 1000000 / (PERIOD_MS / 2 + 1));
  return 0;
}

static DEVICE_API (sensor, api) = { .sample_fetch = fetch, .channel_get = get };

SENSOR_DEVICE_DT_INST_DEFINE (0, NULL, NULL, NULL, NULL, POST_KERNEL, CONFIG_SENSOR_INIT_PRIORITY, &api);
