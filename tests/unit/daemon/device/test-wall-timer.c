/* SPDX-License-Identifier: Apache-2.0 */
/* The timer by the wall clock, with the real clock. */
#include <errno.h>
#include <gio/gio.h>
#include <time.h>

#include "daemon/device/wall-timer.h"

#define LATER (G_GINT64_CONSTANT (24) * 60 * 60)

typedef struct {
  GMainLoop *loop;
  guint calls;
} Test;

static void
on_time (gpointer user_data)
{
  Test *test = user_data;

  test->calls++;
  g_main_loop_quit (test->loop);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_main_loop_quit (((Test *)user_data)->loop);
  return G_SOURCE_REMOVE;
}

/* Until the timer calls, or so many milliseconds long. */
static guint
run (Test *test, guint milliseconds)
{
  guint source = g_timeout_add (milliseconds, on_timeout, test);

  test->calls = 0;
  g_main_loop_run (test->loop);
  if (test->calls > 0)
    g_source_remove (source);
  return test->calls;
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
test_moments (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Test test = { .loop = loop };
  g_autoptr (WattleWallTimer) timer = wattle_wall_timer_new (on_time, &test);
  gint64 moment = now () + 2;

  g_assert_nonnull (timer);
  g_assert_cmpuint (run (&test, 200), ==, 0); /* not set */
  wattle_wall_timer_set (timer, moment);
  g_assert_cmpuint (run (&test, 10000), ==, 1);
  g_assert_cmpint (now (), >=, moment);
  g_assert_cmpuint (run (&test, 500), ==, 0); /* once */
  wattle_wall_timer_set (timer, now () - LATER);
  g_assert_cmpuint (run (&test, 5000), ==, 1); /* past: at once */
  wattle_wall_timer_set (timer, now () + 1);
  wattle_wall_timer_set (timer, 0);
  g_assert_cmpuint (run (&test, 1500), ==, 0); /* taken back */
  wattle_wall_timer_set (timer, G_MAXINT64);
  wattle_wall_timer_set (timer, now () + LATER);
  g_assert_cmpuint (run (&test, 300), ==, 0);
}

/* Setting the clock to what it shows moves nothing, but is setting it. */
static void
test_clock_is_set (void)
{
  static const gint64 moments[] = { 0, LATER };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Test test = { .loop = loop };
  g_autoptr (WattleWallTimer) timer = wattle_wall_timer_new (on_time, &test);

  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++) {
    struct timespec clock;

    wattle_wall_timer_set (timer, moments[i] == 0 ? 0 : now () + moments[i]);
    g_assert_cmpuint (run (&test, 100), ==, 0);
    clock_gettime (CLOCK_REALTIME, &clock);
    if (clock_settime (CLOCK_REALTIME, &clock) < 0) {
      g_assert_cmpint (errno, ==, EPERM);
      g_test_skip ("only root may set the clock");
      return;
    }
    g_assert_cmpuint (run (&test, 5000), ==, 1);
    g_assert_cmpuint (run (&test, 200), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wall-timer/moments", test_moments);
  g_test_add_func ("/wall-timer/clock-is-set", test_clock_is_set);
  return g_test_run ();
}
