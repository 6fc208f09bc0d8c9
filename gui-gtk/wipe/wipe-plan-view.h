/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a wipe would do to which place, what it cannot reach, a copy to keep, and
 * the decision.  Signal "decided" (gboolean lost): the person has agreed.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WIPE_PLAN_VIEW (wattle_wipe_plan_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipePlanView, wattle_wipe_plan_view, WATTLE, WIPE_PLAN_VIEW, AdwBin)

GtkWidget *wattle_wipe_plan_view_new (WattleService *service, WattleBusObject *device);

/* Whether the wipe is being asked for, so that nobody presses twice. */
void wattle_wipe_plan_view_set_busy (WattleWipePlanView *self, gboolean busy);

G_END_DECLS
