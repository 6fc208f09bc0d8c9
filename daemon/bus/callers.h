/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs on the bus that we do something for, watched while we do, so that
 * what they started ends when they leave.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_CALLERS (wattle_callers_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallers, wattle_callers, WATTLE, CALLERS, GObject)

/* Signal "gone" (const char *sender): a caller that was held left the bus. */
WattleCallers *wattle_callers_new (GDBusConnection *connection);

/* Holds count; a caller is watched from the first to the last. */
void wattle_callers_hold (WattleCallers *self, const char *sender);
void wattle_callers_release (WattleCallers *self, const char *sender);

/* Tells whether @sender (a unique bus name) runs in a Flatpak or Snap.  The
 * finish function is FALSE where it does not, and on errors with @error. */
void wattle_callers_sandboxed_async (WattleCallers *self, const char *sender, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean wattle_callers_sandboxed_finish (WattleCallers *self, GAsyncResult *result, GError **error);

/* Whether a process with this /proc/PID/cgroup text is in a Flatpak or Snap. */
gboolean wattle_cgroup_is_sandbox (const char *cgroup);

G_END_DECLS
