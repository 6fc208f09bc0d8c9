/* SPDX-License-Identifier: Apache-2.0 */
/* The button: a press, ten seconds, everything between, and contacts that bounce. */
#include <zephyr/drivers/gpio.h>
#include <zephyr/drivers/gpio/gpio_emul.h>
#include <zephyr/ztest.h>

#include "button.h"
#include "inbox.h"
#include "lamp.h"

static const struct gpio_dt_spec pin = GPIO_DT_SPEC_GET (DT_ALIAS (wattle_button), gpios);
static const struct gpio_dt_spec lamp = GPIO_DT_SPEC_GET (DT_ALIAS (wattle_lamp), gpios);
static struct inbox_item item;

static void
put (bool down)
{
  zassert_ok (gpio_emul_input_set (pin.port, pin.pin, down ? 0 : 1)); /* active low */
}

static void *
start (void)
{
  zassert_ok (button_start ());
  return NULL;
}

static void
before (void *fixture)
{
  put (false);
  k_msleep (300);
  while (inbox_take (&item, K_NO_WAIT))
    ;
}

static void
press_for (int ms)
{
  put (true);
  k_msleep (ms);
  put (false);
  k_msleep (300);
}

static void
assert_told (enum inbox_kind kind)
{
  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, kind);
  zassert_false (inbox_take (&item, K_NO_WAIT));
}

ZTEST (button, test_short)
{
  press_for (200);
  assert_told (INBOX_SHORT_PRESS);
}

ZTEST (button, test_bounces)
{
  for (int i = 0; i < 10; i++) {
    put (i % 2 == 0);
    k_msleep (2);
  }
  press_for (200);
  assert_told (INBOX_SHORT_PRESS);
}

/* Nobody has pressed it. */
ZTEST (button, test_spike)
{
  press_for (3);
  zassert_false (inbox_take (&item, K_NO_WAIT));
}

/* Who changes his mind lets go. */
ZTEST (button, test_between)
{
  press_for (1500);
  zassert_false (inbox_take (&item, K_NO_WAIT));
  press_for (9000);
  zassert_false (inbox_take (&item, K_NO_WAIT));
}

/* Told while it is still held, once, and letting go adds nothing. */
ZTEST (button, test_long)
{
  put (true);
  k_msleep (9500);
  zassert_false (inbox_take (&item, K_NO_WAIT));
  k_msleep (1000);
  assert_told (INBOX_LONG_PRESS);
  k_msleep (3000);
  put (false);
  k_msleep (300);
  zassert_false (inbox_take (&item, K_NO_WAIT));
  press_for (200);
  assert_told (INBOX_SHORT_PRESS);
}

/* Who holds it can count the seconds. */
ZTEST (button, test_countdown)
{
  unsigned blinks = 0;
  bool was = false;

  int64_t end = k_uptime_get () + 9700;

  lamp_show (LAMP_OFF);
  put (true);
  while (k_uptime_get () < end) {
    bool lit;

    k_msleep (20);
    lamp_show (LAMP_OFF);                                  /* the core's thread goes on */
    lit = gpio_emul_output_get (lamp.port, lamp.pin) == 0; /* active low */
    blinks += lit && !was;
    was = lit;
  }
  put (false);
  k_msleep (300);
  zassert_equal (blinks, 9, "%u blinks", blinks);
  zassert_equal (gpio_emul_output_get (lamp.port, lamp.pin), 1);
  zassert_false (inbox_take (&item, K_NO_WAIT));
}

ZTEST_SUITE (button, NULL, start, before, NULL, NULL);
