/* SPDX-License-Identifier: Apache-2.0 */
/* wattle wipe: parting with a device. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/agent.h"
#include "cli/client.h"
#include "cli/export.h"
#include "cli/job.h"
#include "cli/loop.h"
#include "cli/next-code.h"
#include "cli/output.h"
#include "cli/receipts.h"
#include "cli/terminal.h"
#include "client/words.h"

static int patience;
static gboolean cancel, plan_only, lost, give_up;
static char *keep;

static const GOptionEntry options[] = {
  { "plan", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &plan_only, N_ ("Only show what would go"), NULL },
  { "keep", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &keep,
    N_ ("First write a copy of all your data to FILE, as “wattle export” does"), N_ ("FILE") },
  { "lost", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &lost,
    N_ ("You do not have the device: wipe all else now, and the device when it is found"), NULL },
  { "give-up-cloud", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &give_up,
    N_ ("The maker's cloud is gone for good: end the wipe without it"), NULL },
  { "wait", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &patience,
    N_ ("Leave after waiting so long for what is out of reach; the wipe goes on"), N_ ("SECONDS") },
  { "cancel", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &cancel, N_ ("Stop a wipe that has not wiped anything yet"),
    NULL },
  { 0 },
};

static GVariant *
get_plan (WattleCli *cli, WattleBusWipe *wipe, char ***remains, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *places = NULL;

  wattle_bus_wipe_call_get_plan (wipe, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  wattle_bus_wipe_call_get_plan_finish (wipe, &places, remains, result, error);
  return places;
}

static void
print_plan_json (GVariant *places, char **remains)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  const char *place, *sentence;
  GVariantIter iter;

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "places");
  json_builder_begin_object (json);
  g_variant_iter_init (&iter, places);
  while (g_variant_iter_next (&iter, "(&s&s)", &place, &sentence))
    wattle_json_string (json, place, sentence);
  json_builder_end_object (json);
  wattle_json_strv (json, "remains", (const char *const *)remains);
  json_builder_end_object (json);
  wattle_print_json (json);
}

static void
print_plan (WattleBusDevice *device, GVariant *places, char **remains)
{
  g_autofree char *name = wattle_text_clean (wattle_bus_device_get_name (device));
  g_autofree char *title = g_strdup_printf (_ ("What will go with “%s”"), name);
  const char *place, *sentence;
  GVariantIter iter;

  wattle_print_heading (title);
  g_variant_iter_init (&iter, places);
  while (g_variant_iter_next (&iter, "(&s&s)", &place, &sentence))
    wattle_print_paragraphf (2, "%s: %s", wattle_words (WATTLE_WORDS_PLACE, place), sentence);
  if (remains[0] != NULL) {
    wattle_print ("\n");
    wattle_print_heading (_ ("What Wattle cannot reach"));
    for (char **line = remains; *line != NULL; line++)
      wattle_print_paragraph (2, *line);
  }
  wattle_print ("\n");
}

static gboolean
show_plan (WattleCli *cli, WattleBusObject *object, GError **error)
{
  g_auto (GStrv) remains = NULL;
  g_autoptr (GVariant) places = get_plan (cli, wattle_bus_object_peek_wipe (object), &remains, error);

  if (places == NULL)
    return FALSE;
  if (plan_only && cli->json)
    print_plan_json (places, remains);
  else if (!cli->json)
    print_plan (wattle_bus_object_peek_device (object), places, remains);
  return TRUE;
}

/* A copy to keep, before anything goes: on the disk when this returns. */
static gboolean
keep_copy (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  gboolean yes = FALSE;
  g_autofree char *path = NULL;

  if (keep == NULL && !cli->yes && wattle_terminal_is_interactive (cli)
      && !wattle_terminal_ask_yes_no (cli, _ ("Do you want to keep a copy of your data first?"), &yes, error))
    return FALSE;
  if (keep == NULL && !yes)
    return TRUE;
  path = keep != NULL ? g_strdup (keep) : wattle_text_export_name (wattle_bus_device_get_name (device));
  if (!cli->json)
    wattle_print_paragraph (0, _ ("First the copy. Nothing is wiped before it is whole."));
  if (!wattle_export_to_file (cli, device, path, FALSE, TRUE, error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraphf (0, _ ("Your copy is in “%s”. Now the wipe."), path);
  return TRUE;
}

/* Typing @word takes the moment of thought that a "y" does not.  @what: asks for it;
 * @wrong: said to one who types something else. */
static gboolean
confirm_by_typing (WattleCli *cli, const char *what, const char *word, const char *wrong, GError **error)
{
  g_autofree char *typed = NULL;

  if (cli->yes)
    return TRUE;
  if (!wattle_terminal_is_interactive (cli)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("A wipe cannot be undone, and nobody is there to be asked. If you mean it, add --yes."));
    return FALSE;
  }
  wattle_print_paragraph (0, _ ("This cannot be undone."));
  wattle_print_paragraphf (0, "%s %s", what, word);
  if (!wattle_terminal_ask (cli, _ ("Name:"), "", &typed, error))
    return FALSE;
  if (g_str_equal (typed, word))
    return TRUE;
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED, wrong);
  return FALSE;
}

