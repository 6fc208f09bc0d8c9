/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor: thousandths of a degree, of whichever channel it has. */
#include <zephyr/ztest.h>

#include "fakes.h"
#include "sensor.h"

static void
before (void *fixture)
{
  fake_sensor = (struct fake_sensor){ .channel = SENSOR_CHAN_AMBIENT_TEMP };
}

ZTEST (sensor, test_values)
{
  static const struct {
    struct sensor_value measured;
    int32_t thousandths;
  } table[] = {
    { { 21, 500000 }, 21500 },  { { 0, 0 }, 0 },      { { 0, 1000 }, 1 },
    { { -5, -250000 }, -5250 }, { { 0, -1000 }, -1 }, { { 85, 999999 }, 85999 },
  };

  for (size_t i = 0; i < ARRAY_SIZE (table); i++) {
    int32_t value = 0x5a5a5a5a;

    fake_sensor.value = table[i].measured;
    zassert_ok (sensor_measure (&value));
    zassert_equal (value, table[i].thousandths, "%d is not %d", (int)value, (int)table[i].thousandths);
  }
}

ZTEST (sensor, test_die)
{
  int32_t value;

  fake_sensor = (struct fake_sensor){ .channel = SENSOR_CHAN_DIE_TEMP, .value = { 31, 250000 } };
  zassert_ok (sensor_measure (&value));
  zassert_equal (value, 31250);
}

/* What cannot be measured is not made up. */
ZTEST (sensor, test_errors)
{
  int32_t value;

  fake_sensor.error = -EIO;
  zassert_equal (sensor_measure (&value), -EIO);
  fake_sensor = (struct fake_sensor){ .channel = SENSOR_CHAN_HUMIDITY };
  zassert_equal (sensor_measure (&value), -ENOTSUP);
}

ZTEST_SUITE (sensor, NULL, NULL, before, NULL, NULL);
