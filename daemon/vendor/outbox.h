/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is owed to a device's cloud: consent (daemon/store/deliveries.h) first,
 * then readings of each purpose given.  Sends when woken, when the network
 * comes back and after a failure with growing, jittered pauses (5 s to 1 h).
 * With nothing outstanding it has no timer and does nothing.
 */
#pragma once

#include "daemon/store/deliveries.h"
#include "daemon/vendor/cloud-client.h"
#include "privacy/ledger.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_OUTBOX_IDLE, /* the cloud has everything */
  WATTLE_OUTBOX_SENDING,
  WATTLE_OUTBOX_WAITING, /* failed; will try again by itself */
  WATTLE_OUTBOX_STOPPED,
} WattleOutboxState;

#define WATTLE_TYPE_OUTBOX (wattle_outbox_get_type ())
G_DECLARE_FINAL_TYPE (WattleOutbox, wattle_outbox, WATTLE, OUTBOX, GObject)

/* For the device with id @device and serial number @unit.  @client must have its
 * account set.  What may be sent is asked of @ledger and @passport each time,
 * and the cloud's consent receipts are verified and kept in @ledger and as
 * answers to their deliveries.
 * Property "state" (guint, WattleOutboxState) is notified.
 * Signal "consent-confirmed" (guint version): a delivery was answered and kept. */
WattleOutbox *wattle_outbox_new (WattleDatabase *database, const char *device, const char *unit,
                                 WattleCloudClient *client, WattlePassport *passport, WattleLedger *ledger);

/* Keeps the verified answer to @delivery durably, in the ledger and as the
 * delivery's answer, all or nothing; @receipt is the text of @evidence. */
typedef gboolean (*WattleOutboxKeep) (const WattleDelivery *delivery, WattleEvidence *evidence, const char *receipt,
                                      gpointer user_data, GError **error);
/* Lets somebody else keep the cloud's answers, who outlives the outbox. */
void wattle_outbox_set_keeper (WattleOutbox *self, WattleOutboxKeep keeper, gpointer user_data);

/* There may be new work: readings came, or the person decided. */
void wattle_outbox_wake (WattleOutbox *self);

/* Cancels what is under way and sends nothing more. */
void wattle_outbox_stop (WattleOutbox *self);

WattleOutboxState wattle_outbox_get_state (WattleOutbox *self);

/* Why it waits; NULL unless WAITING.  Owned by the outbox. */
const GError *wattle_outbox_get_error (WattleOutbox *self);

G_END_DECLS
