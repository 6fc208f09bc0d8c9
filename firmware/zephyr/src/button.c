/* SPDX-License-Identifier: Apache-2.0 */
/* The button. */
#include "button.h"

#include <zephyr/drivers/gpio.h>
#include <zephyr/kernel.h>

#include "inbox.h"
#include "lamp.h"

#define SETTLE_MS 25 /* contacts bounce */
#define SHORT_MS 1000
#define LONG_MS 10000
#define LOOK_MS 50 /* the lamp counts along */

static const struct gpio_dt_spec pin = GPIO_DT_SPEC_GET_OR (DT_ALIAS (wattle_button), gpios, { 0 });
static struct gpio_callback callback;
static int64_t since; /* uptime at which it went down; 0 = it is up */
static bool told;     /* that it is held */

static void
look (struct k_work *work)
{
  bool down = gpio_pin_get_dt (&pin) > 0;
  int64_t held = since != 0 ? k_uptime_get () - since : 0;

  if (!down) {
    lamp_count (0);
    if (since != 0 && held < SHORT_MS)
      inbox_put (INBOX_SHORT_PRESS, NULL, 0);
    since = 0;
    told = false;
    return;
  }
  if (since == 0)
    since = k_uptime_get ();
  if (held >= LONG_MS && !told)
    told = inbox_put (INBOX_LONG_PRESS, NULL, 0);
  if (held >= SHORT_MS)
    lamp_count (told ? 0 : (uint32_t)held);
  k_work_schedule (k_work_delayable_from_work (work), K_MSEC (LOOK_MS));
}
static K_WORK_DELAYABLE_DEFINE (looker, look);

static void
on_edge (const struct device *port, struct gpio_callback *which, gpio_port_pins_t pins)
{
  k_work_schedule (&looker, K_MSEC (SETTLE_MS));
}

int
button_start (void)
{
  int error;

  if (pin.port == NULL)
    return 0;
  error = gpio_pin_configure_dt (&pin, GPIO_INPUT);
  if (error == 0)
    error = gpio_pin_interrupt_configure_dt (&pin, GPIO_INT_EDGE_BOTH);
  if (error != 0)
    return error;
  gpio_init_callback (&callback, on_edge, BIT (pin.pin));
  return gpio_add_callback (pin.port, &callback);
}
