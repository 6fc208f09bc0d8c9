/* SPDX-License-Identifier: Apache-2.0 */
/* wattle support: until when devices are kept safe, and what to do after. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "client/dict.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/property.h"
#include "client/words.h"

static char *calendar;
static int snooze_days;
static gboolean stop_cloud, resume_cloud, force;

static const GOptionEntry options[] = {
  { "calendar", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &calendar,
    N_ ("Write the dates to FILE for your calendar; - is standard output"), N_ ("FILE") },
  { "force", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &force, N_ ("Replace FILE if it is there"), NULL },
  { "snooze", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &snooze_days, N_ ("Remind me again in DAYS, 1 to 90"),
    N_ ("DAYS") },
  { "stop-cloud", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &stop_cloud,
    N_ ("Let nothing about the device leave this computer"), NULL },
  { "resume-cloud", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &resume_cloud, N_ ("Allow the cloud again"), NULL },
  { 0 },
};

/* The parts of the page that are lists, under a title each. */
static const struct {
  const char *key, *title;
} lists[] = {
  { "stops", N_ ("What stops working:") },
  { "isolate", N_ ("If you go on using it:") },
  { "replace", N_ ("If you replace it:") },
  { "dispose", N_ ("When you part with it:") },
};

/* --- asking the service --- */

static const char *
language (void)
{
  const char *name = g_get_language_names_with_category ("LC_MESSAGES")[0];

  return g_str_equal (name, "C") ? "en" : name;
}

static GVariant *
get_support (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *page = NULL;

  wattle_bus_device_call_get_support (device, language (), cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_device_call_get_support_finish (device, &page, result, error) ? page : NULL;
}

static guint64
lookup_time (GVariant *page, const char *key)
{
  guint64 time = 0;

  g_variant_lookup (page, key, "t", &time);
  return time;
}

static gboolean
relays (GVariant *page)
{
  gboolean on = TRUE;

  g_variant_lookup (page, "relays", "b", &on);
  return on;
}

/* --- JSON --- */

static void
add_json (JsonBuilder *json, WattleBusDevice *device, GVariant *page)
{
  static const struct {
    const char *key, *name;
  } texts[] = { { "end", "support_end" }, { "stage", "stage" }, { "sentence", "sentence" }, { "risk", "risk" } },
    times[] = { { "stopped-since", "stopped_since" },
                { "told", "told" },
                { "snoozed-until", "snoozed_until" },
                { "next-warning", "next_warning" } };
  gint32 days = 0;

  json_builder_begin_object (json);
  wattle_json_string (json, "device", wattle_bus_device_get_id (device));
  wattle_json_string (json, "name", wattle_bus_device_get_name (device));
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = wattle_dict_string (page, texts[i].key);

    wattle_json_string (json, texts[i].name, text);
  }
  g_variant_lookup (page, "days", "i", &days);
  wattle_json_int (json, "days", days);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree const char **lines = NULL;

    if (g_variant_lookup (page, lists[i].key, "^a&s", &lines))
      wattle_json_strv (json, lists[i].key, lines);
  }
  wattle_json_boolean (json, "relays_to_cloud", relays (page));
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    wattle_json_time (json, times[i].name, lookup_time (page, times[i].key));
  json_builder_end_object (json);
}

/* --- all devices --- */

static gboolean
print_overview (WattleCli *cli, GError **error)
{
  g_autoptr (GPtrArray) devices = wattle_client_list_devices (cli);
  g_autoptr (WattleTable) table = wattle_table_new (_ ("Name"), _ ("Support"), _ ("Until"), _ ("Cloud"), NULL);
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_array (json);
  for (guint i = 0; i < devices->len; i++) {
    WattleBusDevice *device = wattle_bus_object_peek_device (devices->pdata[i]);
    g_autoptr (GVariant) page = get_support (cli, device, error);
    g_autofree char *end = NULL;
    g_autofree char *stage = NULL;
    g_autofree char *date = NULL;

    if (page == NULL)
      return FALSE;
    add_json (json, device, page);
    end = wattle_dict_string (page, "end");
    stage = wattle_dict_string (page, "stage");
    date = wattle_words_date (end);
    wattle_table_add (table, wattle_bus_device_get_name (device), wattle_words (WATTLE_WORDS_SUPPORT, stage),
                      *date != '\0' ? date : _ ("not said"),
                      wattle_words (WATTLE_WORDS_CLOUD, wattle_bus_device_get_cloud (device)), NULL);
  }
  json_builder_end_array (json);
  if (cli->json)
    wattle_print_json (json);
  else if (devices->len == 0)
    wattle_print_paragraph (0, _ ("You have no device yet. “wattle setup” adds one."));
  else
    wattle_print_table (table);
  return TRUE;
}

/* --- one device --- */

static void
print_list (GVariant *page, const char *key, const char *title)
{
  g_autofree const char **lines = NULL;

  if (!g_variant_lookup (page, key, "^a&s", &lines) || lines[0] == NULL)
    return;
  wattle_print ("\n");
  wattle_print_heading (title);
  for (guint i = 0; lines[i] != NULL; i++)
    wattle_print_paragraph (2, lines[i]);
}

