/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of the warnings about the end of support. */
#include "daemon/device/support.h"
#include "daemon/store/support.h"
#include "tests/unit/daemon/store/util.h"

#define DAY G_GINT64_CONSTANT (24 * 60 * 60)

typedef struct {
  TestFolder folder;
  WattleDatabase *database;
  WattleServices *services;
  WattlePassport *passport; /* ends on 2032-03-01 */
  char *device;
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
  g_clear_object (&f->services);
  g_clear_object (&f->database);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("WATTLE_TEST_PASSPORTS"), "gumleaf-thermometer.json", NULL);
  g_autoptr (WattleDeviceRecord) record = test_device ("Kitchen", "{}");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;

  test_folder_set_up (&f->folder, data);
  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new (text, size);
  f->passport = wattle_passport_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wattle_passport_get_support_end (f->passport), ==, "2032-03-01");
  open_all (f);
  wattle_devices_put (f->database, record, &error);
  g_assert_no_error (error);
  f->device = g_strdup (record->id);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close_all (f);
  g_clear_object (&f->passport);
  g_free (f->device);
  test_folder_tear_down (&f->folder, data);
}

static gint64
at (const char *text)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone);

  return g_date_time_to_unix (time);
}

/* As after a restart. */
static void
reload (Fixture *f, WattleSupport **support)
{
  g_clear_object (support);
  close_all (f);
  open_all (f);
  *support = wattle_support_new (f->services, f->device, f->passport);
}

static void
test_once (Fixture *f, gconstpointer data)
{
  static const char *const times[] = { "2031-03-05T12:00:00", "2032-02-10T12:00:00", "2032-03-02T00:00:00" };
  static const WattleSupportStage stages[] = { WATTLE_SUPPORT_12_MONTHS, WATTLE_SUPPORT_1_MONTH, WATTLE_SUPPORT_ENDED };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autoptr (WattleSupport) support = NULL;
    const WattleSupportState *state;
    g_autoptr (GError) error = NULL;

    reload (f, &support);
    state = wattle_support_look (support, at (times[i]));
    g_assert_true (state->due);
    g_assert_cmpuint (state->stage, ==, stages[i]);
    reload (f, &support); /* before it was told */
    g_assert_true (wattle_support_look (support, at (times[i]) + 5)->due);
    wattle_support_told (support, stages[i], "Told.", at (times[i]) + 5, &error);
    g_assert_no_error (error);
    g_assert_false (wattle_support_look (support, at (times[i]) + 6)->due);
    reload (f, &support);
    g_assert_false (wattle_support_look (support, at (times[i]) + 10)->due);
    g_assert_false (wattle_support_look (support, at (times[i]) - 10 * DAY)->due);
  }
}

static void
test_snooze (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleSupport) support = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now = at ("2032-02-20T12:00:00"), until = 0;

  reload (f, &support);
  g_assert_false (wattle_support_snooze (support, 5, at ("2030-01-01T12:00:00"), &until, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  g_assert_false (wattle_support_snooze (support, 0, now, &until, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  /* Put off before it could be told: then it was seen. */
  g_assert_true (wattle_support_look (support, now)->due);
  g_assert_true (wattle_support_snooze (support, 5, now, &until, &error));
  g_assert_cmpint (until, ==, now + 5 * DAY);
  g_assert_false (wattle_support_look (support, now + 1)->due);
  reload (f, &support);
  g_assert_false (wattle_support_look (support, now + 5 * DAY - 1)->due);
  g_assert_true (wattle_support_look (support, now + 5 * DAY)->due);

  /* Not past what is new to tell. */
  g_assert_true (wattle_support_snooze (support, 30, now, &until, &error));
  g_assert_cmpint (until, ==, at ("2032-03-01T00:00:00"));
}

static void
test_switch (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleSupport) support = NULL;
  g_autoptr (GError) error = NULL;

  reload (f, &support);
  g_assert_true (wattle_support_get_relays (support));
  wattle_support_set_relays (support, FALSE, 1900000000, &error);
  g_assert_no_error (error);
  reload (f, &support);
  g_assert_false (wattle_support_get_relays (support));
  wattle_support_set_relays (support, TRUE, 1900000001, &error);
  g_assert_no_error (error);
  reload (f, &support);
  g_assert_true (wattle_support_get_relays (support));
}

/* What a wipe leaves. */
static void
test_erased (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleSupport) support = NULL;
  g_autoptr (GError) error = NULL;
  WattleSupportShown shown;
  gint64 stopped;

  reload (f, &support);
  wattle_support_told (support, WATTLE_SUPPORT_ENDED, "Told.", 2000000000, &error);
  wattle_support_set_relays (support, FALSE, 2000000000, &error);
  g_assert_true (wattle_support_store_load (f->database, f->device, "2032-03-01", &shown, &stopped, &error));
  g_assert_cmpint (shown.told_at[WATTLE_SUPPORT_ENDED], ==, 2000000000);
  g_assert_cmpint (stopped, ==, 2000000000);
  g_assert_true (wattle_devices_erase (f->database, f->device, &error));
  g_assert_true (wattle_support_store_load (f->database, f->device, "2032-03-01", &shown, &stopped, &error));
  g_assert_cmpint (shown.told_at[WATTLE_SUPPORT_ENDED], ==, 0);
  g_assert_cmpint (stopped, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/support/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("once", test_once);
  ADD ("snooze", test_snooze);
  ADD ("switch", test_switch);
  ADD ("erased", test_erased);
  return g_test_run ();
}
