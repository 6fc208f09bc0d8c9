/* SPDX-License-Identifier: Apache-2.0 */
/* The set-ups that the service has not finished yet, such as one that waits
 * for its device.  Takes no room while there is none. */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_UNFINISHED_GROUP (wattle_unfinished_group_get_type ())
G_DECLARE_FINAL_TYPE (WattleUnfinishedGroup, wattle_unfinished_group, WATTLE, UNFINISHED_GROUP, AdwPreferencesGroup)

GtkWidget *wattle_unfinished_group_new (WattleService *service);

G_END_DECLS
