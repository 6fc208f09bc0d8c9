/* SPDX-License-Identifier: Apache-2.0 */
/* The service's questions, put to the person. */
#include "gui-gtk/agent/agent.h"

#include <glib/gi18n.h>

#include "common/error.h"
#include "gui-gtk/agent/agent-dialog.h"

#define AGENT_PATH "/org/wattle/Wattle/Agent"
#define NOTIFICATION "agent-question"
#define PATIENCE_SECONDS 300 /* then the answer is no */

typedef struct {
  GDBusMethodInvocation *invocation;
  char *action;
  char *device;
  char *sentence;
  char *caller;
} Question;

struct _WattleAgent {
  GObject parent_instance;
  GtkApplication *application; /* owns this */
  WattleService *service;
  WattleBusAgent *skeleton;
  GQueue questions;      /* of Question; the first is in the dialog */
  GtkWindow *dialog;     /* NULL = none is open */
  gboolean made_window;  /* the app's window is there for the question alone */
  GCancellable *looking; /* who asks the question in the dialog */
  guint patience;
};

G_DEFINE_FINAL_TYPE (WattleAgent, wattle_agent, G_TYPE_OBJECT)

static void show_next (WattleAgent *self, gboolean looks);

/* Replies and frees. */
static void
reply (WattleAgent *self, Question *question, gboolean allow)
{
  if (allow)
    wattle_bus_agent_complete_authorize (self->skeleton, question->invocation);
  else
    g_dbus_method_invocation_return_error_literal (question->invocation, WATTLE_ERROR, WATTLE_ERROR_DENIED,
                                                   _ ("You said no, so nothing was done."));
  g_free (question->action);
  g_free (question->device);
  g_free (question->sentence);
  g_free (question->caller);
  g_free (question);
}

/* --- the open question --- */

static void
close_dialog (WattleAgent *self)
{
  GtkWindow *dialog = g_steal_pointer (&self->dialog);

  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_handle_id (&self->patience, g_source_remove);
  g_application_withdraw_notification (G_APPLICATION (self->application), NOTIFICATION);
  if (dialog == NULL)
    return;
  g_signal_handlers_disconnect_by_data (dialog, self);
  gtk_window_destroy (dialog);
}

static gboolean
on_idle (gpointer data)
{
  WattleAgent *self = data;
  GtkWindow *window
      = self->skeleton != NULL && self->made_window ? gtk_application_get_active_window (self->application) : NULL;

  if (self->dialog != NULL)
    return G_SOURCE_REMOVE; /* there is one more question */
  self->made_window = FALSE;
  if (window != NULL)
    gtk_window_close (window);
  return G_SOURCE_REMOVE;
}

/* The person has not opened it.  Once the question has gone: libadwaita's dialog looks at its window to the last. */
static void
close_window (WattleAgent *self)
{
  if (self->made_window)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle, g_object_ref (self), g_object_unref);
}

static void
on_answered (WattleAgent *self, gboolean allow)
{
  Question *question = g_queue_pop_head (&self->questions);
  gboolean looks = gtk_window_is_active (self->dialog);

  close_dialog (self);
  if (question != NULL) {
    reply (self, question, allow);
    g_application_release (G_APPLICATION (self->application));
  }
  show_next (self, looks);
  if (self->dialog == NULL)
    close_window (self);
}

static gboolean
on_patience (gpointer data)
{
  WattleAgent *self = data;

  self->patience = 0;
  on_answered (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_caller (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleAgent *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCaller) caller = wattle_caller_find_finish (result, &error);

  if (caller != NULL)
    wattle_agent_dialog_set_caller (WATTLE_AGENT_DIALOG (self->dialog), caller);
}

/* The person looks elsewhere: the desktop tells them. */
static void
notify (WattleAgent *self, const Question *question)
{
  g_autofree char *heading = wattle_agent_dialog_heading (question->action, question->device);
  g_autoptr (GNotification) notification = g_notification_new (heading);

  g_notification_set_body (notification, _ ("Open Wattle to allow or deny it."));
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_default_action (notification, "app.show-question");
  g_application_send_notification (G_APPLICATION (self->application), NOTIFICATION, notification);
}

static gboolean
person_looks (WattleAgent *self)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);

  return window != NULL && gtk_window_is_active (window);
}

