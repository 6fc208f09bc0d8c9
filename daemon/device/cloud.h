/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device's side at its manufacturer's cloud: an account of its own that
 * nobody can connect with another, made when a purpose that is given needs it;
 * the claim, which the device signs; then the outbox (daemon/vendor/outbox.h).
 *
 * Signal "changed": wattle_cloud_get_state() is another.
 */
#pragma once

#include "daemon/device/consent.h"
#include "daemon/device/device.h"
#include "daemon/device/session.h"
#include "daemon/store/devices.h"
#include "daemon/vendor/cloud-client.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CLOUD (wattle_cloud_get_type ())
G_DECLARE_FINAL_TYPE (WattleCloud, wattle_cloud, WATTLE, CLOUD, GObject)

/* Fields of @record are copied. */
WattleCloud *wattle_cloud_new (WattleServices *services, const WattleDeviceRecord *record, WattlePassport *passport,
                               WattleConsent *consent, WattleSession *session);

WattleCloudState wattle_cloud_get_state (WattleCloud *self);
/* Why it does not go on; NULL = nothing. */
const GError *wattle_cloud_get_error (WattleCloud *self);
gboolean wattle_cloud_has_account (WattleCloud *self);

/* There may be something to do: a decision, readings, a device to sign. */
void wattle_cloud_wake (WattleCloud *self);

/* Nothing more is sent, or again: while a wipe does it all, and at the end. */
void wattle_cloud_set_paused (WattleCloud *self, gboolean paused);

/* The person's own switch: while @stopped nothing at all goes to the cloud,
 * what is under way is cancelled, and what is owed waits.  A wipe alone gets
 * through. */
void wattle_cloud_set_stopped (WattleCloud *self, gboolean stopped);

/* A client with the account's credentials, for a wipe or an export.
 * NOT_ALLOWED while stopped, except for a wipe. */
void wattle_cloud_open_async (WattleCloud *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
WattleCloudClient *wattle_cloud_open_finish (WattleCloud *self, GAsyncResult *result, GError **error);

G_END_DECLS
