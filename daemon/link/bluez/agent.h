/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our agent for bonds.  BlueZ asks it about bonds that this program started and
 * about no others, because it is never the default agent; it says yes only for
 * the device that is just being connected to, and only where nobody has to type
 * or compare anything.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_BLUEZ_AGENT_PATH "/org/wattle/Companion/bluez/agent"

#define WATTLE_TYPE_BLUEZ_AGENT (wattle_bluez_agent_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezAgent, wattle_bluez_agent, WATTLE, BLUEZ_AGENT, GObject)

WattleBluezAgent *wattle_bluez_agent_new (void);

/* Registers with BlueZ where that has not been done, and from then on answers
 * for the device at @path until wattle_bluez_agent_revoke(). */
void wattle_bluez_agent_permit_async (WattleBluezAgent *self, GDBusConnection *connection, const char *path,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_bluez_agent_permit_finish (WattleBluezAgent *self, GAsyncResult *result, GError **error);
void wattle_bluez_agent_revoke (WattleBluezAgent *self, const char *path);

/* BlueZ has gone, and with it the registration. */
void wattle_bluez_agent_reset (WattleBluezAgent *self);

G_END_DECLS
