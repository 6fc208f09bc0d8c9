/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of privacy/ share: a device and a cloud that sign, a store in
 * memory, samples to edit. */
#pragma once

#include <gnutls/abstract.h>

#include "privacy/evidence.h"
#include "privacy/ledger.h"
#include "privacy/passport.h"

/* A P-256 key pair. */
struct signer {
  gnutls_privkey_t key;
  guint8 public_key[65];
};

void signer_init (struct signer *signer);
void signer_clear (struct signer *signer);
/* r and s over @data. */
void signer_sign (struct signer *signer, gconstpointer data, gsize length, guint8 signature[64]);
/* A compact JWS of any header and payload. */
char *signer_jws (struct signer *signer, const char *header, const char *payload);
#define JWS_HEADER "{\"alg\":\"ES256\"}"

/* An encoded Statement; fields that are 0 or empty are left out. */
GBytes *statement_encode (guint kind, const char *unit_id, gconstpointer reference, gsize reference_len,
                          guint32 allowed, guint32 records_deleted);
/* A device's signature over it. */
void statement_sign (struct signer *device, GBytes *statement, guint8 signature[64]);
/* Evidence of a device, of a cloud. */
WattleEvidence *device_evidence (struct signer *device, guint kind, gconstpointer reference, gsize reference_len);
WattleEvidence *cloud_evidence (struct signer *cloud, const char *payload_format, ...) G_GNUC_PRINTF (2, 3);
#define TEST_UNIT "GL-000123"

/* Rows of all chains in memory, as a database would keep them. */
struct row {
  char *chain;
  guint64 sequence;
  char *hash, *previous, *json;
};
struct memory_store {
  GPtrArray *rows; /* struct row */
  gboolean fail;   /* append refuses */
};
extern const WattleLedgerStore memory_store_vtable;
void memory_store_init (struct memory_store *store);
void memory_store_clear (struct memory_store *store);
struct row *memory_store_row (struct memory_store *store, guint index);
void memory_store_remove_chain (struct memory_store *store, const char *chain);

/* An empty ledger of a thermometer, with a device and a cloud that can confirm. */
struct ledger_fixture {
  struct signer device, cloud;
  struct memory_store store;
  WattlePassport *passport;
  char *chain;
  WattleLedger *ledger;
};
void ledger_fixture_set_up (struct ledger_fixture *f, gconstpointer data);
void ledger_fixture_tear_down (struct ledger_fixture *f, gconstpointer data);

/* A sample passport's text, and the sample with the value at @path ("a/0/b")
 * replaced by the JSON @value, or removed where that is NULL. */
char *sample_text (const char *name);
char *sample_edit (const char *name, const char *path, const char *value);
WattlePassport *sample_load (const char *name);
WattlePassport *passport_from_text (const char *text, GError **error);
#define THERMOMETER "gumleaf-thermometer.json"
#define DOOR_LOCK "saltbush-door-lock.json"
#define BAND "boronia-health-band.json"
#define CAMERA "currawong-camera.json"
#define SPEAKER "lorikeet-speaker.json"
#define PLUG "wombat-plug.json"

#define assert_error(error, expected)                                                                                  \
  do {                                                                                                                 \
    g_assert_error (error, WATTLE_ERROR, expected);                                                                    \
    g_assert_true (g_utf8_validate (error->message, -1, NULL));                                                        \
    g_clear_error (&error);                                                                                            \
  } while (0)
