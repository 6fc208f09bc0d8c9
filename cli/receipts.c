/* SPDX-License-Identifier: Apache-2.0 */
/* wattle receipts: what was wiped and decided, and the next owner's code. */
#include "cli/receipts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/client.h"
#include "client/receipt.h"
#include "cli/loop.h"
#include "cli/next-code.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/verify.h"
#include "client/words.h"

/* All, newest first; of WattleReceipt. */
static GPtrArray *
fetch (WattleCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) list = NULL;

  wattle_bus_manager_call_list_receipts (cli->manager, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_manager_call_list_receipts_finish (cli->manager, &list, result, error))
    return NULL;
  return wattle_receipts_read (list);
}

static const WattleReceipt *
match (GPtrArray *all, const char *text, GError **error)
{
  g_autofree WattleNames *names = g_new0 (WattleNames, all->len + 1);
  int index;

  for (guint i = 0; i < all->len; i++) {
    const WattleReceipt *receipt = all->pdata[i];

    names[i] = (WattleNames){ receipt->id, receipt->id, receipt->id };
  }
  index = wattle_client_match (text, names, all->len, error);
  return index >= 0 ? all->pdata[index] : NULL;
}

static void
add_json (JsonBuilder *json, const WattleReceipt *receipt)
{
  json_builder_begin_object (json);
  wattle_json_string (json, "id", receipt->id);
  wattle_json_string (json, "kind", receipt->kind);
  wattle_json_string (json, "device", receipt->device);
  wattle_json_time (json, "time", receipt->time);
  wattle_json_boolean (json, "complete", receipt->complete);
  json_builder_set_member_name (json, "places");
  json_builder_begin_object (json);
  for (const char *const *place = wattle_receipt_places; *place != NULL; place++) {
    const char *state = wattle_receipt_get_place (receipt, *place);

    if (state != NULL)
      wattle_json_string (json, *place, state);
  }
  json_builder_end_object (json);
  json_builder_end_object (json);
}

/* The whole document; NULL with @error set. */
static char *
fetch_document (WattleCli *cli, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *json = NULL;

  wattle_bus_manager_call_get_receipt (cli->manager, id, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  wattle_bus_manager_call_get_receipt_finish (cli->manager, &json, result, error);
  return json;
}

/* What it says, checked here rather than believed. */
static gboolean
print_receipt (WattleCli *cli, const WattleReceipt *receipt, GError **error)
{
  g_autofree char *json = fetch_document (cli, receipt->id, error);
  g_autofree char *time = wattle_words_time (receipt->time);

  if (json == NULL)
    return FALSE;
  wattle_print_heading (receipt->device);
  wattle_print_paragraphf (2, _ ("Receipt %s, %s"), receipt->id, time);
  wattle_print_paragraph (2, !receipt->complete                      ? _ ("Something is still outstanding.")
                             : wattle_receipt_has_given_up (receipt) ? _ ("It is over, but not all of it is confirmed.")
                                                                     : _ ("All is done."));
  for (const char *const *place = wattle_receipt_places; *place != NULL; place++) {
    const char *state = wattle_receipt_get_place (receipt, *place);

    if (state != NULL)
      wattle_print_paragraphf (4, "%s: %s", wattle_words (WATTLE_WORDS_PLACE, *place),
                               wattle_words (WATTLE_WORDS_DELIVERY, state));
  }
  wattle_print_paragraph (2, _ ("What was deleted:"));
  return wattle_verify_print_removed (json, error);
}

gboolean
wattle_receipt_print (WattleCli *cli, const char *id, GError **error)
{
  g_autoptr (GPtrArray) all = fetch (cli, error);
  const WattleReceipt *receipt = all != NULL ? match (all, id, error) : NULL;

  if (receipt == NULL)
    return FALSE;
  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    add_json (json, receipt);
    wattle_print_json (json);
    return TRUE;
  }
  return print_receipt (cli, receipt, error);
}

static gboolean
list (WattleCli *cli, const WattleReceipt *receipt, GPtrArray *all, GError **error)
{
  g_autoptr (WattleTable) table = NULL;

  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    json_builder_begin_array (json);
    for (guint i = 0; i < all->len; i++)
      add_json (json, all->pdata[i]);
    json_builder_end_array (json);
    wattle_print_json (json);
    return TRUE;
  }
  if (all->len == 0) {
    wattle_print_paragraph (0, _ ("There is no receipt yet."));
    return TRUE;
  }
  table = wattle_table_new (_ ("When"), _ ("Device"), _ ("What"), _ ("Complete"), _ ("Id"), NULL);
  for (guint i = 0; i < all->len; i++) {
    const WattleReceipt *one = all->pdata[i];
    g_autofree char *time = wattle_words_time (one->time);

    wattle_table_add (table, time, one->device, wattle_words (WATTLE_WORDS_RECEIPT_KIND, one->kind),
                      one->complete && !wattle_receipt_has_given_up (one) ? _ ("yes") : _ ("no"), one->id, NULL);
  }
  wattle_print_table (table);
  return TRUE;
}

