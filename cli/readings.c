/* SPDX-License-Identifier: Apache-2.0 */
/* wattle readings: what the device measured. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "client/words.h"

#define PAGE 1000 /* readings per call */
#define FEW 20    /* shown to a person who did not say how many */

static gboolean csv, follow, all;
static int last = -1;
static gint64 after;

static const GOptionEntry options[] = {
  { "follow", 'f', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &follow, N_ ("Go on showing new ones until Ctrl-C"), NULL },
  { "last", 'n', G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &last, N_ ("Show the newest N only"), N_ ("N") },
  { "all", 'a', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &all, N_ ("Show all that are kept"), NULL },
  { "after", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT64, &after, N_ ("Only those after this sequence number"),
    N_ ("NUMBER") },
  { "csv", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &csv, N_ ("A table for a spreadsheet (CSV)"), NULL },
  { 0 },
};

typedef struct {
  guint64 sequence;
  guint64 time;
  double value;
} Reading;

typedef struct {
  WattleCli *cli;
  WattleBusDevice *device;
  GArray *readings; /* of Reading */
  char *unit;
  guint64 highest; /* sequence number shown last */
  gboolean live;   /* signals are printed as they come */
} Show;

/* Device values have one decimal of meaning; more only where there is more. */
static void
format_value (double value, char out[G_ASCII_DTOSTR_BUF_SIZE])
{
  g_ascii_formatd (out, G_ASCII_DTOSTR_BUF_SIZE, "%.6g", value);
}

static void
print_line (Show *show, const Reading *reading)
{
  char value[G_ASCII_DTOSTR_BUF_SIZE];

  format_value (reading->value, value);
  if (csv || show->cli->json) {
    g_autofree char *time = wattle_words_iso_time (reading->time);
    g_autofree char *line
        = csv ? g_strdup_printf ("%" G_GUINT64_FORMAT ",%s,%s\n", reading->sequence, time != NULL ? time : "", value)
              : g_strdup_printf ("{\"sequence\":%" G_GUINT64_FORMAT ",\"time\":\"%s\",\"value\":%s}\n",
                                 reading->sequence, time != NULL ? time : "", value);
    wattle_print_raw (line);
  } else {
    g_autofree char *time = wattle_words_time (reading->time);
    g_autofree char *unit = wattle_text_clean (show->unit);

    wattle_print ("%s  %.1f %s\n", time, reading->value, unit);
  }
  show->highest = MAX (show->highest, reading->sequence);
}

static void
print_csv_head (Show *show)
{
  g_autofree char *unit = wattle_text_clean (show->unit);
  g_autofree char *head = g_strdup_printf ("sequence,time,value (%s)\n", unit);

  wattle_print_raw (head);
}

static void
print_document (Show *show)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "device", wattle_bus_device_get_id (show->device));
  wattle_json_string (json, "unit", show->unit);
  json_builder_set_member_name (json, "readings");
  json_builder_begin_array (json);
  for (guint i = 0; i < show->readings->len; i++) {
    const Reading *reading = &g_array_index (show->readings, Reading, i);

    json_builder_begin_object (json);
    wattle_json_int (json, "sequence", (gint64)reading->sequence);
    wattle_json_time (json, "time", reading->time);
    json_builder_set_member_name (json, "value");
    json_builder_add_double_value (json, reading->value);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  json_builder_end_object (json);
  wattle_print_json (json);
}

/* Appends one page after @from; how many came, or -1. */
static int
fetch_page (Show *show, guint64 from, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) page = NULL;
  g_autofree char *unit = NULL;
  GVariantIter iter;
  Reading reading;

  wattle_bus_device_call_get_readings (show->device, from, PAGE, show->cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (show->cli, &result);
  if (!wattle_bus_device_call_get_readings_finish (show->device, &page, &unit, result, error))
    return -1;
  g_free (show->unit);
  show->unit = g_steal_pointer (&unit);
  g_variant_iter_init (&iter, page);
  while (g_variant_iter_next (&iter, "(ttd)", &reading.sequence, &reading.time, &reading.value))
    g_array_append_val (show->readings, reading);
  return (int)g_variant_n_children (page);
}

