/* SPDX-License-Identifier: Apache-2.0 */
/* What software runs on the device, and where updates come from. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_UPDATE_PAGE (wattle_update_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleUpdatePage, wattle_update_page, WATTLE, UPDATE_PAGE, WattlePartPage)

WattleNavPage *wattle_update_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
