/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door to every adaptor.  A call comes in here, is looked up in
 * daemon/policy, checked against the object's state, put before the person
 * where the table says so, checked again after the answer, and only then
 * reaches the adaptor's handle_* function.
 */
#pragma once

#include "daemon/bus/agents.h"
#include "daemon/bus/callers.h"
#include "daemon/device/services.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_GUARD (wattle_guard_get_type ())
G_DECLARE_FINAL_TYPE (WattleGuard, wattle_guard, WATTLE, GUARD, GObject)

/* What an adaptor does otherwise than the others; each may be NULL. */
typedef struct {
  /* Writes a property; else no property can be written. */
  gboolean (*set_property) (GDBusInterfaceSkeleton *adaptor, const char *property, GVariant *value, GError **error);
  /* The name, for the person, of what a call is about; NULL with @error where
   * the call is about nothing.  Else the name of the device at the object. */
  char *(*describe) (GDBusInterfaceSkeleton *adaptor, GVariant *parameters, GError **error);
} WattleGuardHooks;

WattleGuard *wattle_guard_new (GDBusConnection *connection, WattleServices *services);
WattleServices *wattle_guard_get_services (WattleGuard *self);
WattleCallers *wattle_guard_get_callers (WattleGuard *self);
WattleAgents *wattle_guard_get_agents (WattleGuard *self);

/* In the class_init of every adaptor: its calls go through the guard. */
void wattle_guard_adopt_class (GDBusInterfaceSkeletonClass *klass);

/* At the making of every adaptor.  @hooks is static, or NULL. */
void wattle_guard_protect (WattleGuard *self, GDBusInterfaceSkeleton *adaptor, const WattleGuardHooks *hooks);
/* The guard that protects @adaptor. */
WattleGuard *wattle_guard_of (gpointer adaptor);

G_END_DECLS
