/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consent ledger's records in the database (privacy/ledger.h).
 */
#pragma once

#include "daemon/store/database.h"
#include "privacy/ledger.h"

G_BEGIN_DECLS

/* The store's functions; the store is a WattleDatabase. */
extern const WattleLedgerStore wattle_ledger_store;

/* Loads and verifies @chain, whose last record must be the one the database
 * remembers as its head.  An unknown chain is a new one.  WATTLE_ERROR_TAMPERED
 * and as wattle_ledger_load(). */
WattleLedger *wattle_ledger_store_load (WattleDatabase *database, const char *chain, GError **error);

G_END_DECLS
