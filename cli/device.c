/* SPDX-License-Identifier: Apache-2.0 */
/* wattle rename, connect, disconnect: small things about one device. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/property.h"
#include "cli/terminal.h"

static gboolean
run_rename (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autofree char *name = NULL;

  object = wattle_client_open_device (cli, arguments, 1, 2, error);
  if (object == NULL)
    return FALSE;
  name = g_strdup (arguments[1]);
  if (name == NULL && !wattle_terminal_is_interactive (cli)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("Say the new name, too."));
    return FALSE;
  }
  if (name == NULL && !wattle_terminal_ask (cli, _ ("New name:"), NULL, &name, error))
    return FALSE;
  if (!wattle_property_set (cli, wattle_bus_object_peek_device (object), "Name", g_variant_new_string (name), error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraphf (0, _ ("It is called “%s” now."), name);
  return TRUE;
}

static gboolean
run_connect (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  WattleBusDevice *device;
  gboolean good;

  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;
  device = wattle_bus_object_peek_device (object);
  if (wattle_terminal_is_interactive (cli))
    wattle_terminal_status (cli, _ ("Connecting…"));
  wattle_bus_device_call_connect (device, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  wattle_terminal_clear_status ();
  good = wattle_bus_device_call_connect_finish (device, result, error);
  if (good && !cli->json)
    wattle_print_paragraph (0, _ ("Connected."));
  return good;
}

static gboolean
run_disconnect (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  WattleBusDevice *device;

  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;
  device = wattle_bus_object_peek_device (object);
  wattle_bus_device_call_disconnect (device, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_device_call_disconnect_finish (device, result, error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraph (0, _ ("Not connected any more. Wattle connects again when it needs to."));
  return TRUE;
}

const WattleCommand wattle_command_rename = {
  .name = "rename",
  .arguments = N_ ("DEVICE [NAME]"),
  .summary = N_ ("Give a device another name"),
  .explanation = N_ ("The name is for you alone: it stays on this computer."),
  .examples = N_ ("wattle rename gumleaf Kitchen  call it Kitchen"),
  .run = run_rename,
};

const WattleCommand wattle_command_connect = {
  .name = "connect",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Connect to a device now"),
  .explanation = N_ ("Wattle connects by itself. This is for when you do not want to wait for it."),
  .examples = N_ ("wattle connect kitchen  try at once"),
  .run = run_connect,
};

const WattleCommand wattle_command_disconnect = {
  .name = "disconnect",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Let another computer connect"),
  .explanation = N_ ("A device talks to one computer at a time. This hangs up, so that another one of your household "
                     "can connect. Wattle connects again at the next occasion."),
  .examples = N_ ("wattle disconnect kitchen  hang up"),
  .run = run_disconnect,
};
