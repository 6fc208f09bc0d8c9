/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One purpose that needs a yes: a switch, who has confirmed the decision, and
 * what there is to know for the next one.
 */
#pragma once

#include <adwaita.h>

#include "client/purpose.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PURPOSE_ROW (wattle_purpose_row_get_type ())
G_DECLARE_FINAL_TYPE (WattlePurposeRow, wattle_purpose_row, WATTLE, PURPOSE_ROW, AdwExpanderRow)

/* @purpose: of Consent.Purposes. */
GtkWidget *wattle_purpose_row_new (WattleBusConsent *consent, const WattlePurpose *purpose);

/* Shows @purpose, the same one, as it is now. */
void wattle_purpose_row_update (WattlePurposeRow *self, const WattlePurpose *purpose);

G_END_DECLS
