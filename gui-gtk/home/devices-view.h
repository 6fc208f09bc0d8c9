/* SPDX-License-Identifier: Apache-2.0 */
/* All devices as cards, what is going on above them, and a search. */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DEVICES_VIEW (wattle_devices_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleDevicesView, wattle_devices_view, WATTLE, DEVICES_VIEW, AdwBin)

GtkWidget *wattle_devices_view_new (WattleService *service);

/* Whether there are enough devices to look for one by its name. */
gboolean wattle_devices_view_can_search (WattleDevicesView *self);

/* For a button that opens the search and the widget whose keys begin it. */
GtkSearchBar *wattle_devices_view_get_search (WattleDevicesView *self);

G_END_DECLS