char *
wattle_receipt_get (WattleCli *cli, const char *text, GError **error)
{
  g_autoptr (GPtrArray) all = fetch (cli, error);
  const WattleReceipt *receipt = all != NULL ? match (all, text, error) : NULL;

  return receipt != NULL ? fetch_document (cli, receipt->id, error) : NULL;
}

gboolean
wattle_receipt_find (WattleCli *cli, const char *text, char **id, char **device, GError **error)
{
  g_autoptr (GPtrArray) all = fetch (cli, error);
  const WattleReceipt *receipt = all != NULL ? match (all, text, error) : NULL;

  if (receipt == NULL)
    return FALSE;
  *id = g_strdup (receipt->id);
  *device = g_strdup (receipt->device);
  return TRUE;
}

/* A script gets the whole document with the statements that prove it. */
static gboolean
show (WattleCli *cli, const WattleReceipt *receipt, GPtrArray *all, GError **error)
{
  g_autofree char *json = NULL;

  if (!cli->json)
    return print_receipt (cli, receipt, error);
  json = fetch_document (cli, receipt->id, error);
  if (json == NULL)
    return FALSE;
  wattle_print_raw (json);
  wattle_print_raw ("\n");
  return TRUE;
}

static gboolean
next_code (WattleCli *cli, const WattleReceipt *receipt, GPtrArray *all, GError **error)
{
  return wattle_next_code_print (cli, receipt->id, receipt->device, FALSE, NULL, error);
}

static gboolean
forget_code (WattleCli *cli, const WattleReceipt *receipt, GPtrArray *all, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean yes = cli->yes;

  if (!yes && !wattle_terminal_is_interactive (cli)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("Nobody is there to be asked. If this is what you want, add --yes."));
    return FALSE;
  }
  if (!yes) {
    wattle_print_paragraph (0, _ ("Without this code the next owner has to reset the device by its button."));
    if (!wattle_terminal_ask_yes_no (cli, _ ("Have you handed the code on, and may Wattle forget it?"), &yes, error))
      return FALSE;
  }
  if (!yes) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED, _ ("Nothing was changed."));
    return FALSE;
  }
  wattle_bus_manager_call_forget_next_code (cli->manager, receipt->id, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_manager_call_forget_next_code_finish (cli->manager, result, error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraph (0, _ ("The code is forgotten here."));
  return TRUE;
}

static const struct {
  const char *name;
  gboolean needs_receipt;
  gboolean (*run) (WattleCli *cli, const WattleReceipt *receipt, GPtrArray *all, GError **error);
} verbs[] = {
  { "list", FALSE, list },
  { "show", TRUE, show },
  { "next-code", TRUE, next_code },
  { "forget-code", TRUE, forget_code },
};

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  gsize verb = G_N_ELEMENTS (verbs);
  g_autoptr (GPtrArray) all = NULL;
  const WattleReceipt *receipt = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_strcmp0 (arguments[0] != NULL ? arguments[0] : "list", verbs[i].name) == 0)
      verb = i;
  if (verb == G_N_ELEMENTS (verbs)) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                 _ ("“%s” is none of list, show, next-code and forget-code."), arguments[0]);
    return FALSE;
  }
  if (arguments[0] != NULL
      && !wattle_command_check_arguments (arguments + 1, verbs[verb].needs_receipt, verbs[verb].needs_receipt, error))
    return FALSE;
  if (!wattle_client_connect (cli, error) || (all = fetch (cli, error)) == NULL)
    return FALSE;
  if (verbs[verb].needs_receipt && (receipt = match (all, arguments[1], error)) == NULL)
    return FALSE;
  return verbs[verb].run (cli, receipt, all, error);
}

const WattleCommand wattle_command_receipts = {
  .name = "receipts",
  .flags = WATTLE_COMMAND_CONFIRMS,
  .arguments = N_ ("[list|show|next-code|forget-code] [RECEIPT]"),
  .summary = N_ ("See proofs of wipes and decisions"),
  .explanation
  = N_ ("A receipt says what was wiped or decided, where, and who has confirmed it with a signature. It stays when the "
        "device is gone. show --json prints it in full, with every signed statement.\n\n"
        "After a wipe the device has a fresh setup code for its next owner. Next-code shows it. Forget-code removes it "
        "when you have handed it on. RECEIPT is the id that list shows, or its beginning."),
  .examples = N_ ("wattle receipts  all of them\n"
                  "wattle receipts show 3f2a  one of them\n"
                  "wattle receipts show 3f2a --json > receipt.json  to keep or show to somebody\n"
                  "wattle receipts next-code 3f2a  the code for the next owner"),
  .run = run,
};
