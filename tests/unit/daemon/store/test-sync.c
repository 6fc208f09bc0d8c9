/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A journal transition is one fdatasync, not more (slow on a phone's flash)
 * and not fewer (lost in a power cut).  Counted by standing in for the C
 * library's functions, which SQLite calls.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/store/readings.h"
#include "daemon/store/settings.h"
#include "daemon/store/wipes.h"
#include "util.h"

static guint syncs;

int
fdatasync (int fd)
{
  syncs++;
  return (int)syscall (SYS_fdatasync, fd);
}

int
fsync (int fd)
{
  syncs++;
  return (int)syscall (SYS_fsync, fd);
}

static void
assert_syncs (const char *what, guint expected)
{
  g_test_message ("%s: %u syncs", what, syncs);
  g_assert_cmpuint (syncs, ==, expected);
  syncs = 0;
}

static void
transitions (WattleDatabase *database, const char *wipe)
{
  WattleWipeJournal journal = { database, "0123456789abcdef", 1, "Thermometer", "" };
  g_autofree char *plan = g_strnfill (9000, 'p'); /* several pages */

  syncs = 0;
  for (guint step = 1; step <= 20; step++) {
    g_assert_true (wattle_wipe_journal_write (&journal, wipe, step, plan, NULL));
    assert_syncs ("a transition of the wipe journal", 1);
  }
  g_assert_true (wattle_database_begin (database, NULL));
  g_assert_true (wattle_wipe_journal_write (&journal, wipe, 21, plan, NULL));
  g_assert_true (wattle_wipes_finish (database, wipe, NULL, NULL));
  g_assert_true (wattle_database_commit (database, NULL));
  assert_syncs ("a transition of several parts", 1);
}

/* As a service does that has just started. */
static void
be_idle (void)
{
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (10000);
}

static void
test_one (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  WattleReading reading = { 1, 1, 1, 1 };
  g_autoptr (WattleDeviceRecord) device = test_device ("a", "{}");

  g_assert_cmpuint (syncs, >, 0); /* opening has been counted: so would be the rest */
  be_idle ();
  transitions (database, "00000000000000000000000000000001");
  g_assert_true (wattle_devices_put (database, device, NULL));
  assert_syncs ("a device kept", 1);
  g_assert_true (wattle_readings_insert (database, device->id, &reading, 1, NULL));
  assert_syncs ("a reading kept", 1);

  /* Also right after what writes a fresh log. */
  g_assert_true (wattle_database_checkpoint (database, NULL));
  transitions (database, "00000000000000000000000000000002");
  g_assert_true (wattle_database_scrub (database, NULL));
  transitions (database, "00000000000000000000000000000003");
  g_clear_object (&database);
  syncs = 0;
  database = test_open (f->path);
  assert_syncs ("opening", 0);
  be_idle ();
  transitions (database, "00000000000000000000000000000004");
  be_idle ();
  assert_syncs ("nothing to do", 0);
}

/* A commit never waits for a checkpoint: that is done when the loop is idle. */
static void
test_checkpoint (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autofree char *big = g_strnfill (100000, 'x');
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL);
  GStatBuf before, after;

  be_idle ();
  syncs = 0;
  for (guint i = 0; i < 200; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    g_assert_true (wattle_settings_set (database, name, big, NULL));
    assert_syncs ("a large commit", 1);
  }
  g_assert_cmpint (g_stat (f->path, &before), ==, 0);
  g_assert_true (g_main_context_pending (NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (g_stat (f->path, &after), ==, 0);
  g_assert_cmpint (after.st_size, >, before.st_size);
  g_assert_cmpint (after.st_size, >, 20000000 - 5000000);
  g_assert_cmpuint (syncs, >, 1);
  syncs = 0;
  g_assert_true (wattle_settings_set (database, "a", "b", NULL));
  assert_syncs ("a commit after a checkpoint", 1);
  g_assert_false (g_main_context_pending (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/sync/one", TestFolder, NULL, test_folder_set_up, test_one, test_folder_tear_down);
  g_test_add ("/store/sync/checkpoint", TestFolder, NULL, test_folder_set_up, test_checkpoint, test_folder_tear_down);
  return g_test_run ();
}
