/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a device's records are erased and the database is scrubbed, no byte of
 * them is in any file: the test plants words and looks for them.
 */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "daemon/store/deliveries.h"
#include "daemon/store/integrity.h"
#include "daemon/store/ledger-store.h"
#include "daemon/store/log.h"
#include "daemon/store/readings.h"
#include "daemon/store/receipts.h"
#include "daemon/store/sql.h"
#include "daemon/store/wipes.h"
#include "util.h"

#define CANARY "CANARY-3f9b"
#define NEIGHBOUR "NEIGHBOUR-77aa"

/* How often @word occurs in the files beside the database. */
static guint
count_word (const char *database_path, const char *word)
{
  g_autofree char *folder = g_path_get_dirname (database_path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint found = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *data = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (path, &data, &size, NULL));
    for (const char *p = data; (p = memmem (p, size - (gsize)(p - data), word, strlen (word))); p++)
      found++;
  }
  return found;
}

/* Records of every kind about one device, with @word in each text. */
static void
plant (WattleDatabase *database, WattleDeviceRecord *device, const char *word)
{
  g_autofree char *hash = g_strdup_printf ("%s-%064d", word, 1);
  char *ids[] = { (char *)word, NULL };
  WattleDelivery delivery
      = { .device = device->id, .version = 1, .allowed_ids = ids, .record_sha256 = hash, .since = 1 };
  WattleReceiptRecord receipt
      = { hash, (char *)"consent", device->id, device->name, 1, TRUE, (char *)"{}", (char *)word };
  WattleIntegrityRecord integrity = { .time = 1 };
  g_autoptr (GBytes) answer = g_bytes_new (word, strlen (word));

  g_assert_true (wattle_devices_put (database, device, NULL));
  for (guint32 i = 1; i <= 400; i += 2) {
    WattleReading readings[] = { { i, 1700000000 + i, 21000, 1 }, { i + 1, 1700000000 + i, 21500, 1 } };

    g_assert_true (wattle_readings_insert (database, device->id, readings, 2, NULL));
  }
  g_assert_true (wattle_readings_set_sent (database, device->id, word, 1, NULL));
  for (delivery.version = 1; delivery.version <= 50; delivery.version++) {
    delivery.place = delivery.version % 2 ? WATTLE_PLACE_DEVICE : WATTLE_PLACE_CLOUD;
    g_assert_true (wattle_deliveries_add (database, &delivery, NULL));
    g_assert_true (
        wattle_deliveries_confirm (database, device->id, delivery.place, delivery.version, 1, answer, answer, 0, NULL));
  }
  for (guint64 i = 1; i <= 100; i++) {
    g_autofree char *previous = i == 1 ? g_strdup ("") : g_strdup_printf ("%s-%" G_GUINT64_FORMAT, word, i - 1);
    g_autofree char *head = g_strdup_printf ("%s-%" G_GUINT64_FORMAT, word, i);

    g_assert_true (wattle_ledger_store.append (database, device->chain, i, head, previous, word, NULL));
    g_assert_true (wattle_log_add (database, device->id, "consent-given", word, NULL));
  }
  g_assert_true (wattle_receipts_put (database, &receipt, NULL));
  g_strlcpy (integrity.image, word, sizeof integrity.image);
  g_assert_true (wattle_integrity_store_put (database, device->id, &integrity, NULL));
  for (int origin = WATTLE_IMAGE_FIRST; origin <= WATTLE_IMAGE_INSTALLED; origin++)
    g_assert_true (wattle_integrity_store_add_image (database, device->id, word, origin, 1, NULL));
}

