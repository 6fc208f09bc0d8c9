/* SPDX-License-Identifier: Apache-2.0 */
/* All receipts, newest first, and what is outstanding of each. */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECEIPTS_PAGE (wattle_receipts_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleReceiptsPage, wattle_receipts_page, WATTLE, RECEIPTS_PAGE, WattleNavPage)

WattleNavPage *wattle_receipts_page_new (WattleService *service);

G_END_DECLS
