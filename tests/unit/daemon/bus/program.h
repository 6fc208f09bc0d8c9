/* SPDX-License-Identifier: Apache-2.0 */
/* A program on a private bus that calls the service and has an agent. */
#pragma once

#include "../wait.h"

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
