/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outbox against the real wattle-cloud: what is sent, in which order, and
 * what is not.
 */
#include <string.h>

#include "daemon/store/deliveries.h"
#include "daemon/store/devices.h"
#include "daemon/store/ledger-store.h"
#include "daemon/vendor/outbox-private.h"
#include "real-cloud.h"

#define HISTORY 2u     /* the sample's "cloud-history" */
#define IMPROVEMENT 4u /* "product-improvement" */

typedef struct {
  RealCloud *cloud;
  WattleCloudClient *client;
  char *account;
  WattleDatabase *database;
  WattleDeviceRecord *device;
  WattleLedger *ledger;
  WattleOutbox *outbox;
  guint confirmed; /* version last confirmed */
} Fixture;

static void
on_confirmed (WattleOutbox *outbox, guint version, Fixture *f)
{
  f->confirmed = version;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  guint8 key[65] = { 4 };

  f->cloud = real_cloud_new ();
  f->client = real_cloud_claimed_client (f->cloud, &f->account);
  path = g_build_filename (f->cloud->folder, "companion", "wattle.db", NULL);
  f->database = wattle_database_open (path, &error);
  g_assert_no_error (error);
  f->device = wattle_device_record_new ();
  f->device->public_key = g_bytes_new (key, sizeof key);
  f->device->passport = g_bytes_new ("{}", 2);
  g_assert_true (wattle_devices_put (f->database, f->device, NULL));
  f->ledger = wattle_ledger_store_load (f->database, f->device->chain, &error);
  g_assert_no_error (error);
  f->outbox = wattle_outbox_new (f->database, f->device->id, REAL_CLOUD_UNIT, f->client, f->cloud->passport, f->ledger);
  wattle_outbox_set_pauses (f->outbox, 20, 100);
  g_signal_connect (f->outbox, "consent-confirmed", G_CALLBACK (on_confirmed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wattle_outbox_stop (f->outbox);
  g_object_unref (f->outbox);
  g_object_unref (f->ledger);
  g_object_unref (f->database);
  wattle_device_record_free (f->device);
  g_object_unref (f->client);
  g_free (f->account);
  real_cloud_free (f->cloud);
}

/* The person decides about one purpose. */
static void
decide (Fixture *f, const char *purpose, WattleConsentState state)
{
  g_autoptr (GError) error = NULL;
  const WattleLedgerRecord *record
      = wattle_ledger_decide (f->ledger, f->cloud->passport, purpose, state, "en", 0, 1700000000, &error);
  g_auto (GStrv) given = wattle_ledger_get_given (f->ledger, 1700000000);
  WattleDelivery delivery = { .device = f->device->id, .place = WATTLE_PLACE_CLOUD, .allowed_ids = given, .since = 1 };

  g_assert_no_error (error);
  delivery.version = wattle_devices_next_consent_version (f->database, f->device->id, NULL);
  delivery.record_sha256 = record->hash;
  g_assert_true (wattle_deliveries_add (f->database, &delivery, NULL));
}

static void
take_readings (Fixture *f, guint32 from, guint n, guint32 purposes)
{
  g_autofree WattleReading *readings = g_new0 (WattleReading, n);

  for (guint i = 0; i < n; i++)
    readings[i] = (WattleReading){ from + i, 1700000000 + i, 21000 + (gint32)i, purposes };
  g_assert_true (wattle_readings_insert (f->database, f->device->id, readings, n, NULL));
}

static void
wait_for (Fixture *f, WattleOutboxState state)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (wattle_outbox_get_state (f->outbox) != state && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, state);
}

/* How many readings of a purpose the cloud has, asked page by page. */
static guint
count_in_cloud (Fixture *f, const char *purpose)
{
  guint n = 0;
  guint32 after = 0;

  for (;;) {
    GAsyncResult *waiting = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) readings = NULL;

    wattle_cloud_client_get_readings_async (f->client, REAL_CLOUD_UNIT, purpose, after, NULL, real_cloud_on_done,
                                            &waiting);
    result = real_cloud_await (&waiting);
    readings = wattle_cloud_client_get_readings_finish (f->client, result, &error);
    g_assert_no_error (error);
    if (readings->len == 0)
      return n;
    n += readings->len;
    after = g_array_index (readings, WattleReading, readings->len - 1).sequence;
  }
}

static void
test_nothing_to_do (Fixture *f, gconstpointer data)
{
  wattle_outbox_wake (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_IDLE);
  wattle_outbox_network_is_back (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_IDLE);
  g_assert_null (wattle_outbox_get_error (f->outbox));
}

/* A reading that may be used is not sent because it may, but because the
 * person says yes at this moment. */
static void
test_nothing_without_yes (Fixture *f, gconstpointer data)
{
  take_readings (f, 1, 10, 1 | HISTORY | IMPROVEMENT);
  wattle_outbox_wake (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_IDLE);

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 10);
  g_assert_cmpuint (count_in_cloud (f, "product-improvement"), ==, 0);
}

