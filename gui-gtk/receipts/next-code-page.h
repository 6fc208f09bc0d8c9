/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code for a wiped device's next owner: to read out, to scan, to print as a
 * card; and to forget once it is handed on.
 */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NEXT_CODE_PAGE (wattle_next_code_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleNextCodePage, wattle_next_code_page, WATTLE, NEXT_CODE_PAGE, WattleNavPage)

/* @receipt: id of the wipe's receipt; the rest as its certificate says it,
 * @unit_id NULL where it does not. */
WattleNavPage *wattle_next_code_page_new (WattleService *service, const char *receipt, const char *product,
                                          guint32 product_number, const char *unit_id);

G_END_DECLS
