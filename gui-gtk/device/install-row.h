/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row that puts software from a file on a device: asks which file and whether it is
 * meant, shows how far it is, and says what came of it.  Seen where the device takes
 * software, whoever has begun to install it.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_INSTALL_ROW (wattle_install_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleInstallRow, wattle_install_row, WATTLE, INSTALL_ROW, AdwActionRow)

GtkWidget *wattle_install_row_new (WattleService *service, WattleBusObject *device);

G_END_DECLS
