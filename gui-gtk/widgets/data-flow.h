/* SPDX-License-Identifier: Apache-2.0 */
/* A picture of where data goes: your home, the manufacturer, other companies. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_DATA_FLOW (wattle_data_flow_get_type ())
G_DECLARE_FINAL_TYPE (WattleDataFlow, wattle_data_flow, WATTLE, DATA_FLOW, GtkWidget)

GtkWidget *wattle_data_flow_new (void);

/* @purposes: as Passport.Purposes or Consent.Purposes.  NULL for none. */
void wattle_data_flow_set_purposes (WattleDataFlow *self, GVariant *purposes);

/* @decisions, a{sb}: answers that the service does not know yet. */
void wattle_data_flow_set_decisions (WattleDataFlow *self, GVariant *decisions);

/* The same as the picture in words, a line for each place; the widget's. */
const char *wattle_data_flow_get_words (WattleDataFlow *self);

G_END_DECLS