static gboolean
fetch (Show *show, GError **error)
{
  guint64 from = (guint64)after;
  int count;

  do {
    count = fetch_page (show, from, error);
    if (count > 0) {
      guint64 reached = g_array_index (show->readings, Reading, show->readings->len - 1).sequence;

      if (reached <= from) /* a service that repeats itself must not keep us for ever */
        break;
      from = reached;
    }
  } while (count > 0);
  return count >= 0;
}

static void
keep_last (Show *show)
{
  int keep = last >= 0 ? last : FEW;

  if (all || (last < 0 && (csv || show->cli->json || after > 0)))
    return;
  if (show->readings->len > (guint)keep)
    g_array_remove_range (show->readings, 0, show->readings->len - (guint)keep);
}

static void
on_reading (WattleBusDevice *device, guint64 sequence, guint64 time, double value, const char *unit, gpointer data)
{
  Show *show = data;
  Reading reading = { sequence, time, value };

  /* What comes while we still fetch is in the answer that we fetch. */
  if (!show->live || sequence <= show->highest)
    return;
  print_line (show, &reading);
  wattle_output_flush (NULL);
}

static gboolean
service_is_gone (gpointer data)
{
  Show *show = data;
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (show->device));

  return owner == NULL;
}

/* Following ends with Ctrl-C, which is then no failure. */
static gboolean
follow_live (Show *show, GError **error)
{
  g_autoptr (GError) stopped = NULL;

  if (wattle_terminal_is_interactive (show->cli) && !csv)
    wattle_print_error ("%s\n", _ ("Waiting for new readings. Ctrl-C ends this."));
  show->live = TRUE;
  wattle_output_flush (NULL);
  if (!wattle_loop_wait_until (show->cli, service_is_gone, show, 0, &stopped))
    return TRUE;
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NO_SERVICE,
                       _ ("Wattle's service stopped. Start this command again."));
  return FALSE;
}

static gboolean
show_readings (Show *show, GError **error)
{
  if (!fetch (show, error))
    return FALSE;
  keep_last (show);
  if (csv)
    print_csv_head (show);
  if (show->cli->json && !follow) {
    print_document (show);
    return TRUE;
  }
  for (guint i = 0; i < show->readings->len; i++)
    print_line (show, &g_array_index (show->readings, Reading, i));
  if (show->readings->len == 0 && !csv && !show->cli->json && !follow)
    wattle_print_paragraph (0, _ ("No reading has come yet. The device sends what it has kept as soon as it is in "
                                  "reach."));
  return !follow || follow_live (show, error);
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  Show show = { .cli = cli };
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (Reading));
  g_autoptr (WattleBusObject) object = NULL;
  gulong handler;
  gboolean good;

  if (!wattle_command_check_arguments (arguments, 0, 1, error))
    return FALSE;
  if (after < 0 || (csv && cli->json)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("Choose one of --csv and --json, and a sequence number from 0."));
    return FALSE;
  }
  if (!wattle_client_connect (cli, error))
    return FALSE;
  object = wattle_client_find_device (cli, arguments[0], error);
  if (object == NULL)
    return FALSE;

  show.device = wattle_bus_object_peek_device (object);
  show.readings = readings;
  handler = g_signal_connect (show.device, "reading", G_CALLBACK (on_reading), &show);
  good = show_readings (&show, error);
  g_signal_handler_disconnect (show.device, handler);
  g_free (show.unit);
  return good;
}

const WattleCommand wattle_command_readings = {
  .name = "readings",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("See what a device measured"),
  .explanation = N_ ("Shows the newest readings that this computer keeps. They are here whether or not you allow the "
                     "manufacturer's cloud. Times are local in the text, UTC in --csv and --json. With --json and "
                     "--follow there is one JSON object on each line."),
  .examples = N_ ("wattle readings kitchen  the newest few\n"
                  "wattle readings kitchen --follow  and every new one as it comes\n"
                  "wattle readings kitchen --all --csv > kitchen.csv  all, for a spreadsheet"),
  .options = options,
  .run = run,
};
