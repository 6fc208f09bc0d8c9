/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registered agents.  The one registered last puts questions to the
 * person before something is shared or destroyed.
 */
#pragma once

#include "daemon/bus/callers.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_AGENTS (wattle_agents_get_type ())
G_DECLARE_FINAL_TYPE (WattleAgents, wattle_agents, WATTLE, AGENTS, GObject)

/* Signal "registered": there is one more. */
WattleAgents *wattle_agents_new (GDBusConnection *connection, WattleCallers *callers);

/* Forgotten by itself when @sender leaves the bus.  Errors: Busy where @sender
 * has one at @path already, NotAllowed where it has very many. */
gboolean wattle_agents_register (WattleAgents *self, const char *sender, const char *path, GError **error);

/* Errors: NotFound. */
gboolean wattle_agents_unregister (WattleAgents *self, const char *sender, const char *path, GError **error);

/* Whether there is one. */
gboolean wattle_agents_any (WattleAgents *self);

/* NoAgent, and what to do; the caller's. */
GError *wattle_agents_error_none (void);

/* Asks for @action, and starts the person's app where nobody is there to ask.
 * @device is a name for the person ("" = none), @sentence what will happen,
 * @caller the bus name that wants it.  Errors: NoAgent, Denied, Cancelled. */
void wattle_agents_ask_async (WattleAgents *self, const char *action, const char *device, const char *sentence,
                              const char *caller, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean wattle_agents_ask_finish (WattleAgents *self, GAsyncResult *result, GError **error);

G_END_DECLS
