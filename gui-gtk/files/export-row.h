/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row that offers a copy of all the person's data of a device: asks where to,
 * shows how far it is, and says where it went.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_EXPORT_ROW (wattle_export_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleExportRow, wattle_export_row, WATTLE, EXPORT_ROW, AdwActionRow)

GtkWidget *wattle_export_row_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
