/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of the service: keys, certificate and databases.
 *
 *   tls-key.pem  tls-cert.pem  receipt-key.pem  master.key   made once, by --init
 *   data.db  keys.db                                         what is kept
 *   backups/                                                 of data.db, before migrations
 *   lock                                                     one process at a time
 *
 * The folder is its owner's alone (0700), its keys too (0600): where they are
 * not, the service does not start.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "cloud/crypt.h"
#include "cloud/db.h"
#include "cloud/keys.h"
#include "cloud/receipt.h"

G_BEGIN_DECLS

typedef struct {
  char *dir;
  int lock;
  char *tls_key;  /* PEM */
  char *tls_cert; /* PEM */
  WattleKey master;
  WattleReceiptKey *receipt_key;
} WattleState;

/* Makes everything in @dir, which must not exist or be empty.  The certificate is
 * for localhost, 127.0.0.1, ::1 and @hostname (NULL: none).  WATTLE_ERROR_STORE. */
gboolean wattle_state_init (const char *dir, const char *hostname, GError **error);

/* Checks and reads.  WATTLE_ERROR_STORE, WATTLE_ERROR_BUSY where another process
 * has it. */
WattleState *wattle_state_load (const char *dir, GError **error);
void wattle_state_free (WattleState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleState, wattle_state_free)

gboolean wattle_state_open (WattleState *state, WattleDb **db, WattleKeys **keys, GError **error);

/* What goes into passports: "spki_sha256" (base64) and "receipt_key" (a JWK). */
JsonObject *wattle_state_info (WattleState *state, GError **error);

G_END_DECLS
