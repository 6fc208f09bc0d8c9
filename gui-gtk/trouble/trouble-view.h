/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page shows instead of its content while the service cannot be used:
 * what has happened and the one thing to do.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_TROUBLE_VIEW (wattle_trouble_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleTroubleView, wattle_trouble_view, WATTLE, TROUBLE_VIEW, AdwBin)

/* For WATTLE_SERVICE_GONE and _OLD; follows the state by itself. */
GtkWidget *wattle_trouble_view_new (WattleService *service);

G_END_DECLS
