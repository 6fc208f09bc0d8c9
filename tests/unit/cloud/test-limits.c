/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets, by a clock of the test's own; and deadlines of connections.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "cloud/limit.h"
#include "cloud/watch.h"

#define SECOND G_USEC_PER_SEC

static const WattleLimitRate rates[WATTLE_N_LIMITS] = {
  [WATTLE_LIMIT_ADDRESS] = { 3, 3600 },
  [WATTLE_LIMIT_CREATE] = { 1, 2 },
  [WATTLE_LIMIT_GUESS] = { 1, 0 },
};

static void
test_burst_and_refill (void)
{
  g_autoptr (WattleLimits) limits = wattle_limits_new (rates);

  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, 0), ==, 2);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, SECOND / 2), ==, 1);
  /* A refusal costs nothing. */
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, SECOND + 1), ==, 0);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, SECOND + 1), >, 0);
  /* It fills up to the burst, not beyond. */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, 1000 * SECOND), ==, 0);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, 1000 * SECOND), >, 0);
}

static void
test_apart (void)
{
  g_autoptr (WattleLimits) limits = wattle_limits_new (rates);

  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_CREATE, "a", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_CREATE, "a", 1, 0), ==, 1801);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_CREATE, "b", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_ADDRESS, "a", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_peek (limits, WATTLE_LIMIT_GUESS, "a", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_peek (limits, WATTLE_LIMIT_GUESS, "a", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_GUESS, "a", 1, 0), ==, 0);
  g_assert_cmpuint (wattle_limits_peek (limits, WATTLE_LIMIT_GUESS, "a", 1, 1000 * SECOND), ==, 3600);
}

/* Whoever comes from very many addresses gains nothing but pushes out old ones. */
static void
test_bounded (void)
{
  g_autoptr (WattleLimits) limits = wattle_limits_new (rates);
  const guint first = 0;

  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_GUESS, &first, sizeof first, 0), ==, 0);
  for (guint i = 1; i < WATTLE_LIMITS_MAX; i++)
    wattle_limits_take (limits, WATTLE_LIMIT_GUESS, &i, sizeof i, 0);
  /* Still remembered, and now the last touched. */
  g_assert_cmpuint (wattle_limits_take (limits, WATTLE_LIMIT_GUESS, &first, sizeof first, 0), >, 0);
  for (guint i = WATTLE_LIMITS_MAX; i < 2 * WATTLE_LIMITS_MAX - 1; i++)
    wattle_limits_take (limits, WATTLE_LIMIT_GUESS, &i, sizeof i, 0);
  g_assert_cmpuint (wattle_limits_peek (limits, WATTLE_LIMIT_GUESS, &first, sizeof first, 0), >, 0);
  for (guint i = 2 * WATTLE_LIMITS_MAX; i < 3 * WATTLE_LIMITS_MAX; i++)
    wattle_limits_take (limits, WATTLE_LIMIT_GUESS, &i, sizeof i, 0);
  g_assert_cmpuint (wattle_limits_peek (limits, WATTLE_LIMIT_GUESS, &first, sizeof first, 0), ==, 0);
}

static gboolean
is_shut (int fd)
{
  char byte;

  return recv (fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void
test_watch (void)
{
  WattleWatch *watch = wattle_watch_new ();
  WattleWatched *soon, *late;
  int one[2], other[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, one), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, other), ==, 0);
  soon = wattle_watch_add (watch, one[0], 10);
  late = wattle_watch_add (watch, other[0], 20);
  g_assert_cmpuint (wattle_watch_sweep (watch, 10), ==, 0);
  g_assert_cmpuint (wattle_watch_sweep (watch, 15), ==, 1);
  g_assert_true (is_shut (one[1]));
  g_assert_false (is_shut (other[1]));
  g_assert_cmpuint (wattle_watch_sweep (watch, 16), ==, 0);
  wattle_watch_set (watch, late, 30);
  g_assert_cmpuint (wattle_watch_sweep (watch, 25), ==, 0);
  wattle_watch_remove (watch, late);
  g_assert_cmpuint (wattle_watch_sweep (watch, 99), ==, 0);
  wattle_watch_remove (watch, soon);
  wattle_watch_free (watch);
  for (guint i = 0; i < 2; i++) {
    close (one[i]);
    close (other[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud/limit/burst-and-refill", test_burst_and_refill);
  g_test_add_func ("/cloud/limit/apart", test_apart);
  g_test_add_func ("/cloud/limit/bounded", test_bounded);
  g_test_add_func ("/cloud/watch", test_watch);
  return g_test_run ();
}
