/* SPDX-License-Identifier: Apache-2.0 */
/* The registered agents, last one first. */
#include "daemon/bus/agents.h"

#include <glib/gi18n.h>

#include "common/error.h"
#include "daemon/bus/agent-start.h"

#define INTERFACE "org.wattle.Companion1.Agent"
#define AGENTS_MAX 64 /* of all programs together */

typedef struct {
  char *sender;
  char *path;
} Agent;

struct _WattleAgents {
  GObject parent_instance;
  GDBusConnection *connection;
  WattleCallers *callers;
  GQueue agents; /* of Agent, the one to ask first */
};

G_DEFINE_TYPE (WattleAgents, wattle_agents, G_TYPE_OBJECT)

enum { REGISTERED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* A question on its way to an agent. */
typedef struct {
  Agent *agent; /* who is asked; NULL = nobody yet */
  GVariant *parameters;
} Question;

static void
agent_free (Agent *agent)
{
  g_free (agent->sender);
  g_free (agent->path);
  g_free (agent);
}

static Agent *
agent_copy (const Agent *agent)
{
  Agent *copy = g_new0 (Agent, 1);

  copy->sender = g_strdup (agent->sender);
  copy->path = g_strdup (agent->path);
  return copy;
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->agent, agent_free);
  g_variant_unref (question->parameters);
  g_free (question);
}

static GList *
find (WattleAgents *self, const char *sender, const char *path)
{
  for (GList *link = self->agents.head; link != NULL; link = link->next) {
    Agent *agent = link->data;

    if (g_str_equal (agent->sender, sender) && (path == NULL || g_str_equal (agent->path, path)))
      return link;
  }
  return NULL;
}

static void
forget (WattleAgents *self, GList *link)
{
  Agent *agent = link->data;

  g_queue_delete_link (&self->agents, link);
  wattle_callers_release (self->callers, agent->sender);
  agent_free (agent);
}

static void
on_gone (WattleCallers *callers, const char *sender, WattleAgents *self)
{
  GList *link;

  while ((link = find (self, sender, NULL)) != NULL)
    forget (self, link);
}

gboolean
wattle_agents_register (WattleAgents *self, const char *sender, const char *path, GError **error)
{
  Agent *agent;

  if (find (self, sender, path) != NULL) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("This agent is registered already."));
    return FALSE;
  }
  if (self->agents.length >= AGENTS_MAX) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("There are too many agents."));
    return FALSE;
  }
  agent = g_new0 (Agent, 1);
  agent->sender = g_strdup (sender);
  agent->path = g_strdup (path);
  g_queue_push_head (&self->agents, agent);
  wattle_callers_hold (self->callers, sender);
  g_signal_emit (self, signals[REGISTERED], 0);
  return TRUE;
}

gboolean
wattle_agents_any (WattleAgents *self)
{
  return self->agents.length > 0;
}

GError *
wattle_agents_error_none (void)
{
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_NO_AGENT,
                              _ ("This needs your agreement, but no app is there to ask you. "
                                 "Open Wattle, or use the wattle command, and try again."));
}

gboolean
wattle_agents_unregister (WattleAgents *self, const char *sender, const char *path, GError **error)
{
  GList *link = find (self, sender, path);

  if (link == NULL) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("This agent is not registered."));
    return FALSE;
  }
  forget (self, link);
  return TRUE;
}

/* What the agent's answer means. */
static GError *
translate (GError *answer)
{
  g_autoptr (GError) error = answer;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("This was cancelled."));
  if (error->domain == WATTLE_ERROR && error->code == WATTLE_ERROR_CANCELLED)
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("This was cancelled."));
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_DENIED))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_DENIED, _ ("You said no, so nothing was done."));
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_NO_AGENT,
                              _ ("The app that should have asked you did not answer. Nothing was done. Try again."));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;
  const Question *question = g_task_get_task_data (task);

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply != NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_dbus_connection_call (G_DBUS_CONNECTION (source), question->agent->sender, question->agent->path, INTERFACE,
                            "Cancel", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  g_task_return_error (task, translate (error));
}

/* There is an agent. */
static void
ask (WattleAgents *self, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Agent *agent = agent_copy (g_queue_peek_head (&self->agents));

  question->agent = agent;
  g_dbus_connection_call (self->connection, agent->sender, agent->path, INTERFACE, "Authorize", question->parameters,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, cancellable, on_answer, task);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (wattle_agent_start_finish (WATTLE_AGENTS (source), result, &error) && wattle_agents_any (WATTLE_AGENTS (source)))
    ask (WATTLE_AGENTS (source), g_steal_pointer (&task));
  else if (error == NULL) /* it has gone again */
    g_task_return_error (task, wattle_agents_error_none ());
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, translate (error));
  else
    g_task_return_error (task, error);
}

void
wattle_agents_ask_async (WattleAgents *self, const char *action, const char *device, const char *sentence,
                         const char *caller, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);
  GVariantDict details;

  /* A yes that crossed the caller's leaving is still a cancelled call. */
  g_task_set_check_cancellable (task, TRUE);
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "device", "s", device);
  g_variant_dict_insert (&details, "sentence", "s", sentence);
  g_variant_dict_insert (&details, "caller", "s", caller);
  question->parameters = g_variant_ref_sink (g_variant_new ("(s@a{sv})", action, g_variant_dict_end (&details)));
  g_task_set_task_data (task, question, question_free);
  if (wattle_agents_any (self))
    ask (self, task);
  else
    wattle_agent_start_async (self, self->connection, cancellable, on_started, task);
}

gboolean
wattle_agents_ask_finish (WattleAgents *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
wattle_agents_dispose (GObject *object)
{
  WattleAgents *self = WATTLE_AGENTS (object);

  while (self->agents.head != NULL)
    forget (self, self->agents.head);
  if (self->callers != NULL)
    g_signal_handlers_disconnect_by_data (self->callers, self);
  g_clear_object (&self->callers);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (wattle_agents_parent_class)->dispose (object);
}

static void
wattle_agents_class_init (WattleAgentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_agents_dispose;
  signals[REGISTERED]
      = g_signal_new ("registered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_agents_init (WattleAgents *self)
{
  g_queue_init (&self->agents);
}

WattleAgents *
wattle_agents_new (GDBusConnection *connection, WattleCallers *callers)
{
  WattleAgents *self = g_object_new (WATTLE_TYPE_AGENTS, NULL);

  self->connection = g_object_ref (connection);
  self->callers = g_object_ref (callers);
  g_signal_connect (callers, "gone", G_CALLBACK (on_gone), self);
  return self;
}
