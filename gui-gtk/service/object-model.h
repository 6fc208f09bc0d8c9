/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's objects of one kind as a list model: what is in it is the
 * generated proxies themselves (WattleBusObject), nothing is copied.
 *
 * Signal "changed" (WattleBusObject): a property of one of them is different,
 * and the proxies tell the new one already.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_OBJECT_MODEL (wattle_object_model_get_type ())
G_DECLARE_FINAL_TYPE (WattleObjectModel, wattle_object_model, WATTLE, OBJECT_MODEL, GObject)

/* Objects with @interface, a full name such as
 * "org.wattle.Companion1.Device", in the order in which they came. */
WattleObjectModel *wattle_object_model_new (const char *interface);

/* Shows those of @manager from now on; NULL empties the list. */
void wattle_object_model_set_manager (WattleObjectModel *self, GDBusObjectManager *manager);

G_END_DECLS
