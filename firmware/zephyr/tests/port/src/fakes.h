/* SPDX-License-Identifier: Apache-2.0 */
/* Parts that have no emulator in Zephyr: what tests tell them, and what they heard. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <zephyr/drivers/sensor.h>

/* What fake-sensor.c measures. */
extern struct fake_sensor {
  enum sensor_channel channel; /* the only one that it knows */
  struct sensor_value value;
  int error; /* of a fetch */
} fake_sensor;

/* What was asked of fake-watchdog.c. */
extern struct fake_watchdog {
  uint32_t window_ms;
  uint8_t flags;
  bool running;
  unsigned fed;
} fake_watchdog;