static gboolean
confirm (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autofree char *name = wattle_text_clean (wattle_bus_device_get_name (device));

  return confirm_by_typing (cli, _ ("To wipe it, type its name:"), g_strstrip (name),
                            _ ("That is not its name, so nothing was wiped."), error);
}

/* --- a cloud that is gone for good --- */

/* Its host's name, as the passport has it. */
static char *
get_cloud_host (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autoptr (WattleBusPassport) passport
      = wattle_client_get_passport (cli, wattle_bus_device_get_passport (device), error);
  g_autoptr (JsonNode) node
      = passport != NULL ? json_from_string (wattle_bus_passport_get_json (passport), NULL) : NULL;
  JsonObject *root = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *cloud
      = root != NULL && json_object_has_member (root, "cloud") ? json_object_get_object_member (root, "cloud") : NULL;
  const char *url = cloud != NULL ? json_object_get_string_member_with_default (cloud, "url", "") : "";
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (passport == NULL)
    return NULL;
  if (uri != NULL && g_uri_get_host (uri) != NULL)
    return g_strdup (g_uri_get_host (uri));
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND, _ ("This device has no cloud to give up."));
  return NULL;
}

static char *
give_up_cloud (WattleCli *cli, WattleBusObject *object, GError **error)
{
  g_autofree char *host = get_cloud_host (cli, wattle_bus_object_peek_device (object), error);
  WattleBusWipe *wipe = wattle_bus_object_peek_wipe (object);
  g_autoptr (GAsyncResult) result = NULL;
  char *job = NULL;

  if (host == NULL)
    return NULL;
  if (!cli->json)
    wattle_print_paragraph (0, _ ("Do this only if the maker's cloud is gone for good. What it holds of you may stay "
                                  "there, and Wattle cannot delete it later. The certificate will say so."));
  if (!confirm_by_typing (cli, _ ("To give it up, type the name of the cloud:"), host,
                          _ ("That is not its name, so Wattle goes on asking the cloud."), error)
      || !wattle_agent_register (cli, "give-up-cloud", TRUE, error))
    return NULL;
  wattle_bus_wipe_call_give_up_cloud (wipe, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  wattle_bus_wipe_call_give_up_cloud_finish (wipe, &job, result, error);
  wattle_agent_unregister (cli);
  return job;
}

/* The wipe of this device that goes on already, or NULL. */
static char *
find_running (WattleCli *cli, const char *device)
{
  g_autolist (GDBusObject) all = g_dbus_object_manager_get_objects (cli->objects);

  for (GList *l = all; l != NULL; l = l->next) {
    WattleBusJob *job = wattle_bus_object_peek_job (l->data);

    if (job != NULL && g_strcmp0 (wattle_bus_job_get_kind (job), "wipe") == 0
        && g_strcmp0 (wattle_bus_job_get_subject (job), device) == 0
        && (g_strcmp0 (wattle_bus_job_get_state (job), "running") == 0
            || g_strcmp0 (wattle_bus_job_get_state (job), "waiting") == 0))
      return g_strdup (g_dbus_object_get_object_path (l->data));
  }
  return NULL;
}

static char *
start (WattleCli *cli, WattleBusWipe *wipe, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *job = NULL;

  if (!wattle_agent_register (cli, "wipe", TRUE, error))
    return NULL;
  if (lost)
    wattle_bus_wipe_call_declare_lost (wipe, cli->cancellable, wattle_loop_done, &result);
  else
    wattle_bus_wipe_call_start (wipe, g_variant_new ("a{sv}", NULL), cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (lost)
    wattle_bus_wipe_call_declare_lost_finish (wipe, &job, result, error);
  else
    wattle_bus_wipe_call_start_finish (wipe, &job, result, error);
  wattle_agent_unregister (cli);
  return job;
}

static gboolean
stop_running (WattleCli *cli, const char *path, GError **error)
{
  g_autoptr (WattleBusObject) object = path != NULL ? wattle_client_get_object (cli, path) : NULL;
  WattleBusJob *job = object != NULL ? wattle_bus_object_peek_job (object) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (job == NULL) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND, _ ("This device is not being wiped."));
    return FALSE;
  }
  if (!wattle_bus_job_get_cancellable (job)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("Part of it is wiped already, so the wipe will be finished."));
    return FALSE;
  }
  wattle_bus_job_call_cancel (job, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_job_call_cancel_finish (job, result, error))
    return FALSE;
  if (!cli->json)
    wattle_print_paragraph (0, _ ("Stopped. Nothing was wiped."));
  return TRUE;
}

/* Whether the wipe of a lost device has come as far as it can without it. */
static gboolean
is_waiting (WattleCli *cli, const char *path)
{
  g_autoptr (WattleBusObject) object = wattle_client_get_object (cli, path);
  WattleBusJob *job = object != NULL ? wattle_bus_object_peek_job (object) : NULL;

  return lost && job != NULL && g_strcmp0 (wattle_bus_job_get_state (job), "done") != 0;
}

