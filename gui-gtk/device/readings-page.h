/* SPDX-License-Identifier: Apache-2.0 */
/* What the device has measured: a chart, its points one by one, and a summary. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_READINGS_PAGE (wattle_readings_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleReadingsPage, wattle_readings_page, WATTLE, READINGS_PAGE, WattlePartPage)

WattleNavPage *wattle_readings_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
