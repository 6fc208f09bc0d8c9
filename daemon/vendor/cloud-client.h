/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talks to a manufacturer's cloud (cloud/openapi.json): TLS 1.3 alone, the
 * server's key pinned by the passport, no redirects, no proxy, bounded answers.
 *
 * Errors: WATTLE_ERROR_CLOUD_UNREACHABLE (try again later), _CLOUD (it refused or
 * answered nonsense), _NOT_GENUINE (its key is not the passport's, or it takes the
 * device for forged), _CANCELLED; and where the cloud said so, _NOT_ALLOWED (no
 * consent), _NOT_FOUND (no such device, or the account is erased),
 * _ALREADY_OWNED (claimed by another account), _TIMED_OUT (the claim's nonce is
 * too old).
 */
#pragma once

#include <gio/gio.h>

#include "common/error.h"
#include "daemon/store/readings.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CLOUD_CLIENT (wattle_cloud_client_get_type ())
G_DECLARE_FINAL_TYPE (WattleCloudClient, wattle_cloud_client, WATTLE, CLOUD_CLIENT, GObject)

/* @origin: "https://host[:port]".  @spki_sha256: base64 of the SHA-256 of the
 * server's SubjectPublicKeyInfo, from the passport.  NULL with
 * WATTLE_ERROR_PASSPORT where either is malformed. */
WattleCloudClient *wattle_cloud_client_new (const char *origin, const char *spki_sha256, GError **error);
const char *wattle_cloud_client_get_origin (WattleCloudClient *self);

/* What the following calls authenticate with; NULLs forget. */
void wattle_cloud_client_set_account (WattleCloudClient *self, const char *account, GBytes *secret);
gboolean wattle_cloud_client_has_account (WattleCloudClient *self);

/* POST /v1/accounts.  Does not set the account: keep the secret first. */
void wattle_cloud_client_create_account_async (WattleCloudClient *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_cloud_client_create_account_finish (WattleCloudClient *self, GAsyncResult *result, char **account,
                                                    GBytes **secret, GError **error);

/* GET /v1/devices/{unit}/claim: the nonce for the device to sign. */
void wattle_cloud_client_begin_claim_async (WattleCloudClient *self, const char *unit, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
GBytes *wattle_cloud_client_begin_claim_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);

/* PUT /v1/devices/{unit}: the device's signed claim.  May be repeated. */
void wattle_cloud_client_claim_async (WattleCloudClient *self, const char *unit, GBytes *statement, GBytes *signature,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_cloud_client_claim_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);

/* GET /v1/devices: unit ids of the account, NULL-terminated. */
void wattle_cloud_client_list_devices_async (WattleCloudClient *self, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
char **wattle_cloud_client_list_devices_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);

/* PUT /v1/devices/{unit}/consent.  @allowed: purpose ids; @record_sha256: hex.
 * Returns the receipt, a compact JWS, not verified. */
void wattle_cloud_client_put_consent_async (WattleCloudClient *self, const char *unit, guint32 version,
                                            const char *const *allowed, const char *record_sha256,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
char *wattle_cloud_client_put_consent_finish (WattleCloudClient *self, GAsyncResult *result, guint64 *records_deleted,
                                              GError **error);

/* POST /v1/devices/{unit}/readings, at most WATTLE_CLOUD_BATCH_MAX of one
 * purpose.  May be repeated.  @highest: the highest sequence the cloud holds. */
#define WATTLE_CLOUD_BATCH_MAX 500
void wattle_cloud_client_post_readings_async (WattleCloudClient *self, const char *unit, const char *purpose,
                                              const WattleReading *readings, gsize n, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_cloud_client_post_readings_finish (WattleCloudClient *self, GAsyncResult *result, guint *accepted,
                                                   guint32 *highest, GError **error);

/* GET /v1/devices/{unit}/readings: (element-type WattleReading), purposes 0; at
 * most WATTLE_CLOUD_BATCH_MAX, so ask again after the last until there is none. */
void wattle_cloud_client_get_readings_async (WattleCloudClient *self, const char *unit, const char *purpose,
                                             guint32 after, GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);
GArray *wattle_cloud_client_get_readings_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);

/* GET /v1/export: everything the cloud holds, JSON of at most 64 MiB, written
 * to @destination, which is not closed.  Returns the bytes written or -1. */
void wattle_cloud_client_export_async (WattleCloudClient *self, GOutputStream *destination, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
gssize wattle_cloud_client_export_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);

/* DELETE /v1/devices/{unit} and DELETE /v1/account.  @request: the wipe id,
 * 32 hex digits.  Repeated with the same id they return the same receipt, a
 * compact JWS, not verified. */
void wattle_cloud_client_delete_device_async (WattleCloudClient *self, const char *unit, const char *request_id,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);
char *wattle_cloud_client_delete_device_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);
void wattle_cloud_client_delete_account_async (WattleCloudClient *self, const char *request_id,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data);
char *wattle_cloud_client_delete_account_finish (WattleCloudClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
