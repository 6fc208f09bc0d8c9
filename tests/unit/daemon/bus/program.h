/* SPDX-License-Identifier: Apache-2.0 */
/* A program on a private bus that calls the service and has an agent. */
#pragma once

#include <gio/gio.h>

#define PREFIX "org.wattle.Companion1."

typedef struct {
  GDBusConnection *connection;
  char *sender;
  GDBusMethodInvocation *question; /* the last, unanswered */
  char *action, *device, *caller;  /* of the last question */
  guint asked, cancelled;
} Program;

GDBusConnection *bus_connect (GTestDBus *dbus);

void program_start (GTestDBus *dbus, Program *program);
/* Leaves the bus; answers nothing. */
void program_leave (Program *program);
void program_end (Program *program);
/* Waits for a question and answers it: @error_name NULL = yes. */
void program_answer (Program *program, const char *error_name);

void store_result (GObject *source, GAsyncResult *result, gpointer user_data);
gboolean tick_on (gpointer data);

/* Runs the main context until @condition. */
#define WAIT_FOR(condition)                                                                                            \
  do {                                                                                                                 \
    gint64 deadline = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;                                               \
    guint tick = g_timeout_add (10, tick_on, NULL);                                                                    \
                                                                                                                       \
    while (!(condition)) {                                                                                             \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                                          \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    }                                                                                                                  \
    g_source_remove (tick);                                                                                            \
  } while (0)
