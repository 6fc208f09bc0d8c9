/* SPDX-License-Identifier: Apache-2.0 */
/* The first page of a set-up: the code from the device's label, or the
 * password of one of the household. */
#pragma once

#include "gui-gtk/setup/setup-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_OPEN_PAGE (wattle_open_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleOpenPage, wattle_open_page, WATTLE, OPEN_PAGE, WattleSetupPage)

G_END_DECLS
