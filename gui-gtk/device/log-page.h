/* SPDX-License-Identifier: Apache-2.0 */
/* What Wattle did with the device. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_LOG_PAGE (wattle_log_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleLogPage, wattle_log_page, WATTLE, LOG_PAGE, WattlePartPage)

WattleNavPage *wattle_log_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
