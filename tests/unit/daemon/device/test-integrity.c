/* SPDX-License-Identifier: Apache-2.0 */
/* Which image counts, what an alert is, and that none of it is forgotten. */
#include "daemon/device/integrity.h"
#include "daemon/store/log.h"
#include "tests/unit/daemon/store/util.h"

#define BIT(alert) (1u << WATTLE_ALERT_##alert)

typedef struct {
  TestFolder folder;
  WattleDatabase *database;
  WattleServices *services;
  char *device;
  WattleIntegrity *integrity;
} Fixture;

static void
open_all (Fixture *f)
{
  f->database = test_open (f->folder.path);
  f->services = wattle_services_new (f->database, NULL, NULL);
}

static void
close_all (Fixture *f)
{
  g_clear_object (&f->integrity);
  g_clear_object (&f->services);
  g_clear_object (&f->database);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleDeviceRecord) record = test_device ("Kitchen", "{}");

  test_folder_set_up (&f->folder, data);
  open_all (f);
  g_assert_true (wattle_devices_put (f->database, record, NULL));
  f->device = g_strdup (record->id);
  f->integrity = wattle_integrity_new (f->services, f->device);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close_all (f);
  g_free (f->device);
  test_folder_tear_down (&f->folder, data);
}

/* As after a restart. */
static void
reload (Fixture *f)
{
  close_all (f);
  open_all (f);
  f->integrity = wattle_integrity_new (f->services, f->device);
}

/* An image whose hash is @byte over and over. */
static wtl_Integrity
image (guint8 byte)
{
  wtl_Integrity told = { .image_confirmed = true, .boot_count = 7, .reset_cause = wtl_RESET_CAUSE_WATCHDOG };

  told.debug_port = wtl_DEBUG_PORT_LOCKED;
  told.flash_erases = 12;
  told.flash_cycles = 10000;
  told.image_sha256.size = 32;
  memset (told.image_sha256.bytes, byte, 32);
  return told;
}

static void
take (Fixture *f, wtl_Integrity told)
{
  wattle_integrity_take (f->integrity, &told, TRUE);
}

static void
assert_state (Fixture *f, WattleIntegrityState state, guint alerts)
{
  for (int i = 0; i < 2; i++) {
    const GError *problem = wattle_integrity_get_problem (f->integrity);

    g_assert_cmpint (wattle_integrity_get_state (f->integrity), ==, state);
    g_assert_cmphex (wattle_integrity_get_alerts (f->integrity), ==, alerts);
    if (alerts == 0)
      g_assert_null (problem);
    else
      g_assert_error (problem, WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT);
    reload (f);
  }
}

/* The events of the log, oldest first, by spaces. */
static char *
events (Fixture *f)
{
  g_autoptr (GPtrArray) log = wattle_log_list (f->database, f->device, 0, NULL);
  GString *out = g_string_new (NULL);

  for (guint i = log->len; i-- > 0;)
    g_string_append_printf (out, "%s%s", ((WattleLogEntry *)log->pdata[i])->event, i > 0 ? " " : "");
  return g_string_free (out, FALSE);
}

static void
assert_events (Fixture *f, const char *expected)
{
  g_autofree char *found = events (f);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_first (Fixture *f, gconstpointer data)
{
  const WattleIntegrityRecord *record;

  assert_state (f, WATTLE_INTEGRITY_UNKNOWN, 0);
  take (f, image (1));
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  record = wattle_integrity_get_record (f->integrity);
  g_assert_cmpuint (strlen (record->image), ==, 64);
  g_assert_true (g_str_has_prefix (record->image, "010101"));
  g_assert_cmpstr (wattle_integrity_get_accepted (f->integrity), ==, record->image);
  g_assert_cmpuint (record->boot_count, ==, 7);
  g_assert_cmpstr (wattle_integrity_cause_name (record->reset_cause), ==, "watchdog");
  g_assert_cmpstr (wattle_integrity_port_name (record->debug_port), ==, "locked");
  g_assert_cmpuint (record->flash_erases, ==, 12);
  g_assert_cmpuint (record->flash_cycles, ==, 10000);
  g_assert_true (record->can_install);
  g_assert_cmpint (record->time, >, 0);
  take (f, image (1));
  assert_events (f, "image-noted");
}

static void
test_changed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;

  take (f, image (1));
  first = g_strdup (wattle_integrity_get_accepted (f->integrity));
  take (f, image (2));
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (IMAGE_CHANGED));
  take (f, image (2));
  g_assert_false (wattle_integrity_accept (f->integrity, first, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_true (wattle_integrity_accept (f->integrity, wattle_integrity_get_record (f->integrity)->image, NULL));
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  /* One that counted before counts no more. */
  take (f, image (1));
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (IMAGE_CHANGED));
  take (f, image (2));
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  assert_events (f, "image-noted image-changed image-accepted image-changed image-back");
}

