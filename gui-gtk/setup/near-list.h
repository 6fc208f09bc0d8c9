/* SPDX-License-Identifier: Apache-2.0 */
/* The devices near that are not ours.  Looks for them while it is in sight;
 * choosing one begins its set-up. */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NEAR_LIST (wattle_near_list_get_type ())
G_DECLARE_FINAL_TYPE (WattleNearList, wattle_near_list, WATTLE, NEAR_LIST, AdwBin)

GtkWidget *wattle_near_list_new (WattleService *service);

G_END_DECLS
