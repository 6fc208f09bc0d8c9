/* SPDX-License-Identifier: Apache-2.0 */
/*
 * org.wattle.Companion1.Agent while a command runs that shares or destroys
 * something: the service asks back, the person at the terminal answers.
 */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Exports the agent and registers it with the service.  @action is what this
 * command is about to ask for: "wipe", "export", "accept-image", "install" or "reveal-next-code"; that is
 * allowed without a question where @decided says that the person has just
 * decided it, or with --yes.  What other programs ask for is always put before
 * the person, or refused where none is there. */
gboolean wattle_agent_register (WattleCli *cli, const char *action, gboolean decided, GError **error);

/* Takes the agent back.  Unanswered questions are refused. */
void wattle_agent_unregister (WattleCli *cli);

/* Puts a question that came in before the person; leaves it when @until says
 * so.  Called by the loop between two turns. */
void wattle_agent_answer (WattleCli *cli, gboolean (*until) (gpointer data), gpointer data);

G_END_DECLS
