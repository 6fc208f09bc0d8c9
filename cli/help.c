/* SPDX-License-Identifier: Apache-2.0 */
/* wattle help: teaches by examples. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"

#define EXAMPLE_GAP "  " /* between a command and what it does */

static void
print_paragraphs (const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (char **p = paragraphs; *p != NULL; p++) {
    wattle_print_paragraph (0, *p);
    wattle_print ("\n");
  }
}

/* The command on one line, so that it can be copied, what it does below. */
static void
print_examples (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  wattle_print_heading (_ ("Examples:"));
  for (char **line = lines; *line != NULL; line++) {
    const char *gap = strstr (*line, EXAMPLE_GAP);
    int length = gap != NULL ? (int)(gap - *line) : (int)strlen (*line);

    wattle_print ("  %.*s\n", length, *line);
    if (gap != NULL)
      wattle_print_paragraph (6, gap + strlen (EXAMPLE_GAP));
  }
  wattle_print ("\n");
}

static void
print_option (const GOptionEntry *entry)
{
  g_autofree char *head = NULL;
  g_autofree char *letter = entry->short_name != 0 ? g_strdup_printf ("-%c, ", entry->short_name) : g_strdup ("");

  if (entry->flags & G_OPTION_FLAG_HIDDEN)
    return;
  head = g_strdup_printf ("%s--%s%s%s", letter, entry->long_name, entry->arg_description != NULL ? " " : "",
                          entry->arg_description != NULL ? _ (entry->arg_description) : "");
  wattle_print ("  %s\n", head);
  wattle_print_paragraph (6, _ (entry->description));
}

static void
print_common_options (gboolean confirms)
{
  if (confirms) {
    wattle_print ("  --yes\n");
    wattle_print_paragraph (6, _ ("Do not ask whether you mean it"));
  }
  wattle_print ("  --json\n");
  wattle_print_paragraph (6, _ ("Answer with one JSON document, ask nothing"));
  wattle_print ("  --no-input\n");
  wattle_print_paragraph (6, _ ("Ask nothing; fail where an answer is missing"));
  wattle_print ("  -h, --help\n");
  wattle_print_paragraph (6, _ ("Show this help"));
}

void
wattle_help_command (const WattleCommand *command)
{
  const char *arguments = *command->arguments != '\0' ? _ (command->arguments) : "";

  wattle_print_paragraphf (0, _ ("Usage: wattle %s [OPTIONS] %s"), command->name, arguments);
  wattle_print ("\n");
  print_paragraphs (_ (command->explanation));
  print_examples (_ (command->examples));
  wattle_print_heading (_ ("Options:"));
  for (const GOptionEntry *entry = command->options; entry != NULL && entry->long_name != NULL; entry++)
    print_option (entry);
  print_common_options ((command->flags & WATTLE_COMMAND_CONFIRMS) != 0);
}

void
wattle_help_overview (void)
{
  g_autoptr (WattleTable) table = wattle_table_new (_ ("Command"), _ ("What it does"), NULL);

  wattle_print_paragraph (0, _ ("Usage: wattle COMMAND [OPTIONS]"));
  wattle_print ("\n");
  print_paragraphs (_ ("Wattle looks after the devices in your home. It sets them up safely, tells you what happens "
                       "to your data and lets you decide. It wipes all of it when you part with a device."));
  for (gsize i = 0; wattle_commands[i] != NULL; i++)
    if (!(wattle_commands[i]->flags & WATTLE_COMMAND_HIDDEN))
      wattle_table_add (table, wattle_commands[i]->name, _ (wattle_commands[i]->summary), NULL);
  wattle_print_table (table);
  wattle_print ("\n");
  print_examples (_ ("wattle setup  set up a new device, step by step\n"
                     "wattle help setup  learn more about a command\n"
                     "wattle help exit-codes  what a script can rely on"));
}

void
wattle_help_exit_codes (void)
{
  g_autoptr (WattleTable) table = wattle_table_new (_ ("Exit code"), _ ("What it means"), NULL);

  for (const WattleExitMeaning *m = wattle_exit_meanings; m->name != NULL; m++) {
    g_autofree char *number = g_strdup_printf ("%d", m->status);

    wattle_table_add (table, number, _ (m->meaning), NULL);
  }
  wattle_print_table (table);
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  const WattleCommand *command;

  if (!wattle_command_check_arguments (arguments, 0, 1, error))
    return FALSE;
  if (arguments[0] == NULL) {
    wattle_help_overview ();
    return TRUE;
  }
  if (g_str_equal (arguments[0], "exit-codes")) {
    wattle_help_exit_codes ();
    return TRUE;
  }
  command = wattle_command_find (arguments[0]);
  if (command == NULL) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("There is no command “%s”. “wattle help” shows all."),
                 arguments[0]);
    return FALSE;
  }
  wattle_help_command (command);
  return TRUE;
}

const WattleCommand wattle_command_help = {
  .name = "help",
  .arguments = N_ ("[COMMAND]"),
  .summary = N_ ("Learn how to use a command"),
  .explanation = N_ ("Explains a command with examples. “wattle help exit-codes” lists what commands end with."),
  .examples = N_ ("wattle help  all commands\n"
                  "wattle help consent  one of them"),
  .run = run,
};
