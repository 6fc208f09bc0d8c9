/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service as the bus sees it: puts an object on the bus for each
 * candidate, device, passport and job, and takes it away again.
 */
#pragma once

#include "daemon/device/registry.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BUS (wattle_bus_get_type ())
G_DECLARE_FINAL_TYPE (WattleBus, wattle_bus, WATTLE, BUS, GObject)

/* Exports the manager and all that @registry has.  NULL with @error where the
 * root path is taken on @connection. */
WattleBus *wattle_bus_new (GDBusConnection *connection, WattleServices *services, WattleRegistry *registry,
                           GError **error);

G_END_DECLS
