/* SPDX-License-Identifier: Apache-2.0 */
/* A device at a glance, and the ways to all that is about it. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DEVICE_PAGE (wattle_device_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleDevicePage, wattle_device_page, WATTLE, DEVICE_PAGE, WattlePartPage)

WattleNavPage *wattle_device_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
