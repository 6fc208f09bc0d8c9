/* SPDX-License-Identifier: Apache-2.0 */
/* The first page: the devices, or where there is none, those that are near. */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_HOME_PAGE (wattle_home_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleHomePage, wattle_home_page, WATTLE, HOME_PAGE, WattleNavPage)

WattleNavPage *wattle_home_page_new (WattleService *service);

G_END_DECLS
