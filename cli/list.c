/* SPDX-License-Identifier: Apache-2.0 */
/* wattle list, wattle show: the devices of ours. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/output.h"
#include "client/words.h"

static char *
last_reading (WattleBusDevice *device)
{
  GVariant *reading = wattle_bus_device_get_last_reading (device);
  g_autofree char *clean = NULL;
  const char *unit;
  guint64 time;
  double value;

  if (reading == NULL)
    return NULL;
  g_variant_get (reading, "(td&s)", &time, &value, &unit);
  clean = wattle_text_clean (unit);
  return time != 0 ? g_strdup_printf ("%.1f %s", value, clean) : NULL;
}

static void
get_problem (WattleBusDevice *device, const char **name, const char **sentence)
{
  GVariant *problem = wattle_bus_device_get_problem (device);

  *name = *sentence = "";
  if (problem != NULL)
    g_variant_get (problem, "(&s&s)", name, sentence);
}

static void
add_reading_json (JsonBuilder *json, WattleBusDevice *device)
{
  GVariant *reading = wattle_bus_device_get_last_reading (device);
  const char *unit;
  guint64 time = 0;
  double value;

  json_builder_set_member_name (json, "last_reading");
  if (reading != NULL)
    g_variant_get (reading, "(td&s)", &time, &value, &unit);
  if (time == 0) {
    json_builder_add_null_value (json);
    return;
  }
  json_builder_begin_object (json);
  wattle_json_time (json, "time", time);
  json_builder_set_member_name (json, "value");
  json_builder_add_double_value (json, value);
  wattle_json_string (json, "unit", unit);
  json_builder_end_object (json);
}

static void
add_device_json (JsonBuilder *json, WattleBusDevice *device)
{
  const char *name, *sentence;

  get_problem (device, &name, &sentence);
  json_builder_begin_object (json);
  wattle_json_string (json, "id", wattle_bus_device_get_id (device));
  wattle_json_string (json, "name", wattle_bus_device_get_name (device));
  wattle_json_string (json, "unit_id", wattle_bus_device_get_unit_id (device));
  wattle_json_int (json, "product", wattle_bus_device_get_product (device));
  wattle_json_string (json, "state", wattle_bus_device_get_state (device));
  wattle_json_string (json, "problem", *name != '\0' ? name : NULL);
  wattle_json_string (json, "problem_sentence", *name != '\0' ? sentence : NULL);
  wattle_json_string (json, "firmware_version", wattle_bus_device_get_firmware_version (device));
  wattle_json_time (json, "last_seen", wattle_bus_device_get_last_seen (device));
  wattle_json_time (json, "set_up_at", wattle_bus_device_get_set_up_at (device));
  wattle_json_string (json, "support_end", wattle_bus_device_get_support_end (device));
  wattle_json_string (json, "cloud", wattle_bus_device_get_cloud (device));
  wattle_json_string (json, "others", wattle_bus_device_get_others (device));
  add_reading_json (json, device);
  json_builder_end_object (json);
}

static void
print_devices_json (GPtrArray *devices)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_array (json);
  for (guint i = 0; i < devices->len; i++)
    add_device_json (json, wattle_bus_object_peek_device (devices->pdata[i]));
  json_builder_end_array (json);
  wattle_print_json (json);
}

static gboolean
run_list (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (WattleTable) table = NULL;

  if (!wattle_command_check_arguments (arguments, 0, 0, error) || !wattle_client_connect (cli, error))
    return FALSE;
  devices = wattle_client_list_devices (cli);
  if (cli->json) {
    print_devices_json (devices);
    return TRUE;
  }
  if (devices->len == 0) {
    wattle_print_paragraph (0, _ ("You have no device yet. “wattle setup” adds one."));
    return TRUE;
  }
  table = wattle_table_new (_ ("Name"), _ ("State"), _ ("Last reading"), _ ("Id"), NULL);
  for (guint i = 0; i < devices->len; i++) {
    WattleBusDevice *device = wattle_bus_object_peek_device (devices->pdata[i]);
    g_autofree char *reading = last_reading (device);

    wattle_table_add (table, wattle_bus_device_get_name (device),
                      wattle_words (WATTLE_WORDS_DEVICE_STATE, wattle_bus_device_get_state (device)),
                      reading != NULL ? reading : _ ("none yet"), wattle_bus_device_get_id (device), NULL);
  }
  wattle_print_table (table);
  return TRUE;
}

static void
print_fact (const char *what, const char *text)
{
  if (text != NULL && *text != '\0')
    wattle_print_paragraphf (2, "%s: %s", what, text);
}

static void
print_device (WattleBusDevice *device)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *seen = wattle_words_time (wattle_bus_device_get_last_seen (device));
  g_autofree char *set_up = wattle_words_time (wattle_bus_device_get_set_up_at (device));
  g_autofree char *support = wattle_words_support_end (wattle_bus_device_get_support_end (device), now);
  g_autofree char *reading = last_reading (device);
  const char *name, *sentence;

  get_problem (device, &name, &sentence);
  wattle_print_heading (wattle_bus_device_get_name (device));
  print_fact (_ ("State"), wattle_words (WATTLE_WORDS_DEVICE_STATE, wattle_bus_device_get_state (device)));
  print_fact (_ ("Problem"), sentence);
  print_fact (_ ("Last reading"), reading != NULL ? reading : _ ("none yet"));
  print_fact (_ ("Last seen"), seen);
  print_fact (_ ("Set up on"), set_up);
  print_fact (_ ("Manufacturer's cloud"), wattle_words (WATTLE_WORDS_CLOUD, wattle_bus_device_get_cloud (device)));
  print_fact (_ ("Measures, too"), wattle_bus_device_get_others (device));
  print_fact (_ ("Support"), support);
  print_fact (_ ("Firmware"), wattle_bus_device_get_firmware_version (device));
  print_fact (_ ("Serial number"), wattle_bus_device_get_unit_id (device));
  print_fact (_ ("Id"), wattle_bus_device_get_id (device));
}

static void
print_passport (WattleBusPassport *passport)
{
  const char *const *omissions = wattle_bus_passport_get_omissions (passport);

  print_fact (_ ("Product"), wattle_bus_passport_get_product_name (passport));
  print_fact (_ ("Manufacturer"), wattle_bus_passport_get_manufacturer (passport));
  print_fact (_ ("Report a weakness to"), wattle_bus_passport_get_security_contact (passport));
  if (omissions == NULL || *omissions == NULL)
    return;
  wattle_print_paragraph (2, _ ("What the manufacturer does not say:"));
  for (; *omissions != NULL; omissions++)
    wattle_print_paragraph (4, *omissions);
}

static gboolean
run_show (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (WattleBusPassport) passport = NULL;
  WattleBusDevice *device;

  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;
  device = wattle_bus_object_peek_device (object);
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    add_device_json (json, device);
    wattle_print_json (json);
    return TRUE;
  }
  print_device (device);
  passport = wattle_client_get_passport (cli, wattle_bus_device_get_passport (device), NULL);
  if (passport != NULL)
    print_passport (passport);
  return TRUE;
}

const WattleCommand wattle_command_list = {
  .name = "list",
  .arguments = "",
  .summary = N_ ("List your devices"),
  .explanation = N_ ("Shows every device that you have set up, whether it is in reach, and its last reading."),
  .examples = N_ ("wattle list  all your devices\n"
                  "wattle list --json  for a script"),
  .run = run_list,
};

const WattleCommand wattle_command_show = {
  .name = "show",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Show all about one device"),
  .explanation = N_ ("Shows how a device is, until when its manufacturer repairs weaknesses, and whom to tell about "
                     "one. DEVICE is its name, the beginning of its name, its id or its serial number. If you have "
                     "only one device you can leave it out."),
  .examples = N_ ("wattle show  your only device\n"
                  "wattle show kitchen  the one whose name begins so"),
  .run = run_show,
};
