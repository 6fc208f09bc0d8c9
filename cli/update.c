/* SPDX-License-Identifier: Apache-2.0 */
/* wattle update: what software runs on devices, and what is off with it. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/agent.h"
#include "cli/client.h"
#include "cli/job.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "client/words.h"

static gboolean accept_image;

static const GOptionEntry options[] = {
  { "accept", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &accept_image,
    N_ ("You know of the software that runs now, so it is no reason to warn"), NULL },
  { 0 },
};

static gboolean
has_alert (WattleBusUpdate *update, const char *id)
{
  GVariant *alerts = wattle_bus_update_get_alerts (update);
  GVariantIter iter;
  const char *found;

  if (alerts == NULL)
    return FALSE;
  g_variant_iter_init (&iter, alerts);
  while (g_variant_iter_next (&iter, "(&s&s)", &found, NULL))
    if (g_str_equal (found, id))
      return TRUE;
  return FALSE;
}

/* --- JSON --- */

static void
add_alerts_json (JsonBuilder *json, WattleBusUpdate *update)
{
  GVariant *alerts = wattle_bus_update_get_alerts (update);
  const char *id, *sentence;
  GVariantIter iter;

  json_builder_set_member_name (json, "alerts");
  json_builder_begin_array (json);
  if (alerts != NULL) {
    g_variant_iter_init (&iter, alerts);
    while (g_variant_iter_next (&iter, "(&s&s)", &id, &sentence)) {
      json_builder_begin_object (json);
      wattle_json_string (json, "id", id);
      wattle_json_string (json, "sentence", sentence);
      json_builder_end_object (json);
    }
  }
  json_builder_end_array (json);
}

static void
add_json (JsonBuilder *json, WattleBusObject *object)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (object);
  WattleBusUpdate *update = wattle_bus_object_peek_update (object);

  json_builder_begin_object (json);
  wattle_json_string (json, "device", wattle_bus_device_get_id (device));
  wattle_json_string (json, "name", wattle_bus_device_get_name (device));
  wattle_json_string (json, "firmware_version", wattle_bus_device_get_firmware_version (device));
  wattle_json_string (json, "state", wattle_bus_update_get_state (update));
  add_alerts_json (json, update);
  wattle_json_boolean (json, "can_install", wattle_bus_update_get_can_install (update));
  wattle_json_time (json, "checked", wattle_bus_update_get_checked (update));
  wattle_json_string (json, "image", wattle_bus_update_get_image (update));
  wattle_json_string (json, "accepted_image", wattle_bus_update_get_accepted_image (update));
  wattle_json_int (json, "boot_count", wattle_bus_update_get_boot_count (update));
  wattle_json_string (json, "reset_cause", wattle_bus_update_get_reset_cause (update));
  wattle_json_string (json, "debug_port", wattle_bus_update_get_debug_port (update));
  wattle_json_int (json, "flash_erases", wattle_bus_update_get_flash_erases (update));
  wattle_json_int (json, "flash_cycles", wattle_bus_update_get_flash_cycles (update));
  json_builder_end_object (json);
}

/* --- all devices --- */

static void
print_overview (WattleCli *cli)
{
  g_autoptr (GPtrArray) devices = wattle_client_list_devices (cli);
  g_autoptr (WattleTable) table = wattle_table_new (_ ("Name"), _ ("Software"), _ ("State"), NULL);
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_array (json);
  for (guint i = 0; i < devices->len; i++) {
    WattleBusDevice *device = wattle_bus_object_peek_device (devices->pdata[i]);
    WattleBusUpdate *update = wattle_bus_object_peek_update (devices->pdata[i]);

    if (update == NULL)
      continue;
    add_json (json, devices->pdata[i]);
    wattle_table_add (table, wattle_bus_device_get_name (device), wattle_bus_device_get_firmware_version (device),
                      wattle_words (WATTLE_WORDS_UPDATE, wattle_bus_update_get_state (update)), NULL);
  }
  json_builder_end_array (json);
  if (cli->json)
    wattle_print_json (json);
  else if (devices->len == 0)
    wattle_print_paragraph (0, _ ("You have no device yet. “wattle setup” adds one."));
  else
    wattle_print_table (table);
}

/* --- one device --- */

static void
print_fact (const char *what, const char *text)
{
  if (text != NULL && *text != '\0')
    wattle_print_paragraphf (2, "%s: %s", what, text);
}

