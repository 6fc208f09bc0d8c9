/* SPDX-License-Identifier: Apache-2.0 */
/* The desktop's camera portal. */
#include "gui-gtk/qr/camera-portal.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#include "common/error.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PATH "/org/freedesktop/portal/desktop"
#define CAMERA "org.freedesktop.portal.Camera"
#define REQUEST "org.freedesktop.portal.Request"
#define NOT_ALLOWED "org.freedesktop.portal.Error.NotAllowed"

/* org.freedesktop.portal.Request, Response; anything else: the question has ended by itself */
enum { RESPONSE_YES = 0, RESPONSE_NO = 1 };

static GDBusConnection *
get_bus (void)
{
  return g_application_get_dbus_connection (g_application_get_default ());
}

/* --- finding --- */

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) value = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  g_task_return_boolean (task, value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)
                                   && g_variant_get_boolean (value));
}

void
wattle_camera_portal_find_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_dbus_connection_call (get_bus (), PORTAL, PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", CAMERA, "IsCameraPresent"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_found, g_steal_pointer (&task));
}

gboolean
wattle_camera_portal_find_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/* --- asking --- */

/* While the answer is waited for, the signal and the cancelling hold the task. */
typedef struct {
  char *request; /* object path of the question */
  guint response_id;
  GSource *cancelled;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->request);
  g_free (question);
}

/* Whether the answer was still waited for; from now on it is not. */
static gboolean
end_question (GTask *task)
{
  Question *question = g_task_get_task_data (task);
  guint response_id = question->response_id;

  if (response_id == 0)
    return FALSE;
  question->response_id = 0;
  if (question->cancelled != NULL)
    g_source_destroy (question->cancelled);
  g_clear_pointer (&question->cancelled, g_source_unref);
  g_dbus_connection_signal_unsubscribe (get_bus (), response_id);
  return TRUE;
}

/* @why: what the desktop itself said, NULL = nothing; it is no sentence for a person. */
static void
fail (GTask *task, const GError *why)
{
  g_autofree char *remote = why != NULL ? g_dbus_error_get_remote_error (why) : NULL;

  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (why));
  else if (g_strcmp0 (remote, NOT_ALLOWED) == 0 || g_error_matches (why, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_DENIED, "%s",
                             _ ("The camera was not allowed. You can type the code, or choose a picture of it."));
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED, "%s",
                             _ ("The desktop gave no camera. You can type the code, or choose a picture of it."));
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &list, result, &error);
  int index = -1, fd = -1;

  if (reply != NULL) {
    g_variant_get (reply, "(h)", &index);
    if (list != NULL && index >= 0 && index < g_unix_fd_list_get_length (list))
      fd = g_unix_fd_list_get (list, index, &error);
  }
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    fail (task, error);
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
  GTask *task = user_data;
  GVariantDict options;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")) || !end_question (task))
    return;
  g_variant_get (parameters, "(ua{sv})", &response, NULL);
  if (response != RESPONSE_YES) {
    g_autoptr (GError) why
        = response == RESPONSE_NO ? g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "") : NULL;

    fail (task, why);
    return;
  }
  g_variant_dict_init (&options, NULL);
  g_dbus_connection_call_with_unix_fd_list (bus, PORTAL, PATH, CAMERA, "OpenPipeWireRemote",
                                            g_variant_new ("(@a{sv})", g_variant_dict_end (&options)),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                            g_task_get_cancellable (task), on_remote, g_object_ref (task));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Question *question = g_task_get_task_data (task);

  if (end_question (task)) {
    g_dbus_connection_call (get_bus (), PORTAL, question->request, REQUEST, "Close", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, NULL, NULL);
    g_task_return_error_if_cancelled (task);
  }
  return G_SOURCE_REMOVE;
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL && end_question (task))
    fail (task, error);
}

/* Where the portal will say what the person answered, known before it is asked. */
static char *
request_path (const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (get_bus ()) + 1);

  return g_strdup_printf (PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);
}

void
wattle_camera_portal_open_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *token = g_strdup_printf ("wattle%u", g_random_int ());
  Question *question = g_new0 (Question, 1);
  GVariantDict options;

  g_task_set_task_data (task, question, question_free);
  question->request = request_path (token);
  question->response_id
      = g_dbus_connection_signal_subscribe (get_bus (), PORTAL, REQUEST, "Response", question->request, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, on_response, g_object_ref (task), g_object_unref);
  if (cancellable != NULL) {
    question->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (question->cancelled, G_SOURCE_FUNC (on_cancelled), g_object_ref (task), g_object_unref);
    g_source_attach (question->cancelled, NULL);
  }
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "handle_token", "s", token);
  g_dbus_connection_call (get_bus (), PORTAL, PATH, CAMERA, "AccessCamera",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_asked, g_object_ref (task));
}

int
wattle_camera_portal_open_finish (GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}
