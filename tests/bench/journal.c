/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wipe plan through all of its transitions on a real database, with
 * tests/lib/power.c preloaded, which counts syncs:
 *
 *   journal DATABASE COUNTS
 *
 * Prints a line per transition and fails where one is not exactly one sync.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "daemon/store/wipes.h"

static const guint64 *counts;
static guint wrong;

static void
transition (const char *name, WattleWipePlace place, gboolean done, guint64 before)
{
  guint64 syncs = counts[0] - before;

  if (!done)
    g_error ("%s was refused", name);
  if (syncs != 1)
    wrong++;
  g_print ("%-6s %-13s %" G_GUINT64_FORMAT " fdatasync\n", name,
           place < WATTLE_WIPE_N_PLACES ? wattle_wipe_place_name (place) : "", syncs);
}

static void
run (WattleWipePlan *plan)
{
  static const WattleWipePlace skipped[] = { WATTLE_WIPE_CLOUD_DATA, WATTLE_WIPE_CLOUD_ACCOUNT, WATTLE_WIPE_DEVICE };
  static const WattleWipePlace local[] = { WATTLE_WIPE_KEYRING, WATTLE_WIPE_RECORDS };
  guint64 before = counts[0];

  transition ("begin", WATTLE_WIPE_N_PLACES, wattle_wipe_plan_begin (plan, NULL), before);
  for (gsize i = 0; i < G_N_ELEMENTS (skipped); i++) {
    before = counts[0];
    transition ("skip", skipped[i], wattle_wipe_plan_skip (plan, skipped[i], NULL), before);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (local); i++) {
    WattleEvidence *evidence = wattle_evidence_new_local (3, 1770000000);

    before = counts[0];
    transition ("start", local[i], wattle_wipe_plan_start (plan, local[i], NULL), before);
    before = counts[0];
    transition ("finish", local[i], wattle_wipe_plan_finish (plan, local[i], evidence, 1770000000, NULL), before);
    wattle_evidence_unref (evidence);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (WattleDatabase) database = NULL;
  g_autoptr (WattleWipePlan) plan = wattle_wipe_plan_new (0, 1770000000);
  g_autoptr (GError) error = NULL;
  WattleWipeJournal journal = { NULL, "0123456789abcdef", 0x00010001, "Thermometer",
                                "0000000000000000000000000000000000000000000000000000000000000000" };
  int fd;

  if (argc != 3 || (fd = open (argv[2], O_RDONLY)) < 0)
    g_error ("usage: journal DATABASE COUNTS, with power.c preloaded");
  counts = mmap (NULL, sizeof (guint64), PROT_READ, MAP_SHARED, fd, 0);
  journal.database = database = wattle_database_open (argv[1], &error);
  if (database == NULL)
    g_error ("%s", error->message);
  wattle_wipe_plan_set_journal (plan, wattle_wipe_journal_write, &journal);
  run (plan);
  return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