/* @looks: whether the person has our window in front. */
static void
show_next (WattleAgent *self, gboolean looks)
{
  const Question *question = g_queue_peek_head (&self->questions);

  if (question == NULL || self->dialog != NULL)
    return;
  if (!looks)
    notify (self, question);
  self->made_window |= gtk_application_get_active_window (self->application) == NULL;
  g_application_activate (G_APPLICATION (self->application)); /* makes a window, or brings it to the front */
  self->dialog = wattle_agent_dialog_new (gtk_application_get_active_window (self->application), question->action,
                                          question->device, question->sentence);
  g_signal_connect_object (self->dialog, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  self->patience = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience, self);
  self->looking = g_cancellable_new ();
  wattle_caller_find (g_dbus_method_invocation_get_connection (question->invocation), question->caller, self->looking,
                      on_caller, self);
  gtk_window_present (self->dialog);
}

static void
deny_all (WattleAgent *self)
{
  Question *question;

  close_dialog (self);
  while ((question = g_queue_pop_head (&self->questions)) != NULL) {
    reply (self, question, FALSE);
    g_application_release (G_APPLICATION (self->application));
  }
  close_window (self);
}

/* --- what the service calls --- */

static gboolean
is_from_service (WattleAgent *self, GDBusMethodInvocation *invocation)
{
  WattleBusManager *manager = wattle_service_get_manager (self->service);
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (manager));

  if (owner != NULL && g_strcmp0 (g_dbus_method_invocation_get_sender (invocation), owner) == 0)
    return TRUE;
  g_dbus_method_invocation_return_error_literal (invocation, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                                                 _ ("Only Wattle's service may ask here."));
  return FALSE;
}

static gboolean
on_authorize (WattleAgent *self, GDBusMethodInvocation *invocation, const char *action, GVariant *details)
{
  const char *ours = g_dbus_connection_get_unique_name (g_dbus_method_invocation_get_connection (invocation));
  Question *question;

  if (!is_from_service (self, invocation))
    return TRUE;
  question = g_new0 (Question, 1);
  question->invocation = invocation;
  question->action = g_strdup (action);
  if (!g_variant_lookup (details, "device", "s", &question->device))
    question->device = g_strdup ("");
  if (!g_variant_lookup (details, "sentence", "s", &question->sentence))
    question->sentence = g_strdup ("");
  if (!g_variant_lookup (details, "caller", "s", &question->caller))
    question->caller = g_strdup ("");
  if (g_str_equal (question->caller, ours)) {
    reply (self, question, TRUE);
    return TRUE;
  }
  g_application_hold (G_APPLICATION (self->application));
  g_queue_push_tail (&self->questions, question);
  show_next (self, person_looks (self));
  return TRUE;
}

/* It does not say which; a no too many harms nobody. */
static gboolean
on_cancel (WattleAgent *self, GDBusMethodInvocation *invocation)
{
  if (!is_from_service (self, invocation))
    return TRUE;
  deny_all (self);
  wattle_bus_agent_complete_cancel (self->skeleton, invocation);
  return TRUE;
}

/* --- being there to be asked --- */

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleAgent) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_bus_manager_call_register_agent_finish (WATTLE_BUS_MANAGER (source), result, &error))
    g_debug ("no agent: %s", error->message);
}

static void
on_state (WattleAgent *self)
{
  WattleBusManager *manager = wattle_service_get_manager (self->service);
  g_autoptr (GError) error = NULL;

  if (wattle_service_get_state (self->service) != WATTLE_SERVICE_READY) {
    deny_all (self); /* who asked is gone */
    return;
  }
  if (g_dbus_interface_skeleton_get_object_path (G_DBUS_INTERFACE_SKELETON (self->skeleton)) == NULL
      && !g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton),
                                            g_dbus_proxy_get_connection (G_DBUS_PROXY (manager)), AGENT_PATH, &error)) {
    g_debug ("no agent: %s", error->message);
    return;
  }
  wattle_bus_manager_call_register_agent (manager, AGENT_PATH, NULL, on_registered, g_object_ref (self));
}

static void
wattle_agent_dispose (GObject *object)
{
  WattleAgent *self = WATTLE_AGENT (object);

  if (self->skeleton != NULL) {
    deny_all (self);
    g_signal_handlers_disconnect_by_data (self->skeleton, self);
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  }
  g_clear_object (&self->skeleton);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_agent_parent_class)->dispose (object);
}

static void
wattle_agent_class_init (WattleAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_agent_dispose;
}

static void
wattle_agent_init (WattleAgent *self)
{
  g_queue_init (&self->questions);
  self->skeleton = wattle_bus_agent_skeleton_new ();
  g_signal_connect_swapped (self->skeleton, "handle-authorize", G_CALLBACK (on_authorize), self);
  g_signal_connect_swapped (self->skeleton, "handle-cancel", G_CALLBACK (on_cancel), self);
}

WattleAgent *
wattle_agent_new (GtkApplication *application, WattleService *service)
{
  WattleAgent *self = g_object_new (WATTLE_TYPE_AGENT, NULL);

  self->application = application;
  self->service = g_object_ref (service);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
  return self;
}
