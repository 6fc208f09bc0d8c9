/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The next owner's code that a wipe left in the keyring, under its receipt.
 */
#pragma once

#include "daemon/store/keyring.h"

G_BEGIN_DECLS

/* Free with wattle_secret_free().  NOT_FOUND, KEYRING_LOCKED. */
void wattle_next_code_reveal_async (WattleKeyring *keyring, const char *receipt, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
char *wattle_next_code_reveal_finish (WattleKeyring *keyring, GAsyncResult *result, GError **error);

void wattle_next_code_forget_async (WattleKeyring *keyring, const char *receipt, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_next_code_forget_finish (WattleKeyring *keyring, GAsyncResult *result, GError **error);

G_END_DECLS
