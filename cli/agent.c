/* SPDX-License-Identifier: Apache-2.0 */
/* Answers what the service asks back. */
#include "cli/agent.h"

#include <glib/gi18n.h>

#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "common/error.h"

#define AGENT_PATH "/org/wattle/Companion/Agent"

typedef struct {
  GDBusMethodInvocation *invocation;
  char *action;
  char *sentence;
  char *caller;
} Question;

struct _WattleAgent {
  WattleBusAgent *skeleton;
  GQueue questions;   /* of Question */
  gboolean withdrawn; /* the one that is open has lost its point */
  char *action;
  gboolean decided;
  char *owner; /* unique name of the service */
};

typedef struct {
  WattleAgent *agent;
  gboolean (*until) (gpointer data);
  gpointer data;
} Point;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_object (&question->invocation);
  g_free (question->action);
  g_free (question->sentence);
  g_free (question->caller);
  g_free (question);
}

/* Replies and frees. */
static void
reply (WattleAgent *agent, Question *question, gboolean allow)
{
  GDBusMethodInvocation *invocation = g_steal_pointer (&question->invocation);

  if (allow)
    wattle_bus_agent_complete_authorize (agent->skeleton, invocation);
  else
    g_dbus_method_invocation_return_error_literal (invocation, WATTLE_ERROR, WATTLE_ERROR_DENIED,
                                                   _ ("You said no, so nothing was done."));
  question_free (question);
}

static gboolean
on_authorize (WattleBusAgent *skeleton, GDBusMethodInvocation *invocation, const char *action, GVariant *details,
              gpointer data)
{
  WattleAgent *agent = data;
  Question *question;

  if (g_strcmp0 (g_dbus_method_invocation_get_sender (invocation), agent->owner) != 0) {
    g_dbus_method_invocation_return_error_literal (invocation, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                                                   _ ("Only Wattle's service may ask here."));
    return TRUE;
  }
  question = g_new0 (Question, 1);
  question->invocation = g_object_ref (invocation);
  question->action = g_strdup (action);
  g_variant_lookup (details, "sentence", "s", &question->sentence);
  g_variant_lookup (details, "caller", "s", &question->caller);
  g_queue_push_tail (&agent->questions, question);
  return TRUE;
}

static gboolean
on_cancel (WattleBusAgent *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
  WattleAgent *agent = data;
  Question *question;

  while ((question = g_queue_pop_head (&agent->questions)) != NULL)
    reply (agent, question, FALSE);
  agent->withdrawn = TRUE;
  wattle_bus_agent_complete_cancel (skeleton, invocation);
  return TRUE;
}

static gboolean
has_lost_its_point (gpointer data)
{
  Point *point = data;

  return point->agent->withdrawn || point->until (point->data);
}

/* What this very command asks for, and nobody else. */
static gboolean
is_ours (WattleCli *cli, const Question *question)
{
  GDBusConnection *bus = g_dbus_proxy_get_connection (G_DBUS_PROXY (cli->manager));

  return g_strcmp0 (question->action, cli->agent->action) == 0
         && g_strcmp0 (question->caller, g_dbus_connection_get_unique_name (bus)) == 0;
}

static gboolean
ask_person (WattleCli *cli, const Question *question, Point *point)
{
  const char *sentence = question->sentence != NULL ? question->sentence : question->action;
  gboolean yes = FALSE;

  wattle_terminal_clear_status ();
  wattle_print ("\n");
  if (!is_ours (cli, question))
    wattle_print_paragraph (0, _ ("Another program asks for this:"));
  wattle_print_paragraph (0, sentence);
  return wattle_terminal_ask_yes_no_until (cli, _ ("Go ahead?"), has_lost_its_point, point, &yes, NULL) && yes;
}

void
wattle_agent_answer (WattleCli *cli, gboolean (*until) (gpointer data), gpointer data)
{
  WattleAgent *agent = cli->agent;
  Point point = { .agent = agent, .until = until, .data = data };
  Question *question;
  gboolean allow;

  if (agent == NULL || wattle_terminal_is_asking ())
    return;
  question = g_queue_pop_head (&agent->questions);
  if (question == NULL)
    return;

  agent->withdrawn = FALSE;
  if (is_ours (cli, question) && (agent->decided || cli->yes))
    allow = TRUE;
  else
    allow = wattle_terminal_is_interactive (cli) && ask_person (cli, question, &point);
  reply (agent, question, allow);
}

static void
agent_free (WattleAgent *agent)
{
  Question *question;

  while ((question = g_queue_pop_head (&agent->questions)) != NULL)
    reply (agent, question, FALSE);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
  g_signal_handlers_disconnect_by_data (agent->skeleton, agent);
  g_object_unref (agent->skeleton);
  g_free (agent->action);
  g_free (agent->owner);
  g_free (agent);
}

static gboolean
register_agent (WattleCli *cli, const char *action, gboolean decided, GError **error)
{
  GDBusConnection *bus = g_dbus_proxy_get_connection (G_DBUS_PROXY (cli->manager));
  WattleAgent *agent = g_new0 (WattleAgent, 1);
  g_autoptr (GAsyncResult) result = NULL;

  agent->skeleton = wattle_bus_agent_skeleton_new ();
  agent->action = g_strdup (action);
  agent->decided = decided;
  agent->owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (cli->manager));
  g_signal_connect (agent->skeleton, "handle-authorize", G_CALLBACK (on_authorize), agent);
  g_signal_connect (agent->skeleton, "handle-cancel", G_CALLBACK (on_cancel), agent);
  cli->agent = agent;

  if (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (agent->skeleton), bus, AGENT_PATH, error)) {
    wattle_bus_manager_call_register_agent (cli->manager, AGENT_PATH, cli->cancellable, wattle_loop_done, &result);
    wattle_loop_wait (cli, &result);
    if (wattle_bus_manager_call_register_agent_finish (cli->manager, result, error))
      return TRUE;
  }
  agent_free (g_steal_pointer (&cli->agent));
  return FALSE;
}

gboolean
wattle_agent_register (WattleCli *cli, const char *action, gboolean decided, GError **error)
{
  g_return_val_if_fail (cli->agent == NULL, FALSE);
  if (decided || cli->yes || wattle_terminal_is_interactive (cli))
    return register_agent (cli, action, decided, error);
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                       _ ("Nobody is there to be asked. If this is what you want, add --yes."));
  return FALSE;
}

void
wattle_agent_unregister (WattleCli *cli)
{
  if (cli->agent == NULL)
    return;
  /* No need to wait: the service forgets it when we leave the bus, too. */
  wattle_bus_manager_call_unregister_agent (cli->manager, AGENT_PATH, NULL, NULL, NULL);
  g_dbus_connection_flush_sync (g_dbus_proxy_get_connection (G_DBUS_PROXY (cli->manager)), NULL, NULL);
  agent_free (g_steal_pointer (&cli->agent));
}
