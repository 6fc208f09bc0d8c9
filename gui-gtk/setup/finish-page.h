/* SPDX-License-Identifier: Apache-2.0 */
/* The last questions: how long it is supported, what it is called. */
#pragma once

#include "gui-gtk/setup/setup-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_FINISH_PAGE (wattle_finish_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleFinishPage, wattle_finish_page, WATTLE, FINISH_PAGE, WattleSetupPage)

G_END_DECLS
