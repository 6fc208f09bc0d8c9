/* SPDX-License-Identifier: Apache-2.0 */
/* Until when the maker keeps the device safe, and what to do then. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SUPPORT_PAGE (wattle_support_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleSupportPage, wattle_support_page, WATTLE, SUPPORT_PAGE, WattlePartPage)

WattleNavPage *wattle_support_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
