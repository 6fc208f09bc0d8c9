/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt per decision, kept up to date while device and cloud confirm it.
 */
#pragma once

#include "daemon/store/database.h"
#include "privacy/ledger.h"

G_BEGIN_DECLS

/* Keeps the receipt of record @sequence of @ledger, as it is now.  May be part
 * of the caller's transaction. */
gboolean wattle_consent_receipt_keep (WattleDatabase *database, const char *device, WattleLedger *ledger,
                                      guint64 sequence, GError **error);

/* Brings the receipts of @device that are not complete up to date. */
gboolean wattle_consent_receipts_refresh (WattleDatabase *database, const char *device, WattleLedger *ledger,
                                          GError **error);

G_END_DECLS
