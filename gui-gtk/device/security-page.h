/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to tell of a weakness, what is known, and what stops without internet. */
#pragma once

#include "gui-gtk/device/part-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SECURITY_PAGE (wattle_security_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleSecurityPage, wattle_security_page, WATTLE, SECURITY_PAGE, WattlePartPage)

WattleNavPage *wattle_security_page_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
