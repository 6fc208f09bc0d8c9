/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A room's temperature.
 */
#include "firmware/virtual/sensor.h"

#include <math.h>

#define MEAN 21000   /* thousandths of a degree */
#define DAY 1800     /* how far day and night are from it */
#define HEATING 400  /* how far the thermostat lets it go */
#define CYCLE 1200.0 /* seconds between two starts of the heating */
#define NOISE 40

gint32
sensor_temperature (gint64 seconds, GRand *noise)
{
  /* Warmest at about three in the afternoon. */
  double day = sin (2 * G_PI * ((double)(seconds % 86400) / 86400 - 0.375));
  double cycle = (double)(seconds % (gint64)CYCLE) / CYCLE;
  /* A third of the time the heating is on, then the room cools slowly. */
  double heating = cycle < 1.0 / 3 ? 6 * cycle - 1 : 2 - 3 * cycle;

  return (gint32)lround (MEAN + DAY * day + HEATING * heating + g_rand_double_range (noise, -NOISE, NOISE));
}
