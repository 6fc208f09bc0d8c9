/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of `wattle setup`. */
#include "cli/setup-ask.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#include "cli/candidates.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/purposes.h"
#include "cli/secret.h"
#include "cli/terminal.h"
#include "client/words.h"

#define SETTLE_MS 1500 /* after the first device, for its neighbours */
#define HINT_MS 15000  /* without any, before we say what may be wrong */
#define GIVE_UP_MS (5 * 60 * 1000)

typedef struct {
  WattleCli *cli;
  gboolean join;
} Look;

static gboolean
can_be_chosen (WattleBusCandidate *candidate, gboolean join)
{
  if (join)
    return wattle_candidate_is (candidate, "owned");
  return wattle_candidate_is (candidate, "unowned") || wattle_candidate_is (candidate, "locked");
}

/* Those that can be set up; of WattleBusObject. */
static GPtrArray *
list_choices (const Look *look)
{
  GPtrArray *all = wattle_candidates_list (look->cli);

  for (guint i = all->len; i > 0; i--)
    if (!can_be_chosen (wattle_bus_object_peek_candidate (all->pdata[i - 1]), look->join))
      g_ptr_array_remove_index (all, i - 1);
  return all;
}

static gboolean
found_any (gpointer data)
{
  g_autoptr (GPtrArray) choices = list_choices (data);

  return choices->len > 0;
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

/* Waits for the first device; what may be wrong is said once. */
static gboolean
look_for_any (Look *look, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean found;

  wattle_terminal_status (look->cli,
                          look->join ? _ ("Looking for devices of your household…") : _ ("Looking for new devices…"));
  found = wattle_loop_wait_until (look->cli, found_any, look, HINT_MS, &local);
  if (!found && local == NULL) {
    wattle_terminal_clear_status ();
    wattle_print_paragraph (0, _ ("None so far. Is the device switched on and near? If somebody had it before you, "
                                  "it must be reset by its button first. Ctrl-C ends the search."));
    wattle_terminal_status (look->cli, _ ("Still looking…"));
    found = wattle_loop_wait_until (look->cli, found_any, look, GIVE_UP_MS, &local);
  }
  if (found && local == NULL)
    wattle_loop_wait_until (look->cli, never, NULL, SETTLE_MS, &local);
  wattle_terminal_clear_status ();
  if (local == NULL && !found)
    g_set_error_literal (&local, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND, _ ("No device was found."));
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return found && (error == NULL || *error == NULL);
}

WattleBusObject *
wattle_setup_ask_candidate (WattleCli *cli, gboolean join, GError **error)
{
  Look look = { cli, join };

  for (;;) {
    g_autoptr (GPtrArray) choices = NULL;
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
    guint chosen;

    if (!look_for_any (&look, error))
      return NULL;
    choices = list_choices (&look);
    for (guint i = 0; i < choices->len; i++)
      g_ptr_array_add (lines, wattle_candidate_describe (wattle_bus_object_peek_candidate (choices->pdata[i])));
    g_ptr_array_add (lines, g_strdup (_ ("None of these: look again")));
    g_ptr_array_add (lines, NULL);

    wattle_print_heading (_ ("Found near you:"));
    if (!wattle_terminal_ask_choice (cli, _ ("Which one?"), (const char *const *)lines->pdata, &chosen, error))
      return NULL;
    if (chosen < choices->len)
      return g_object_ref (choices->pdata[chosen]);
  }
}

gboolean
wattle_setup_check_password (WattleCli *cli, WattleBusCandidate *candidate, const char *password,
                             WattleStrength *strength, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handle = wattle_secret_to_handle (password, &list, error);

  if (handle == NULL)
    return FALSE;
  wattle_bus_candidate_call_check_password (candidate, handle, list, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_candidate_call_check_password_finish (candidate, &strength->score, &strength->acceptable,
                                                          &strength->reasons, NULL, result, error);
}

/* Whether the person stays with @password. */
static gboolean
judge (WattleCli *cli, WattleBusCandidate *candidate, const char *password, gboolean *good, GError **error)
{
  WattleStrength strength = { 0 };
  g_auto (GStrv) reasons = NULL;

  if (!wattle_setup_check_password (cli, candidate, password, &strength, error))
    return FALSE;
  reasons = strength.reasons;
  *good = strength.acceptable;
  wattle_print_paragraphf (0, _ ("This password is %s."), wattle_words_strength (strength.score));
  for (char **reason = reasons; *reason != NULL; reason++)
    wattle_print_paragraph (2, *reason);
  if (!strength.acceptable)
    wattle_print_paragraph (0, _ ("Please choose another one."));
  return TRUE;
}

WattleSecret *
wattle_setup_ask_password (WattleCli *cli, WattleBusCandidate *candidate, GError **error)
{
  g_autoptr (WattleSecret) suggested = wattle_secret_suggest (cli, G_DBUS_PROXY (candidate), error);
  gboolean good = FALSE;

  if (suggested == NULL)
    return NULL;
  wattle_print ("\n");
  wattle_print_heading (_ ("A password for the device"));
  wattle_print_paragraph (0, _ ("The code from the label works only once. From now on a password of yours opens the "
                                "device."));
  for (gboolean first = TRUE;; first = FALSE) {
    g_autoptr (WattleSecret) password = wattle_secret_ask_new (cli, first ? suggested : NULL, error);

    if (password == NULL || !judge (cli, candidate, password, &good, error))
      return NULL;
    if (good)
      return g_steal_pointer (&password);
  }
}

gboolean
wattle_setup_ask_purpose (WattleCli *cli, gconstpointer purpose, guint number, guint count, gboolean *yes,
                          GError **error)
{
  g_autofree char *question = g_strdup_printf (_ ("Question %u of %u: do you allow this?"), number, count);

  wattle_print ("\n");
  wattle_purpose_print (purpose);
  return wattle_terminal_ask_yes_no (cli, question, yes, error);
}
