/* SPDX-License-Identifier: Apache-2.0 */
/* wattle consent: the person's decisions, and who has confirmed them. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/purposes.h"
#include "cli/terminal.h"
#include "cli/verify.h"
#include "client/words.h"

/* How long a decision is given to arrive before we say that it is on its way. */
#define CONFIRM_SECONDS 10

static gboolean no_wait;
static char *until;

static const GOptionEntry options[] = {
  { "until", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &until,
    N_ ("With give: your yes ends by itself on this day, such as 2027-01-31"), N_ ("DAY") },
  { "no-wait", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &no_wait,
    N_ ("Do not wait until the device and the cloud have confirmed"), NULL },
  { 0 },
};

typedef struct {
  WattleBusConsent *consent;
  const char *purpose; /* id */
} Delivery;

static void
print_purposes_json (GPtrArray *purposes)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_array (json);
  for (guint i = 0; i < purposes->len; i++)
    wattle_purpose_add_json (json, purposes->pdata[i]);
  json_builder_end_array (json);
  wattle_print_json (json);
}

static gboolean
is_outstanding (const WattlePurpose *purpose)
{
  return g_str_equal (purpose->device, "outstanding") || g_str_equal (purpose->cloud, "outstanding");
}

/* Who has not confirmed, and since when. */
static void
print_outstanding (const WattlePurpose *purpose)
{
  g_autofree char *since = wattle_words_time (purpose->outstanding_since);

  if (g_str_equal (purpose->device, "outstanding"))
    wattle_print_paragraphf (0,
                             _ ("%s: the device has not confirmed your decision of %s. It will be told as soon as "
                                "it is in reach."),
                             purpose->title, since);
  if (g_str_equal (purpose->cloud, "outstanding"))
    wattle_print_paragraphf (0,
                             _ ("%s: the manufacturer's cloud has not confirmed your decision of %s. Wattle keeps "
                                "trying."),
                             purpose->title, since);
}

/* When a yes ends, or what asks for a new decision. */
static void
print_lapse (const WattlePurpose *purpose)
{
  g_autofree char *time = wattle_words_time (g_str_equal (purpose->state, "given") ? purpose->until : purpose->since);

  if (purpose->until != 0)
    wattle_print_paragraphf (0, _ ("%s: your yes ends by itself on %s."), purpose->title, time);
  else if (g_str_equal (purpose->state, "expired"))
    wattle_print_paragraphf (0, _ ("%s: your yes ended on %s. It is off until you say yes again."), purpose->title,
                             time);
  else if (g_str_equal (purpose->state, "outdated"))
    wattle_print_paragraphf (0,
                             _ ("%s: the maker changed the notice on %s, so your yes no longer counts. It is off until "
                                "you decide again: “wattle notice” shows the new one."),
                             purpose->title, time);
}

static gboolean
list (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GPtrArray) purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (consent));
  g_autoptr (WattleTable) table
      = wattle_table_new (_ ("What for"), _ ("Your decision"), _ ("Device"), _ ("Cloud"), _ ("Id"), NULL);

  if (cli->json) {
    print_purposes_json (purposes);
    return TRUE;
  }
  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    wattle_table_add (table, purpose->title, wattle_words (WATTLE_WORDS_DECISION, purpose->state),
                      wattle_words (WATTLE_WORDS_DELIVERY, purpose->device),
                      wattle_words (WATTLE_WORDS_DELIVERY, purpose->cloud), purpose->id, NULL);
  }
  wattle_print_table (table);
  for (guint i = 0; i < purposes->len; i++) {
    print_lapse (purposes->pdata[i]);
    print_outstanding (purposes->pdata[i]);
  }
  return TRUE;
}

/* What the service says about @id now; the result is in @purposes. */
static const WattlePurpose *
current (WattleBusConsent *consent, const char *id, GPtrArray **purposes)
{
  *purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (consent));
  for (guint i = 0; i < (*purposes)->len; i++) {
    const WattlePurpose *purpose = (*purposes)->pdata[i];

    if (g_str_equal (purpose->id, id))
      return purpose;
  }
  return NULL;
}

static gboolean
is_delivered (gpointer data)
{
  Delivery *delivery = data;
  g_autoptr (GPtrArray) purposes = NULL;
  const WattlePurpose *purpose = current (delivery->consent, delivery->purpose, &purposes);

  return purpose == NULL || !is_outstanding (purpose);
}

