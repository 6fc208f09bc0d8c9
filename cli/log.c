/* SPDX-License-Identifier: Apache-2.0 */
/* wattle log: what Wattle did. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "client/words.h"

static int last = 50;

static const GOptionEntry options[] = {
  { "last", 'n', G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &last, N_ ("Show the newest N only (50)"), N_ ("N") },
  { 0 },
};

static void
print_json (GVariant *entries)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  const char *device, *event, *sentence;
  GVariantIter iter;
  guint64 time;

  json_builder_begin_array (json);
  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_next (&iter, "(t&s&s&s)", &time, &device, &event, &sentence)) {
    json_builder_begin_object (json);
    wattle_json_time (json, "time", time);
    wattle_json_string (json, "device", *device != '\0' ? device : NULL);
    wattle_json_string (json, "event", event);
    wattle_json_string (json, "sentence", sentence);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  wattle_print_json (json);
}

/* The newest stands last, above the prompt. */
static void
print_text (GVariant *entries)
{
  for (gsize i = g_variant_n_children (entries); i > 0; i--) {
    g_autofree char *when = NULL;
    const char *sentence;
    guint64 time;

    g_variant_get_child (entries, i - 1, "(t&s&s&s)", &time, NULL, NULL, &sentence);
    when = wattle_words_time (time);
    wattle_print_paragraphf (0, "%s: %s", when, sentence);
  }
  if (g_variant_n_children (entries) == 0)
    wattle_print_paragraph (0, _ ("Nothing has happened yet."));
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) entries = NULL;
  const char *device = "";

  if (!wattle_command_check_arguments (arguments, 0, 1, error))
    return FALSE;
  if (last < 1) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("Show at least 1 entry."));
    return FALSE;
  }
  if (!wattle_client_connect (cli, error))
    return FALSE;
  if (arguments[0] != NULL) {
    object = wattle_client_find_device (cli, arguments[0], error);
    if (object == NULL)
      return FALSE;
    device = wattle_bus_device_get_id (wattle_bus_object_peek_device (object));
  }
  wattle_bus_manager_call_get_log (cli->manager, device, (guint)last, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_manager_call_get_log_finish (cli->manager, &entries, result, error))
    return FALSE;
  if (cli->json)
    print_json (entries);
  else
    print_text (entries);
  return TRUE;
}

const WattleCommand wattle_command_log = {
  .name = "log",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Check what Wattle did"),
  .explanation = N_ ("Shows what Wattle did and when, the newest last. It names each set-up, each wipe, what you "
                     "decided and each call to the manufacturer's cloud. No password, code or reading is in it."),
  .examples = N_ ("wattle log  the newest 50 entries\n"
                  "wattle log kitchen --last 5  the last few about one device"),
  .options = options,
  .run = run,
};
