/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long it takes to load and verify a ledger of ten thousand consent records
 * from a real database, against hashing the same bytes bare with the same SHA-256.
 *
 *   bench-ledger PASSPORT
 *
 * Every second record takes back what the one before gave.  Bare hashing is one
 * pass over all bytes that the chain's hashes are over, in a buffer in memory.
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/ledger-store.h"
#include "samples.h"

#define RECORDS 10000u
#define ROUNDS 7
#define AT_MOST 3.0 /* times bare hashing */
#define BEGIN G_GINT64_CONSTANT (1790000000)

static WattlePassport *
load_passport (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WattlePassport *passport;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  bytes = g_bytes_new_take (data, size);
  passport = wattle_passport_new_from_bytes (bytes, &error);
  if (passport == NULL)
    g_error ("%s", error->message);
  return passport;
}

/* All bytes that the chain's hashes are over, one record after the other. */
static GByteArray *
fill (WattleDatabase *database, const char *chain, WattlePassport *passport)
{
  static const char *const purposes[] = { "cloud-history", "product-improvement" };
  static const guint8 hash[32] = { 0 };
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLedger) ledger = wattle_ledger_store_load (database, chain, &error);

  if (ledger == NULL || !wattle_database_begin (database, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < RECORDS; i++) {
    WattleConsentState state = i % 4 < 2 ? WATTLE_CONSENT_GIVEN : WATTLE_CONSENT_WITHDRAWN;
    const WattleLedgerRecord *record
        = wattle_ledger_decide (ledger, passport, purposes[i % 2], state, "en", 0, BEGIN + i, &error);

    if (record == NULL || record->sequence != i + 1)
      g_error ("record %u: %s", i + 1, error != NULL ? error->message : "not a new one");
    g_byte_array_append (bytes, hash, sizeof hash);
    g_byte_array_append (bytes, (const guint8 *)record->json, strlen (record->json));
  }
  if (!wattle_database_commit (database, &error))
    g_error ("%s", error->message);
  return bytes;
}

static double
time_load (WattleDatabase *database, const char *chain)
{
  double start = samples_now ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLedger) ledger = wattle_ledger_store_load (database, chain, &error);
  double taken = samples_now () - start;

  if (ledger == NULL || wattle_ledger_get_n_records (ledger) != RECORDS)
    g_error ("%s", error != NULL ? error->message : "records are missing");
  return taken;
}

static double
time_hash (GByteArray *bytes)
{
  double start = samples_now ();
  g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);

  return hash != NULL ? samples_now () - start : 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-ledger-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "wattle.db", NULL);
  g_autofree char *clean = g_strdup_printf ("rm -r '%s'", folder);
  g_autofree char *chain = wattle_ledger_new_chain ();
  g_autoptr (WattleDatabase) database = NULL;
  g_autoptr (WattlePassport) passport = NULL;
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  Samples *loads = samples_new (), *hashes = samples_new ();

  if (argc != 2)
    g_error ("usage: bench-ledger PASSPORT");
  passport = load_passport (argv[1]);
  database = wattle_database_open (path, &error);
  if (database == NULL)
    g_error ("%s", error->message);
  bytes = fill (database, chain, passport);
  for (guint i = 0; i < ROUNDS; i++) {
    samples_add (loads, time_load (database, chain));
    samples_add (hashes, time_hash (bytes));
  }
  name = g_strdup_printf ("%u records, %.1f MB: load and verify / SHA-256 alone", RECORDS, bytes->len / 1e6);
  samples_print_ratio (name, samples_median (loads), samples_median (hashes), AT_MOST);
  g_array_unref (loads);
  g_array_unref (hashes);
  g_clear_object (&database);
  return system (clean) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
