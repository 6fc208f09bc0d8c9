/* SPDX-License-Identifier: Apache-2.0 */
/* The LED. */
#include "lamp.h"

#include <zephyr/drivers/gpio.h>
#include <zephyr/kernel.h>

/* Milliseconds; 0 off: stays on, 0 on: stays off. */
static const struct {
  uint16_t on;
  uint16_t off;
} patterns[] = {
  [LAMP_OFF] = { 0, 1 },        [LAMP_NEW] = { 50, 1950 },     [LAMP_TALKING] = { 1, 0 },
  [LAMP_WIPING] = { 250, 250 }, [LAMP_ALERT] = { 1000, 1000 }, [LAMP_BROKEN] = { 50, 50 },
};

static const struct gpio_dt_spec led = GPIO_DT_SPEC_GET_OR (DT_ALIAS (wattle_lamp), gpios, { 0 });
static enum lamp_pattern shown;
static bool lit;
static bool counts; /* the button has the lamp */

static void
step (struct k_work *work)
{
  struct k_work_delayable *again = k_work_delayable_from_work (work);
  uint16_t on = patterns[shown].on, off = patterns[shown].off;

  if (counts)
    return;
  lit = on != 0 && (off == 0 || !lit);
  gpio_pin_set_dt (&led, lit);
  if (on != 0 && off != 0)
    k_work_schedule (again, K_MSEC (lit ? on : off));
}
static K_WORK_DELAYABLE_DEFINE (stepper, step);

static bool
is_there (void)
{
  static bool ready;

  if (!ready && led.port != NULL)
    ready = gpio_pin_configure_dt (&led, GPIO_OUTPUT_INACTIVE) == 0;
  return ready;
}

void
lamp_show (enum lamp_pattern pattern)
{
  static bool shows;

  if (!is_there () || (shows && pattern == shown))
    return;
  shows = true;
  shown = pattern;
  lit = false;
  k_work_reschedule (&stepper, K_NO_WAIT);
}

void
lamp_count (uint32_t held)
{
  bool counted = counts;

  if (!is_there ())
    return;
  counts = held != 0;
  if (counts) {
    gpio_pin_set_dt (&led, held % 1000 < held / 1000 * 100);
  } else if (counted) {
    lit = false;
    k_work_reschedule (&stepper, K_NO_WAIT);
  }
}
