/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switching this computer's Bluetooth on, as the switch in Settings does: by
 * BlueZ, on the system bus.  All else about the radio is the service's.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* WATTLE_ERROR_RADIO_OFF with what to do instead, where it could not be done. */
void wattle_bluetooth_switch_on (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_bluetooth_switch_on_finish (GAsyncResult *result, GError **error);

G_END_DECLS
