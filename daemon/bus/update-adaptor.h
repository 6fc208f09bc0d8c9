/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Update of one WattleDevice. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/device.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_UPDATE_ADAPTOR (wattle_update_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleUpdateAdaptor, wattle_update_adaptor, WATTLE, UPDATE_ADAPTOR, WattleBusUpdateSkeleton)

WattleUpdateAdaptor *wattle_update_adaptor_new (WattleGuard *guard, WattleDevice *device);

G_END_DECLS
