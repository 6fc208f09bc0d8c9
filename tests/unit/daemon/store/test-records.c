/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept comes back as it was, also after a restart.
 */
#include "daemon/store/deliveries.h"
#include "daemon/store/integrity.h"
#include "daemon/store/ledger-store.h"
#include "daemon/store/log.h"
#include "daemon/store/passports.h"
#include "daemon/store/readings.h"
#include "daemon/store/receipts.h"
#include "daemon/store/settings.h"
#include "daemon/store/sql.h"
#include "daemon/store/wipes.h"
#include "util.h"

static void
reopen (WattleDatabase **database, const char *path)
{
  g_clear_object (database);
  *database = test_open (path);
}

static void
assert_same_device (const WattleDeviceRecord *a, const WattleDeviceRecord *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpint (a->stage, ==, b->stage);
  g_assert_cmpstr (a->name, ==, b->name);
  g_assert_cmpstr (a->unit_id, ==, b->unit_id);
  g_assert_cmpuint (a->product, ==, b->product);
  g_assert_true (g_bytes_equal (a->public_key, b->public_key));
  g_assert_true (g_bytes_equal (a->passport, b->passport));
  g_assert_cmpstr (a->chain, ==, b->chain);
  g_assert_cmpuint (a->owner_slot, ==, b->owner_slot);
  g_assert_cmpstr (a->firmware_version, ==, b->firmware_version);
  g_assert_cmpint (a->set_up_at, ==, b->set_up_at);
  g_assert_cmpint (a->last_seen, ==, b->last_seen);
  g_assert_cmpstr (a->cloud_origin, ==, b->cloud_origin);
  g_assert_cmpstr (a->cloud_account, ==, b->cloud_account);
  g_assert_cmpint (a->cloud_claimed, ==, b->cloud_claimed);
  g_assert_cmpuint (a->consent_version, ==, b->consent_version);
  g_assert_cmpstr (a->decisions, ==, b->decisions);
}

static void
test_devices (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device ("Küche \"x\"; DROP TABLE devices", "{}");
  g_autoptr (WattleDeviceRecord) copy = wattle_device_record_copy (device);
  g_autoptr (WattleDeviceRecord) second = test_device ("b", "{}");
  g_autoptr (WattleDeviceRecord) missing = NULL;
  g_autoptr (GPtrArray) list = NULL;
  WattleReading reading = { 1, 1, 1, 1 };

  g_assert_cmpuint (strlen (device->id), ==, WATTLE_DEVICE_ID_LENGTH);
  g_assert_cmpstr (device->id, !=, second->id);
  assert_same_device (device, copy);
  device->product = G_MAXUINT32;
  second->set_up_at--;
  second->cloud_origin = (g_free (second->cloud_origin), NULL);
  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_devices_put (database, second, NULL));
  reopen (&database, f->path);
  list = wattle_devices_list (database, NULL);
  g_assert_cmpuint (list->len, ==, 2);
  assert_same_device (list->pdata[0], second);
  assert_same_device (list->pdata[1], device);
  /* One copy of a passport for all devices of a product. */
  g_assert_true (((WattleDeviceRecord *)list->pdata[0])->passport == ((WattleDeviceRecord *)list->pdata[1])->passport);

  /* Put again, a device keeps its readings. */
  g_assert_true (wattle_readings_insert (database, device->id, &reading, 1, NULL));
  device->owner_slot = 7;
  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_readings_last (database, device->id, &reading, NULL));
  g_assert_cmpuint (reading.sequence, ==, 1);

  g_assert_true (wattle_devices_erase (database, second->id, NULL));
  g_assert_true (wattle_devices_erase (database, second->id, NULL));
  missing = wattle_devices_get (database, second->id, &error);
  g_assert_null (missing);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

