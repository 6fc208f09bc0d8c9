/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The computer's sleep, by systemd-logind: connections are ended in order
 * before it, for which it waits a moment, and made again after it.
 */
#pragma once

#include "daemon/device/registry.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SLEEP (wattle_sleep_get_type ())
G_DECLARE_FINAL_TYPE (WattleSleep, wattle_sleep, WATTLE, SLEEP, GObject)

/* Begins to watch, once the main loop runs; without logind nothing happens. */
WattleSleep *wattle_sleep_new (WattleRegistry *registry);

G_END_DECLS
