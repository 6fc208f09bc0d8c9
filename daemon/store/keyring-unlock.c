/* SPDX-License-Identifier: Apache-2.0 */
/* org.freedesktop.Secret.Service.Unlock, and the prompt that it answers with. */
#include "daemon/store/keyring-unlock.h"

#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define PROMPT_INTERFACE "org.freedesktop.Secret.Prompt"
#define NO_PROMPT "/"

/* A dialogue that is open, until the person or the keyring has ended it. */
typedef struct {
  char *path;
  guint completed; /* subscription */
  guint name;      /* watch of the service */
  gulong cancelled;
} Prompt;

static void
prompt_free (Prompt *prompt)
{
  g_free (prompt->path);
  g_free (prompt);
}

/* No more news; gives up the reference that the dialogue held on @task. */
static void
forget (GTask *task)
{
  GDBusConnection *connection = g_task_get_source_object (task);
  Prompt *prompt = g_task_get_task_data (task);

  if (prompt->completed == 0)
    return;
  g_dbus_connection_signal_unsubscribe (connection, prompt->completed);
  g_bus_unwatch_name (prompt->name);
  if (prompt->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), prompt->cancelled);
  prompt->completed = 0;
  g_object_unref (task);
}

static void
on_completed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
              const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  gboolean dismissed = TRUE;

  forget (task);
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    g_variant_get_child (parameters, 0, "b", &dismissed);
  g_task_return_boolean (task, !dismissed);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  forget (task);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s has left the bus", name);
}

static void
call_prompt (GTask *task, const char *method, GVariant *arguments, GAsyncReadyCallback callback, gpointer user_data)
{
  const Prompt *prompt = g_task_get_task_data (task);

  g_dbus_connection_call (g_task_get_source_object (task), SERVICE_NAME, prompt->path, PROMPT_INTERFACE, method,
                          arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, callback, user_data);
}

static gboolean
on_cancelled (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  const Prompt *prompt = g_task_get_task_data (task);

  if (prompt->completed == 0)
    return G_SOURCE_REMOVE;
  forget (task);
  call_prompt (task, "Dismiss", NULL, NULL, NULL);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Not from inside the signal, whose handlers cannot be disconnected there. */
static void
on_cancel_signal (GCancellable *cancellable, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled, g_object_ref (user_data), g_object_unref);
}

static void
on_prompted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Prompt *prompt = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return;
  if (prompt->completed == 0) { /* something else was the end of it */
    g_error_free (error);
    return;
  }
  forget (task);
  g_task_return_error (task, error);
}

static void
show_prompt (GTask *task, const char *path)
{
  GDBusConnection *connection = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Prompt *prompt = g_new0 (Prompt, 1);

  prompt->path = g_strdup (path);
  g_task_set_task_data (task, prompt, (GDestroyNotify)prompt_free);
  g_object_ref (task); /* until forget() */
  prompt->completed = g_dbus_connection_signal_subscribe (connection, SERVICE_NAME, PROMPT_INTERFACE, "Completed", path,
                                                          NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_completed, task, NULL);
  prompt->name = g_bus_watch_name_on_connection (connection, SERVICE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                 on_vanished, task, NULL);
  if (cancellable != NULL)
    prompt->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancel_signal), task);
  if (g_cancellable_is_cancelled (cancellable))
    on_cancel_signal (cancellable, task);
  call_prompt (task, "Prompt", g_variant_new ("(s)", ""), on_prompted, g_object_ref (task));
}

static void
on_unlock (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) unlocked = NULL;
  GError *error = NULL;
  const char *prompt;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_variant_get (reply, "(@ao&o)", &unlocked, &prompt);
  if (g_variant_n_children (unlocked) > 0)
    g_task_return_boolean (task, TRUE);
  else if (g_str_equal (prompt, NO_PROMPT))
    g_task_return_boolean (task, FALSE);
  else
    show_prompt (task, prompt);
}

void
wattle_keyring_unlock_path_async (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (connection, cancellable, callback, user_data);
  const char *paths[] = { path, NULL };

  g_task_set_source_tag (task, wattle_keyring_unlock_path_async);
  g_dbus_connection_call (connection, SERVICE_NAME, SERVICE_PATH, SERVICE_INTERFACE, "Unlock",
                          g_variant_new ("(^ao)", paths), G_VARIANT_TYPE ("(aoo)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          cancellable, on_unlock, task);
}

gboolean
wattle_keyring_unlock_path_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
