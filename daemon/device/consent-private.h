/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device and its set-up do with its consent, and others may not.
 */
#pragma once

#include "daemon/device/consent.h"
#include "daemon/store/devices.h"
#include "pairing/pairing.pb.h"

G_BEGIN_DECLS

/* Fields of @record are copied; the ledger is loaded when it is first needed. */
WattleConsent *wattle_consent_new (WattleServices *services, const WattleDeviceRecord *record,
                                   WattlePassport *passport);

/* The first decisions, of a set-up: every purpose that needs one, those not in
 * @decisions (a{sb}) refused.  Part of the caller's transaction; on failure the
 * caller rolls back. */
gboolean wattle_consent_decide_first (WattleConsent *self, GVariant *decisions, GError **error);

/* INVALID_ARGUMENT where @decisions (a{sb}) name what nobody asks. */
gboolean wattle_consent_check_decisions (WattlePassport *passport, GVariant *decisions, GError **error);

/* What the person allows now, as the protocol's mask.  Where the ledger cannot
 * be trusted, only what needs no consent. */
guint32 wattle_consent_get_allowed (WattleConsent *self);
/* Puts @after in the place of the passport: what it widens is outdated.  Part of the
 * caller's transaction; the caller makes the object anew. */
gboolean wattle_consent_adopt (WattleConsent *self, WattlePassport *after, GError **error);
/* Whether any of the purposes given needs the cloud. */
gboolean wattle_consent_wants_cloud (WattleConsent *self);
/* The ledger as it is now: another object after a failure to write to it. */
WattleLedger *wattle_consent_get_ledger (WattleConsent *self, GError **error);

/* Whether the cloud knows of the device, so that refusals have to be told. */
void wattle_consent_set_has_account (WattleConsent *self, gboolean has_account);
/* What was decided has gone from the store. */
void wattle_consent_forget (WattleConsent *self);
/* While TRUE nothing can be decided. */
void wattle_consent_set_wiping (WattleConsent *self, gboolean wiping);

/* The delivery the device has to have next, above what it has applied, where
 * it says @info; NULL (without error) where it knows all. */
WattleDelivery *wattle_consent_next_delivery (WattleConsent *self, const wtl_Info *info, GError **error);
/* The device's answer to @delivery, verified here and kept. */
gboolean wattle_consent_confirm_by_device (WattleConsent *self, const WattleDelivery *delivery,
                                           const wtl_SignedStatement *statement, GError **error);
/* The cloud's answer to @delivery, verified by the caller as @evidence and kept
 * here; @receipt is its text. */
gboolean wattle_consent_confirm_by_cloud (WattleConsent *self, const WattleDelivery *delivery, WattleEvidence *evidence,
                                          const char *receipt, GError **error);
/* Something of the deliveries has changed. */
void wattle_consent_changed (WattleConsent *self);

G_END_DECLS
