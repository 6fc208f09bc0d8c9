/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parting with a device: what will go, the decision, each place's progress, and
 * the receipt.  A wipe that is under way already is shown as it stands.
 */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WIPE_PAGE (wattle_wipe_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipePage, wattle_wipe_page, WATTLE, WIPE_PAGE, WattleNavPage)

WattleNavPage *wattle_wipe_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
