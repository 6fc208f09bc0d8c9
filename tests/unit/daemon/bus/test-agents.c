/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agents and callers on a real private bus: who is asked, what an answer
 * means, and that a program that leaves takes its agents and questions along.
 */
#include <gio/gio.h>
#include <string.h>

#include "common/error.h"
#include "daemon/bus/agents.h"
#include "daemon/bus/callers.h"
#include "program.h"

typedef struct {
  GTestDBus *dbus;
  GDBusConnection *connection; /* the service's */
  WattleCallers *callers;
  WattleAgents *agents;
  Program first, second;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->connection = bus_connect (fixture->dbus);
  fixture->callers = wattle_callers_new (fixture->connection);
  fixture->agents = wattle_agents_new (fixture->connection, fixture->callers);
  program_start (fixture->dbus, &fixture->first);
  program_start (fixture->dbus, &fixture->second);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  program_end (&fixture->first);
  program_end (&fixture->second);
  g_object_unref (fixture->agents);
  g_object_unref (fixture->callers);
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  g_object_unref (fixture->connection);
  g_test_dbus_down (fixture->dbus);
  g_object_unref (fixture->dbus);
}

/* Asks; -1 = yes, else the error's code.  @error_name is what @answering says, NULL = yes. */
static int
ask (Fixture *fixture, Program *answering, const char *error_name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wattle_agents_ask_async (fixture->agents, "wipe", "Kitchen", "All goes.", ":1.99", NULL, store_result, &result);
  if (answering != NULL)
    program_answer (answering, error_name);
  WAIT_UNTIL (result != NULL);
  if (wattle_agents_ask_finish (fixture->agents, result, &error))
    return -1;
  g_assert_cmpuint (error->domain, ==, WATTLE_ERROR);
  g_assert_cmpuint (strlen (error->message), >, 10);
  return error->code;
}

static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (ask (fixture, NULL, NULL), ==, WATTLE_ERROR_NO_AGENT);
}

static void
test_answers (Fixture *fixture, gconstpointer data)
{
  Program *program = &fixture->first;

  g_assert_true (wattle_agents_register (fixture->agents, program->sender, "/agent", NULL));
  g_assert_cmpint (ask (fixture, program, NULL), ==, -1);
  g_assert_cmpstr (program->action, ==, "wipe");
  g_assert_cmpstr (program->device, ==, "Kitchen");
  g_assert_cmpstr (program->caller, ==, ":1.99");
  g_assert_cmpint (ask (fixture, program, PREFIX "Error.Denied"), ==, WATTLE_ERROR_DENIED);
  g_assert_cmpint (ask (fixture, program, PREFIX "Error.Cancelled"), ==, WATTLE_ERROR_CANCELLED);
  g_assert_cmpint (ask (fixture, program, "com.example.Error"), ==, WATTLE_ERROR_NO_AGENT);
}

