/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts one question of another program to the person: who asks, what for.  Deny
 * is what Enter, Escape and closing mean.  "Allow" can be pressed only after the
 * question has been in front for a moment, so that nobody agrees with a click
 * that was meant for what lay below.
 *
 * Signal "answered" (gboolean allow), once.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/agent/caller.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_AGENT_DIALOG (wattle_agent_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleAgentDialog, wattle_agent_dialog, WATTLE, AGENT_DIALOG, AdwMessageDialog)

/* @action, @device and @sentence as in Agent.Authorize. */
GtkWindow *wattle_agent_dialog_new (GtkWindow *parent, const char *action, const char *device, const char *sentence);

/* What is known of who asks, when it is. */
void wattle_agent_dialog_set_caller (WattleAgentDialog *self, const WattleCaller *caller);

/* The heading as plain text, for a notification. */
char *wattle_agent_dialog_heading (const char *action, const char *device);

G_END_DECLS