/* The decision is in force whatever comes of this: Ctrl-C only ends the waiting. */
static gboolean
report (WattleCli *cli, WattleBusConsent *consent, const char *id, GError **error)
{
  Delivery delivery = { consent, id };
  g_autoptr (GPtrArray) purposes = NULL;
  const WattlePurpose *purpose;

  if (!no_wait && !is_delivered (&delivery)) {
    g_autoptr (GError) stopped = NULL;

    if (wattle_terminal_is_interactive (cli))
      wattle_terminal_status (cli, _ ("Telling the device and the cloud…"));
    wattle_loop_wait_until (cli, is_delivered, &delivery, CONFIRM_SECONDS * 1000, &stopped);
    wattle_terminal_clear_status ();
    if (stopped != NULL && !cli->json)
      wattle_print_paragraph (0, _ ("Your decision holds. Wattle goes on telling the others by itself."));
  }
  purpose = current (consent, id, &purposes);
  if (purpose == NULL)
    return TRUE;
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    wattle_purpose_add_json (json, purpose);
    wattle_print_json (json);
    return TRUE;
  }
  wattle_print_paragraphf (0, "%s: %s.", purpose->title, wattle_words (WATTLE_WORDS_DECISION, purpose->state));
  if (is_outstanding (purpose))
    print_outstanding (purpose);
  else if (!g_str_equal (purpose->device, "") && !g_str_equal (purpose->cloud, "not-needed"))
    wattle_print_paragraph (0, _ ("The device and the manufacturer's cloud have confirmed it."));
  else
    wattle_print_paragraph (0, _ ("The device has confirmed it."));
  return TRUE;
}

static const WattlePurpose *
choose_purpose (WattleCli *cli, GPtrArray *purposes, const char *text, GError **error)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();
  g_autoptr (GPtrArray) chosen_from = g_ptr_array_new ();
  guint chosen;

  if (text != NULL)
    return wattle_purposes_match (purposes, text, error);
  if (!wattle_terminal_is_interactive (cli)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("Say for what: “wattle consent list” shows it."));
    return NULL;
  }
  for (guint i = 0; i < purposes->len; i++) {
    WattlePurpose *purpose = purposes->pdata[i];

    if (purpose->consent) {
      g_ptr_array_add (choices, purpose->title);
      g_ptr_array_add (chosen_from, purpose);
    }
  }
  g_ptr_array_add (choices, NULL);
  if (chosen_from->len == 0) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND,
                         _ ("This device asks for no decision of yours."));
    return NULL;
  }
  if (!wattle_terminal_ask_choice (cli, _ ("What for?"), (const char *const *)choices->pdata, &chosen, error))
    return NULL;
  return chosen_from->pdata[chosen];
}

/* The end of the day that --until names, seconds since 1970; 0 without it. */
static gboolean
read_until (guint64 *end, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *midnight = until != NULL ? g_strconcat (until, "T00:00:00", NULL) : NULL;
  g_autoptr (GDateTime) day = midnight != NULL ? g_date_time_new_from_iso8601 (midnight, zone) : NULL;
  g_autoptr (GDateTime) after = day != NULL ? g_date_time_add_days (day, 1) : NULL;

  *end = 0;
  if (until == NULL)
    return TRUE;
  if (after != NULL && g_date_time_to_unix (after) > g_get_real_time () / G_USEC_PER_SEC) {
    *end = (guint64)g_date_time_to_unix (after);
    return TRUE;
  }
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
               _ ("“%s” is no day to come. Write it as year, month and day: 2027-01-31."), until);
  return FALSE;
}

static gboolean
call_give (WattleCli *cli, WattleBusConsent *consent, const char *id, guint64 end, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (end == 0)
    wattle_bus_consent_call_give (consent, id, cli->cancellable, wattle_loop_done, &result);
  else
    wattle_bus_consent_call_give_until (consent, id, end, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return end == 0 ? wattle_bus_consent_call_give_finish (consent, result, error)
                  : wattle_bus_consent_call_give_until_finish (consent, result, error);
}

/* Before a yes the person sees what to; a no needs no persuading. */
static gboolean
give (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GPtrArray) purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (consent));
  const WattlePurpose *purpose = choose_purpose (cli, purposes, text, error);
  gboolean yes = TRUE;
  guint64 end;

  if (purpose == NULL || !read_until (&end, error))
    return FALSE;
  if (wattle_terminal_is_interactive (cli) && !cli->yes) {
    wattle_purpose_print (purpose);
    if (!wattle_terminal_ask_yes_no (cli, _ ("Do you allow this?"), &yes, error))
      return FALSE;
  }
  if (!yes) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED, _ ("Nothing was changed."));
    return FALSE;
  }
  return call_give (cli, consent, purpose->id, end, error) && report (cli, consent, purpose->id, error);
}

