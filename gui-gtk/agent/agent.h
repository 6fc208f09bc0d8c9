/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's question whether something may be shared or destroyed, put to
 * the person.  What this window asks for itself it has asked the person already,
 * and agrees to; all else is a question, one after the other, and only a press
 * on "Allow once" is a yes.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_AGENT (wattle_agent_get_type ())
G_DECLARE_FINAL_TYPE (WattleAgent, wattle_agent, WATTLE, AGENT, GObject)

/* Registers with the service as soon as it is there, and with each that follows.
 * @application is activated where a question needs a window. */
WattleAgent *wattle_agent_new (GtkApplication *application, WattleService *service);

G_END_DECLS