static void
print_alerts (WattleBusUpdate *update)
{
  GVariant *alerts = wattle_bus_update_get_alerts (update);
  const char *sentence;
  GVariantIter iter;

  if (alerts == NULL)
    return;
  g_variant_iter_init (&iter, alerts);
  while (g_variant_iter_next (&iter, "(&s&s)", NULL, &sentence))
    print_fact (_ ("Attention"), sentence);
}

static void
print_told (WattleBusUpdate *update)
{
  guint cycles = wattle_bus_update_get_flash_cycles (update);
  guint boots = wattle_bus_update_get_boot_count (update);
  g_autofree char *checked = wattle_words_time (wattle_bus_update_get_checked (update));
  g_autofree char *starts = g_strdup_printf ("%u", boots);
  /* Translators: how often a part of the memory was erased, and how often it can be */
  g_autofree char *wear
      = g_strdup_printf (_ ("erased %u times of %u"), wattle_bus_update_get_flash_erases (update), cycles);

  print_fact (_ ("Fingerprint of the software"), wattle_bus_update_get_image (update));
  if (has_alert (update, "image-changed"))
    print_fact (_ ("Fingerprint that you know of"), wattle_bus_update_get_accepted_image (update));
  print_fact (_ ("Started so often"), starts);
  print_fact (_ ("Why it started last"),
              wattle_words (WATTLE_WORDS_RESET_CAUSE, wattle_bus_update_get_reset_cause (update)));
  print_fact (_ ("Port for repairs"),
              wattle_words (WATTLE_WORDS_DEBUG_PORT, wattle_bus_update_get_debug_port (update)));
  if (cycles > 0)
    print_fact (_ ("Memory"), wear);
  print_fact (_ ("Told on"), checked);
}

static void
print_command (const char *name)
{
  g_autofree char *clean = wattle_text_clean (name);
  g_autofree char *quoted = g_shell_quote (clean);

  wattle_print ("\n");
  wattle_print_paragraph (0, _ ("If you know where this software comes from:"));
  wattle_print ("  wattle update %s --accept\n", quoted);
}

static void
print_page (WattleBusObject *object)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (object);
  WattleBusUpdate *update = wattle_bus_object_peek_update (object);

  wattle_print_heading (wattle_bus_device_get_name (device));
  print_fact (_ ("Software"), wattle_bus_device_get_firmware_version (device));
  print_fact (_ ("State"), wattle_words (WATTLE_WORDS_UPDATE, wattle_bus_update_get_state (update)));
  print_alerts (update);
  if (wattle_bus_update_get_checked (update) != 0)
    print_told (update);
  print_fact (_ ("Updates"), wattle_bus_update_get_can_install (update) ? _ ("it takes them from you")
                                                                        : _ ("it takes none from Wattle"));
  if (has_alert (update, "image-changed"))
    print_command (wattle_bus_device_get_name (device));
}

static gboolean
confirm (WattleCli *cli, GError **error)
{
  gboolean yes = FALSE;

  if (cli->yes)
    return TRUE;
  if (!wattle_terminal_is_interactive (cli)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("Nobody is there to be asked. If you know of this software, add --yes."));
    return FALSE;
  }
  wattle_print_paragraph (0, _ ("Wattle did not install the software that runs now. Accept it only if you know where "
                                "it comes from: an update by its maker, say."));
  if (!wattle_terminal_ask_yes_no (cli, _ ("Do you know where it comes from?"), &yes, error))
    return FALSE;
  if (!yes)
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("Wattle goes on warning you. Ask the maker about it, or wipe the device."));
  return yes;
}

static gboolean
accept_running (WattleCli *cli, WattleBusObject *object, GError **error)
{
  WattleBusUpdate *update = wattle_bus_object_peek_update (object);
  g_autofree char *image = g_strdup (wattle_bus_update_get_image (update));
  g_autoptr (GAsyncResult) result = NULL;
  gboolean good;

  if (!has_alert (update, "image-changed")) {
    if (!cli->json)
      wattle_print_paragraph (0, _ ("There is nothing to accept: it runs the software that Wattle knows."));
    return TRUE;
  }
  if (!confirm (cli, error) || !wattle_agent_register (cli, "accept-image", TRUE, error))
    return FALSE;
  wattle_bus_update_call_accept_image (update, image, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  good = wattle_bus_update_call_accept_image_finish (update, result, error);
  wattle_agent_unregister (cli);
  if (good && !cli->json)
    wattle_print_paragraph (0, _ ("Accepted. Wattle warns you when other software runs again."));
  return good;
}

/* --- installing --- */

static const WattleJobOptions job_options = {
  .goes_on = N_ ("Wattle's service goes on with it. “wattle update DEVICE” shows what runs in the end."),
};

/* What is about to be done can be undone by no more than another update. */
static gboolean
confirm_install (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  gboolean yes = FALSE;

  if (cli->yes)
    return TRUE;
  if (!wattle_terminal_is_interactive (cli)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("Nobody is there to be asked. If you mean it, add --yes."));
    return FALSE;
  }
  wattle_print_paragraphf (0,
                           _ ("“%s” starts anew with this software. What you have set stays. It takes only software "
                              "that its maker has signed."),
                           wattle_bus_device_get_name (device));
  if (!wattle_terminal_ask_yes_no (cli, _ ("Do you want to install it?"), &yes, error))
    return FALSE;
  if (!yes)
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED, _ ("Nothing was installed."));
  return yes;
}

