/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The insides of WattleConsent, for consent.c, consent-delivery.c and
 * consent-lapse.c alone.
 */
#pragma once

#include "daemon/device/consent-private.h"

G_BEGIN_DECLS

struct _WattleConsent {
  GObject parent_instance;

  WattleServices *services;
  WattlePassport *passport;
  char *device;
  char *chain;
  char *unit_id;
  guint8 public_key[65];
  WattleLedger *ledger; /* NULL = not loaded */
  gboolean has_account;
  gboolean wiping;
  guint lapse_id; /* the timer for the next yes that ends; 0 = none */
};

/* Changes to make of the ledger in one transaction; @changed is set where there
 * is news for device and cloud. */
typedef gboolean (*WattleConsentChange) (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database,
                                         gpointer user_data, gboolean *changed, GError **error);

/* Runs @change, owes its outcome to device and cloud, and tells of it.  Where
 * anything fails all is as before. */
gboolean wattle_consent_transact (WattleConsent *self, WattleConsentChange change, gpointer user_data, GError **error);

/* A record has been added at @record: keeps its receipt, deletes here what may no
 * longer be kept, and logs it.  Part of the caller's transaction. */
gboolean wattle_consent_recorded (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database,
                                  const WattlePurpose *purpose, const WattleLedgerRecord *record,
                                  WattleConsentState state, GError **error);

/* Owes the decisions as they are now.  Part of the caller's transaction. */
gboolean wattle_consent_owe (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, GError **error);

/* The purpose needs a decision; NOT_FOUND, NOT_ALLOWED. */
const WattlePurpose *wattle_consent_find_purpose (WattlePassport *passport, const char *id, GError **error);

/* Sets the timer for the next yes that ends, and ends those that are due soon after. */
void wattle_consent_watch_expiry (WattleConsent *self);

G_END_DECLS
