/* SPDX-License-Identifier: Apache-2.0 */
/* How far a set-up is that the service is finishing. */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PROGRESS_PAGE (wattle_progress_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleProgressPage, wattle_progress_page, WATTLE, PROGRESS_PAGE, WattleNavPage)

/* @job: of kind "setup". */
WattleNavPage *wattle_progress_page_new (WattleService *service, WattleBusJob *job);

G_END_DECLS
