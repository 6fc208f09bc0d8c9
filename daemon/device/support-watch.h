/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches the support of all devices with one timer: to the next mark or the
 * end of the next snooze.
 *
 * Signal "warning" (WattleDevice): the person is to be told of the stage that
 * its support is at.  Comes again at each look until wattle_support_told().
 */
#pragma once

#include "daemon/device/registry.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SUPPORT_WATCH (wattle_support_watch_get_type ())
G_DECLARE_FINAL_TYPE (WattleSupportWatch, wattle_support_watch, WATTLE, SUPPORT_WATCH, GObject)

/* Begins with the first wattle_support_watch_look(). */
WattleSupportWatch *wattle_support_watch_new (WattleServices *services, WattleRegistry *registry);

/* Looks at every device now; then by itself whenever there is a reason to. */
void wattle_support_watch_look (WattleSupportWatch *self);

G_END_DECLS