static void
print_command (const char *what, const char *command, const char *name, const char *option)
{
  g_autofree char *clean = wattle_text_clean (name);
  g_autofree char *quoted = g_shell_quote (clean);

  wattle_print_paragraph (0, what);
  wattle_print ("  wattle %s %s%s\n", command, quoted, option);
}

static void
print_commands (WattleBusDevice *device, GVariant *page)
{
  const char *name = wattle_bus_device_get_name (device);

  wattle_print ("\n");
  if (relays (page))
    print_command (_ ("To let nothing go to the cloud:"), "support", name, " --stop-cloud");
  else
    print_command (_ ("To allow the cloud again:"), "support", name, " --resume-cloud");
  print_command (_ ("To wipe it:"), "wipe", name, "");
}

static gboolean
print_page (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autoptr (GVariant) page = get_support (cli, device, error);
  g_autofree char *headline = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *risk = NULL;
  guint64 snoozed;

  if (page == NULL)
    return FALSE;
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    add_json (json, device, page);
    wattle_print_json (json);
    return TRUE;
  }
  headline = wattle_dict_string (page, "headline");
  sentence = wattle_dict_string (page, "sentence");
  risk = wattle_dict_string (page, "risk");
  wattle_print_heading (headline);
  wattle_print_paragraph (2, sentence);
  wattle_print_paragraph (2, risk);
  snoozed = lookup_time (page, "snoozed-until");
  if (snoozed != 0) {
    g_autofree char *when = wattle_words_time (snoozed);

    wattle_print_paragraphf (2, _ ("You are reminded again on %s."), when);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    print_list (page, lists[i].key, _ (lists[i].title));
  print_commands (device, page);
  return TRUE;
}

static gboolean
snooze (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint64 until;

  wattle_bus_device_call_snooze_support_warning (device, (guint)snooze_days, cli->cancellable, wattle_loop_done,
                                                 &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_device_call_snooze_support_warning_finish (device, &until, result, error))
    return FALSE;
  if (!cli->json) {
    g_autofree char *when = wattle_words_time (until);

    wattle_print_paragraphf (0, _ ("You are reminded again on %s."), when);
  }
  return TRUE;
}

static gboolean
set_relay (WattleCli *cli, WattleBusDevice *device, gboolean on, GError **error)
{
  if (!wattle_property_set (cli, device, "RelayToCloud", g_variant_new_boolean (on), error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraph (0, on ? _ ("Your decisions and, where you allow it, readings go to the cloud again.")
                                  : _ ("From now on nothing about the device leaves this computer. A change of your "
                                       "decisions reaches the cloud when you allow it again; a wipe always does."));
  return TRUE;
}

/* --- the calendar --- */

static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (!force && g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                 _ ("“%s” is there already. Choose another name, or replace it with --force."), path);
    return FALSE;
  }
  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &why))
    return TRUE;
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, _ ("“%s” could not be written: %s"), path, why->message);
  return FALSE;
}

static gboolean
write_calendar (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;

  wattle_bus_device_call_get_support_calendar (device, language (), cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_device_call_get_support_calendar_finish (device, &text, result, error))
    return FALSE;
  if (g_str_equal (calendar, "-")) {
    wattle_print_raw (text);
    return TRUE;
  }
  if (!write_file (calendar, text, error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraphf (0, _ ("The dates are in “%s”. Open it with your calendar."), calendar);
  return TRUE;
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  WattleBusDevice *device;
  guint wanted = (calendar != NULL) + (snooze_days != 0) + stop_cloud + resume_cloud;

  if (wanted > 1) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("Do one thing at a time."));
    return FALSE;
  }
  if (snooze_days < 0) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("Choose from 1 to 90 days."));
    return FALSE;
  }
  if (arguments[0] == NULL && wanted == 0)
    return wattle_client_connect (cli, error) && print_overview (cli, error);
  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;
  device = wattle_bus_object_peek_device (object);
  if (calendar != NULL)
    return write_calendar (cli, device, error);
  if (snooze_days != 0)
    return snooze (cli, device, error);
  if (wanted > 0)
    return set_relay (cli, device, resume_cloud, error);
  return print_page (cli, device, error);
}

const WattleCommand wattle_command_support = {
  .name = "support",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("See how long devices are kept safe"),
  .explanation
  = N_ ("Shows until when the makers of your devices fix security problems. For one device it also shows what is at "
        "risk after that day, what stops working, and how to go on.\n\n"
        "Wattle warns you 12, 6, 3 and 1 month before that day, on it and after it, once each. You can put a warning "
        "off, or get the dates for your own calendar.\n\n"
        "--stop-cloud lets nothing about a device leave this computer until --resume-cloud. Only a wipe still "
        "reaches the cloud, to delete what it holds."),
  .examples = N_ ("wattle support  all devices\n"
                  "wattle support kitchen  one in full\n"
                  "wattle support kitchen --calendar kitchen.ics  for your calendar\n"
                  "wattle support kitchen --snooze 14  remind me in two weeks\n"
                  "wattle support kitchen --stop-cloud  keep its data at home"),
  .options = options,
  .run = run,
};
