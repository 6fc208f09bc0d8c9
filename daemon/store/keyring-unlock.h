/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Secret Service's own dialogue that asks for the keyring's password.
 *
 * By plain D-Bus, because libsecret 0.20 loses the service's answer
 * at every call that unlocks.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Unlocks the collection at @path.  FALSE without an error: the person closed
 * the dialogue.  Errors are D-Bus's and GIO's. */
void wattle_keyring_unlock_path_async (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_keyring_unlock_path_finish (GAsyncResult *result, GError **error);

G_END_DECLS
