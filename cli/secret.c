/* SPDX-License-Identifier: Apache-2.0 */
/* Codes and passwords on their way between people, files and the service. */
#include "cli/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"

static gboolean
open_secret (const char *path, int *fd, GError **error)
{
  *fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (*fd >= 0)
    return TRUE;
  g_set_error (error, WATTLE_EXIT_ERROR, errno == ENOENT ? WATTLE_EXIT_NOT_FOUND : WATTLE_EXIT_FAILED,
               _ ("The file “%s” could not be opened: %s"), path, g_strerror (errno));
  return FALSE;
}

WattleSecret *
wattle_secret_from_file (WattleCli *cli, const char *path, GError **error)
{
  g_autoptr (WattleSecret) secret = NULL;
  gboolean good;
  int fd = STDIN_FILENO;

  if (g_str_equal (path, "-") && isatty (STDIN_FILENO)) {
    good = wattle_terminal_ask_hidden (cli, _ ("Secret (not shown):"), &secret, error);
  } else {
    if (!g_str_equal (path, "-") && !open_secret (path, &fd, error))
      return NULL;
    good = wattle_terminal_read_line (cli, fd, &secret, error);
    if (fd != STDIN_FILENO)
      close (fd);
  }
  if (good && (secret == NULL || *secret == '\0')) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("There is nothing to read in “%s”."), path);
    return NULL;
  }
  return good ? g_steal_pointer (&secret) : NULL;
}

gboolean
wattle_secret_refuse_option (const char *option, const char *value, gpointer data, GError **error)
{
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
               _ ("A code or password has no place on the command line: other programs can read it there, and the "
                  "shell keeps it. Use “%s-file FILE”, or “%s-file -” to read it from standard input."),
               option, option);
  return FALSE;
}

gboolean
wattle_secret_check_argument (const char *argument, GError **error)
{
  if (argument == NULL || !wattle_text_looks_like_code (argument))
    return TRUE;
  return wattle_secret_refuse_option ("--code", NULL, NULL, error);
}

WattleSecret *
wattle_secret_suggest (WattleCli *cli, GDBusProxy *object, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) handle = NULL;

  g_dbus_proxy_call_with_unix_fd_list (object, "SuggestPassphrase", NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                       cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  reply = g_dbus_proxy_call_with_unix_fd_list_finish (object, &list, result, error);
  if (reply == NULL)
    return NULL;
  handle = g_variant_get_child_value (reply, 0);
  return wattle_secret_from_handle (handle, list, error);
}

/* The suggestion is shown, as it has to be written down or learned. */
static gboolean
offer (WattleCli *cli, const char *suggested, gboolean *taken, GError **error)
{
  wattle_print_paragraph (0, _ ("Wattle made up this password. It is strong and easy to type:"));
  wattle_print ("\n    %s\n\n", suggested);
  wattle_print_paragraph (0, _ ("Write it down and keep it at home, or put it into your password manager. You need it "
                                "to use the device from another computer or phone."));
  return wattle_terminal_ask_yes_no (cli, _ ("Use this password?"), taken, error);
}

WattleSecret *
wattle_secret_ask_new (WattleCli *cli, const char *suggested, GError **error)
{
  gboolean taken = FALSE;

  if (suggested != NULL && !offer (cli, suggested, &taken, error))
    return NULL;
  if (taken)
    return g_strdup (suggested);

  for (;;) {
    g_autoptr (WattleSecret) first = NULL;
    g_autoptr (WattleSecret) second = NULL;

    if (!wattle_terminal_ask_hidden (cli, _ ("Your new password (not shown):"), &first, error))
      return NULL;
    if (*first == '\0')
      continue;
    if (!wattle_terminal_ask_hidden (cli, _ ("The same once more:"), &second, error))
      return NULL;
    if (g_str_equal (first, second))
      return g_steal_pointer (&first);
    wattle_print_error ("%s\n", _ ("The two were not the same. Once more, please."));
  }
}
