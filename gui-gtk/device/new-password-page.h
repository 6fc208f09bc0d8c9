/* SPDX-License-Identifier: Apache-2.0 */
/* Another password for the device. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NEW_PASSWORD_PAGE (wattle_new_password_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleNewPasswordPage, wattle_new_password_page, WATTLE, NEW_PASSWORD_PAGE, WattlePartPage)

WattleNavPage *wattle_new_password_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
