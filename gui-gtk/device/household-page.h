/* SPDX-License-Identifier: Apache-2.0 */
/* How another computer gets to the device, and the way to another password. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_HOUSEHOLD_PAGE (wattle_household_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleHouseholdPage, wattle_household_page, WATTLE, HOUSEHOLD_PAGE, WattlePartPage)

WattleNavPage *wattle_household_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
