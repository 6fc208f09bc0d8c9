/* SPDX-License-Identifier: Apache-2.0 */
/* What the maker says that is new, and the decisions that it asks for again. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CHANGES_PAGE (wattle_changes_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleChangesPage, wattle_changes_page, WATTLE, CHANGES_PAGE, WattlePartPage)

WattleNavPage *wattle_changes_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
