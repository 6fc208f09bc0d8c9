/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to the data, and the decisions about it. */
#pragma once

#include "gui-gtk/setup/setup-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DATA_PAGE (wattle_data_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleDataPage, wattle_data_page, WATTLE, DATA_PAGE, WattleSetupPage)

G_END_DECLS
