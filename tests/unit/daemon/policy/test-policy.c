/* SPDX-License-Identifier: Apache-2.0 */
/* The policy table against the interface definition, and its decisions. */
#include <gio/gio.h>
#include <string.h>

#include "common/error.h"
#include "daemon/policy/policy.h"
#include "wattle-bus.h"

#define PREFIX "org.wattle.Companion1."

static GDBusInterfaceInfo *(*const interfaces[]) (void) = {
  wattle_bus_manager_interface_info, wattle_bus_candidate_interface_info, wattle_bus_passport_interface_info,
  wattle_bus_device_interface_info,  wattle_bus_consent_interface_info,   wattle_bus_wipe_interface_info,
  wattle_bus_update_interface_info,  wattle_bus_job_interface_info,
};

/* Every method and writable property that we serve has exactly one row, and no row is left over. */
static void
test_complete (void)
{
  gsize served = 0, rows = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (interfaces); i++) {
    GDBusInterfaceInfo *info = interfaces[i]();

    for (gsize m = 0; info->methods != NULL && info->methods[m] != NULL; m++, served++) {
      g_test_message ("%s.%s", info->name, info->methods[m]->name);
      g_assert_nonnull (wattle_policy_find (info->name, info->methods[m]->name));
    }
    for (gsize p = 0; info->properties != NULL && info->properties[p] != NULL; p++) {
      g_autofree char *name = g_strconcat ("Set:", info->properties[p]->name, NULL);

      if (!(info->properties[p]->flags & G_DBUS_PROPERTY_INFO_FLAGS_WRITABLE))
        continue;
      g_assert_nonnull (wattle_policy_find (info->name, name));
      served++;
    }
  }
  while (wattle_policy_nth (rows) != NULL)
    rows++;
  g_assert_cmpuint (served, >, 20);
  g_assert_cmpuint (rows, ==, served);
}

static void
test_unknown (void)
{
  g_assert_null (wattle_policy_find (PREFIX "Manager", "Explode"));
  g_assert_null (wattle_policy_find ("org.example.Manager", "StartDiscovery"));
  g_assert_null (wattle_policy_find ("Manager", "StartDiscovery"));
}

static const struct {
  const char *interface;
  const char *method;
  const char *state;
  int expected; /* an error code, -1 = allowed */
} decisions[] = {
  { PREFIX "Candidate", "Open", "unowned", -1 },
  { PREFIX "Candidate", "Open", "locked", -1 },
  { PREFIX "Candidate", "Open", "opening", WATTLE_ERROR_BUSY },
  { PREFIX "Candidate", "Open", "must-change-password", WATTLE_ERROR_BUSY },
  { PREFIX "Candidate", "Open", "wiping", WATTLE_ERROR_BUSY },
  { PREFIX "Candidate", "Open", "un", WATTLE_ERROR_NOT_ALLOWED },
  { PREFIX "Candidate", "Open", "", WATTLE_ERROR_NOT_ALLOWED },
  { PREFIX "Candidate", "Open", NULL, WATTLE_ERROR_NOT_ALLOWED },
  { PREFIX "Candidate", "Finish", "unowned", WATTLE_ERROR_NOT_ALLOWED },
  { PREFIX "Candidate", "Finish", "finishing", WATTLE_ERROR_BUSY },
  { PREFIX "Candidate", "Close", "finishing", WATTLE_ERROR_BUSY },
  { PREFIX "Device", "Export", "away", -1 },
  { PREFIX "Device", "Export", "wiping", WATTLE_ERROR_BUSY },
  { PREFIX "Device", "Connect", "wiping", -1 },
  { PREFIX "Consent", "Withdraw", "problem", -1 },
  { PREFIX "Wipe", "Start", "wiping", WATTLE_ERROR_BUSY },
  { PREFIX "Wipe", "GiveUpCloud", "wiping", -1 },
  { PREFIX "Wipe", "GiveUpCloud", "connected", WATTLE_ERROR_NOT_ALLOWED },
  { PREFIX "Update", "AcceptImage", "alert", -1 },
  { PREFIX "Update", "AcceptImage", "connected", WATTLE_ERROR_NOT_ALLOWED },
  { PREFIX "Update", "Install", "installing", WATTLE_ERROR_BUSY },
  { PREFIX "Job", "Cancel", "running", -1 },
  { PREFIX "Job", "Cancel", "done", WATTLE_ERROR_NOT_ALLOWED },
};

static void
test_states (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (decisions); i++) {
    g_autoptr (GError) error = NULL;
    const WattlePolicyRule *rule = wattle_policy_find (decisions[i].interface, decisions[i].method);
    gboolean allowed = wattle_policy_check (rule, decisions[i].state, NULL, &error);

    g_test_message ("%s in %s", decisions[i].method, decisions[i].state);
    g_assert_cmpint (allowed, ==, decisions[i].expected < 0);
    if (allowed)
      g_assert_no_error (error);
    else
      g_assert_error (error, WATTLE_ERROR, decisions[i].expected);
  }
}

static void
test_store_problem (void)
{
  g_autoptr (GError) problem
      = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT, "The database is damaged.");
  g_autoptr (GError) error = NULL;

  g_assert_false (wattle_policy_check (wattle_policy_find (PREFIX "Manager", "ListReceipts"), NULL, problem, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT);
  g_assert_cmpstr (error->message, ==, problem->message);
  g_assert_true (wattle_policy_check (wattle_policy_find (PREFIX "Passport", "GetNotice"), NULL, problem, NULL));
  g_assert_false (wattle_policy_check (wattle_policy_find (PREFIX "Manager", "GetLog"), NULL, problem, NULL));
}

/* What destroys or shares goes before the person, with a sentence to read. */
static void
test_actions (void)
{
  static const char *const asked[][3] = {
    { PREFIX "Wipe", "Start", "wipe" },
    { PREFIX "Wipe", "DeclareLost", "wipe" },
    { PREFIX "Wipe", "GiveUpCloud", "give-up-cloud" },
    { PREFIX "Device", "Export", "export" },
    { PREFIX "Manager", "RevealNextCode", "reveal-next-code" },
    { PREFIX "Update", "AcceptImage", "accept-image" },
    { PREFIX "Update", "Install", "install" },
  };
  gsize actions = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (asked); i++)
    g_assert_cmpstr (wattle_policy_find (asked[i][0], asked[i][1])->action, ==, asked[i][2]);
  for (gsize i = 0; wattle_policy_nth (i) != NULL; i++) {
    const WattlePolicyRule *rule = wattle_policy_nth (i);

    actions += rule->action != NULL;
    g_assert_cmpint (rule->action != NULL, ==, rule->sentence != NULL);
  }
  g_assert_cmpuint (actions, ==, G_N_ELEMENTS (asked));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/complete", test_complete);
  g_test_add_func ("/policy/unknown", test_unknown);
  g_test_add_func ("/policy/states", test_states);
  g_test_add_func ("/policy/store-problem", test_store_problem);
  g_test_add_func ("/policy/actions", test_actions);
  return g_test_run ();
}
