/* SPDX-License-Identifier: Apache-2.0 */
/* A device in the list: its name, how it is, and what it wants. */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DEVICE_CARD (wattle_device_card_get_type ())
G_DECLARE_FINAL_TYPE (WattleDeviceCard, wattle_device_card, WATTLE, DEVICE_CARD, AdwBin)

/* What @service says of itself is not said again. */
GtkWidget *wattle_device_card_new (WattleService *service);

/* Follows @device from now on; NULL for none. */
void wattle_device_card_set_device (WattleDeviceCard *self, WattleBusObject *device);

G_END_DECLS
