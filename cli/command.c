/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, and what is the same for all of them. */
#include "cli/command.h"

#include <glib/gi18n.h>

/* clang-format off */
const WattleCommand *const wattle_commands[] = {
  &wattle_command_discover,
  &wattle_command_setup,
  &wattle_command_list,
  &wattle_command_show,
  &wattle_command_notice,
  &wattle_command_others,
  &wattle_command_consent,
  &wattle_command_support,
  &wattle_command_update,
  &wattle_command_readings,
  &wattle_command_rename,
  &wattle_command_connect,
  &wattle_command_disconnect,
  &wattle_command_password,
  &wattle_command_export,
  &wattle_command_wipe,
  &wattle_command_receipts,
  &wattle_command_certificate,
  &wattle_command_next_code,
  &wattle_command_log,
  &wattle_command_status,
  &wattle_command_help,
  &wattle_command_complete,
  NULL,
};
/* clang-format on */

static const struct {
  const char *other;
  const char *name;
} other_names[] = {
  { "problems", "status" }, { "delete", "wipe" }, { "remove", "wipe" },
  { "devices", "list" },    { "info", "show" },   { "privacy", "notice" },
};

const WattleCommand *
wattle_command_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (other_names); i++)
    if (g_str_equal (name, other_names[i].other))
      name = other_names[i].name;
  for (gsize i = 0; wattle_commands[i] != NULL; i++)
    if (g_str_equal (name, wattle_commands[i]->name))
      return wattle_commands[i];
  return NULL;
}

gboolean
wattle_command_check_arguments (char **arguments, guint least, guint most, GError **error)
{
  guint count = g_strv_length (arguments);

  if (count >= least && count <= most)
    return TRUE;
  if (count < least)
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("Something is missing. Add --help to see how the command goes."));
  else
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                 _ ("“%s” is too much here. A name with spaces needs quotes. Add --help to see how the command goes."),
                 arguments[most]);
  return FALSE;
}

GOptionContext *
wattle_command_new_context (const WattleCommand *command, WattleCli *cli)
{
  const GOptionEntry common[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &cli->json, NULL, NULL },
    { "no-input", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &cli->no_input, NULL, NULL },
    { 0 },
  };
  const GOptionEntry confirms[] = {
    { "yes", 'y', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &cli->yes, NULL, NULL },
    { 0 },
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, common, NULL);
  if (command == NULL)
    g_option_context_set_strict_posix (context, TRUE); /* what comes after the command is the command's */
  if (command != NULL && command->options != NULL)
    g_option_context_add_main_entries (context, command->options, NULL);
  if (command != NULL && (command->flags & WATTLE_COMMAND_CONFIRMS))
    g_option_context_add_main_entries (context, confirms, NULL);
  return context;
}
