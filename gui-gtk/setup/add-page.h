/* SPDX-License-Identifier: Apache-2.0 */
/* The page that looks for devices near. */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_ADD_PAGE (wattle_add_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleAddPage, wattle_add_page, WATTLE, ADD_PAGE, WattleNavPage)

WattleNavPage *wattle_add_page_new (WattleService *service);

G_END_DECLS
