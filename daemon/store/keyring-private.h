/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For daemon/store/keyring*.c alone.
 */
#pragma once

#include <libsecret/secret.h>

#include "daemon/store/keyring.h"

G_BEGIN_DECLS

extern const SecretSchema wattle_keyring_schema;

/* The value of the attribute "kind". */
const char *wattle_secret_kind_name (WattleSecretKind kind);

/* Turns what libsecret, D-Bus or GIO said into ours. */
GError *wattle_keyring_translate_error (const GError *error);

/* The items with these attributes (NULL = any device, any kind), unlocked and
 * with their secrets loaded; (element-type SecretItem). */
void wattle_keyring_search_async (WattleKeyring *self, const char *device, const char *kind, WattleKeyringFlags flags,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *wattle_keyring_search_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Wipes what a buffer held.  The compiler does not take it away. */
void wattle_keyring_wipe (gpointer data, gsize size);

G_END_DECLS
