/* SPDX-License-Identifier: Apache-2.0 */
/* wattle discover: which new devices are near. */
#include <glib/gi18n.h>

#include "cli/candidates.h"
#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"

#define DEFAULT_SECONDS 10

static int seconds = DEFAULT_SECONDS;

static const GOptionEntry options[] = {
  { "timeout", 't', G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &seconds, N_ ("How long to look, in seconds"),
    N_ ("SECONDS") },
  { 0 },
};

typedef struct {
  WattleCli *cli;
  GHashTable *told; /* ids */
} Search;

static void
print_candidate_json (JsonBuilder *json, WattleBusCandidate *candidate)
{
  json_builder_begin_object (json);
  wattle_json_string (json, "id", wattle_bus_candidate_get_id (candidate));
  wattle_json_string (json, "name", wattle_bus_candidate_get_name (candidate));
  wattle_json_string (json, "unit_id", wattle_bus_candidate_get_unit_id (candidate));
  wattle_json_int (json, "product", wattle_bus_candidate_get_product (candidate));
  wattle_json_string (json, "link", wattle_bus_candidate_get_link (candidate));
  wattle_json_int (json, "signal_strength", wattle_bus_candidate_get_signal_strength (candidate));
  wattle_json_string (json, "state", wattle_bus_candidate_get_state (candidate));
  wattle_json_time (json, "locked_until", wattle_bus_candidate_get_locked_until (candidate));
  json_builder_end_object (json);
}

static void
print_json (GPtrArray *found)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_array (json);
  for (guint i = 0; i < found->len; i++)
    print_candidate_json (json, wattle_bus_object_peek_candidate (found->pdata[i]));
  json_builder_end_array (json);
  wattle_print_json (json);
}

/* Never ready: looks until time is up, telling what is new. */
static gboolean
tell_new (gpointer data)
{
  Search *search = data;
  g_autoptr (GPtrArray) found = wattle_candidates_list (search->cli);

  for (guint i = 0; i < found->len; i++) {
    WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (found->pdata[i]);
    g_autofree char *line = NULL;

    if (search->cli->json || !g_hash_table_add (search->told, g_strdup (wattle_bus_candidate_get_id (candidate))))
      continue;
    line = wattle_candidate_describe (candidate);
    wattle_terminal_clear_status ();
    wattle_print_paragraph (0, line);
    wattle_output_flush (NULL);
  }
  if (wattle_terminal_is_interactive (search->cli))
    wattle_terminal_status (search->cli, _ ("Looking for new devices…"));
  return FALSE;
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) stopped = NULL;
  Search search = { cli, told };

  if (!wattle_command_check_arguments (arguments, 0, 0, error))
    return FALSE;
  if (seconds < 1 || seconds > 3600) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("Look for 1 to 3600 seconds."));
    return FALSE;
  }
  if (!wattle_client_connect (cli, error) || !wattle_candidates_start (cli, error))
    return FALSE;

  wattle_loop_wait_until (cli, tell_new, &search, (guint)seconds * 1000, &stopped);
  wattle_terminal_clear_status ();
  if (stopped != NULL) {
    g_propagate_error (error, g_steal_pointer (&stopped));
    return FALSE;
  }
  found = wattle_candidates_list (cli);
  wattle_candidates_stop (cli);

  if (cli->json)
    print_json (found);
  if (found->len > 0)
    return TRUE;
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND,
                       _ ("No new device was found. Is it switched on and near? A device that belongs to somebody "
                          "and is connected to them may not show."));
  return FALSE;
}

const WattleCommand wattle_command_discover = {
  .name = "discover",
  .arguments = "",
  .summary = N_ ("Look for new devices near you"),
  .explanation = N_ ("Shows devices near you that are not yours yet, as they appear. Nothing is sent to them that "
                     "changes anything. The name in brackets is what “wattle setup” takes."),
  .examples = N_ ("wattle discover  look for ten seconds\n"
                  "wattle discover --timeout 60  look for a minute\n"
                  "wattle discover --json  for a script"),
  .options = options,
  .run = run,
};
