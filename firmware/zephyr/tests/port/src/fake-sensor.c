/* SPDX-License-Identifier: Apache-2.0 */
#define DT_DRV_COMPAT wattle_fake_sensor

#include <zephyr/device.h>

#include "fakes.h"

struct fake_sensor fake_sensor;

static int
fetch (const struct device *device, enum sensor_channel channel)
{
  return fake_sensor.error;
}

static int
get (const struct device *device, enum sensor_channel channel, struct sensor_value *value)
{
  if (channel != fake_sensor.channel)
    return -ENOTSUP;
  *value = fake_sensor.value;
  return 0;
}

static DEVICE_API (sensor, api) = { .sample_fetch = fetch, .channel_get = get };

SENSOR_DEVICE_DT_INST_DEFINE (0, NULL, NULL, NULL, NULL, POST_KERNEL, CONFIG_SENSOR_INIT_PRIORITY, &api);
