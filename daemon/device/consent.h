/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person's decisions about one device's purposes: recorded in the ledger,
 * in force here at once, owed to device and cloud until they have confirmed.
 *
 * Signal "changed": what wattle_consent_list() returns is another.
 */
#pragma once

#include "daemon/device/services.h"
#include "daemon/store/deliveries.h"
#include "privacy/ledger.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_DELIVERY_NOT_NEEDED,
  WATTLE_DELIVERY_OUTSTANDING,
  WATTLE_DELIVERY_CONFIRMED,
} WattleDeliveryState;

/* "confirmed", "outstanding", "not-needed". */
const char *wattle_delivery_state_name (WattleDeliveryState state);

typedef struct {
  const WattlePurpose *purpose; /* belongs to the passport */
  const char *state;            /* wattle_consent_state_name(), or "needed" */
  gint64 since;                 /* seconds since 1970; 0 = never asked */
  gint64 until;                 /* when the yes ends by itself; 0 = it does not */
  WattleDeliveryState device;
  WattleDeliveryState cloud;
  gint64 device_since; /* when it confirmed, or since when it has not; 0 = not needed */
  gint64 cloud_since;
  gint64 outstanding_since; /* 0 = nothing is */
} WattlePurposeStatus;

#define WATTLE_TYPE_CONSENT (wattle_consent_get_type ())
G_DECLARE_FINAL_TYPE (WattleConsent, wattle_consent, WATTLE, CONSENT, GObject)

WattlePassport *wattle_consent_get_passport (WattleConsent *self);

/* In the passport's order; (element-type WattlePurposeStatus). */
GPtrArray *wattle_consent_list (WattleConsent *self);

/* Recorded and in force when they return.  Giving what is given changes
 * nothing, but the time of a yes that ends by itself begins anew.  @until: when the
 * yes ends, seconds since 1970; 0 = when the passport says, if it does.
 * Refusing what was given is taking it back.  NOT_FOUND (no such purpose),
 * NOT_ALLOWED (one that needs no consent; withdrawing what was not given; while
 * wiping), INVALID_ARGUMENT (@until is over), STORE, TAMPERED. */
gboolean wattle_consent_give (WattleConsent *self, const char *purpose, gint64 until, GError **error);
gboolean wattle_consent_refuse (WattleConsent *self, const char *purpose, GError **error);
gboolean wattle_consent_withdraw (WattleConsent *self, const char *purpose, GError **error);

/* The whole ledger of the device, as wattle_ledger_export() writes it. */
char *wattle_consent_get_ledger_json (WattleConsent *self, GError **error);
/* The device's records, a JSON array. */
char *wattle_consent_get_records (WattleConsent *self, GError **error);
/* Reads the ledger again and checks its chain; @records: how many. */
gboolean wattle_consent_verify (WattleConsent *self, guint *records, GError **error);

G_END_DECLS