static void
test_scrub (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device (CANARY, "{\"p\":\"" CANARY "\"}");
  g_autoptr (WattleDeviceRecord) neighbour = test_device (NEIGHBOUR, "{\"p\":\"" NEIGHBOUR "\"}");
  g_autofree char *backup = g_strconcat (f->path, ".before-v7", NULL);
  gint64 left;
  guint neighbours;

  plant (database, neighbour, NEIGHBOUR);
  plant (database, device, CANARY);
  g_assert_true (wattle_database_checkpoint (database, NULL));
  g_assert_true (g_file_set_contents (backup, CANARY, -1, NULL));
  g_assert_cmpuint (count_word (f->path, CANARY), >, 100);

  g_assert_true (wattle_devices_erase (database, device->id, &error));
  g_assert_no_error (error);
  g_assert_true (wattle_database_scrub (database, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_word (f->path, CANARY), ==, 0);
  g_assert_cmpuint (count_word (f->path, device->id), ==, 0);
  g_assert_cmpuint (count_word (f->path, device->chain), ==, 0);
  g_assert_false (g_file_test (backup, G_FILE_TEST_EXISTS));

  /* The other device has lost nothing. */
  wattle_sql_number (database, &left, &error, "SELECT count(*) FROM readings", "");
  g_assert_cmpint (left, ==, 400);
  wattle_sql_number (database, &left, &error, "SELECT count(*) FROM ledger", "");
  g_assert_cmpint (left, ==, 100);
  neighbours = count_word (f->path, NEIGHBOUR);
  g_assert_cmpuint (neighbours, >, 100);

  /* Both may be repeated, and closing leaves it clean. */
  g_assert_true (wattle_devices_erase (database, device->id, NULL));
  g_assert_true (wattle_database_scrub (database, NULL));
  g_clear_object (&database);
  g_assert_cmpuint (count_word (f->path, CANARY), ==, 0);
}

/* A withdrawn reading's value goes with its last purpose. */
static void
test_withdrawal (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
  const gint32 value = 0x43414e41; /* "CANA" as SQLite writes it */
  WattleReading reading = { 1, 1700000000, value, 2 };
  guint deleted;

  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_readings_insert (database, device->id, &reading, 1, NULL));
  g_assert_cmpuint (count_word (f->path, "CANA"), ==, 1);
  g_assert_true (wattle_readings_clear_purposes (database, device->id, 2, &deleted, NULL));
  g_assert_cmpuint (deleted, ==, 1);
  g_assert_true (wattle_database_scrub (database, NULL));
  g_assert_cmpuint (count_word (f->path, "CANA"), ==, 0);
}

/* The journal of a finished wipe is gone, its receipt is not. */
static void
test_wipe_journal (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  WattleWipeJournal journal = { database, CANARY, 1, "Thermometer", "aa" };
  WattleReceiptRecord receipt
      = { (char *)"w1", (char *)"wipe", (char *)"", (char *)"Thermometer", 1, TRUE, (char *)"{}", (char *)"{}" };
  g_autoptr (GPtrArray) wipes = NULL;
  WattleReceiptRecord *kept;

  g_assert_true (wattle_wipe_journal_write (&journal, "w1", 1, "{\"p\":\"" CANARY "\"}", NULL));
  g_assert_true (wattle_wipes_finish (database, "w1", &receipt, NULL));
  g_assert_true (wattle_database_scrub (database, NULL));
  g_assert_cmpuint (count_word (f->path, CANARY), ==, 0);
  wipes = wattle_wipes_list (database, NULL);
  g_assert_cmpuint (wipes->len, ==, 0);
  kept = wattle_receipts_get (database, "w1", NULL);
  g_assert_nonnull (kept);
  wattle_receipt_record_free (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/scrub/erase", TestFolder, NULL, test_folder_set_up, test_scrub, test_folder_tear_down);
  g_test_add ("/store/scrub/withdrawal", TestFolder, NULL, test_folder_set_up, test_withdrawal, test_folder_tear_down);
  g_test_add ("/store/scrub/wipe-journal", TestFolder, NULL, test_folder_set_up, test_wipe_journal,
              test_folder_tear_down);
  return g_test_run ();
}
