/* SPDX-License-Identifier: Apache-2.0 */
/* What the person calls the device. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NAME_PAGE (wattle_name_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleNamePage, wattle_name_page, WATTLE, NAME_PAGE, WattlePartPage)

WattleNavPage *wattle_name_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
