/* SPDX-License-Identifier: Apache-2.0 */
/* wattle: a D-Bus client of Wattle's service, for people and for scripts. */
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

#include "cli/agent.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"

static gboolean want_help, want_version;

static const GOptionEntry help_entries[] = {
  { "help", 'h', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &want_help, NULL, NULL },
  { 0 },
};

static const GOptionEntry version_entries[] = {
  { "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &want_version, NULL, NULL },
  { 0 },
};

static void
print_error_json (const GError *error, const char *sentence, int status)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "error");
  json_builder_begin_object (json);
  wattle_json_string (json, "name", wattle_exit_error_name (error));
  wattle_json_string (json, "sentence", sentence);
  wattle_json_int (json, "exit_code", status);
  json_builder_end_object (json);
  json_builder_end_object (json);
  wattle_print_json (json);
}

/* Tells the person or the script; the status to end with. */
static int
report (const WattleCli *cli, const GError *error)
{
  int status = wattle_exit_from_error (error);
  const char *hint = wattle_exit_error_hint (error);
  g_autofree char *raw = wattle_exit_error_sentence (error);
  g_autofree char *sentence = wattle_text_clean (raw);
  g_autofree char *wrapped = wattle_text_wrap (sentence, 0, wattle_output_width ());

  if (status == WATTLE_EXIT_INTERRUPTED && wattle_loop_signal () != 0)
    status = 128 + wattle_loop_signal ();
  wattle_terminal_clear_status ();
  wattle_print_error ("%s", wrapped);
  if (hint != NULL) {
    g_autofree char *wrapped_hint = wattle_text_wrap (hint, 0, wattle_output_width ());

    wattle_print_error ("%s", wrapped_hint);
  }
  if (cli->json)
    print_error_json (error, sentence, status);
  return status;
}

static int
run_command (WattleCli *cli, const WattleCommand *command, char **arguments)
{
  g_autoptr (GError) error = NULL;
  gboolean good;

  wattle_loop_catch_signals (cli);
  good = command->run (cli, arguments, &error);
  wattle_terminal_clear_status ();
  wattle_agent_unregister (cli);
  wattle_client_disconnect (cli);
  if (good && wattle_output_flush (&error))
    return WATTLE_EXIT_OK;
  if (error == NULL)
    g_set_error_literal (&error, WATTLE_EXIT_ERROR, WATTLE_EXIT_FAILED, _ ("It did not work."));
  return report (cli, error);
}

/* Parses @args (command name first) and runs. */
static int
parse_and_run (WattleCli *cli, const WattleCommand *command, char **args)
{
  g_autoptr (GOptionContext) context = wattle_command_new_context (command, cli);
  g_auto (GStrv) rest = g_strdupv (args); /* parsing takes strings out */
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, help_entries, NULL);
  if (!g_option_context_parse_strv (context, &rest, &error))
    return report (cli, error);
  if (want_help) {
    wattle_help_command (command);
    return WATTLE_EXIT_OK;
  }
  /* "--" only ends the options. */
  if (rest[1] != NULL && g_str_equal (rest[1], "--")) {
    g_free (rest[1]);
    for (char **p = rest + 1; *p != NULL; p++)
      p[0] = p[1];
  }
  return run_command (cli, command, rest + 1);
}

static int
run_args (WattleCli *cli, char **args)
{
  g_autoptr (GOptionContext) context = wattle_command_new_context (NULL, cli);
  g_auto (GStrv) rest = g_strdupv (args);
  const WattleCommand *command;
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, help_entries, NULL);
  g_option_context_add_main_entries (context, version_entries, NULL);
  if (!g_option_context_parse_strv (context, &rest, &error))
    return report (cli, error);
  if (want_version) {
    wattle_print ("wattle %s\n", WATTLE_VERSION);
    return WATTLE_EXIT_OK;
  }
  if (rest[0] == NULL || rest[1] == NULL) {
    wattle_help_overview ();
    return want_help ? WATTLE_EXIT_OK : WATTLE_EXIT_USAGE;
  }
  command = wattle_command_find (rest[1]);
  if (command != NULL)
    return parse_and_run (cli, command, rest + 1);
  g_set_error (&error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("There is no command “%s”. “wattle help” shows all."),
               rest[1]);
  return report (cli, error);
}

int
main (int argc, char **argv)
{
  WattleCli cli = { 0 };
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("wattle");

  cli.cancellable = g_cancellable_new ();
  status = run_args (&cli, argv);
  if (status == WATTLE_EXIT_OK && !wattle_output_flush (NULL))
    status = WATTLE_EXIT_STORAGE;
  g_object_unref (cli.cancellable);
  return status;
}
