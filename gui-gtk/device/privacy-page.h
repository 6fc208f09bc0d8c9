/* SPDX-License-Identifier: Apache-2.0 */
/* What the device may do with data: where it goes, and each decision with its confirmations. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PRIVACY_PAGE (wattle_privacy_page_get_type ())
G_DECLARE_FINAL_TYPE (WattlePrivacyPage, wattle_privacy_page, WATTLE, PRIVACY_PAGE, WattlePartPage)

WattleNavPage *wattle_privacy_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