static void
test_last_one_is_asked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_agents_register (fixture->agents, fixture->first.sender, "/agent", NULL));
  g_assert_true (wattle_agents_register (fixture->agents, fixture->second.sender, "/agent", NULL));
  g_assert_false (wattle_agents_register (fixture->agents, fixture->second.sender, "/agent", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY);
  g_assert_cmpint (ask (fixture, &fixture->second, NULL), ==, -1);
  g_assert_cmpuint (fixture->first.asked, ==, 0);

  g_assert_true (wattle_agents_unregister (fixture->agents, fixture->second.sender, "/agent", NULL));
  g_clear_error (&error);
  g_assert_false (wattle_agents_unregister (fixture->agents, fixture->second.sender, "/agent", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_assert_cmpint (ask (fixture, &fixture->first, NULL), ==, -1);
  g_assert_cmpuint (fixture->second.asked, ==, 1);
}

/* One program cannot take back the agent of another. */
static void
test_only_ones_own (Fixture *fixture, gconstpointer data)
{
  g_assert_true (wattle_agents_register (fixture->agents, fixture->first.sender, "/agent", NULL));
  g_assert_false (wattle_agents_unregister (fixture->agents, fixture->second.sender, "/agent", NULL));
  g_assert_cmpint (ask (fixture, &fixture->first, NULL), ==, -1);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  while (error == NULL && n < 10000) {
    g_autofree char *path = g_strdup_printf ("/agent/%u", n++);

    wattle_agents_register (fixture->agents, fixture->first.sender, path, &error);
  }
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_cmpuint (n, <, 1000);
}

static void
on_gone (WattleCallers *callers, const char *sender, char **gone)
{
  g_free (*gone);
  *gone = g_strdup (sender);
}

static void
test_agent_leaves (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gone = NULL;

  g_signal_connect (fixture->callers, "gone", G_CALLBACK (on_gone), &gone);
  g_assert_true (wattle_agents_register (fixture->agents, fixture->first.sender, "/agent", NULL));
  g_assert_true (wattle_agents_register (fixture->agents, fixture->second.sender, "/agent", NULL));
  program_leave (&fixture->second);
  WAIT_UNTIL (gone != NULL);
  g_assert_cmpstr (gone, ==, fixture->second.sender);
  g_assert_cmpint (ask (fixture, &fixture->first, NULL), ==, -1);
}

/* The agent dies with the question before it: nothing is allowed. */
static void
test_agent_dies (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_agents_register (fixture->agents, fixture->first.sender, "/agent", NULL));
  wattle_agents_ask_async (fixture->agents, "wipe", "", "", ":1.99", NULL, store_result, &result);
  WAIT_UNTIL (fixture->first.question != NULL);
  program_leave (&fixture->first);
  WAIT_UNTIL (result != NULL);
  g_assert_false (wattle_agents_ask_finish (fixture->agents, result, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NO_AGENT);
}

/* Who asked is gone: the question is taken back, and a yes comes too late. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_agents_register (fixture->agents, fixture->first.sender, "/agent", NULL));
  wattle_agents_ask_async (fixture->agents, "wipe", "", "", ":1.99", cancellable, store_result, &result);
  WAIT_UNTIL (fixture->first.question != NULL);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  g_assert_false (wattle_agents_ask_finish (fixture->agents, result, &error));
  g_assert_true (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED)
                 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  WAIT_UNTIL (fixture->first.cancelled == 1);
}

/* Holds count. */
static void
test_holds (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gone = NULL;

  g_signal_connect (fixture->callers, "gone", G_CALLBACK (on_gone), &gone);
  wattle_callers_hold (fixture->callers, fixture->first.sender);
  wattle_callers_hold (fixture->callers, fixture->first.sender);
  wattle_callers_release (fixture->callers, fixture->first.sender);
  wattle_callers_hold (fixture->callers, fixture->second.sender);
  wattle_callers_release (fixture->callers, fixture->second.sender);
  program_leave (&fixture->second);
  program_leave (&fixture->first);
  WAIT_UNTIL (gone != NULL);
  g_assert_cmpstr (gone, ==, fixture->first.sender);
  wattle_callers_release (fixture->callers, fixture->first.sender);
}

/* A name that left before it was held is noticed, too. */
static void
test_gone_before (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gone = NULL;

  g_signal_connect (fixture->callers, "gone", G_CALLBACK (on_gone), &gone);
  program_leave (&fixture->first);
  wattle_callers_hold (fixture->callers, fixture->first.sender);
  WAIT_UNTIL (gone != NULL);
  wattle_callers_release (fixture->callers, fixture->first.sender);
}

static void
test_sandbox (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wattle_callers_sandboxed_async (fixture->callers, fixture->first.sender, store_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_false (wattle_callers_sandboxed_finish (fixture->callers, result, &error));
  g_assert_no_error (error);

  g_assert_true (wattle_cgroup_is_sandbox (
      "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.example.App-4242.scope\n"));
  g_assert_true (wattle_cgroup_is_sandbox ("0::/user.slice/user-1000.slice/snap.firefox.firefox-11.scope\n"));
  g_assert_false (wattle_cgroup_is_sandbox ("0::/user.slice/user-1000.slice/app.slice/app-gnome-terminal.scope\n"));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/agents/nobody", test_nobody },
    { "/agents/answers", test_answers },
    { "/agents/last-one-is-asked", test_last_one_is_asked },
    { "/agents/only-ones-own", test_only_ones_own },
    { "/agents/many", test_many },
    { "/agents/leaves", test_agent_leaves },
    { "/agents/dies", test_agent_dies },
    { "/agents/cancel", test_cancel },
    { "/callers/holds", test_holds },
    { "/callers/gone-before", test_gone_before },
    { "/callers/sandbox", test_sandbox },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_dbus_unset ();
  (void)wattle_error_quark ();
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