static gboolean
withdraw (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GPtrArray) purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (consent));
  const WattlePurpose *purpose = choose_purpose (cli, purposes, text, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (purpose == NULL)
    return FALSE;
  wattle_bus_consent_call_withdraw (consent, purpose->id, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_consent_call_withdraw_finish (consent, result, error) && report (cli, consent, purpose->id, error);
}

static gboolean
refuse (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GPtrArray) purposes = wattle_purposes_read (wattle_bus_consent_get_purposes (consent));
  const WattlePurpose *purpose = choose_purpose (cli, purposes, text, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (purpose == NULL)
    return FALSE;
  wattle_bus_consent_call_refuse (consent, purpose->id, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_consent_call_refuse_finish (consent, result, error) && report (cli, consent, purpose->id, error);
}

/* The ledger is a document of its own: printed as it is. */
static gboolean export(WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *json = NULL;

  wattle_bus_consent_call_get_ledger (consent, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_consent_call_get_ledger_finish (consent, &json, result, error))
    return FALSE;
  wattle_print_raw (json);
  wattle_print_raw ("\n");
  return TRUE;
}

/* The records are a document of their own: printed as they are. */
static gboolean
records (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *json = NULL;

  wattle_bus_consent_call_get_records (consent, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_consent_call_get_records_finish (consent, &json, result, error))
    return FALSE;
  wattle_print_raw (json);
  wattle_print_raw ("\n");
  return TRUE;
}

static gboolean
verify (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint count = 0;

  wattle_bus_consent_call_verify_ledger (consent, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_consent_call_verify_ledger_finish (consent, &count, result, error))
    return FALSE;
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    json_builder_begin_object (json);
    wattle_json_int (json, "records", count);
    wattle_json_boolean (json, "intact", TRUE);
    json_builder_end_object (json);
    wattle_print_json (json);
    return TRUE;
  }
  wattle_print_paragraphf (0,
                           ngettext ("%u record of your decisions, unchanged since it was written.",
                                     "%u records of your decisions, unchanged since they were written.", count),
                           count);
  return TRUE;
}

static const struct {
  const char *name;
  guint most; /* arguments after it */
  gboolean (*run) (WattleCli *cli, WattleBusConsent *consent, const char *text, GError **error);
} verbs[] = {
  { "list", 1, list },       { "give", 2, give },     { "refuse", 2, refuse }, { "withdraw", 2, withdraw },
  { "records", 1, records }, { "export", 1, export }, { "verify", 1, verify },
};

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  gsize verb = 0;
  char **rest = arguments;
  g_autoptr (WattleBusObject) object = NULL;

  for (gsize i = 0; arguments[0] != NULL && i < G_N_ELEMENTS (verbs); i++) {
    if (g_str_equal (arguments[0], verbs[i].name)) {
      verb = i;
      rest = arguments + 1;
    }
  }
  /* A file is verified with nothing else at hand: no service, no bus, no device. */
  if (verbs[verb].run == verify && rest[0] != NULL && rest[1] == NULL && wattle_verify_is_file (rest[0]))
    return wattle_verify_file (cli, rest[0], error);
  object = wattle_client_open_device (cli, rest, 0, verbs[verb].most, error);
  if (object == NULL)
    return FALSE;
  return verbs[verb].run (cli, wattle_bus_object_peek_consent (object), rest[0] != NULL ? rest[1] : NULL, error);
}

const WattleCommand wattle_command_consent = {
  .name = "consent",
  .flags = WATTLE_COMMAND_CONFIRMS,
  .arguments = N_ ("[list|give|refuse|withdraw|records|export|verify] [DEVICE|FILE] [PURPOSE]"),
  .summary = N_ ("See and change what you allow"),
  .explanation
  = N_ ("list shows what the device uses data for and what you chose. It also shows whether the device and the "
        "manufacturer's cloud have said that they know. give allows something, if you like only until a day; refuse "
        "says no, and withdraw "
        "takes a yes back. All are in force at once, at any time, as often as you like. What was kept for it is "
        "deleted here, on the device and in the cloud.\n\n"
        "export prints all that you chose, with each answer to it, for you to keep. verify checks that nobody has "
        "changed it on this computer, or in a FILE. A FILE comes from export or from “wattle receipts show --json”. It "
        "can be checked with nothing else there, not even Wattle's service. The command ends with 0 only if all is "
        "right, and says where it is not. records prints the bare records.\n\n"
        "PURPOSE is the id that list shows, or the beginning of its title."),
  .examples = N_ ("wattle consent  what you decided\n"
                  "wattle consent withdraw kitchen cloud-history  take one back\n"
                  "wattle consent give kitchen cloud-history --until 2027-01-31  allow it again, for a while\n"
                  "wattle consent export kitchen > decisions.json  keep a copy\n"
                  "wattle consent verify decisions.json  check it, here or elsewhere"),
  .options = options,
  .run = run,
};
