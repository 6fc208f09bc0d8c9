/* SPDX-License-Identifier: Apache-2.0 */
/* Purposes that need a yes, a row each. */
#pragma once

#include <adwaita.h>

#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PURPOSE_GROUP (wattle_purpose_group_get_type ())
G_DECLARE_FINAL_TYPE (WattlePurposeGroup, wattle_purpose_group, WATTLE, PURPOSE_GROUP, AdwPreferencesGroup)

/* Shows those of @purposes (of WattlePurpose, from @consent) that need a yes.
 * Rows that stay keep the focus. */
void wattle_purpose_group_show (WattlePurposeGroup *self, WattleBusConsent *consent, GPtrArray *purposes);

G_END_DECLS
