/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of everything kept, in a database of their own, keys.db, so that no
 * backup of the data holds one:
 *
 *   master key (a file)  →  account  →  device  →  stream (a purpose of a device)
 *
 * each random and sealed under the one before.  Destroying a key destroys all
 * below it and makes every copy of what they sealed unreadable.
 */
#pragma once

#include "cloud/crypt.h"
#include "cloud/db.h"

G_BEGIN_DECLS

typedef struct _WattleKeys WattleKeys;

/* @master is copied.  @pair: an id that keys.db shares with its data.db; it is
 * stored where @flags say create, else compared: WATTLE_ERROR_STORE.  A master
 * key that is not the right one is found out here too. */
WattleKeys *wattle_keys_open (const char *path, WattleDbFlags flags, const char *backups, const WattleKey *master,
                              const WattleRef *pair, GError **error);
void wattle_keys_close (WattleKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleKeys, wattle_keys_close)

/* Makes the random key @ref below @parent, whose key is @parent_key; both NULL
 * for an account's.  It is on the disk when this returns. */
gboolean wattle_keys_create (WattleKeys *keys, const WattleRef *ref, const WattleRef *parent,
                             const WattleKey *parent_key, WattleKey *out, GError **error);

/* WATTLE_PROBLEM_ERASED where the key was destroyed. */
gboolean wattle_keys_load (WattleKeys *keys, const WattleRef *ref, const WattleKey *parent_key, WattleKey *out,
                           GError **error);

/* Destroys @ref and all below it, out of the log of the database too.  May be
 * repeated: destroying what is gone succeeds. */
gboolean wattle_keys_destroy (WattleKeys *keys, const WattleRef *ref, GError **error);

/* Whether the database answers. */
gboolean wattle_keys_check (WattleKeys *keys, GError **error);

G_END_DECLS
