/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door, on a real private bus: an object with a Device and a Wipe whose
 * handler only counts.  What may pass reaches it, all else does not.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "common/error.h"
#include "daemon/bus/call.h"
#include "daemon/bus/guard.h"
#include "program.h"
#include "wattle-bus.h"

/* An adaptor of the Wipe interface. */
#define COUNTING_TYPE_WIPE (counting_wipe_get_type ())
G_DECLARE_FINAL_TYPE (CountingWipe, counting_wipe, COUNTING, WIPE, WattleBusWipeSkeleton)

struct _CountingWipe {
  WattleBusWipeSkeleton parent_instance;
  guint started;
};

static void counting_iface_init (WattleBusWipeIface *iface);
G_DEFINE_TYPE_WITH_CODE (CountingWipe, counting_wipe, WATTLE_BUS_TYPE_WIPE_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_WIPE, counting_iface_init))

static gboolean
handle_start (WattleBusWipe *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  COUNTING_WIPE (object)->started++;
  wattle_call_return (invocation, g_variant_new ("(o)", "/job"));
  return TRUE;
}

static void
counting_iface_init (WattleBusWipeIface *iface)
{
  iface->handle_start = handle_start;
}

static void
counting_wipe_class_init (CountingWipeClass *klass)
{
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
counting_wipe_init (CountingWipe *self)
{
}

typedef struct {
  char *directory;
  GTestDBus *dbus;
  GDBusConnection *connection; /* the service's */
  WattleGuard *guard;
  GDBusObjectManagerServer *objects;
  WattleBusDevice *device; /* not behind the guard: its state is set by the tests */
  CountingWipe *wipe;
  Program caller, agent;
} Fixture;

static void
make_guard (Fixture *fixture, gboolean broken)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = NULL;
  g_autoptr (WattleServices) services = NULL;
  g_autofree char *path = g_build_filename (fixture->directory, "wattle.db", NULL);

  if (broken)
    error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_STORE, "The disk is full.");
  else
    database = wattle_database_open (path, &error);
  g_assert_true ((database != NULL) == !broken);
  services = wattle_services_new (database, error, NULL);
  fixture->guard = wattle_guard_new (fixture->connection, services);
}

static void
set_up (Fixture *fixture, gconstpointer broken)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new ("/root/one");
  g_autoptr (GError) error
      = broken != NULL ? g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_STORE, "The disk is full.") : NULL;

  fixture->directory = g_dir_make_tmp ("wattle-guard-XXXXXX", NULL);
  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->connection = bus_connect (fixture->dbus);
  make_guard (fixture, broken != NULL);
  fixture->device = wattle_bus_device_skeleton_new ();
  g_object_set (fixture->device, "name", "Kitchen", "state", "away", NULL);
  fixture->wipe = g_object_new (COUNTING_TYPE_WIPE, NULL);
  wattle_guard_protect (fixture->guard, G_DBUS_INTERFACE_SKELETON (fixture->wipe), NULL);
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (fixture->device));
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (fixture->wipe));
  fixture->objects = g_dbus_object_manager_server_new ("/root");
  g_dbus_object_manager_server_export (fixture->objects, object);
  g_dbus_object_manager_server_set_connection (fixture->objects, fixture->connection);
  program_start (fixture->dbus, &fixture->caller);
  program_start (fixture->dbus, &fixture->agent);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_assert_cmpint (g_remove (file), ==, 0);
  }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer broken)
{
  program_end (&fixture->caller);
  program_end (&fixture->agent);
  g_object_unref (fixture->objects);
  g_object_unref (fixture->wipe);
  g_object_unref (fixture->device);
  g_object_unref (fixture->guard);
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  g_object_unref (fixture->connection);
  g_test_dbus_down (fixture->dbus);
  g_object_unref (fixture->dbus);
  remove_folder (fixture->directory);
  g_free (fixture->directory);
}

static void
register_agent (Fixture *fixture)
{
  g_assert_true (
      wattle_agents_register (wattle_guard_get_agents (fixture->guard), fixture->agent.sender, "/agent", NULL));
}

static void
call_start (Fixture *fixture, GAsyncResult **result)
{
  g_dbus_connection_call (fixture->caller.connection, g_dbus_connection_get_unique_name (fixture->connection),
                          "/root/one", PREFIX "Wipe", "Start", g_variant_new ("(a{sv})", NULL), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, store_result, result);
}

/* How the call ended: -1 = well, else the error's code. */
static int
ended (Fixture *fixture, GAsyncResult **result)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  WAIT_UNTIL (*result != NULL);
  reply = g_dbus_connection_call_finish (fixture->caller.connection, *result, &error);
  g_clear_object (result);
  if (reply != NULL)
    return -1;
  g_test_message ("%s", error->message);
  g_assert_cmpuint (error->domain, ==, WATTLE_ERROR);
  return error->code;
}

