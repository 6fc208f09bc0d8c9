/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the person's default keyring is there and open.
 *
 * Three plain D-Bus calls of the Secret Service API tell, without libsecret,
 * which a daemon that only looks need not load, and whose proxy of a collection
 * (0.20 and 0.21) loses memory at every secret that any program stores.
 */
#pragma once

#include "daemon/store/keyring.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_KEYRING_WATCH (wattle_keyring_watch_get_type ())
G_DECLARE_FINAL_TYPE (WattleKeyringWatch, wattle_keyring_watch, WATTLE, KEYRING_WATCH, GObject)

/* Property "state" (guint, WattleKeyringState) is notified.  It is UNKNOWN until
 * somebody looks, and followed from then on. */
WattleKeyringWatch *wattle_keyring_watch_new (void);
/* Once, before anything is asked. */
void wattle_keyring_watch_connect (WattleKeyringWatch *self, GDBusConnection *connection);
WattleKeyringState wattle_keyring_watch_get_state (WattleKeyringWatch *self);

/* The object path of the default keyring, open or locked; NULL where there is
 * none, or not known yet. */
const char *wattle_keyring_watch_get_collection (WattleKeyringWatch *self);
GDBusConnection *wattle_keyring_watch_get_connection (WattleKeyringWatch *self);

/* Takes note of what an operation found out. */
void wattle_keyring_watch_set_state (WattleKeyringWatch *self, WattleKeyringState state);

/* Looks as soon as the Secret Service is there, and does not start it. */
void wattle_keyring_watch_expect (WattleKeyringWatch *self);

/* Looks, starting the Secret Service where it can be.  Never asks the person.
 * Errors are D-Bus's; the state is then as before. */
void wattle_keyring_watch_look_async (WattleKeyringWatch *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean wattle_keyring_watch_look_finish (WattleKeyringWatch *self, GAsyncResult *result, GError **error);

G_END_DECLS
