/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keeps Bluetooth from working, in a sentence that says what to do.
 */
#pragma once

#include "daemon/link/bluez/service.h"

G_BEGIN_DECLS

/* @adapters: of WattleBluezAdapter by object path; @only: the path of the one
 * that was asked for, NULL = any.  NULL = all is well, or not known yet. */
GError *wattle_bluez_problem (WattleBluezPresence presence, GHashTable *adapters, const char *only);

G_END_DECLS