/* One that told before and tells no more is no better than one that tells another. */
static void
test_falls_silent (Fixture *f, gconstpointer data)
{
  wattle_integrity_take (f->integrity, NULL, FALSE);
  assert_state (f, WATTLE_INTEGRITY_UNKNOWN, 0);
  g_assert_cmpint (wattle_integrity_get_record (f->integrity)->time, ==, 0);
  take (f, image (1));
  wattle_integrity_take (f->integrity, NULL, FALSE);
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (IMAGE_CHANGED));
  g_assert_true (wattle_integrity_accept (f->integrity, "", NULL));
  assert_state (f, WATTLE_INTEGRITY_UNKNOWN, 0);
}

static void
test_told_alerts (Fixture *f, gconstpointer data)
{
  static const struct {
    guint32 bits;
    guint alerts;
  } cases[] = {
    { WTL_ALERT_IMAGE, BIT (UNKNOWN_IMAGE) },
    { WTL_ALERT_DEBUG_PORT, BIT (DEBUG_PORT_OPEN) },
    { WTL_ALERT_MEMORY | WTL_ALERT_DEBUG_PORT, BIT (MEMORY_WORN) | BIT (DEBUG_PORT_OPEN) },
    { 1u << 31, BIT (OTHER) },
    { G_MAXUINT32, BIT (UNKNOWN_IMAGE) | BIT (DEBUG_PORT_OPEN) | BIT (MEMORY_WORN) | BIT (OTHER) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    wtl_Integrity told = image (1);

    told.alerts = cases[i].bits;
    take (f, told);
    assert_state (f, WATTLE_INTEGRITY_ALERT, cases[i].alerts);
  }
  take (f, image (1));
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
}

static void
test_log_of_alerts (Fixture *f, gconstpointer data)
{
  take (f, image (1));
  wattle_integrity_take_alerts (f->integrity, WTL_ALERT_MEMORY);
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (MEMORY_WORN));
  wattle_integrity_take_alerts (f->integrity, WTL_ALERT_MEMORY);
  take (f, image (1));
  assert_events (f, "image-noted alert-began alert-ended");
}

/* What is not what was signed never counts: not as the first, nor because somebody says so. */
static void
test_unsigned (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  wtl_Integrity told = image (1);

  told.alerts = WTL_ALERT_IMAGE;
  take (f, told);
  g_assert_cmpstr (wattle_integrity_get_accepted (f->integrity), ==, "");
  take (f, image (2));
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  take (f, told);
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (UNKNOWN_IMAGE) | BIT (IMAGE_CHANGED));
  g_assert_false (wattle_integrity_accept (f->integrity, wattle_integrity_get_record (f->integrity)->image, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT);
}