static char *
start_install (WattleCli *cli, WattleBusUpdate *update, int fd, GError **error)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GAsyncResult) result = NULL;
  char *job = NULL;
  int index = g_unix_fd_list_append (list, fd, error);

  if (index < 0)
    return NULL;
  wattle_bus_update_call_install (update, g_variant_new_handle (index), g_variant_new ("a{sv}", NULL), list,
                                  cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_update_call_install_finish (update, &job, NULL, result, error) ? job : NULL;
}

static void
tell_installed (WattleCli *cli, WattleBusDevice *device, GVariant *result)
{
  const char *version = "", *image = "";

  g_variant_lookup (result, "version", "&s", &version);
  g_variant_lookup (result, "image", "&s", &image);
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    json_builder_begin_object (json);
    wattle_json_string (json, "device", wattle_bus_device_get_id (device));
    wattle_json_string (json, "version", version);
    wattle_json_string (json, "image", image);
    json_builder_end_object (json);
    wattle_print_json (json);
  } else {
    /* Translators: the name of a device and a version such as 1.2.3 */
    wattle_print_paragraphf (0, _ ("“%s” runs version %s now."), wattle_bus_device_get_name (device), version);
  }
}

static gboolean
install (WattleCli *cli, WattleBusObject *object, const char *path, GError **error)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (object);
  g_autoptr (GVariant) result = NULL;
  g_autofree char *job = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND, _ ("“%s” could not be opened: %s"), path,
                 g_strerror (errno));
    return FALSE;
  }
  if (confirm_install (cli, device, error) && wattle_agent_register (cli, "install", TRUE, error)) {
    job = start_install (cli, wattle_bus_object_peek_update (object), fd, error);
    wattle_agent_unregister (cli);
  }
  close (fd);
  result = job != NULL ? wattle_job_follow (cli, job, &job_options, error) : NULL;
  if (result != NULL)
    tell_installed (cli, device, result);
  return result != NULL;
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;

  if (arguments[0] == NULL && !accept_image) {
    if (!wattle_client_connect (cli, error))
      return FALSE;
    print_overview (cli);
    return TRUE;
  }
  object = wattle_client_open_device (cli, arguments, 0, accept_image ? 1 : 2, error);
  if (object == NULL)
    return FALSE;
  if (wattle_bus_object_peek_update (object) == NULL) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NO_SERVICE,
                         _ ("Wattle's service is older than this command. Start it again."));
    return FALSE;
  }
  if (accept_image)
    return accept_running (cli, object, error);
  if (arguments[0] != NULL && arguments[1] != NULL)
    return install (cli, object, arguments[1], error);
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    add_json (json, object);
    wattle_print_json (json);
  } else {
    print_page (object);
  }
  return TRUE;
}

const WattleCommand wattle_command_update = {
  .name = "update",
  .flags = WATTLE_COMMAND_CONFIRMS,
  .arguments = N_ ("[DEVICE] [FILE]"),
  .summary = N_ ("See what software runs on devices, or install it"),
  .explanation
  = N_ ("Shows the software of your devices as they told it themselves, and whether anything is wrong with it. For one "
        "device it also shows why the device started last, and how worn its memory is.\n\n"
        "Wattle notes which software runs on a device. When that is other software, and not from Wattle, you are "
        "warned. If you know where it comes from, --accept ends the warning.\n\n"
        "With FILE that software is installed. The device takes it only if its maker has signed it. If it does not "
        "work, the one before comes back."),
  .examples = N_ ("wattle update  all devices\n"
                  "wattle update kitchen  one in full\n"
                  "wattle update kitchen thermometer-1.2.0.bin  install an update\n"
                  "wattle update kitchen --accept  you know of its new software"),
  .options = options,
  .run = run,
};
