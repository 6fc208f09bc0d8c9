/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons side by side where there is room for them, else one below the other. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_BUTTON_ROW (wattle_button_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleButtonRow, wattle_button_row, WATTLE, BUTTON_ROW, GtkWidget)

G_END_DECLS