static void
test_no_agent (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  call_start (fixture, &result);
  g_assert_cmpint (ended (fixture, &result), ==, WATTLE_ERROR_NO_AGENT);
  g_assert_cmpuint (fixture->wipe->started, ==, 0);
}

static void
test_yes_and_no (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  register_agent (fixture);
  call_start (fixture, &result);
  program_answer (&fixture->agent, PREFIX "Error.Denied");
  g_assert_cmpint (ended (fixture, &result), ==, WATTLE_ERROR_DENIED);
  g_assert_cmpuint (fixture->wipe->started, ==, 0);

  call_start (fixture, &result);
  program_answer (&fixture->agent, NULL);
  g_assert_cmpint (ended (fixture, &result), ==, -1);
  g_assert_cmpuint (fixture->wipe->started, ==, 1);
  g_assert_cmpstr (fixture->agent.action, ==, "wipe");
  g_assert_cmpstr (fixture->agent.device, ==, "Kitchen");
  g_assert_cmpstr (fixture->agent.caller, ==, fixture->caller.sender);
}

static void
test_wrong_state (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  register_agent (fixture);
  wattle_bus_device_set_state (fixture->device, "wiping");
  call_start (fixture, &result);
  g_assert_cmpint (ended (fixture, &result), ==, WATTLE_ERROR_BUSY);
  g_assert_cmpuint (fixture->agent.asked, ==, 0);
}

/* What was asked about is another thing by the time of the yes. */
static void
test_state_changed_while_asking (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  register_agent (fixture);
  call_start (fixture, &result);
  WAIT_UNTIL (fixture->agent.question != NULL);
  wattle_bus_device_set_state (fixture->device, "wiping");
  program_answer (&fixture->agent, NULL);
  g_assert_cmpint (ended (fixture, &result), ==, WATTLE_ERROR_BUSY);
  g_assert_cmpuint (fixture->wipe->started, ==, 0);
}

static void
test_gone_while_asking (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  register_agent (fixture);
  call_start (fixture, &result);
  WAIT_UNTIL (fixture->agent.question != NULL);
  g_dbus_object_manager_server_unexport (fixture->objects, "/root/one");
  program_answer (&fixture->agent, NULL);
  g_assert_cmpint (ended (fixture, &result), ==, WATTLE_ERROR_NOT_FOUND);
  g_assert_cmpuint (fixture->wipe->started, ==, 0);
}

/* The question goes when the one who asked for it does. */
static void
test_caller_leaves (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  register_agent (fixture);
  call_start (fixture, &result);
  WAIT_UNTIL (fixture->agent.question != NULL);
  program_leave (&fixture->caller);
  WAIT_UNTIL (fixture->agent.cancelled == 1);
  program_answer (&fixture->agent, NULL);
  WAIT_UNTIL (result != NULL);
  g_clear_object (&result);
  g_assert_cmpuint (fixture->wipe->started, ==, 0);
}

static void
test_store_problem (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;

  register_agent (fixture);
  call_start (fixture, &result);
  g_assert_cmpint (ended (fixture, &result), ==, WATTLE_ERROR_STORE);
  g_assert_cmpuint (fixture->agent.asked, ==, 0);
}

/* Codes and passwords come as sealed memory or not at all. */
static void
test_handles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) first = g_variant_ref_sink (g_variant_new_handle (0));
  g_autoptr (GVariant) fourth = g_variant_ref_sink (g_variant_new_handle (3));
  g_autoptr (GVariant) negative = g_variant_ref_sink (g_variant_new_handle (-1));
  g_autoptr (WattleSecret) secret = NULL;
  g_autoptr (GError) error = NULL;
  int fd = wattle_secret_fd_new ("4711", NULL);

  g_assert_cmpint (wattle_call_peek_fd (NULL, first, NULL), ==, -1);
  g_unix_fd_list_append (fds, fd, NULL);
  g_close (fd, NULL);
  secret = wattle_call_read_secret (fds, first, NULL);
  g_assert_cmpstr (secret, ==, "4711");
  g_assert_cmpint (wattle_call_peek_fd (fds, fourth, NULL), ==, -1);
  g_assert_cmpint (wattle_call_peek_fd (fds, negative, &error), ==, -1);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    const char *broken;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/guard/no-agent", NULL, test_no_agent },
    { "/guard/yes-and-no", NULL, test_yes_and_no },
    { "/guard/wrong-state", NULL, test_wrong_state },
    { "/guard/state-changed-while-asking", NULL, test_state_changed_while_asking },
    { "/guard/gone-while-asking", NULL, test_gone_while_asking },
    { "/guard/caller-leaves", NULL, test_caller_leaves },
    { "/guard/store-problem", "broken", test_store_problem },
    { "/guard/handles", NULL, test_handles },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_dbus_unset ();
  (void)wattle_error_quark ();
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].broken, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
