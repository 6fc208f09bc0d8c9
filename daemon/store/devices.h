/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of ours, from the moment before a set-up's commit point until the
 * last record of a wipe.  No secrets: those are in the keyring.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

#define WATTLE_DEVICE_ID_LENGTH 16 /* hex digits */

typedef enum {
  WATTLE_STAGE_SETTING_UP, /* the key is in the keyring; the device may or may not have committed */
  WATTLE_STAGE_OURS,
  WATTLE_STAGE_WIPING, /* past the first place of a wipe */
} WattleStage;

/* All strings are UTF-8, never NULL but where said. */
typedef struct {
  char *id; /* random, WATTLE_DEVICE_ID_LENGTH hex digits */
  WattleStage stage;
  char *name; /* what the person calls it */
  char *unit_id;
  guint32 product;
  GBytes *public_key; /* 65 bytes; verifies the device's statements */
  GBytes *passport;   /* the passport's exact bytes */
  char *chain;        /* of the consent ledger, WATTLE_LEDGER_CHAIN_LENGTH hex digits */
  guint owner_slot;
  char *firmware_version;
  gint64 set_up_at;        /* seconds since 1970 */
  gint64 last_seen;        /* seconds since 1970; 0 = never */
  char *cloud_origin;      /* NULL = no account; "https://host[:port]" */
  char *cloud_account;     /* NULL = no account; the secret is in the keyring */
  gboolean cloud_claimed;  /* the cloud knows that the device is this account's */
  guint32 consent_version; /* of the last decision made, 0 = none; goes up by one each */
  char *decisions; /* NULL = none pending; JSON object {purpose id: bool}, until recorded at the end of set-up */
} WattleDeviceRecord;

/* A fresh random id and chain; strings empty, public_key and passport NULL. */
WattleDeviceRecord *wattle_device_record_new (void);
WattleDeviceRecord *wattle_device_record_copy (const WattleDeviceRecord *record);
void wattle_device_record_free (WattleDeviceRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDeviceRecord, wattle_device_record_free)

/* SHA-256 of the record's passport, 64 hex digits. */
char *wattle_device_record_passport_sha256 (const WattleDeviceRecord *record);

/* Inserts or replaces the row of record->id. */
gboolean wattle_devices_put (WattleDatabase *database, const WattleDeviceRecord *record, GError **error);

/* NULL with WATTLE_ERROR_NOT_FOUND where there is none. */
WattleDeviceRecord *wattle_devices_get (WattleDatabase *database, const char *id, GError **error);

/* Every row, by set-up time; (element-type WattleDeviceRecord) with free function. */
GPtrArray *wattle_devices_list (WattleDatabase *database, GError **error);

/* Single fields, for what changes often. */
gboolean wattle_devices_set_name (WattleDatabase *database, const char *id, const char *name, GError **error);
gboolean wattle_devices_set_stage (WattleDatabase *database, const char *id, WattleStage stage, GError **error);
gboolean wattle_devices_set_seen (WattleDatabase *database, const char *id, gint64 time, const char *firmware_version,
                                  GError **error);
gboolean wattle_devices_set_cloud (WattleDatabase *database, const char *id, const char *origin, const char *account,
                                   gboolean claimed, GError **error);

/* Raises consent_version by one and returns it; 0 on error. */
guint32 wattle_devices_next_consent_version (WattleDatabase *database, const char *id, GError **error);

/* Ends set-up: the stage becomes OURS and the pending decisions are gone. */
gboolean wattle_devices_set_up_done (WattleDatabase *database, const char *id, gint64 time, GError **error);

/* Deletes the device and all that is kept about it (readings, ledger,
 * deliveries, log, consent receipts), in one transaction.  Wipe receipts and
 * the wipe's journal stay.  No error where it is gone already.  Follow with
 * wattle_database_scrub(). */
gboolean wattle_devices_erase (WattleDatabase *database, const char *id, GError **error);

/* Leaves of the device what @rest says and nothing else: the row is replaced and
 * all that is kept about the device goes as in wattle_devices_erase(), in one
 * transaction.  Follow with wattle_database_scrub(). */
gboolean wattle_devices_trim (WattleDatabase *database, const WattleDeviceRecord *rest, GError **error);

G_END_DECLS