static void
test_device_fields (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
  g_autoptr (WattleDeviceRecord) now = NULL;

  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_devices_set_name (database, device->id, "new", NULL));
  g_assert_true (wattle_devices_set_seen (database, device->id, 5, "2.0.0", NULL));
  g_assert_true (wattle_devices_set_cloud (database, device->id, NULL, NULL, FALSE, NULL));
  g_assert_cmpuint (wattle_devices_next_consent_version (database, device->id, NULL), ==, 4);
  g_assert_cmpuint (wattle_devices_next_consent_version (database, device->id, NULL), ==, 5);
  g_assert_true (wattle_devices_set_up_done (database, device->id, 9, NULL));
  reopen (&database, f->path);
  now = wattle_devices_get (database, device->id, NULL);
  g_assert_cmpstr (now->name, ==, "new");
  g_assert_cmpint (now->last_seen, ==, 5);
  g_assert_cmpstr (now->firmware_version, ==, "2.0.0");
  g_assert_null (now->cloud_origin);
  g_assert_false (now->cloud_claimed);
  g_assert_cmpuint (now->consent_version, ==, 5);
  g_assert_cmpint (now->stage, ==, WATTLE_STAGE_OURS);
  g_assert_cmpint (now->set_up_at, ==, 9);
  g_assert_null (now->decisions);
  g_assert_true (wattle_devices_set_stage (database, device->id, WATTLE_STAGE_WIPING, NULL));

  g_assert_false (wattle_devices_set_name (database, "nobody", "new", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (wattle_devices_next_consent_version (database, "nobody", &error), ==, 0);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

static void
assert_same_reading (const WattleReading *a, const WattleReading *b)
{
  g_assert_cmpuint (a->sequence, ==, b->sequence);
  g_assert_cmpint (a->time, ==, b->time);
  g_assert_cmpint (a->value, ==, b->value);
  g_assert_cmpuint (a->purposes, ==, b->purposes);
}

static guint32
nth_sequence (GArray *readings, guint i)
{
  return g_array_index (readings, WattleReading, i).sequence;
}

static void
test_readings (TestFolder *f, gconstpointer data)
{
  const WattleReading some[] = { { 1, 100, -5, 1 }, { 2, 0, 6, 3 }, { 3, 300, G_MININT32, 7 }, { 4, 400, 8, 2 } };
  const WattleReading again[] = { { 4, 999, 999, 15 }, { G_MAXUINT32, 500, G_MAXINT32, 1 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
  g_autoptr (GArray) all = NULL, part = NULL, left = NULL;
  WattleReading last = { 1 };
  guint deleted;
  guint32 sent;

  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_readings_last (database, device->id, &last, NULL));
  g_assert_cmpuint (last.sequence, ==, 0);
  g_assert_true (wattle_readings_insert (database, device->id, some, G_N_ELEMENTS (some), NULL));
  g_assert_true (wattle_readings_insert (database, device->id, again, G_N_ELEMENTS (again), NULL));
  all = wattle_readings_query (database, device->id, 0, 0, 0, NULL);
  g_assert_cmpuint (all->len, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (some); i++) /* those held stay as they are */
    assert_same_reading (&g_array_index (all, WattleReading, i), &some[i]);
  g_assert_true (wattle_readings_last (database, device->id, &last, NULL));
  assert_same_reading (&last, &again[1]);

  part = wattle_readings_query (database, device->id, 1, 2, 2, NULL);
  g_assert_cmpuint (part->len, ==, 2);
  g_assert_cmpuint (nth_sequence (part, 0), ==, 2);
  g_assert_cmpuint (nth_sequence (part, 1), ==, 3);

  g_assert_true (wattle_readings_clear_purposes (database, device->id, 2, &deleted, NULL));
  g_assert_cmpuint (deleted, ==, 3);
  g_assert_true (wattle_readings_delete_before (database, device->id, 200, NULL));
  left = wattle_readings_query (database, device->id, 0, 0, 0, NULL);
  g_assert_cmpuint (left->len, ==, 3);
  g_assert_cmpuint (nth_sequence (left, 0), ==, 2); /* its time is not known */
  g_assert_cmpuint (g_array_index (left, WattleReading, 1).purposes, ==, 5);

  g_assert_true (wattle_readings_get_sent (database, device->id, "p", &sent, NULL));
  g_assert_cmpuint (sent, ==, 0);
  g_assert_true (wattle_readings_set_sent (database, device->id, "p", 7, NULL));
  g_assert_true (wattle_readings_set_sent (database, device->id, "p", G_MAXUINT32, NULL));
  g_assert_true (wattle_readings_get_sent (database, device->id, "p", &sent, NULL));
  g_assert_cmpuint (sent, ==, G_MAXUINT32);

  /* Nothing of a device that is not there is kept. */
  g_assert_false (wattle_readings_insert (database, "nobody", some, 1, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
}

static void
add_delivery (WattleDatabase *database, const char *device, WattlePlace place, guint32 version, gint64 since)
{
  const char *ids[] = { "cloud-history", "product-improvement", NULL };
  WattleDelivery delivery
      = { (char *)device, place, version, 6, version == 1 ? (char *[]){ NULL } : (char **)ids, (char *)"aa", since };

  g_assert_true (wattle_deliveries_add (database, &delivery, NULL));
}

static void
test_deliveries (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
  g_autoptr (GBytes) answer = g_bytes_new ("answer", 6);
  g_autoptr (WattleDelivery) first = NULL, next = NULL, none = NULL;
  g_autoptr (GPtrArray) list = NULL;
  guint32 version;
  gint64 since;

  g_assert_true (wattle_devices_put (database, device, NULL));
  none = wattle_deliveries_outstanding (database, device->id, WATTLE_PLACE_CLOUD, &error);
  g_assert_no_error (error);
  g_assert_null (none);
  add_delivery (database, device->id, WATTLE_PLACE_CLOUD, 1, 100);
  add_delivery (database, device->id, WATTLE_PLACE_CLOUD, 2, 200);
  add_delivery (database, device->id, WATTLE_PLACE_DEVICE, 2, 200);
  reopen (&database, f->path);

  /* The newest is what has to be told, the oldest is since when. */
  first = wattle_deliveries_outstanding (database, device->id, WATTLE_PLACE_CLOUD, NULL);
  g_assert_cmpuint (first->version, ==, 2);
  g_assert_cmpuint (first->allowed, ==, 6);
  g_assert_cmpuint (g_strv_length (first->allowed_ids), ==, 2);
  g_assert_cmpstr (first->allowed_ids[1], ==, "product-improvement");
  g_assert_true (wattle_deliveries_outstanding_since (database, device->id, WATTLE_PLACE_CLOUD, &since, NULL));
  g_assert_cmpint (since, ==, 100);

  g_assert_true (wattle_deliveries_confirm (database, device->id, WATTLE_PLACE_CLOUD, 2, 300, answer, NULL, 12, NULL));
  next = wattle_deliveries_outstanding (database, device->id, WATTLE_PLACE_CLOUD, NULL);
  g_assert_null (next);
  g_assert_true (wattle_deliveries_outstanding_since (database, device->id, WATTLE_PLACE_CLOUD, &since, NULL));
  g_assert_cmpint (since, ==, 0);
  g_assert_true (wattle_deliveries_confirmed_version (database, device->id, WATTLE_PLACE_CLOUD, &version, NULL));
  g_assert_cmpuint (version, ==, 2);
  g_assert_true (wattle_deliveries_confirmed_version (database, device->id, WATTLE_PLACE_DEVICE, &version, NULL));
  g_assert_cmpuint (version, ==, 0);

  list = wattle_deliveries_list (database, device->id, NULL);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpuint (g_strv_length (((WattleDelivery *)list->pdata[0])->allowed_ids), ==, 0);
  g_assert_true (g_bytes_equal (((WattleDelivery *)list->pdata[2])->statement, answer));
  g_assert_cmpuint (((WattleDelivery *)list->pdata[2])->records_deleted, ==, 12);
  g_assert_false (
      wattle_deliveries_confirm (database, device->id, WATTLE_PLACE_DEVICE, 9, 300, answer, NULL, 0, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

/* Two decisions in one second: the later one is listed first. */
static void
test_receipts_of_one_second (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (GPtrArray) list = NULL;

  for (int n = 1; n <= 12; n++) {
    g_autofree char *id = g_strdup_printf ("%c", "kbqaztmcxgwe"[n - 1]);
    g_autofree char *json = g_strdup_printf ("{\"records\":[{\"sequence\":%d}]}", n);
    WattleReceiptRecord receipt = { id, (char *)"consent", (char *)"d1", (char *)"T", 9, TRUE, (char *)"{}", json };

    g_assert_true (wattle_receipts_put (database, &receipt, NULL));
  }
  list = wattle_receipts_list (database, NULL);
  g_assert_cmpuint (list->len, ==, 12);
  for (guint i = 0; i < list->len; i++)
    g_assert_cmpint (((WattleReceiptRecord *)list->pdata[i])->id[0], ==, "kbqaztmcxgwe"[11 - i]);
}

static void
test_receipts (TestFolder *f, gconstpointer data)
{
  WattleReceiptRecord wipe
      = { (char *)"w", (char *)"wipe", (char *)"", (char *)"T", 5, FALSE, (char *)"{}", (char *)"1" };
  WattleReceiptRecord consent
      = { (char *)"c", (char *)"consent", (char *)"d1", (char *)"T", 9, TRUE, (char *)"{}", (char *)"2" };
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleReceiptRecord) kept = NULL, missing = NULL;
  g_autoptr (GPtrArray) list = NULL, left = NULL;

  g_assert_true (wattle_receipts_put (database, &wipe, NULL));
  g_assert_true (wattle_receipts_put (database, &consent, NULL));
  wipe.complete = TRUE;
  g_assert_true (wattle_receipts_put (database, &wipe, NULL));
  reopen (&database, f->path);
  list = wattle_receipts_list (database, NULL);
  g_assert_cmpuint (list->len, ==, 2); /* one per wipe */
  g_assert_cmpstr (((WattleReceiptRecord *)list->pdata[0])->id, ==, "c");
  kept = wattle_receipts_get (database, "w", NULL);
  g_assert_true (kept->complete);
  g_assert_cmpstr (kept->json, ==, "1");
  g_assert_true (wattle_devices_erase (database, "d1", NULL));
  left = wattle_receipts_list (database, NULL);
  g_assert_cmpuint (left->len, ==, 1);
  missing = wattle_receipts_get (database, "c", &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

static void
test_wipes (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  WattleWipeJournal journal = { database, "d1", 7, "Thermometer", "aa" };
  g_autoptr (GPtrArray) list = NULL, none = NULL;
  WattleWipeRecord *record;

  g_assert_true (wattle_wipe_journal_write (&journal, "w1", 1, "one", NULL));
  g_assert_true (wattle_wipe_journal_write (&journal, "w1", 2, "two", NULL));
  g_assert_false (wattle_wipe_journal_write (&journal, "w1", 2, "three", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  reopen (&database, f->path);
  list = wattle_wipes_list (database, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  record = list->pdata[0];
  g_assert_cmpstr (record->id, ==, "w1");
  g_assert_cmpstr (record->device, ==, "d1");
  g_assert_cmpuint (record->product, ==, 7);
  g_assert_cmpstr (record->product_name, ==, "Thermometer");
  g_assert_cmpstr (record->passport_sha256, ==, "aa");
  g_assert_cmpuint (record->step, ==, 2);
  g_assert_cmpstr (record->plan, ==, "two");
  g_assert_true (wattle_wipes_finish (database, "w1", NULL, NULL));
  none = wattle_wipes_list (database, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_log (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (GPtrArray) all = NULL, one = NULL, few = NULL, capped = NULL;

  g_assert_true (wattle_log_add (database, "d1", "set-up", "One.", NULL));
  g_assert_true (wattle_log_add (database, "d2", "set-up", "Two.", NULL));
  g_assert_true (wattle_log_add (database, "", "started", "Three.", NULL));
  all = wattle_log_list (database, "", 0, NULL);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpstr (((WattleLogEntry *)all->pdata[0])->sentence, ==, "Three.");
  g_assert_cmpint (((WattleLogEntry *)all->pdata[0])->time, >, 1700000000);
  one = wattle_log_list (database, "d1", 0, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpstr (((WattleLogEntry *)one->pdata[0])->event, ==, "set-up");
  few = wattle_log_list (database, "", 2, NULL);
  g_assert_cmpuint (few->len, ==, 2);

  g_assert_true (wattle_database_begin (database, NULL));
  for (guint i = 0; i < WATTLE_LOG_MAX; i++)
    g_assert_true (wattle_log_add (database, "", "x", "x", NULL));
  g_assert_true (wattle_database_commit (database, NULL));
  capped = wattle_log_list (database, "", 2 * WATTLE_LOG_MAX, NULL);
  g_assert_cmpuint (capped->len, ==, WATTLE_LOG_MAX);
}

static void
test_settings (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autofree char *value = NULL;

  value = wattle_settings_get (database, "a", "fallback", NULL);
  g_assert_cmpstr (value, ==, "fallback");
  g_free (value);
  g_assert_true (wattle_settings_set (database, "a", "1", NULL));
  g_assert_true (wattle_settings_set (database, "a", "2", NULL));
  reopen (&database, f->path);
  value = wattle_settings_get (database, "a", NULL, NULL);
  g_assert_cmpstr (value, ==, "2");
  g_free (value);
  g_assert_true (wattle_settings_set (database, "a", NULL, NULL));
  value = wattle_settings_get (database, "a", NULL, NULL);
  g_assert_null (value);
}

static gboolean
collect (guint64 sequence, const char *hash, const char *previous, const char *json, gpointer user_data, GError **error)
{
  g_string_append_printf (user_data, "%d%s%s%s;", (int)sequence, previous, hash, json);
  if (sequence < 3)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED, "enough");
  return FALSE;
}

static void
test_ledger (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (GString) seen = g_string_new (NULL);
  gint64 n;

  g_assert_true (wattle_ledger_store.foreach (database, "c", collect, seen, NULL));
  g_assert_true (wattle_ledger_store.append (database, "c", 1, "h1", "", "{}", NULL));
  g_assert_true (wattle_ledger_store.append (database, "c", 2, "h2", "h1", "{}", NULL));
  g_assert_true (wattle_ledger_store.append (database, "other", 1, "x", "", "{}", NULL));

  /* Never replaced, never forked. */
  g_assert_false (wattle_ledger_store.append (database, "c", 2, "h9", "h1", "{}", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  g_assert_false (wattle_ledger_store.append (database, "c", 3, "h9", "h1", "{}", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED);
  g_clear_error (&error);
  wattle_sql_number (database, &n, &error, "SELECT count(*) FROM ledger", "");
  g_assert_cmpint (n, ==, 3);

  reopen (&database, f->path);
  g_assert_true (wattle_ledger_store.foreach (database, "c", collect, seen, NULL));
  g_assert_cmpstr (seen->str, ==, "1h1{};2h1h2{};");
  g_assert_true (wattle_ledger_store.append (database, "c", 3, "h3", "h2", "{}", NULL));
  g_assert_false (wattle_ledger_store.foreach (database, "c", collect, seen, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED);
}

/* A record removed at the end is noticed, by the head that is kept apart. */
static void
test_ledger_cut (TestFolder *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autofree char *chain = wattle_ledger_new_chain ();
  g_autoptr (WattleLedger) ledger = wattle_ledger_store_load (database, chain, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (wattle_ledger_get_n_records (ledger), ==, 0);
  g_clear_object (&ledger);
  g_assert_true (wattle_sql_run (database, NULL, "INSERT INTO chains (chain, head) VALUES (?, ?)", "ss", chain,
                                 "0000000000000000000000000000000000000000000000000000000000000001"));
  ledger = wattle_ledger_store_load (database, chain, &error);
  g_assert_null (ledger);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TAMPERED);
}

static void
write_passport (const char *data_dir, const char *name, const char *text, gssize length)
{
  g_autofree char *folder = g_build_filename (data_dir, "wattle", "passports", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
}

static GBytes *
find (const char *text, GError **error)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *)text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  return wattle_passports_find (digest, error);
}

static void
test_passports (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) user = NULL, system = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *big = g_strnfill (WATTLE_PASSPORT_FILE_MAX + 1, ' ');
  const char *data = g_get_user_data_dir ();
  g_autofree char *pipe_path = g_build_filename (data, "wattle", "passports", "pipe.json", NULL);

  g_assert_null (find ("{\"a\":1}", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT);
  write_passport (data, "one.json", "{\"a\":1}", -1);
  write_passport (data, "no.txt", "{\"a\":3}", -1);
  write_passport (data, "empty.json", "", 0);
  write_passport (data, "big.json", big, WATTLE_PASSPORT_FILE_MAX + 1);
  write_passport (g_get_system_data_dirs ()[0], "two.json", "{\"a\":2}", -1);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  user = find ("{\"a\":1}", NULL);
  system = find ("{\"a\":2}", NULL);
  g_assert_nonnull (user);
  g_assert_nonnull (system);
  g_assert_null (find ("{\"a\":3}", NULL));
  g_assert_null (find (big, NULL));
  list = wattle_passports_list ();
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (g_bytes_equal (list->pdata[0], user));
}

static void
assert_image (WattleDatabase *database, const char *device, gboolean offered, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = wattle_integrity_store_get_image (database, device, offered, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (image, ==, expected);
}

static void
test_integrity (TestFolder *f, gconstpointer data)
{
  const WattleIntegrityRecord told
      = { 1700000000, "ab", TRUE, 1, 2, G_MAXUINT32, 4, G_MAXUINT32, G_MAXUINT32 - 1, TRUE };
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
  g_autoptr (WattleDeviceRecord) other = test_device ("b", "{}");
  WattleIntegrityRecord found = { .time = 1 };

  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_devices_put (database, other, NULL));
  g_assert_true (wattle_integrity_store_load (database, device->id, &found, NULL));
  g_assert_cmpint (found.time, ==, 0);
  assert_image (database, device->id, FALSE, NULL);
  g_assert_true (wattle_integrity_store_put (database, device->id, &told, NULL));
  g_assert_true (wattle_integrity_store_add_image (database, device->id, "1", WATTLE_IMAGE_FIRST, 1, NULL));
  g_assert_true (wattle_integrity_store_add_image (database, device->id, "2", WATTLE_IMAGE_OFFERED, 2, NULL));
  g_assert_true (wattle_integrity_store_add_image (database, other->id, "9", WATTLE_IMAGE_FIRST, 9, NULL));
  reopen (&database, f->path);
  g_assert_true (wattle_integrity_store_load (database, device->id, &found, NULL));
  g_assert_cmpstr (found.image, ==, "ab");
  g_assert_cmpint (found.time, ==, told.time);
  g_assert_true (found.confirmed && found.can_install);
  g_assert_cmpuint (found.boot_count, ==, 1);
  g_assert_cmpuint (found.reset_cause, ==, 2);
  g_assert_cmpuint (found.debug_port, ==, G_MAXUINT32);
  g_assert_cmpuint (found.flash_erases, ==, 4);
  g_assert_cmpuint (found.flash_cycles, ==, G_MAXUINT32);
  g_assert_cmpuint (found.alerts, ==, G_MAXUINT32 - 1);
  assert_image (database, device->id, FALSE, "1");
  assert_image (database, device->id, TRUE, "2");

  /* One offer at a time; what counts is the last that does. */
  g_assert_true (wattle_integrity_store_add_image (database, device->id, "3", WATTLE_IMAGE_OFFERED, 3, NULL));
  assert_image (database, device->id, TRUE, "3");
  g_assert_true (wattle_integrity_store_add_image (database, device->id, "3", WATTLE_IMAGE_INSTALLED, 4, NULL));
  assert_image (database, device->id, TRUE, NULL);
  assert_image (database, device->id, FALSE, "3");
  g_assert_true (wattle_integrity_store_add_image (database, device->id, "1", WATTLE_IMAGE_ACCEPTED, 5, NULL));
  assert_image (database, device->id, FALSE, "1");
  assert_image (database, other->id, FALSE, "9");
  g_assert_false (wattle_integrity_store_put (database, "nobody", &told, NULL));
}

/* A database of before has its devices after, and they have told nothing yet. */
static void
test_integrity_migration (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = NULL;
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  WattleIntegrityRecord found;
  gint64 tables;

  database = wattle_database_open_with (f->path, wattle_schema, 5, &error);
  g_assert_no_error (error);
  g_assert_true (wattle_devices_put (database, device, NULL));
  g_assert_true (wattle_sql_number (
      database, &tables, NULL, "SELECT count(*) FROM sqlite_schema WHERE name IN ('integrity', 'known_images')", ""));
  g_assert_cmpint (tables, ==, 0);
  reopen (&database, f->path);
  list = wattle_devices_list (database, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  assert_same_device (list->pdata[0], device);
  g_assert_true (wattle_integrity_store_load (database, device->id, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpint (found.time, ==, 0);
  assert_image (database, device->id, FALSE, NULL);
  g_assert_true (wattle_integrity_store_add_image (database, device->id, "1", WATTLE_IMAGE_FIRST, 1, NULL));
}

#define ADD(name, func) g_test_add ("/store/" name, TestFolder, NULL, test_folder_set_up, func, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("wattle-records-XXXXXX", NULL);
  g_autofree char *system = g_build_filename (home, "system", NULL);
  int status;

  /* Where passports are looked for; set before GLib reads them. */
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_DATA_DIRS", system, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("devices", test_devices);
  ADD ("device-fields", test_device_fields);
  ADD ("readings", test_readings);
  ADD ("deliveries", test_deliveries);
  ADD ("receipts", test_receipts);
  ADD ("receipts-of-one-second", test_receipts_of_one_second);
  ADD ("wipes", test_wipes);
  ADD ("log", test_log);
  ADD ("settings", test_settings);
  ADD ("ledger", test_ledger);
  ADD ("ledger-cut", test_ledger_cut);
  ADD ("integrity", test_integrity);
  ADD ("integrity-migration", test_integrity_migration);
  g_test_add_func ("/store/passports", test_passports);
  status = g_test_run ();
  test_folder_remove (home);
  return status;
}
