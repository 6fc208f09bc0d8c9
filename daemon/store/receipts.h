/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts the person keeps.  Wipe receipts outlive their device.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

typedef struct {
  char *id;          /* wipe id or record hash, hex */
  char *kind;        /* "wipe" or "consent" */
  char *device;      /* id; of a wipe: "" */
  char *device_name; /* of a wipe: the product's name, as the person's own is wiped */
  gint64 time;       /* seconds since 1970 */
  gboolean complete; /* every place has answered */
  char *places;      /* JSON object: place to "confirmed", "not-needed", "outstanding" */
  char *json;        /* the whole receipt */
} WattleReceiptRecord;

WattleReceiptRecord *wattle_receipt_record_new (void);
void wattle_receipt_record_free (WattleReceiptRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleReceiptRecord, wattle_receipt_record_free)

/* Inserts or replaces the receipt of record->id. */
gboolean wattle_receipts_put (WattleDatabase *database, const WattleReceiptRecord *record, GError **error);

/* NULL with WATTLE_ERROR_NOT_FOUND where there is none. */
WattleReceiptRecord *wattle_receipts_get (WattleDatabase *database, const char *id, GError **error);

/* Newest first; (element-type WattleReceiptRecord). */
GPtrArray *wattle_receipts_list (WattleDatabase *database, GError **error);

G_END_DECLS
