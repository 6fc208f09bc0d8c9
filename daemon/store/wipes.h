/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of wipes under way (privacy/wipe-plan.h).  It outlives the
 * device's row, and is gone when the wipe's receipt is kept.
 */
#pragma once

#include "daemon/store/database.h"
#include "daemon/store/receipts.h"
#include "privacy/wipe-plan.h"

G_BEGIN_DECLS

typedef struct {
  char *id;              /* wipe id, 32 hex digits */
  char *device;          /* id; names the secrets in the keyring */
  guint32 product;       /* for the receipt */
  char *product_name;    /* not the name the person gave */
  char *passport_sha256; /* 64 hex digits */
  char *about;           /* JSON, for the certificate: daemon/device/wipe-certificate.c */
  guint step;
  char *plan; /* for wattle_wipe_plan_new_from_json() */
} WattleWipeRecord;

void wattle_wipe_record_free (WattleWipeRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleWipeRecord, wattle_wipe_record_free)

/* What a plan's journal writes to: every field must be set (but about, which
 * may be NULL) and outlive the plan.  Give it to wattle_wipe_plan_set_journal() with
 * wattle_wipe_journal_write(). */
typedef struct {
  WattleDatabase *database;
  const char *device;
  guint32 product;
  const char *product_name;
  const char *passport_sha256;
  const char *about;
} WattleWipeJournal;

/* A WattleWipeJournalFunc: one transition, one transaction.  A step that is not
 * above the last one written is refused. */
gboolean wattle_wipe_journal_write (gpointer journal, const char *wipe_id, guint step, const char *json,
                                    GError **error);

/* Wipes under way; (element-type WattleWipeRecord). */
GPtrArray *wattle_wipes_list (WattleDatabase *database, GError **error);

/* Ends the journal of a wipe: removes it and keeps @receipt (NULL: the wipe
 * was cancelled), in one transaction. */
gboolean wattle_wipes_finish (WattleDatabase *database, const char *wipe_id, const WattleReceiptRecord *receipt,
                              GError **error);

G_END_DECLS
