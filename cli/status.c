/* SPDX-License-Identifier: Apache-2.0 */
/* wattle status: whether all is well. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/output.h"
#include "client/words.h"

static void
add_problem_json (JsonBuilder *json, const char *name, const char *sentence, const char *device)
{
  json_builder_begin_object (json);
  wattle_json_string (json, "name", name);
  wattle_json_string (json, "sentence", sentence);
  wattle_json_string (json, "device", device);
  json_builder_end_object (json);
}

/* What is off with a device's software or hardware: how many. */
static guint
each_alert (WattleBusObject *object, void (*tell) (const char *, const char *, const char *, gpointer), gpointer data)
{
  WattleBusUpdate *update = wattle_bus_object_peek_update (object);
  GVariant *alerts = update != NULL ? wattle_bus_update_get_alerts (update) : NULL;
  const char *name = wattle_bus_device_get_name (wattle_bus_object_peek_device (object));
  const char *sentence;
  GVariantIter iter;
  guint count = 0;

  if (alerts == NULL)
    return 0;
  g_variant_iter_init (&iter, alerts);
  for (; g_variant_iter_next (&iter, "(&s&s)", NULL, &sentence); count++)
    tell ("DeviceAlert", sentence, name, data);
  return count;
}

/* Calls @tell for each problem of the service, then of each device: how many. */
static guint
each_problem (WattleCli *cli, GPtrArray *devices, void (*tell) (const char *, const char *, const char *, gpointer),
              gpointer data)
{
  GVariant *problems = wattle_bus_manager_get_problems (cli->manager);
  const char *name, *sentence;
  GVariantIter iter;
  guint count = 0;

  if (problems != NULL) {
    g_variant_iter_init (&iter, problems);
    for (; g_variant_iter_next (&iter, "(&s&s)", &name, &sentence); count++)
      tell (name, sentence, NULL, data);
  }
  for (guint i = 0; i < devices->len; i++) {
    WattleBusDevice *device = wattle_bus_object_peek_device (devices->pdata[i]);
    GVariant *problem = wattle_bus_device_get_problem (device);

    if (wattle_bus_device_get_notice_changed (device)) {
      tell ("NoticeChanged", _ ("The maker says something new. Read it with “wattle notice --changes”."),
            wattle_bus_device_get_name (device), data);
      count++;
    }
    count += each_alert (devices->pdata[i], tell, data);
    if (problem == NULL)
      continue;
    g_variant_get (problem, "(&s&s)", &name, &sentence);
    if (*name == '\0' || g_str_equal (name, "DeviceAlert")) /* told in full already */
      continue;
    tell (name, sentence, wattle_bus_device_get_name (device), data);
    count++;
  }
  return count;
}

static void
tell_json (const char *name, const char *sentence, const char *device, gpointer data)
{
  add_problem_json (data, name, sentence, device);
}

static void
tell_text (const char *name, const char *sentence, const char *device, gpointer data)
{
  if (device != NULL)
    wattle_print_paragraphf (2, "%s: %s", device, sentence);
  else
    wattle_print_paragraph (2, sentence);
}

static void
tell_nothing (const char *name, const char *sentence, const char *device, gpointer data)
{
}

static void
print_json (WattleCli *cli, GPtrArray *devices)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "version", wattle_bus_manager_get_version (cli->manager));
  wattle_json_boolean (json, "discovering", wattle_bus_manager_get_discovering (cli->manager));
  wattle_json_int (json, "devices", devices->len);
  json_builder_set_member_name (json, "problems");
  json_builder_begin_array (json);
  each_problem (cli, devices, tell_json, json);
  json_builder_end_array (json);
  json_builder_end_object (json);
  wattle_print_json (json);
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  guint count;

  if (!wattle_command_check_arguments (arguments, 0, 0, error) || !wattle_client_connect (cli, error))
    return FALSE;
  devices = wattle_client_list_devices (cli);
  if (cli->json) {
    print_json (cli, devices);
    return TRUE;
  }
  wattle_print_paragraphf (0, _ ("Wattle's service runs, version %s."), wattle_bus_manager_get_version (cli->manager));
  wattle_print_paragraphf (0, ngettext ("You have %u device.", "You have %u devices.", devices->len), devices->len);
  count = each_problem (cli, devices, tell_nothing, NULL);
  if (count == 0) {
    wattle_print_paragraph (0, _ ("Nothing stands in the way."));
    return TRUE;
  }
  wattle_print_heading (ngettext ("This stands in the way:", "These things stand in the way:", count));
  each_problem (cli, devices, tell_text, NULL);
  return TRUE;
}

const WattleCommand wattle_command_status = {
  .name = "status",
  .arguments = "",
  .summary = N_ ("See whether all is well"),
  .explanation = N_ ("Shows whether Wattle's service runs and what stands in its way, such as a locked keyring, with "
                     "what to do about it."),
  .examples = N_ ("wattle status  in words\n"
                  "wattle status --json  for a script"),
  .run = run,
};
