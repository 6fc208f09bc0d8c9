/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The devices in the order in which a person wants them: what needs attention
 * first, then by name.  One device's change moves that one alone.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_DEVICE_ORDER (wattle_device_order_get_type ())
G_DECLARE_FINAL_TYPE (WattleDeviceOrder, wattle_device_order, WATTLE, DEVICE_ORDER, GObject)

/* @devices: wattle_service_get_devices(). */
WattleDeviceOrder *wattle_device_order_new (GListModel *devices);

/* The list, of WattleBusObject; the order's. */
GListModel *wattle_device_order_get_list (WattleDeviceOrder *self);

G_END_DECLS
