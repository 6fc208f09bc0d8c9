/* SPDX-License-Identifier: Apache-2.0 */
/* What the device measures. */
#include "sensor.h"

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>

#define SENSOR DT_ALIAS (wattle_sensor)

int
sensor_measure (int32_t *value)
{
  const struct device *device = DEVICE_DT_GET_OR_NULL (SENSOR);
  struct sensor_value measured;
  int error;

  if (device == NULL || !device_is_ready (device))
    return -ENODEV;
  error = sensor_sample_fetch (device);
  if (error == 0)
    error = sensor_channel_get (device, SENSOR_CHAN_AMBIENT_TEMP, &measured);
  if (error == -ENOTSUP)
    error = sensor_channel_get (device, SENSOR_CHAN_DIE_TEMP, &measured);
  if (error == 0)
    *value = measured.val1 * 1000 + measured.val2 / 1000;
  return error;
}
