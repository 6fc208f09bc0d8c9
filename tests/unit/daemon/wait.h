/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

static inline gboolean
wait_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main context until @condition, for 10 s at most. */
#define WAIT_UNTIL(condition)                                                                                          \
  do {                                                                                                                 \
    gint64 deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;                                               \
    guint tick = g_timeout_add (20, wait_tick, NULL);                                                                  \
                                                                                                                       \
    while (!(condition)) {                                                                                             \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                                          \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    }                                                                                                                  \
    g_source_remove (tick);                                                                                            \
  } while (0)
