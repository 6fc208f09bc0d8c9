/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A claimed device and its record, which is sealed under the device's key.
 */
#pragma once

#include "cloud/cloud.h"
#include "cloud/store.h"

G_BEGIN_DECLS

/* Decisions in force.  @version 0 = none was sent yet. */
typedef struct {
  guint32 version;
  GStrv allowed; /* sorted purpose ids */
  char *record_sha256;
  gint64 time;
  char *receipt;
  guint64 records_deleted;
} WattleConsent;

typedef struct {
  WattleDeviceRow *row;
  WattleKey key;
  char *unit;
  guint32 product;
  gint64 claimed;
  char *claim_sha256; /* of the statement that claimed it */
  WattleConsent consent;
} WattleDevice;

void wattle_device_free (WattleDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDevice, wattle_device_free)

/* The digest that stands for a unit id in data.db. */
void wattle_device_ref (WattleCloud *cloud, const char *unit, WattleRef *out);

/* Makes the device @request->unit of its account, with a fresh key; writes only the key. */
WattleDevice *wattle_device_new (WattleCloud *cloud, const WattleRequest *request, GError **error);

/* Opens a row; takes it.  WATTLE_PROBLEM_ERASED. */
WattleDevice *wattle_device_open (WattleCloud *cloud, WattleDeviceRow *row, GError **error);

/* The device @request->unit, if it is its account's: else WATTLE_PROBLEM_NOT_FOUND. */
WattleDevice *wattle_device_load (WattleCloud *cloud, const WattleRequest *request, GError **error);

/* Seals the record and puts it in data.db, as a new row or over the old one. */
gboolean wattle_device_add (WattleCloud *cloud, WattleDevice *device, GError **error);
gboolean wattle_device_save (WattleCloud *cloud, WattleDevice *device, GError **error);

gboolean wattle_device_allows (const WattleDevice *device, const char *purpose);

/* As in /v1/devices. */
JsonObject *wattle_device_to_json (const WattleDevice *device);

/* A JSON array of strings. */
JsonArray *wattle_strv_to_json (const char *const *strings);

G_END_DECLS