static void
test_heard (Fixture *f, gconstpointer data)
{
  wtl_Integrity told = image (1);

  take (f, told);
  g_assert_true (wattle_integrity_heard_alert (f->integrity));
  g_assert_false (wattle_integrity_heard_alert (f->integrity));
  g_assert_cmphex (wattle_integrity_get_alerts (f->integrity), ==, BIT (ADVERTISED));
  /* The device knows better. */
  take (f, told);
  g_assert_cmphex (wattle_integrity_get_alerts (f->integrity), ==, 0);
  for (int i = 0; i < 100; i++) {
    wattle_integrity_heard_alert (f->integrity);
    take (f, told);
  }
  assert_events (f, "image-noted alert-heard"); /* nobody fills the log from outside */
  told.alerts = WTL_ALERT_DEBUG_PORT;
  take (f, told);
  g_assert_false (wattle_integrity_heard_alert (f->integrity));
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (DEBUG_PORT_OPEN));
}

static void
test_trial (Fixture *f, gconstpointer data)
{
  wtl_Integrity told = image (1);

  told.image_confirmed = false;
  take (f, told);
  assert_state (f, WATTLE_INTEGRITY_UNCONFIRMED, 0);
}

/* An update of ours explains a change, and counts once it stays. */
static void
test_offered (Fixture *f, gconstpointer data)
{
  g_autofree char *second = g_strnfill (64, '2');
  wtl_Integrity told = image (0x22);

  take (f, image (0x11));
  g_assert_true (wattle_integrity_store_add_image (f->database, f->device, second, WATTLE_IMAGE_OFFERED, 1, NULL));
  reload (f);
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  told.image_confirmed = false;
  take (f, told);
  assert_state (f, WATTLE_INTEGRITY_UNCONFIRMED, 0);
  take (f, image (0x11)); /* back */
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  take (f, image (0x33));
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (IMAGE_CHANGED));
  take (f, image (0x22));
  assert_state (f, WATTLE_INTEGRITY_FINE, 0);
  g_assert_cmpstr (wattle_integrity_get_accepted (f->integrity), ==, second);
  take (f, image (0x11));
  assert_state (f, WATTLE_INTEGRITY_ALERT, BIT (IMAGE_CHANGED));
}

/* Numbers and hashes out of bounds. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  wtl_Integrity told = image (1);

  told.reset_cause = (wtl_ResetCause)77;
  told.debug_port = (wtl_DebugPort)1000000;
  told.image_sha256.size = 31;
  told.boot_count = told.flash_erases = told.flash_cycles = G_MAXUINT32;
  take (f, told);
  reload (f);
  g_assert_cmpstr (wattle_integrity_get_record (f->integrity)->image, ==, "");
  g_assert_cmpuint (wattle_integrity_get_record (f->integrity)->boot_count, ==, G_MAXUINT32);
  g_assert_cmpstr (wattle_integrity_cause_name (77), ==, "unknown");
  g_assert_cmpstr (wattle_integrity_port_name (1000000), ==, "unknown");
  assert_state (f, WATTLE_INTEGRITY_UNKNOWN, 0);
  told.image_sha256.size = 65535;
  take (f, told);
  g_assert_cmpuint (strlen (wattle_integrity_get_record (f->integrity)->image), ==, 64);
}

static void
test_texts (void)
{
  for (WattleAlert i = 0; i < WATTLE_N_ALERTS; i++) {
    g_assert_cmpuint (strlen (wattle_alert_id (i)), >, 4);
    g_assert_cmpuint (strlen (wattle_alert_sentence (i)), >, 20);
  }
  g_assert_cmpint (wattle_alert_first (0), ==, WATTLE_N_ALERTS);
  g_assert_cmpint (wattle_alert_first (BIT (ADVERTISED) | BIT (MEMORY_WORN)), ==, WATTLE_ALERT_MEMORY_WORN);
}

#define ADD(name, function) g_test_add ("/integrity/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("first", test_first);
  ADD ("changed", test_changed);
  ADD ("falls-silent", test_falls_silent);
  ADD ("told-alerts", test_told_alerts);
  ADD ("log-of-alerts", test_log_of_alerts);
  ADD ("unsigned", test_unsigned);
  ADD ("heard", test_heard);
  ADD ("trial", test_trial);
  ADD ("offered", test_offered);
  ADD ("hostile", test_hostile);
  g_test_add_func ("/integrity/texts", test_texts);
  return g_test_run ();
}
