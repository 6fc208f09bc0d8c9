/* SPDX-License-Identifier: Apache-2.0 */
/* The light's meanings, as docs/firmware.md tells them. */
#include <zephyr/drivers/gpio.h>
#include <zephyr/drivers/gpio/gpio_emul.h>
#include <zephyr/ztest.h>

#include "lamp.h"

#define STEP_MS 5

static const struct gpio_dt_spec pin = GPIO_DT_SPEC_GET (DT_ALIAS (wattle_lamp), gpios);

static bool
is_lit (void)
{
  int level = gpio_emul_output_get (pin.port, pin.pin);

  zassert_true (level >= 0);
  return level == 0; /* active low */
}

/* How often it goes on, and for how many of 1000 thousandths, within @ms. */
static void
watch (int ms, unsigned *blinks, unsigned *share)
{
  bool was = is_lit ();
  int64_t lit = 0, start = k_uptime_get (), last = start, now = start;

  *blinks = 0;
  while (now - start < ms) {
    bool is;

    k_msleep (STEP_MS);
    is = is_lit ();
    now = k_uptime_get ();
    *blinks += is && !was;
    lit += is ? now - last : 0;
    was = is;
    last = now;
  }
  *share = (unsigned)(lit * 1000 / (now - start));
}

ZTEST (lamp, test_patterns)
{
  /* Of four seconds. */
  static const struct {
    enum lamp_pattern pattern;
    unsigned blinks_min, blinks_max, share_min, share_max;
  } table[] = {
    { LAMP_OFF, 0, 0, 0, 0 },        { LAMP_NEW, 1, 2, 10, 60 },        { LAMP_TALKING, 0, 0, 1000, 1000 },
    { LAMP_WIPING, 7, 9, 400, 600 }, { LAMP_BROKEN, 25, 41, 300, 700 }, { LAMP_OFF, 0, 0, 0, 0 },
  };

  for (size_t i = 0; i < ARRAY_SIZE (table); i++) {
    unsigned blinks, share;

    lamp_show (table[i].pattern);
    k_msleep (20);
    watch (4000, &blinks, &share);
    zassert_true (blinks >= table[i].blinks_min && blinks <= table[i].blinks_max, "row %u: %u blinks", (unsigned)i,
                  blinks);
    zassert_true (share >= table[i].share_min && share <= table[i].share_max, "row %u: lit %u", (unsigned)i, share);
  }
}

/* The core's thread says the same again and again; that must not hold the pattern up. */
ZTEST (lamp, test_again)
{
  unsigned blinks = 0;
  int64_t end = k_uptime_get () + 2000;
  bool was = false;

  while (k_uptime_get () < end) {
    lamp_show (LAMP_WIPING);
    k_msleep (10);
    blinks += is_lit () && !was;
    was = is_lit ();
  }
  zassert_true (blinks >= 3 && blinks <= 5, "%u blinks in two seconds", blinks);
  lamp_show (LAMP_OFF);
  k_msleep (20);
}

/* One blink a second, each a tenth of a second longer, whatever else wants the lamp; then
 * that has it again. */
ZTEST (lamp, test_count)
{
  bool was = false;

  lamp_show (LAMP_OFF);
  for (uint32_t second = 1; second < 10; second++) {
    unsigned blinks = 0, lit = 0;

    for (uint32_t ms = 0; ms < 1000; ms += 50) {
      lamp_show (ms % 100 == 0 ? LAMP_TALKING : LAMP_WIPING);
      lamp_count (second * 1000 + ms);
      k_msleep (20);
      blinks += is_lit () && !was;
      lit += is_lit ();
      was = is_lit ();
    }
    zassert_equal (blinks, 1, "second %u: %u blinks", second, blinks);
    zassert_equal (lit, second * 2, "second %u: lit %u of 20", second, lit);
  }
  lamp_show (LAMP_TALKING);
  lamp_count (10000);
  lamp_count (0);
  k_msleep (20);
  zassert_true (is_lit ());
  lamp_show (LAMP_OFF);
  k_msleep (20);
  zassert_false (is_lit ());
}

ZTEST_SUITE (lamp, NULL, NULL, NULL, NULL, NULL);
