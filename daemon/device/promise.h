/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makers have said about their products, as far as this computer knows: by the
 * passports of devices of ours and by those that are installed.
 */
#pragma once

#include "daemon/device/services.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

/* The exact bytes of all passports known here; (element-type GBytes). */
GPtrArray *wattle_promise_list_passports (WattleServices *services);

/* Whether @passport, of a device that is to be set up, keeps what was promised before.
 * PASSPORT where it does not; the person finds it in the log, too. */
gboolean wattle_promise_check (WattleServices *services, WattlePassport *passport, GError **error);

G_END_DECLS
