/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times measured in turns, and compared by their medians.
 */
#include "tests/bench/samples.h"

#include <time.h>

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

Samples *
samples_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (double));
}

void
samples_add (Samples *samples, double microseconds)
{
  g_array_append_val (samples, microseconds);
}

double
samples_median (Samples *samples)
{
  g_array_sort (samples, compare);
  return g_array_index (samples, double, samples->len / 2);
}

double
samples_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

void
samples_print_ratio (const char *name, double ours, double theirs, double bound)
{
  double ratio = ours / theirs;

  g_print ("%-58s %9.2f us / %9.2f us = %.3f", name, ours, theirs, ratio);
  if (bound > 0)
    g_print ("  (at most %.2f: %s)", bound, ratio <= bound ? "holds" : "DOES NOT HOLD");
  else if (bound < 0)
    g_print ("  (at least %.2f: %s)", -bound, ratio >= -bound ? "holds" : "DOES NOT HOLD");
  g_print ("\n");
}
