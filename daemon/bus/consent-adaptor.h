/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Consent of one WattleDevice. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/device.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CONSENT_ADAPTOR (wattle_consent_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleConsentAdaptor, wattle_consent_adaptor, WATTLE, CONSENT_ADAPTOR, WattleBusConsentSkeleton)

WattleConsentAdaptor *wattle_consent_adaptor_new (WattleGuard *guard, WattleDevice *device);

G_END_DECLS
