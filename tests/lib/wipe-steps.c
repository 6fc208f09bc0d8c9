/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the wipe plan's own table, for the test that tries every step of it:
 * for each kind of wipe its places, one a line: kind, place, and who shows that
 * it is done.
 */
#include "privacy/wipe-plan.h"

static void
print_places (const char *kind, WattleWipePlan *plan)
{
  static const char *const by[] = { "device", "cloud", "computer" };

  for (WattleWipePlace place = 0; place < WATTLE_WIPE_N_PLACES; place++)
    if (wattle_wipe_plan_get_state (plan, place) != WATTLE_WIPE_NOT_NEEDED)
      g_print ("%s %s %s\n", kind, wattle_wipe_place_name (place), by[wattle_wipe_place_evidence (place)]);
}

int
main (void)
{
  g_autoptr (WattleWipePlan) whole = wattle_wipe_plan_new (0, 0);
  g_autoptr (WattleWipePlan) lost = wattle_wipe_plan_new (0, 0);
  g_autoptr (WattleWipePlan) without
      = wattle_wipe_plan_new (1 << WATTLE_WIPE_CLOUD_DATA | 1 << WATTLE_WIPE_CLOUD_ACCOUNT, 0);

  wattle_wipe_plan_declare_lost (lost, NULL);
  print_places ("whole", whole);
  print_places ("no-account", without);
  print_places ("lost", lost);
  return 0;
}
