/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the person's app by the session bus, so that there is an agent to ask. */
#pragma once

#include "daemon/bus/agents.h"

G_BEGIN_DECLS

/* Returns once an agent is registered.  Errors: NoAgent, at once where no app is
 * installed and after a while where it does not register one; Cancelled. */
void wattle_agent_start_async (WattleAgents *agents, GDBusConnection *connection, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_agent_start_finish (WattleAgents *agents, GAsyncResult *result, GError **error);

G_END_DECLS
