/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One receipt: what was wiped or decided, who has confirmed it, and what to do
 * with the proof.  What is shown was verified here, not believed.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECEIPT_VIEW (wattle_receipt_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleReceiptView, wattle_receipt_view, WATTLE, RECEIPT_VIEW, AdwBin)

GtkWidget *wattle_receipt_view_new (WattleService *service);

/* Shows the receipt @id, from Manager.ListReceipts. */
void wattle_receipt_view_set_id (WattleReceiptView *self, const char *id);

G_END_DECLS
