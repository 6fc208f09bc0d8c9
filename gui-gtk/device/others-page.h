/* SPDX-License-Identifier: Apache-2.0 */
/* Who else in the home the device measures, and the page for them. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_OTHERS_PAGE (wattle_others_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleOthersPage, wattle_others_page, WATTLE, OTHERS_PAGE, WattlePartPage)

WattleNavPage *wattle_others_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
