/* SPDX-License-Identifier: Apache-2.0 */
/* The whole notice: what the maker says about the product and your data. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTICE_PAGE (wattle_notice_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleNoticePage, wattle_notice_page, WATTLE, NOTICE_PAGE, WattlePartPage)

WattleNavPage *wattle_notice_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
