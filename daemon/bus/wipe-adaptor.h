/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Wipe of one WattleDevice. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/device.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WIPE_ADAPTOR (wattle_wipe_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipeAdaptor, wattle_wipe_adaptor, WATTLE, WIPE_ADAPTOR, WattleBusWipeSkeleton)

WattleWipeAdaptor *wattle_wipe_adaptor_new (WattleGuard *guard, WattleDevice *device);

G_END_DECLS
