/* SPDX-License-Identifier: Apache-2.0 */
/* Devices near that are not ours. */
#include "cli/candidates.h"

#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "client/words.h"

gboolean
wattle_candidates_start (WattleCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_bus_manager_call_start_discovery (cli->manager, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_manager_call_start_discovery_finish (cli->manager, result, error);
}

void
wattle_candidates_stop (WattleCli *cli)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_bus_manager_call_stop_discovery (cli->manager, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  /* If it cannot be stopped it ends with us. */
  wattle_bus_manager_call_stop_discovery_finish (cli->manager, result, NULL);
}

static gboolean
is_complete (WattleBusCandidate *candidate)
{
  return candidate != NULL && wattle_bus_candidate_get_id (candidate) != NULL
         && wattle_bus_candidate_get_name (candidate) != NULL && wattle_bus_candidate_get_state (candidate) != NULL
         && wattle_bus_candidate_get_unit_id (candidate) != NULL;
}

/* Unknown (0) comes last. */
static int
by_signal (gconstpointer a, gconstpointer b)
{
  WattleBusCandidate *one = wattle_bus_object_peek_candidate (*(WattleBusObject *const *)a);
  WattleBusCandidate *other = wattle_bus_object_peek_candidate (*(WattleBusObject *const *)b);
  int x = wattle_bus_candidate_get_signal_strength (one);
  int y = wattle_bus_candidate_get_signal_strength (other);

  if (x != y)
    return (y != 0 ? y : G_MININT16) - (x != 0 ? x : G_MININT16);
  return g_strcmp0 (wattle_bus_candidate_get_id (one), wattle_bus_candidate_get_id (other));
}

GPtrArray *
wattle_candidates_list (WattleCli *cli)
{
  GPtrArray *candidates = g_ptr_array_new_with_free_func (g_object_unref);
  g_autolist (GDBusObject) all = g_dbus_object_manager_get_objects (cli->objects);

  for (GList *l = all; l != NULL; l = l->next) {
    WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (l->data);

    if (is_complete (candidate)) {
      g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (candidate), G_MAXINT);
      g_ptr_array_add (candidates, g_object_ref (l->data));
    }
  }
  g_ptr_array_sort (candidates, by_signal);
  return candidates;
}

WattleBusObject *
wattle_candidates_match (GPtrArray *candidates, const char *text, GError **error)
{
  g_autofree WattleNames *names = g_new0 (WattleNames, candidates->len + 1);
  int index;

  for (guint i = 0; i < candidates->len; i++) {
    WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (candidates->pdata[i]);

    names[i].id = wattle_bus_candidate_get_id (candidate);
    names[i].name = wattle_bus_candidate_get_name (candidate);
    names[i].unit = wattle_bus_candidate_get_unit_id (candidate);
  }
  index = wattle_client_match (text, names, candidates->len, error);
  return index >= 0 ? g_object_ref (candidates->pdata[index]) : NULL;
}

gboolean
wattle_candidate_is (WattleBusCandidate *candidate, const char *state)
{
  return g_strcmp0 (wattle_bus_candidate_get_state (candidate), state) == 0;
}

char *
wattle_candidate_describe (WattleBusCandidate *candidate)
{
  int signal = wattle_bus_candidate_get_signal_strength (candidate);
  const char *state = wattle_words (WATTLE_WORDS_CANDIDATE_STATE, wattle_bus_candidate_get_state (candidate));
  const char *distance = wattle_words_distance (signal);
  g_autofree char *name = wattle_text_clean (wattle_bus_candidate_get_name (candidate));

  if (signal == 0)
    return g_strdup_printf ("%s (%s): %s", name, wattle_bus_candidate_get_id (candidate), state);
  return g_strdup_printf ("%s (%s): %s, %s", name, wattle_bus_candidate_get_id (candidate), state, distance);
}
