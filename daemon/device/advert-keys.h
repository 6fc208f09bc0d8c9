/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the keyring what our devices' advertisements are made with: all at once,
 * and only when somebody's device is near.  An idle service whose devices are
 * away has no need of the keyring.
 */
#pragma once

#include "daemon/store/keyring.h"

G_BEGIN_DECLS

typedef struct _WattleAdvertKeys WattleAdvertKeys;

/* Called when all devices have been told. */
typedef void (*WattleAdvertKeysFunc) (gpointer user_data);

/* @devices: the registry's own list of WattleDevice, which may change. */
WattleAdvertKeys *wattle_advert_keys_new (WattleKeyring *keyring, GPtrArray *devices, WattleAdvertKeysFunc done,
                                          gpointer user_data);
/* Calls nothing any more. */
void wattle_advert_keys_free (WattleAdvertKeys *self);

/* Asks for the keys of devices that want one; does nothing where none does or
 * the keyring is being asked. */
void wattle_advert_keys_want (WattleAdvertKeys *self);

/* Whether devices are being told just now, so that @done follows. */
gboolean wattle_advert_keys_is_handing_out (WattleAdvertKeys *self);

G_END_DECLS
