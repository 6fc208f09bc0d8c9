/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a device's password: Wattle's rules, a connection, the device's own
 * rules, and then what tells a password that is used twice.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/device-private.h"
#include "daemon/device/password-rules.h"
#include "daemon/device/wire-error.h"
#include "pairing/secret.h"

static void
free_password (gpointer data)
{
  char *password = data;

  wtl_wipe (password, strlen (password));
  g_free (password);
}

static void
on_check_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* The device has the new password already, so this fails nothing. */
  if (!wattle_keyring_store_password_check_finish (WATTLE_KEYRING (source), result, &error))
    g_warning ("Reuse of this password cannot be noticed: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleDevice *self = g_task_get_source_object (task);
  WattleServices *services = wattle_device_get_services (self);
  const char *id = wattle_device_get_id (self);
  const char *password = g_task_get_task_data (task);
  GError *error = NULL;

  if (!wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, NULL, &error)) {
    g_task_return_error (task, wattle_error_own (error));
    return;
  }
  wattle_services_log (services, id, "password-changed", _ ("You changed the password of the device."));
  wattle_keyring_store_password_check_async (wattle_services_get_keyring (services), id, wattle_device_get_name (self),
                                             password, WATTLE_KEYRING_QUIET, NULL, on_check_kept,
                                             g_steal_pointer (&task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleDevice *self = g_task_get_source_object (task);
  const char *password = g_task_get_task_data (task);
  wtl_Request request = { .which_body = wtl_Request_change_password_tag };
  WattleConversation *conversation;
  GError *error = NULL;

  if (!wattle_session_connect_finish (WATTLE_SESSION (source), result, &error)
      || !wattle_device_check_usable (self, &error)) {
    g_task_return_error (task, wattle_error_own (error));
    return;
  }
  conversation = wattle_session_get_conversation (WATTLE_SESSION (source));
  if (conversation == NULL) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "%s",
                             _ ("The connection to the device was lost. Bring it nearer."));
    return;
  }
  g_strlcpy (request.body.change_password.password, password, sizeof request.body.change_password.password);
  wattle_conversation_request_async (conversation, &request, NULL, on_changed, g_steal_pointer (&task));
  wtl_wipe (&request, sizeof request);
}

/* Words that a guesser of this device's password tries first are among what it is judged by. */
static void
judge (WattleDevice *self, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback,
       gpointer user_data)
{
  const char *related[] = { wattle_device_get_unit_id (self), wattle_device_get_name (self), NULL };

  wattle_password_judge_async (wattle_device_get_services (self), wattle_device_get_id (self), password, related,
                               cancellable, callback, user_data);
}

static void
on_judged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleDevice *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (WattlePasswordStrength) strength = wattle_password_judge_finish (result, &error);

  if (strength == NULL || !wattle_password_require (strength, &error) || !wattle_device_check_usable (self, &error)) {
    g_task_return_error (task, wattle_error_own (error));
    return;
  }
  wattle_session_connect_async (wattle_device_get_session (self), cancellable, on_connected, g_steal_pointer (&task));
}

void
wattle_device_change_password_async (WattleDevice *self, const char *password, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, wattle_device_change_password_async);
  g_task_set_task_data (task, g_strdup (password), free_password);
  if (!wattle_device_check_usable (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  judge (self, password, cancellable, on_judged, g_steal_pointer (&task));
}

gboolean
wattle_device_change_password_finish (WattleDevice *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_device_check_password_async (WattleDevice *self, const char *password, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_device_check_password_async);
  judge (self, password, cancellable, wattle_password_end_judging, task);
}

WattlePasswordStrength *
wattle_device_check_password_finish (WattleDevice *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