static void
test_consent_then_readings (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleDelivery) outstanding = NULL;
  g_autoptr (GPtrArray) deliveries = NULL;
  gint64 since;

  take_readings (f, 1, 1200, 1 | HISTORY);
  take_readings (f, 1201, 5, 1); /* taken when it was not allowed */
  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_SENDING);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_cmpuint (f->confirmed, ==, 1);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 1200);

  /* The answer is kept twice: for the delivery and in the ledger. */
  outstanding = wattle_deliveries_outstanding (f->database, f->device->id, WATTLE_PLACE_CLOUD, NULL);
  g_assert_null (outstanding);
  deliveries = wattle_deliveries_list (f->database, f->device->id, NULL);
  g_assert_cmpuint (g_bytes_get_size (((WattleDelivery *)deliveries->pdata[0])->statement), >, 100);
  g_assert_true (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_CLOUD, &since));

  take_readings (f, 2000, 3, 1 | HISTORY);
  wattle_outbox_wake (f->outbox);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 1203);
}

static void
test_withdrawal (Fixture *f, gconstpointer data)
{
  take_readings (f, 1, 600, 1 | HISTORY);
  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  while (f->confirmed == 0)
    g_main_context_iteration (NULL, TRUE);

  /* In the middle of sending: what is under way is broken off. */
  decide (f, "cloud-history", WATTLE_CONSENT_WITHDRAWN);
  wattle_outbox_wake (f->outbox);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_cmpuint (f->confirmed, ==, 2);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 0);
  take_readings (f, 700, 1, 1 | HISTORY);
  wattle_outbox_wake (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_IDLE);
}

static void
test_cloud_away (Fixture *f, gconstpointer data)
{
  real_cloud_stop (f->cloud);
  take_readings (f, 1, 5, 1 | HISTORY);
  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  wait_for (f, WATTLE_OUTBOX_WAITING);
  g_assert_error (wattle_outbox_get_error (f->outbox), WATTLE_ERROR, WATTLE_ERROR_CLOUD_UNREACHABLE);

  /* Readings are no reason to hurry, a decision and the network are. */
  wattle_outbox_set_pauses (f->outbox, 600 * 1000, 600 * 1000);
  wait_for (f, WATTLE_OUTBOX_SENDING);
  wait_for (f, WATTLE_OUTBOX_WAITING);
  wattle_outbox_wake (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_WAITING);
  decide (f, "product-improvement", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_SENDING);
  wait_for (f, WATTLE_OUTBOX_WAITING);

  real_cloud_start (f->cloud);
  wattle_outbox_network_is_back (f->outbox);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_null (wattle_outbox_get_error (f->outbox));
  g_assert_cmpuint (f->confirmed, ==, 2);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 5);
}

/* A second outbox, as after a crash that lost what had been sent. */
static void
test_repeat (Fixture *f, gconstpointer data)
{
  take_readings (f, 1, 5, 1 | HISTORY);
  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_true (wattle_readings_set_sent (f->database, f->device->id, "cloud-history", 0, NULL));
  wattle_outbox_wake (f->outbox);
  wait_for (f, WATTLE_OUTBOX_IDLE);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 5);
}

/* A receipt by another key than the passport's is no answer. */
static void
test_forged_receipt (Fixture *f, gconstpointer data)
{
  RealCloud *other = real_cloud_new ();
  g_autoptr (WattleOutbox) outbox
      = wattle_outbox_new (f->database, f->device->id, REAL_CLOUD_UNIT, f->client, other->passport, f->ledger);
  g_autoptr (WattleDelivery) outstanding = NULL;

  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (outbox);
  while (wattle_outbox_get_state (outbox) == WATTLE_OUTBOX_SENDING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (wattle_outbox_get_state (outbox), ==, WATTLE_OUTBOX_WAITING);
  g_assert_error (wattle_outbox_get_error (outbox), WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE);
  outstanding = wattle_deliveries_outstanding (f->database, f->device->id, WATTLE_PLACE_CLOUD, NULL);
  g_assert_nonnull (outstanding);
  g_assert_false (wattle_ledger_is_confirmed (f->ledger, "cloud-history", WATTLE_EVIDENCE_CLOUD, NULL));
  wattle_outbox_stop (outbox);
  real_cloud_free (other);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleOutbox) gone = g_object_ref (f->outbox);

  take_readings (f, 1, 5, 1 | HISTORY);
  decide (f, "cloud-history", WATTLE_CONSENT_GIVEN);
  wattle_outbox_wake (f->outbox);
  wattle_outbox_stop (f->outbox);
  wattle_outbox_wake (f->outbox);
  for (int i = 0; i < 100; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_assert_cmpint (wattle_outbox_get_state (f->outbox), ==, WATTLE_OUTBOX_STOPPED);
  g_assert_cmpuint (f->confirmed, ==, 0);
  g_assert_cmpuint (count_in_cloud (f, "cloud-history"), ==, 0);
}

static void
test_pauses (void)
{
  const guint expected[] = { 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600 };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (wattle_outbox_pause (5, 3600, i + 1), ==, expected[i]);
  g_assert_cmpuint (wattle_outbox_pause (5000, 3600000, G_MAXUINT), ==, 3600000);
}

#define ADD(name, func) g_test_add ("/outbox/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-to-do", test_nothing_to_do);
  ADD ("nothing-without-yes", test_nothing_without_yes);
  ADD ("consent-then-readings", test_consent_then_readings);
  ADD ("withdrawal", test_withdrawal);
  ADD ("cloud-away", test_cloud_away);
  ADD ("repeat", test_repeat);
  ADD ("forged-receipt", test_forged_receipt);
  ADD ("stop", test_stop);
  g_test_add_func ("/outbox/pauses", test_pauses);
  return g_test_run ();
}
