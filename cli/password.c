/* SPDX-License-Identifier: Apache-2.0 */
/* wattle password: another password for a device. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/secret.h"
#include "cli/terminal.h"
#include "common/error.h"

static char *password_file;

static const GOptionEntry options[] = {
  { "password-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &password_file,
    N_ ("Read the new password from FILE; - is standard input"), N_ ("FILE") },
  { "password", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, wattle_secret_refuse_option, NULL, NULL },
  { 0 },
};

static gboolean
change (WattleCli *cli, WattleBusDevice *device, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handle = wattle_secret_to_handle (password, &list, error);

  if (handle == NULL)
    return FALSE;
  wattle_bus_device_call_change_password (device, handle, list, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_device_call_change_password_finish (device, NULL, result, error);
}

/* A password that is made up comes first, as at set-up; of a person's own it gets as many tries as it takes. */
static gboolean
ask_and_change (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autoptr (WattleSecret) suggested = wattle_secret_suggest (cli, G_DBUS_PROXY (device), error);

  if (suggested == NULL)
    return FALSE;
  for (gboolean first = TRUE;; first = FALSE) {
    g_autoptr (GError) local = NULL;
    g_autofree char *sentence = NULL;
    g_autoptr (WattleSecret) password = wattle_secret_ask_new (cli, first ? suggested : NULL, error);

    if (password == NULL)
      return FALSE;
    if (change (cli, device, password, &local))
      return TRUE;
    if (!g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    sentence = wattle_exit_error_sentence (local);
    wattle_print_paragraph (0, sentence);
  }
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (WattleSecret) password = NULL;
  WattleBusDevice *device;
  gboolean good;

  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;
  device = wattle_bus_object_peek_device (object);

  if (password_file != NULL) {
    password = wattle_secret_from_file (cli, password_file, error);
    good = password != NULL && change (cli, device, password, error);
  } else if (wattle_terminal_is_interactive (cli)) {
    good = ask_and_change (cli, device, error);
  } else {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("Nobody is there to type the password. Give it with --password-file."));
    good = FALSE;
  }
  if (good && !cli->json)
    wattle_print_paragraph (0, _ ("The device has its new password. The old one opens nothing any more."));
  return good;
}

const WattleCommand wattle_command_password = {
  .name = "password",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Change the password of a device"),
  .explanation = N_ ("The password opens the device from another computer or phone of your household. This computer "
                     "does not need it: it has a key of its own in your keyring. The device must be in reach.\n\n"
                     "You type the password unseen, or it is read from a file. It never stands on the command line, "
                     "where other programs could read it."),
  .examples = N_ ("wattle password kitchen  type a new one\n"
                  "pass show kitchen | wattle password kitchen --password-file -  from a password manager"),
  .options = options,
  .run = run,
};
