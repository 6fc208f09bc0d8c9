/* SPDX-License-Identifier: Apache-2.0 */
/* A page with one receipt. */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECEIPT_PAGE (wattle_receipt_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleReceiptPage, wattle_receipt_page, WATTLE, RECEIPT_PAGE, WattleNavPage)

WattleNavPage *wattle_receipt_page_new (WattleService *service, const char *id);

G_END_DECLS
