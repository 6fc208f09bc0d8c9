/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the pages that set up a device. */
#pragma once

#include "gui-gtk/setup/setup-page.h"

G_BEGIN_DECLS

/* Begins to set up @candidate above the page that @inside is in. */
void wattle_wizard_start (gpointer inside, WattleService *service, WattleBusObject *candidate);

/* Goes on to the page after @page. */
void wattle_wizard_go_on (WattleSetupPage *page);

/* Goes back to the page of @type that is below @page, a subclass of
 * WattleSetupPage. */
void wattle_wizard_go_back_to (WattleSetupPage *page, GType type);

/* Leaves the wizard that @page belongs to. */
void wattle_wizard_leave (WattleSetupPage *page);

G_END_DECLS
