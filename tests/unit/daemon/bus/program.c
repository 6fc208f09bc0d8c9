/* SPDX-License-Identifier: Apache-2.0 */
/* A program on a private bus that calls the service and has an agent. */
#include "program.h"

static const char agent_xml[] = "<node><interface name='" PREFIX "Agent'>"
                                "<method name='Authorize'><arg type='s' direction='in'/>"
                                "<arg type='a{sv}' direction='in'/></method>"
                                "<method name='Cancel'/></interface></node>";

static void
forget_question (Program *program)
{
  g_clear_pointer (&program->action, g_free);
  g_clear_pointer (&program->device, g_free);
  g_clear_pointer (&program->caller, g_free);
}

static void
on_agent_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
               const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GVariant) details = NULL;

  if (g_str_equal (method, "Cancel")) {
    program->cancelled++;
    g_dbus_method_invocation_return_value (invocation, NULL);
    return;
  }
  forget_question (program);
  g_variant_get (parameters, "(s@a{sv})", &program->action, &details);
  g_assert_true (g_variant_lookup (details, "device", "s", &program->device));
  g_assert_true (g_variant_lookup (details, "caller", "s", &program->caller));
  g_clear_object (&program->question);
  program->question = invocation;
  program->asked++;
}

static const GDBusInterfaceVTable agent_vtable = { on_agent_call, NULL, NULL };

GDBusConnection *
bus_connect (GTestDBus *dbus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
      &error);

  g_assert_no_error (error);
  return connection;
}

void
program_start (GTestDBus *dbus, Program *program)
{
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (agent_xml, NULL);

  program->connection = bus_connect (dbus);
  program->sender = g_strdup (g_dbus_connection_get_unique_name (program->connection));
  g_assert_cmpuint (g_dbus_connection_register_object (program->connection, "/agent", info->interfaces[0],
                                                       &agent_vtable, program, NULL, NULL),
                    >, 0);
}

void
program_leave (Program *program)
{
  if (program->connection == NULL)
    return;
  g_clear_object (&program->question);
  g_dbus_connection_close_sync (program->connection, NULL, NULL);
  g_clear_object (&program->connection);
}

void
program_end (Program *program)
{
  program_leave (program);
  forget_question (program);
  g_free (program->sender);
}

void
program_answer (Program *program, const char *error_name)
{
  GDBusMethodInvocation *question;

  WAIT_UNTIL (program->question != NULL);
  question = g_steal_pointer (&program->question);
  if (error_name == NULL)
    g_dbus_method_invocation_return_value (question, NULL);
  else
    g_dbus_method_invocation_return_dbus_error (question, error_name, "No.");
}

void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}