static void
tell_certificate (const char *receipt)
{
  wattle_print_paragraph (0, _ ("These print the certificate, or save it to keep and show:"));
  wattle_print ("  wattle certificate print %s FILE.pdf\n", receipt);
  wattle_print ("  wattle certificate save %s FILE.json\n\n", receipt);
}

/* Follows the wipe to its end, then shows what is left to know. */
static gboolean
finish (WattleCli *cli, const char *job, const char *name, GError **error)
{
  WattleJobOptions job_options = {
    .patience = (guint)patience,
    .leave_waiting = TRUE,
    .enough = lost ? "receipt" : NULL,
    .goes_on = N_ ("Wattle's service goes on with the wipe by itself, after a restart, too. "
                   "“wattle wipe DEVICE” shows how far it is."),
  };
  g_autoptr (GVariant) result = wattle_job_follow (cli, job, &job_options, error);
  const char *receipt = NULL;
  gboolean waits;

  if (result == NULL)
    return FALSE;
  if (!g_variant_lookup (result, "receipt", "&s", &receipt)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_FAILED,
                         _ ("The wipe is done, but the service named no receipt. See “wattle receipts”."));
    return FALSE;
  }
  if (!cli->json)
    wattle_print ("\n");
  if (!wattle_receipt_print (cli, receipt, error))
    return FALSE;
  waits = is_waiting (cli, job);
  if (!cli->json)
    tell_certificate (receipt);
  if (waits) {
    if (!cli->json)
      wattle_print_paragraph (0, _ ("The device itself is wiped when it is next near this computer, even years from "
                                    "now. Until then Wattle lets nobody do anything else with it."));
    return TRUE;
  }
  if (wattle_terminal_is_interactive (cli))
    return wattle_next_code_print (cli, receipt, name, TRUE, NULL, error);
  if (!cli->json) {
    wattle_print_paragraph (0, _ ("This shows the setup code for the next owner:"));
    wattle_print ("  wattle next-code %s\n", receipt);
  }
  return TRUE;
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autofree char *job = NULL;
  g_autofree char *name = NULL;
  const char *path;

  if (!wattle_command_check_arguments (arguments, 0, 1, error))
    return FALSE;
  if (patience < 0 || (arguments[0] == NULL && !wattle_terminal_is_interactive (cli))) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         patience < 0 ? _ ("Wait for at least 0 seconds.") : _ ("Say which device to wipe."));
    return FALSE;
  }
  if (!wattle_client_connect (cli, error))
    return FALSE;
  object = wattle_client_find_device (cli, arguments[0], error);
  if (object == NULL)
    return FALSE;

  path = g_dbus_object_get_object_path (G_DBUS_OBJECT (object));
  name = g_strdup (wattle_bus_device_get_name (wattle_bus_object_peek_device (object)));
  job = find_running (cli, path);
  if (cancel)
    return stop_running (cli, job, error);
  if (plan_only)
    return show_plan (cli, object, error);
  if (give_up) {
    g_free (job);
    job = give_up_cloud (cli, object, error);
    return job != NULL && finish (cli, job, name, error);
  }
  if (job != NULL && keep != NULL) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                         _ ("It is being wiped already, so it is too late for a copy."));
    return FALSE;
  }
  if (job == NULL || lost) {
    if ((job == NULL && !show_plan (cli, object, error))
        || !confirm (cli, wattle_bus_object_peek_device (object), error)
        || (job == NULL && !keep_copy (cli, wattle_bus_object_peek_device (object), error)))
      return FALSE;
    g_free (job);
    job = start (cli, wattle_bus_object_peek_wipe (object), error);
  }
  return job != NULL && finish (cli, job, name, error);
}

const WattleCommand wattle_command_wipe = {
  .name = "wipe",
  .flags = WATTLE_COMMAND_CONFIRMS,
  .arguments = N_ ("DEVICE"),
  .summary = N_ ("Part with a device and wipe all its data"),
  .explanation = N_ (
      "For when you sell, give away or throw away a device. Wipes your data and your account in the "
      "manufacturer's cloud, and the device itself. Then it wipes its keys in your keyring and its records on this "
      "computer. Each place confirms, "
      "and you get a receipt. The device then has a fresh setup code for its next owner.\n\n"
      "You can keep a copy of your data first. Nothing goes before that copy is whole.\n\n"
      "A device that is out of reach is wiped when it is next met. You can leave with Ctrl-C or switch off the "
      "computer, "
      "and come back with the same command. Until the first place is wiped, --cancel stops it. If you have lost the "
      "device, add --lost: then all else is wiped now, and the device when it is found.\n\n"
      "If the maker's cloud is gone for good, the wipe can end without it: --give-up-cloud. The certificate then says "
      "that nobody has confirmed what the cloud held."),
  .examples = N_ ("wattle wipe kitchen --plan  only see what would go\n"
                  "wattle wipe kitchen  see it, confirm, wipe\n"
                  "wattle wipe kitchen --keep kitchen.tar  keep a copy of your data first\n"
                  "wattle wipe kitchen --lost  when you do not have it any more\n"
                  "wattle wipe kitchen --yes --json  for a script"),
  .options = options,
  .run = run,
};
