/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold records of a ledger.  For ledger-export.c and receipt.c alone. */
#pragma once

#include "privacy/ledger-record.h"

G_BEGIN_DECLS

#define WATTLE_LEDGER_FORMAT "wattle-ledger-1"
#define WATTLE_CONSENT_RECEIPT_FORMAT "wattle-consent-receipt-1"

/* Called for each verified record of a file; @evidence is NULL unless it is a
 * confirmation.  All arguments are the caller's. */
typedef void (*WattleExportFunc) (const char *hash, const WattleRecordContent *content, JsonObject *record,
                                  WattleEvidence *evidence, gpointer user_data);

/* Verifies the records of @file, whose format the caller has checked: an unbroken
 * piece of one chain (@whole: from its start), and every signature in it.
 * WATTLE_ERROR_TAMPERED, WATTLE_ERROR_NOT_GENUINE, WATTLE_ERROR_INVALID_ARGUMENT. */
gboolean wattle_export_verify (JsonObject *file, gboolean whole, WattleExportFunc func, gpointer user_data,
                               GError **error);

G_END_DECLS
