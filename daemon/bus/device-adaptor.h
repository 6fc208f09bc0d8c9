/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Device of one WattleDevice. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/device.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DEVICE_ADAPTOR (wattle_device_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleDeviceAdaptor, wattle_device_adaptor, WATTLE, DEVICE_ADAPTOR, WattleBusDeviceSkeleton)

WattleDeviceAdaptor *wattle_device_adaptor_new (WattleGuard *guard, WattleDevice *device);

G_END_DECLS
