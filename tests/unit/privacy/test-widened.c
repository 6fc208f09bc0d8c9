/* SPDX-License-Identifier: Apache-2.0 */
/* Purposes that a newer passport widens: who has to decide again, and that silence is
 * no also where nobody had to be asked before. */
#include <string.h>

#include "common/error.h"
#include "privacy/notice-diff.h"
#include "support.h"

#define NOW G_GINT64_CONSTANT (1790000000)
#define NEEDED "local-readings"
#define ASKED "cloud-history"

static WattlePassport *
edited (const char *path, const char *value)
{
  g_autofree char *text = sample_edit (THERMOMETER, path, value);
  g_autoptr (GError) error = NULL;
  WattlePassport *passport = passport_from_text (text, &error);

  g_assert_no_error (error);
  return passport;
}

static gboolean
is_allowed (struct ledger_fixture *f, WattlePassport *passport, const char *purpose)
{
  return wattle_ledger_is_allowed (f->ledger, wattle_passport_find_purpose (passport, purpose), NOW);
}

static const WattleLedgerRecord *
lapse (struct ledger_fixture *f, WattlePassport *passport, const char *purpose, GError **error)
{
  return wattle_ledger_lapse (f->ledger, passport, purpose, WATTLE_CONSENT_OUTDATED, "en", NOW, error);
}

static void
test_needed (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (WattlePassport) after = edited ("purposes/0/dpv", "[\"dpv:ServiceProvision\",\"dpv:Advertising\"]");
  g_auto (GStrv) widened = wattle_notice_diff_list_widened (f->passport, after);
  g_autoptr (WattleLedger) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (widened), ==, 1);
  g_assert_cmpstr (widened[0], ==, NEEDED);
  g_assert_true (wattle_notice_diff_widens (f->passport, after, NEEDED));
  g_assert_false (wattle_notice_diff_widens (f->passport, after, ASKED));
  g_assert_true (is_allowed (f, f->passport, NEEDED));
  /* Nobody decides on what is needed, as long as it is what it was. */
  g_assert_null (wattle_ledger_decide (f->ledger, after, NEEDED, WATTLE_CONSENT_GIVEN, "en", 0, NOW, &error));
  assert_error (error, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_nonnull (lapse (f, after, NEEDED, &error));
  g_assert_no_error (error);
  g_assert_false (is_allowed (f, after, NEEDED));
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, after, NOW) & 1, ==, 0);
  /* The chain holds it. */
  again = wattle_ledger_load (&memory_store_vtable, &f->store, f->chain, wattle_ledger_get_head (f->ledger), &error);
  g_assert_no_error (error);
  g_assert_cmpint (wattle_ledger_get_state (again, NEEDED, NOW, NULL), ==, WATTLE_CONSENT_OUTDATED);
  g_assert_nonnull (wattle_ledger_decide (f->ledger, after, NEEDED, WATTLE_CONSENT_GIVEN, "en", 0, NOW + 1, &error));
  g_assert_no_error (error);
  g_assert_true (is_allowed (f, after, NEEDED));
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, after, NOW + 1) & 1, ==, 1);
}

static void
test_asked (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (WattlePassport) after = edited ("purposes/1/uses/0/country", "\"US\"");
  g_autoptr (GError) error = NULL;

  /* Without a yes there is nothing to end. */
  g_assert_null (lapse (f, after, ASKED, &error));
  assert_error (error, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_nonnull (wattle_ledger_decide (f->ledger, f->passport, ASKED, WATTLE_CONSENT_GIVEN, "en", 0, NOW, &error));
  g_assert_true (is_allowed (f, f->passport, ASKED));
  g_assert_true (wattle_notice_diff_widens (f->passport, after, ASKED));
  g_assert_nonnull (lapse (f, after, ASKED, &error));
  g_assert_false (is_allowed (f, after, ASKED));
  /* Once is enough. */
  g_assert_null (lapse (f, after, ASKED, &error));
  assert_error (error, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_null (lapse (f, after, "no-such", &error));
  assert_error (error, WATTLE_ERROR_NOT_FOUND);
}

/* A no stays a no when the maker leaves no choice any more. */
static void
test_no_stays_no (struct ledger_fixture *f, gconstpointer data)
{
  g_autoptr (WattlePassport) after = edited ("purposes/1/legal_basis", "\"needed\"");
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (wattle_ledger_decide (f->ledger, f->passport, ASKED, WATTLE_CONSENT_REFUSED, "en", 0, NOW, &error));
  g_assert_true (wattle_notice_diff_widens (f->passport, after, ASKED));
  g_assert_false (is_allowed (f, after, ASKED));
  g_assert_cmpuint (wattle_ledger_get_allowed (f->ledger, after, NOW) & 2, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/widened/needed", struct ledger_fixture, NULL, ledger_fixture_set_up, test_needed,
              ledger_fixture_tear_down);
  g_test_add ("/widened/asked", struct ledger_fixture, NULL, ledger_fixture_set_up, test_asked,
              ledger_fixture_tear_down);
  g_test_add ("/widened/no-stays-no", struct ledger_fixture, NULL, ledger_fixture_set_up, test_no_stays_no,
              ledger_fixture_tear_down);
  return g_test_run ();
}
