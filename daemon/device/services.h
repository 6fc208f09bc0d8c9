/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every object of daemon/device needs from below: the database and the
 * keyring.
 */
#pragma once

#include <gio/gio.h>

#include "daemon/store/database.h"
#include "daemon/store/keyring.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SERVICES (wattle_services_get_type ())
G_DECLARE_FINAL_TYPE (WattleServices, wattle_services, WATTLE, SERVICES, GObject)

/* @database may be NULL where it could not be opened; @database_error says
 * why and is copied. */
WattleServices *wattle_services_new (WattleDatabase *database, const GError *database_error, WattleKeyring *keyring);

/* NULL with @error set where there is none. */
WattleDatabase *wattle_services_get_database (WattleServices *self, GError **error);
/* Why there is no database; NULL where there is one. */
const GError *wattle_services_get_database_error (WattleServices *self);
WattleKeyring *wattle_services_get_keyring (WattleServices *self);

/* Adds to the person's log (daemon/store/log.h); a failure is only warned of.
 * @device: id, "" = none. */
void wattle_services_log (WattleServices *self, const char *device, const char *event, const char *sentence);

/* Seconds since 1970. */
gint64 wattle_services_now (WattleServices *self);

/* The language of the service, such as "en" or "de_AT". */
const char *wattle_services_get_language (WattleServices *self);

G_END_DECLS
