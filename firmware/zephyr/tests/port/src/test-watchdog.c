/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: starts the whole chip anew, and is fed only once it runs. */
#include <zephyr/drivers/watchdog.h>
#include <zephyr/ztest.h>

#include "fakes.h"
#include "watchdog.h"

ZTEST (watchdog, test_life)
{
  watchdog_feed ();
  zassert_equal (fake_watchdog.fed, 0);
  zassert_false (fake_watchdog.running);

  zassert_ok (watchdog_start ());
  zassert_true (fake_watchdog.running);
  zassert_equal (fake_watchdog.window_ms, WATCHDOG_MS);
  zassert_equal (fake_watchdog.flags & WDT_FLAG_RESET_MASK, WDT_FLAG_RESET_SOC);

  watchdog_feed ();
  watchdog_feed ();
  zassert_equal (fake_watchdog.fed, 2);
}

ZTEST_SUITE (watchdog, NULL, NULL, NULL, NULL, NULL);
