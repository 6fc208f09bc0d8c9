/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the person's app by the session bus. */
#include "daemon/bus/agent-start.h"

#include "common/error.h"
#include "daemon/bus/paths.h"

#define START_MS 30000 /* a handset that is busy needs its time */
#define REGISTER_MS 15000

/* What a started app is waited for with. */
typedef struct {
  gulong registered;
  guint patience;
  GSource *cancelled; /* NULL = nobody can cancel */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_clear_handle_id (&wait->patience, g_source_remove);
  if (wait->cancelled != NULL)
    g_source_destroy (wait->cancelled);
  g_clear_pointer (&wait->cancelled, g_source_unref);
  g_free (wait);
}

/* Ends the wait, which holds @task. */
static void
end (GTask *task, gboolean registered)
{
  g_autoptr (GTask) held = task;
  Wait *wait = g_task_get_task_data (task);

  g_clear_signal_handler (&wait->registered, g_task_get_source_object (task));
  g_clear_handle_id (&wait->patience, g_source_remove);
  if (wait->cancelled != NULL)
    g_source_destroy (wait->cancelled);
  if (registered)
    g_task_return_boolean (task, TRUE);
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_error (task, wattle_agents_error_none ());
}

static void
on_registered (WattleAgents *agents, GTask *task)
{
  end (task, TRUE);
}

static gboolean
on_patience (gpointer task)
{
  Wait *wait = g_task_get_task_data (task);

  wait->patience = 0;
  end (task, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer task)
{
  end (task, FALSE);
  return G_SOURCE_REMOVE;
}

static void
wait_for_agent (GTask *task)
{
  WattleAgents *agents = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Wait *wait = g_new0 (Wait, 1);

  g_task_set_task_data (task, wait, wait_free);
  wait->registered = g_signal_connect (agents, "registered", G_CALLBACK (on_registered), task);
  wait->patience = g_timeout_add (REGISTER_MS, on_patience, task);
  if (cancellable == NULL)
    return;
  wait->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (wait->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (wait->cancelled, g_task_get_context (task));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleAgents *agents = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (reply == NULL) {
    if (!g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)) /* it is not installed */
      g_warning ("The app could not be started: %s", error->message);
    g_task_return_error (task, wattle_agents_error_none ());
  } else if (wattle_agents_any (agents)) {
    g_task_return_boolean (task, TRUE);
  } else {
    wait_for_agent (g_steal_pointer (&task));
  }
}

void
wattle_agent_start_async (WattleAgents *agents, GDBusConnection *connection, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (agents, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_agent_start_async);
  g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", WATTLE_APP_BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, START_MS, cancellable, on_started, task);
}

gboolean
wattle_agent_start_finish (WattleAgents *agents, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
