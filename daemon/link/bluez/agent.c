/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Just works" bonding for the devices that we connect to.  Who is at the other
 * end is proven by our own handshake, whatever Bluetooth says.
 */
#include "daemon/link/bluez/agent.h"

#include "daemon/link/bluez/service.h"
#include "wattle-bluez-callbacks.h"

#define AGENT_MANAGER_PATH "/org/bluez"
#define AGENT_MANAGER_INTERFACE "org.bluez.AgentManager1"
#define ERROR_REJECTED "org.bluez.Error.Rejected"

struct _WattleBluezAgent {
  GObject parent_instance;

  WattleBluezAgent1 *skeleton; /* non-NULL while exported */
  GHashTable *permitted;       /* object paths */
  gboolean registered;
};

G_DEFINE_FINAL_TYPE (WattleBluezAgent, wattle_bluez_agent, G_TYPE_OBJECT)

/* The system bus lets nobody but BlueZ call an agent. */
static gboolean
refuse (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_dbus_error (invocation, ERROR_REJECTED, "Not a device of Wattle's");
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_confirmation (WattleBluezAgent *self, GDBusMethodInvocation *invocation, const char *device, guint passkey)
{
  if (!g_hash_table_contains (self->permitted, device))
    return refuse (invocation);
  wattle_bluez_agent1_complete_request_confirmation (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_authorization (WattleBluezAgent *self, GDBusMethodInvocation *invocation, const char *device)
{
  if (!g_hash_table_contains (self->permitted, device))
    return refuse (invocation);
  wattle_bluez_agent1_complete_request_authorization (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* PIN codes, passkeys to type or show, classic services: none of ours asks. */
static gboolean
on_anything_else (WattleBluezAgent *self, GDBusMethodInvocation *invocation)
{
  return refuse (invocation);
}

static gboolean
on_cancel (WattleBluezAgent *self, GDBusMethodInvocation *invocation)
{
  wattle_bluez_agent1_complete_cancel (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_release (WattleBluezAgent *self, GDBusMethodInvocation *invocation)
{
  self->registered = FALSE;
  wattle_bluez_agent1_complete_release (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
put_on_bus (WattleBluezAgent *self, GDBusConnection *connection, GError **error)
{
  static const char *const others[] = { "handle-request-pin-code", "handle-display-pin-code", "handle-request-passkey",
                                        "handle-display-passkey", "handle-authorize-service" };

  if (self->skeleton != NULL)
    return TRUE;
  self->skeleton = wattle_bluez_agent1_skeleton_new ();
  g_signal_connect_swapped (self->skeleton, "handle-request-confirmation", G_CALLBACK (on_confirmation), self);
  g_signal_connect_swapped (self->skeleton, "handle-request-authorization", G_CALLBACK (on_authorization), self);
  g_signal_connect_swapped (self->skeleton, "handle-cancel", G_CALLBACK (on_cancel), self);
  g_signal_connect_swapped (self->skeleton, "handle-release", G_CALLBACK (on_release), self);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_signal_connect_swapped (self->skeleton, others[i], G_CALLBACK (on_anything_else), self);
  if (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, WATTLE_BLUEZ_AGENT_PATH,
                                        error))
    return TRUE;
  g_clear_object (&self->skeleton);
  return FALSE;
}

static void
take_off_bus (WattleBluezAgent *self)
{
  if (self->skeleton == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleBluezAgent *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL) {
    g_hash_table_remove (self->permitted, g_task_get_task_data (task));
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  self->registered = self->skeleton != NULL;
  g_task_return_boolean (task, TRUE);
}

static void
wattle_bluez_agent_finalize (GObject *object)
{
  WattleBluezAgent *self = WATTLE_BLUEZ_AGENT (object);

  take_off_bus (self);
  g_hash_table_unref (self->permitted);
  G_OBJECT_CLASS (wattle_bluez_agent_parent_class)->finalize (object);
}

static void
wattle_bluez_agent_class_init (WattleBluezAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_bluez_agent_finalize;
}

static void
wattle_bluez_agent_init (WattleBluezAgent *self)
{
  self->permitted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

WattleBluezAgent *
wattle_bluez_agent_new (void)
{
  return g_object_new (WATTLE_TYPE_BLUEZ_AGENT, NULL);
}

void
wattle_bluez_agent_permit_async (WattleBluezAgent *self, GDBusConnection *connection, const char *path,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, wattle_bluez_agent_permit_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  if (!put_on_bus (self, connection, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_hash_table_add (self->permitted, g_strdup (path));
  if (self->registered) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_dbus_connection_call (connection, WATTLE_BLUEZ_NAME, AGENT_MANAGER_PATH, AGENT_MANAGER_INTERFACE, "RegisterAgent",
                          g_variant_new ("(os)", WATTLE_BLUEZ_AGENT_PATH, "NoInputNoOutput"), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, on_registered, g_steal_pointer (&task));
}

gboolean
wattle_bluez_agent_permit_finish (WattleBluezAgent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_bluez_agent_revoke (WattleBluezAgent *self, const char *path)
{
  g_return_if_fail (WATTLE_IS_BLUEZ_AGENT (self));
  g_hash_table_remove (self->permitted, path);
}

void
wattle_bluez_agent_reset (WattleBluezAgent *self)
{
  g_return_if_fail (WATTLE_IS_BLUEZ_AGENT (self));
  self->registered = FALSE;
  g_hash_table_remove_all (self->permitted);
  take_off_bus (self);
}
