/* SPDX-License-Identifier: Apache-2.0 */
/* One device near that is not ours, as a row. */
#pragma once

#include <adwaita.h>

#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_NEAR_ROW (wattle_near_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleNearRow, wattle_near_row, WATTLE, NEAR_ROW, AdwActionRow)

/* @object: with a Candidate. */
GtkWidget *wattle_near_row_new (WattleBusObject *object);

WattleBusObject *wattle_near_row_get_object (WattleNearRow *self);

G_END_DECLS
