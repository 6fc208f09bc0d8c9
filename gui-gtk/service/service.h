/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wattle's service as the app sees it: whether it is there, and its objects.
 * There is one, which every screen gets from its window.
 */
#pragma once

#include "wattle-bus.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_SERVICE_CONNECTING,
  WATTLE_SERVICE_READY,
  WATTLE_SERVICE_GONE, /* it did not start, or has ended */
  WATTLE_SERVICE_OLD,  /* it is older than this app can use */
} WattleServiceState;

#define WATTLE_TYPE_SERVICE (wattle_service_get_type ())
G_DECLARE_FINAL_TYPE (WattleService, wattle_service, WATTLE, SERVICE, GObject)

/* Begins to connect, and lets D-Bus start the service.  Properties to watch:
 * "state", and "problems", see below. */
WattleService *wattle_service_new (void);

/* Tries again after WATTLE_SERVICE_GONE; nothing in other states. */
void wattle_service_retry (WattleService *self);

/* Ends a service that is too old or could not open its records, and lets a new
 * one begin: systemd does that, as no program may end another's service by
 * D-Bus alone.  WATTLE_ERROR_FAILED, with what to do instead, where there is no
 * systemd that runs it. */
void wattle_service_restart (WattleService *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean wattle_service_restart_finish (WattleService *self, GAsyncResult *result, GError **error);

WattleServiceState wattle_service_get_state (WattleService *self);

/* Manager.Problems, a(ss), NULL before there is a service. */
GVariant *wattle_service_get_problems (WattleService *self);

/* Whether the problem of @device is the one that the service's own problems begin
 * with, which is told above every page. */
gboolean wattle_service_shares_problem (WattleService *self, WattleBusDevice *device);

/* The Manager; NULL before there is a service.  Calls never time out. */
WattleBusManager *wattle_service_get_manager (WattleService *self);

/* Lists of WattleBusObject that live as long as the service object does and
 * are empty while there is no service. */
GListModel *wattle_service_get_devices (WattleService *self);
GListModel *wattle_service_get_candidates (WattleService *self);
GListModel *wattle_service_get_jobs (WattleService *self);

/* The object at @path, or NULL; the caller's. */
WattleBusObject *wattle_service_dup_object (WattleService *self, const char *path);

/* The passport at @path, or NULL; the caller's. */
WattleBusPassport *wattle_service_dup_passport (WattleService *self, const char *path);

/* The device with the Id @id, or NULL; the caller's. */
WattleBusObject *wattle_service_dup_device (WattleService *self, const char *id);

/* Looks for new devices until as many calls of release as of hold. */
void wattle_service_hold_discovery (WattleService *self);
void wattle_service_release_discovery (WattleService *self);

/* The sentence of @error for a person, without the bus's own words, cleaned.
 * Free it. */
char *wattle_service_error_sentence (const GError *error);

G_END_DECLS
