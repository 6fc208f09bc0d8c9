/* SPDX-License-Identifier: Apache-2.0 */
/* The password that opens the device from now on. */
#pragma once

#include "gui-gtk/setup/setup-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PASSWORD_PAGE (wattle_password_page_get_type ())
G_DECLARE_FINAL_TYPE (WattlePasswordPage, wattle_password_page, WATTLE, PASSWORD_PAGE, WattleSetupPage)

G_END_DECLS
