/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Manager: discovery, agents and what outlives a device. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/registry.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_MANAGER_ADAPTOR (wattle_manager_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleManagerAdaptor, wattle_manager_adaptor, WATTLE, MANAGER_ADAPTOR, WattleBusManagerSkeleton)

WattleManagerAdaptor *wattle_manager_adaptor_new (WattleGuard *guard, WattleRegistry *registry);

G_END_DECLS
