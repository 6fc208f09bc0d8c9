/* SPDX-License-Identifier: Apache-2.0 */
/* wattle complete: one possible word a line, for the shell's completion.  The
 * service is asked only if it runs: pressing Tab starts nothing. */
#include <glib/gi18n.h>

#include "cli/candidates.h"
#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/purposes.h"

static void
print_word (const char *word)
{
  g_autofree char *clean = wattle_text_clean (word);

  wattle_print_raw (clean);
  wattle_print_raw ("\n");
}

static void
complete_commands (WattleCli *cli, const char *argument)
{
  for (gsize i = 0; wattle_commands[i] != NULL; i++)
    if (!(wattle_commands[i]->flags & WATTLE_COMMAND_HIDDEN))
      print_word (wattle_commands[i]->name);
}

static void
print_option_word (const char *name)
{
  g_autofree char *word = g_strdup_printf ("--%s", name);

  print_word (word);
}

static void
complete_options (WattleCli *cli, const char *argument)
{
  const WattleCommand *command = argument != NULL ? wattle_command_find (argument) : NULL;

  for (const GOptionEntry *e = command != NULL ? command->options : NULL; e != NULL && e->long_name != NULL; e++)
    if (!(e->flags & G_OPTION_FLAG_HIDDEN))
      print_option_word (e->long_name);
  if (command != NULL && (command->flags & WATTLE_COMMAND_CONFIRMS))
    print_option_word ("yes");
  print_option_word ("json");
  print_option_word ("no-input");
  print_option_word ("help");
}

static gboolean
service_runs (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  gboolean runs = FALSE;

  if (bus == NULL)
    return FALSE;
  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "NameHasOwner", g_variant_new ("(s)", "org.wattle.Companion"),
                                       G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, 1000, NULL, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &runs);
  return runs;
}

static void
complete_devices (WattleCli *cli, const char *argument)
{
  g_autoptr (GPtrArray) devices = NULL;

  if (!service_runs () || !wattle_client_connect (cli, NULL))
    return;
  devices = wattle_client_list_devices (cli);
  for (guint i = 0; i < devices->len; i++)
    print_word (wattle_bus_device_get_name (wattle_bus_object_peek_device (devices->pdata[i])));
}

static void
complete_purposes (WattleCli *cli, const char *argument)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (GPtrArray) purposes = NULL;

  cli->no_input = TRUE;
  if (!service_runs () || !wattle_client_connect (cli, NULL))
    return;
  object = wattle_client_find_device (cli, argument, NULL);
  if (object == NULL)
    return;
  purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (wattle_bus_object_peek_consent (object)));
  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    if (purpose->consent)
      print_word (purpose->id);
  }
}

static void
complete_candidates (WattleCli *cli, const char *argument)
{
  g_autoptr (GPtrArray) all = NULL;

  if (!service_runs () || !wattle_client_connect (cli, NULL))
    return;
  all = wattle_candidates_list (cli);
  for (guint i = 0; i < all->len; i++)
    print_word (wattle_bus_candidate_get_id (wattle_bus_object_peek_candidate (all->pdata[i])));
}

static void
complete_receipts (WattleCli *cli, const char *argument)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) list = NULL;

  if (!service_runs () || !wattle_client_connect (cli, NULL))
    return;
  wattle_bus_manager_call_list_receipts (cli->manager, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_manager_call_list_receipts_finish (cli->manager, &list, result, NULL))
    return;
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) dict = g_variant_get_child_value (list, i);
    const char *id;

    if (g_variant_lookup (dict, "id", "&s", &id))
      print_word (id);
  }
}

static const struct {
  const char *what;
  void (*print) (WattleCli *cli, const char *argument);
} kinds[] = {
  { "commands", complete_commands },     { "options", complete_options },   { "devices", complete_devices },
  { "candidates", complete_candidates }, { "purposes", complete_purposes }, { "receipts", complete_receipts },
};

/* Knowing nothing to say is no failure. */
static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  for (gsize i = 0; arguments[0] != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (arguments[0], kinds[i].what))
      kinds[i].print (cli, arguments[1]);
  return TRUE;
}

const WattleCommand wattle_command_complete = {
  .name = "complete",
  .flags = WATTLE_COMMAND_HIDDEN,
  .arguments = "",
  .summary = N_ ("Words for the shell's completion"),
  .explanation = N_ ("Prints one possible word on each line."),
  .examples = N_ ("wattle complete devices  names of your devices"),
  .run = run,
};
