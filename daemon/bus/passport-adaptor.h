/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Passport of one WattlePassport. */
#pragma once

#include "daemon/bus/guard.h"
#include "privacy/passport.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PASSPORT_ADAPTOR (wattle_passport_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattlePassportAdaptor, wattle_passport_adaptor, WATTLE, PASSPORT_ADAPTOR,
                      WattleBusPassportSkeleton)

WattlePassportAdaptor *wattle_passport_adaptor_new (WattleGuard *guard, WattlePassport *passport);

G_END_DECLS
