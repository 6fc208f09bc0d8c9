/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row about one place that a wipe goes to: its picture, what it is called, a
 * sentence, and how far it is where a wipe is under way.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_PLACE_ROW (wattle_place_row_get_type ())
G_DECLARE_FINAL_TYPE (WattlePlaceRow, wattle_place_row, WATTLE, PLACE_ROW, AdwPreferencesRow)

/* @place: as Wipe.GetPlan and Job.Steps name it; NULL = none of them, with a
 * sentence alone. */
GtkWidget *wattle_place_row_new (const char *place, const char *sentence);

/* @state: as in Job.Steps or a receipt's places, with @icon in its own words. */
void wattle_place_row_set_state (WattlePlaceRow *self, const char *icon, const char *state);

G_END_DECLS
