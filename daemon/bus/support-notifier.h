/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings about the end of support as desktop notifications
 * (org.freedesktop.Notifications, Desktop Notifications Specification 1.2).
 *
 * A warning counts as given when the desktop has taken it.  Where there is no
 * desktop to take it, it is offered again when one appears.
 */
#pragma once

#include "daemon/device/support-watch.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SUPPORT_NOTIFIER (wattle_support_notifier_get_type ())
G_DECLARE_FINAL_TYPE (WattleSupportNotifier, wattle_support_notifier, WATTLE, SUPPORT_NOTIFIER, GObject)

/* @connection: the session bus.  Looks at once, then works by itself. */
WattleSupportNotifier *wattle_support_notifier_new (GDBusConnection *connection, WattleServices *services,
                                                    WattleRegistry *registry);

G_END_DECLS
