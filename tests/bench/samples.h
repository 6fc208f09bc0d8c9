/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times measured in turns, so that a busy moment hits all alike, and compared
 * by their medians.
 */
#pragma once

#include <glib.h>

/* Microseconds. */
typedef GArray Samples; /* of double */

Samples *samples_new (void);
void samples_add (Samples *samples, double microseconds);
double samples_median (Samples *samples);

double samples_now (void);

/* "NAME  12.3 us / 15.2 us = 0.81 (at most 1.25)", and whether it holds.
 * @bound > 0 is the most that the ratio may be, < 0 the least, 0 none. */
void samples_print_ratio (const char *name, double ours, double theirs, double bound);
