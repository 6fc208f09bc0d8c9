/* SPDX-License-Identifier: Apache-2.0 */
/* wattle setup: from the code on the label to a device of one's own. */
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#include "cli/candidates.h"
#include "cli/client.h"
#include "cli/job.h"
#include "cli/loop.h"
#include "cli/notice.h"
#include "cli/output.h"
#include "cli/purposes.h"
#include "cli/secret.h"
#include "cli/setup-ask.h"
#include "cli/terminal.h"
#include "client/words.h"
#include "common/error.h"

#define APPEAR_MS 5000 /* for objects that the service made before it replied */

static char *code_file, *password_file, *device_name;
static char **allow, **refuse;
static gboolean join;
static int seconds = 30;

static const GOptionEntry options[] = {
  { "code-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &code_file,
    N_ ("Read the setup code from FILE; - is standard input"), N_ ("FILE") },
  { "password-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &password_file,
    N_ ("Read the device's password from FILE; - is standard input"), N_ ("FILE") },
  { "allow", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &allow, N_ ("Say yes to PURPOSE"), N_ ("PURPOSE") },
  { "refuse", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &refuse, N_ ("Say no to PURPOSE"), N_ ("PURPOSE") },
  { "name", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &device_name, N_ ("Call the device NAME"), N_ ("NAME") },
  { "join", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &join, N_ ("Add a device of your household by its password"),
    NULL },
  { "timeout", 't', G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &seconds, N_ ("Look for CANDIDATE so long (30)"),
    N_ ("SECONDS") },
  { "code", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, wattle_secret_refuse_option, NULL, NULL },
  { "password", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, wattle_secret_refuse_option, NULL, NULL },
  { 0 },
};

static const WattleJobOptions job_options = {
  .goes_on = N_ ("The device has its owner now, so Wattle's service finishes this by itself. “wattle list” shows it."),
};

typedef struct {
  WattleCli *cli;
  gboolean person; /* there to be asked */
  const char *wanted;
  WattleBusObject *object;
  WattleBusCandidate *candidate; /* of object */
  WattleBusPassport *passport;
  WattleSecret *code;
  WattleSecret *password;
  GPtrArray *purposes;
  GHashTable *decisions; /* purpose id, owned by purposes, to GINT_TO_POINTER (0 or 1) */
  char *name;
  char *device; /* path of what came of it */
  gboolean opened;
} Setup;

static gboolean
check_options (WattleCli *cli, const char *wanted, GError **error)
{
  const char *missing = NULL;

  if (!wattle_secret_check_argument (wanted, error))
    return FALSE;
  if (seconds < 1 || seconds > 3600 || (join && code_file != NULL)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("Look for 1 to 3600 seconds. With --join there is no code, only a password."));
    return FALSE;
  }
  if (wattle_terminal_is_interactive (cli))
    return TRUE;
  if (wanted == NULL)
    missing = "CANDIDATE";
  else if (!join && code_file == NULL)
    missing = "--code-file";
  else if (password_file == NULL)
    missing = "--password-file";
  if (missing == NULL)
    return TRUE;
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
               _ ("Nobody is there to be asked, so this is needed, too: %s. See “wattle setup --help”."), missing);
  return FALSE;
}

/* Better now than after all the questions. */
static void
tell_problems (Setup *setup)
{
  GVariant *problems = wattle_bus_manager_get_problems (setup->cli->manager);
  const char *sentence;

  for (gsize i = 0; setup->person && problems != NULL && i < g_variant_n_children (problems); i++) {
    g_variant_get_child (problems, i, "(&s&s)", NULL, &sentence);
    wattle_print_paragraph (0, sentence);
  }
}

static gboolean
read_files (Setup *setup, GError **error)
{
  if (code_file != NULL && (setup->code = wattle_secret_from_file (setup->cli, code_file, error)) == NULL)
    return FALSE;
  if (password_file != NULL && (setup->password = wattle_secret_from_file (setup->cli, password_file, error)) == NULL)
    return FALSE;
  return TRUE;
}

static gboolean
is_there (gpointer data)
{
  Setup *setup = data;
  g_autoptr (GPtrArray) all = wattle_candidates_list (setup->cli);

  setup->object = wattle_candidates_match (all, setup->wanted, NULL);
  return setup->object != NULL;
}

static gboolean
find_candidate (Setup *setup, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (setup->wanted == NULL) {
    setup->object = wattle_setup_ask_candidate (setup->cli, join, error);
  } else {
    wattle_terminal_status (setup->cli, _ ("Looking for the device…"));
    wattle_loop_wait_until (setup->cli, is_there, setup, (guint)seconds * 1000, &local);
    wattle_terminal_clear_status ();
    if (setup->object == NULL && local == NULL) {
      g_autoptr (GPtrArray) all = wattle_candidates_list (setup->cli);

      setup->object = wattle_candidates_match (all, setup->wanted, error); /* says why not */
    }
    if (local != NULL)
      g_propagate_error (error, g_steal_pointer (&local));
  }
  if (setup->object == NULL)
    return FALSE;
  setup->candidate = wattle_bus_object_peek_candidate (setup->object);
  return setup->candidate != NULL;
}

static gboolean
open_with (Setup *setup, const char *secret, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  GVariantDict opt;
  GVariant *handle = wattle_secret_to_handle (secret, &list, error);
  gboolean good;

  if (handle == NULL)
    return FALSE;
  g_variant_dict_init (&opt, NULL);
  if (join)
    g_variant_dict_insert (&opt, "secret", "s", "password");
  wattle_terminal_status (setup->cli, _ ("Opening the device…"));
  wattle_bus_candidate_call_open (setup->candidate, handle, g_variant_dict_end (&opt), list, setup->cli->cancellable,
                                  wattle_loop_done, &result);
  wattle_loop_wait (setup->cli, &result);
  wattle_terminal_clear_status ();
  good = wattle_bus_candidate_call_open_finish (setup->candidate, NULL, result, error);
  setup->opened = setup->opened || good;
  return good;
}

static gboolean
is_worth_another_try (const GError *error)
{
  static const int codes[] = { WATTLE_ERROR_MISTYPED_CODE, WATTLE_ERROR_WRONG_CODE, WATTLE_ERROR_WRONG_PASSWORD };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, WATTLE_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
say_attempts (Setup *setup, const GError *why)
{
  g_autofree char *sentence = wattle_exit_error_sentence (why);
  g_autoptr (GVariant) left = wattle_client_get_property (setup->cli, setup->candidate, "AttemptsLeft");
  g_autofree char *attempts = NULL;

  wattle_print_paragraph (0, sentence);
  if (left != NULL && g_variant_is_of_type (left, G_VARIANT_TYPE_UINT32))
    attempts = wattle_words_attempts (g_variant_get_uint32 (left));
  if (!g_error_matches (why, WATTLE_ERROR, WATTLE_ERROR_MISTYPED_CODE) && attempts != NULL)
    wattle_print_paragraph (0, attempts);
  return TRUE;
}

/* Adds until when, if the service's sentence is about a lock. */
static void
explain_lock (Setup *setup, GError **error)
{
  g_autoptr (GVariant) fresh = wattle_client_get_property (setup->cli, setup->candidate, "LockedUntil");
  g_autofree char *when = NULL;

  if (error == NULL || !g_error_matches (*error, WATTLE_ERROR, WATTLE_ERROR_LOCKED) || fresh == NULL
      || !g_variant_is_of_type (fresh, G_VARIANT_TYPE_UINT64))
    return;
  when = wattle_words_locked (g_variant_get_uint64 (fresh));
  if (when != NULL) {
    g_clear_error (error);
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED, when);
  }
}

static gboolean
ask_and_open (Setup *setup, GError **error)
{
  if (!join)
    wattle_print_paragraph (0, _ ("The setup code is on the label of the device: ten digits, like 1234-567-890. "
                                  "You can also paste what its QR code says."));
  for (;;) {
    g_autoptr (GError) local = NULL;
    g_autoptr (WattleSecret) secret = NULL;

    if (join ? !wattle_terminal_ask_hidden (setup->cli, _ ("Password of the device (not shown):"), &secret, error)
             : !wattle_terminal_ask (setup->cli, _ ("Setup code:"), NULL, &secret, error))
      return FALSE;
    if (open_with (setup, secret, &local))
      return TRUE;
    if (!is_worth_another_try (local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    say_attempts (setup, local);
  }
}

static gboolean
has_passport (gpointer data)
{
  Setup *setup = data;

  setup->passport = wattle_client_get_passport (setup->cli, wattle_bus_candidate_get_passport (setup->candidate), NULL);
  return setup->passport != NULL;
}

static gboolean
open_candidate (Setup *setup, GError **error)
{
  const char *secret = join ? setup->password : setup->code;
  gboolean good = secret != NULL ? open_with (setup, secret, error) : ask_and_open (setup, error);

  if (!good) {
    explain_lock (setup, error);
    return FALSE;
  }
  wattle_candidates_stop (setup->cli);
  if (wattle_loop_wait_until (setup->cli, has_passport, setup, APPEAR_MS, error))
    return TRUE;
  if (error == NULL || *error == NULL)
    wattle_client_get_passport (setup->cli, NULL, error); /* sets the error */
  return FALSE;
}

/* A script's password is checked here, so that the reasons can be told. */
static gboolean
choose_password (Setup *setup, GError **error)
{
  WattleStrength strength = { 0 };
  g_autofree char *reasons = NULL;

  if (join) {
    g_clear_pointer (&setup->password, wattle_secret_free);
    setup->password = g_strdup (""); /* the device keeps the one it has */
    return TRUE;
  }
  if (setup->password == NULL) {
    setup->password = wattle_setup_ask_password (setup->cli, setup->candidate, error);
    return setup->password != NULL;
  }
  if (!wattle_setup_check_password (setup->cli, setup->candidate, setup->password, &strength, error))
    return FALSE;
  reasons = g_strjoinv (" ", strength.reasons);
  g_strfreev (strength.reasons);
  if (!strength.acceptable)
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD, _ ("This password is %s. %s"),
                 wattle_words_strength (strength.score), reasons);
  return strength.acceptable;
}

static gboolean
take_decisions (Setup *setup, char **ids, gboolean yes, GError **error)
{
  for (char **id = ids; id != NULL && *id != NULL; id++) {
    const WattlePurpose *purpose = wattle_purposes_match (setup->purposes, *id, error);

    if (purpose == NULL)
      return FALSE;
    if (!purpose->consent) {
      g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                   _ ("“%s” is needed for the device to work, so there is nothing to decide about it."),
                   purpose->title);
      return FALSE;
    }
    if (g_hash_table_contains (setup->decisions, purpose->id)) {
      g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("You decided on “%s” twice."), purpose->title);
      return FALSE;
    }
    g_hash_table_insert (setup->decisions, purpose->id, GINT_TO_POINTER (yes));
  }
  return TRUE;
}

static gboolean
is_open_question (Setup *setup, const WattlePurpose *purpose)
{
  return purpose->consent && !g_hash_table_contains (setup->decisions, purpose->id);
}

static gboolean
decide (Setup *setup, GError **error)
{
  guint count = 0, number = 0;

  setup->purposes = wattle_purposes_read (wattle_bus_passport_get_purposes (setup->passport));
  if (!take_decisions (setup, allow, TRUE, error) || !take_decisions (setup, refuse, FALSE, error))
    return FALSE;
  for (guint i = 0; i < setup->purposes->len; i++)
    count += is_open_question (setup, setup->purposes->pdata[i]);
  if (setup->person && count > 0) {
    wattle_print ("\n");
    wattle_print_paragraph (0, _ ("The device works whatever you answer now, and you can change your mind at any "
                                  "time with “wattle consent”."));
  }
  for (guint i = 0; i < setup->purposes->len; i++) {
    const WattlePurpose *purpose = setup->purposes->pdata[i];
    gboolean yes = FALSE;

    if (!is_open_question (setup, purpose))
      continue;
    if (setup->person && !wattle_setup_ask_purpose (setup->cli, purpose, ++number, count, &yes, error))
      return FALSE;
    g_hash_table_insert (setup->decisions, purpose->id, GINT_TO_POINTER (yes));
  }
  return TRUE;
}

static gboolean
choose_name (Setup *setup, GError **error)
{
  g_autofree char *product = wattle_text_clean (wattle_bus_candidate_get_name (setup->candidate));
  g_autofree char *question = NULL;

  if (device_name != NULL || !setup->person) {
    setup->name = g_strdup (device_name != NULL ? device_name : "");
    return TRUE;
  }
  wattle_print ("\n");
  question = g_strdup_printf (_ ("What do you call it? Enter alone for “%s”:"), product);
  return wattle_terminal_ask (setup->cli, question, "", &setup->name, error);
}

static GVariant *
decisions_to_variant (Setup *setup)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer id, yes;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sb}"));
  g_hash_table_iter_init (&iter, setup->decisions);
  while (g_hash_table_iter_next (&iter, &id, &yes))
    g_variant_builder_add (&builder, "{sb}", id, GPOINTER_TO_INT (yes));
  return g_variant_builder_end (&builder);
}

static gboolean
finish_once (Setup *setup, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) outcome = NULL;
  g_autofree char *job = NULL;
  GVariantDict opt;
  GVariant *handle = wattle_secret_to_handle (setup->password, &list, error);

  if (handle == NULL)
    return FALSE;
  g_variant_dict_init (&opt, NULL);
  if (*setup->name != '\0')
    g_variant_dict_insert (&opt, "name", "s", setup->name);
  wattle_bus_candidate_call_finish (setup->candidate, handle, decisions_to_variant (setup), g_variant_dict_end (&opt),
                                    list, setup->cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (setup->cli, &result);
  if (!wattle_bus_candidate_call_finish_finish (setup->candidate, &job, NULL, result, error))
    return FALSE;
  outcome = wattle_job_follow (setup->cli, job, &job_options, error);
  if (outcome == NULL)
    return FALSE;
  setup->opened = FALSE; /* nothing is left to close */
  g_variant_lookup (outcome, "device", "o", &setup->device);
  return TRUE;
}

/* Some things a person can put right without answering everything again. */
static gboolean
finish (Setup *setup, GError **error)
{
  for (;;) {
    g_autoptr (GError) local = NULL;
    g_autofree char *sentence = NULL;
    gboolean weak, keyring, again = FALSE;

    if (finish_once (setup, &local))
      return TRUE;
    weak = g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD) && !join;
    keyring = wattle_exit_from_error (local) == WATTLE_EXIT_KEYRING;
    if (!setup->person || (!weak && !keyring)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    sentence = wattle_exit_error_sentence (local);
    wattle_print_paragraph (0, sentence);
    if (weak) {
      wattle_secret_free (setup->password);
      setup->password = wattle_setup_ask_password (setup->cli, setup->candidate, error);
      again = setup->password != NULL;
    } else if (wattle_terminal_ask_yes_no (setup->cli, _ ("Try again?"), &again, error) && !again) {
      g_propagate_error (error, g_steal_pointer (&local));
    }
    if (!again)
      return FALSE;
  }
}

static gboolean
device_is_there (gpointer data)
{
  Setup *setup = data;
  g_autoptr (WattleBusObject) object = wattle_client_get_object (setup->cli, setup->device);

  return object != NULL && wattle_bus_object_peek_device (object) != NULL;
}

static void
print_json (Setup *setup, WattleBusDevice *device)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "device", wattle_bus_device_get_id (device));
  wattle_json_string (json, "name", wattle_bus_device_get_name (device));
  wattle_json_string (json, "unit_id", wattle_bus_device_get_unit_id (device));
  json_builder_set_member_name (json, "decisions");
  json_builder_begin_object (json);
  for (guint i = 0; i < setup->purposes->len; i++) {
    const WattlePurpose *purpose = setup->purposes->pdata[i];

    if (purpose->consent)
      wattle_json_boolean (json, purpose->id, GPOINTER_TO_INT (g_hash_table_lookup (setup->decisions, purpose->id)));
  }
  json_builder_end_object (json);
  json_builder_end_object (json);
  wattle_print_json (json);
}

static gboolean
print_outcome (Setup *setup, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autofree char *name = NULL;
  WattleBusDevice *device;

  if (setup->device == NULL || !wattle_loop_wait_until (setup->cli, device_is_there, setup, APPEAR_MS, NULL)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_FAILED,
                         _ ("The device is set up but does not show yet. See “wattle list”."));
    return FALSE;
  }
  object = wattle_client_get_object (setup->cli, setup->device);
  device = wattle_bus_object_peek_device (object);
  if (setup->cli->json) {
    print_json (setup, device);
    return TRUE;
  }
  name = wattle_text_clean (wattle_bus_device_get_name (device));
  wattle_print ("\n");
  wattle_print_paragraphf (0, _ ("“%s” is yours now."), name);
  wattle_print_paragraph (0, _ ("What you can do next:"));
  wattle_print_paragraph (2, _ ("wattle readings --follow: see what it measures"));
  wattle_print_paragraph (2, _ ("wattle consent: see and change what you allow"));
  wattle_print_paragraph (2, _ ("wattle notice: read again what happens to your data"));
  wattle_print_paragraph (2, _ ("wattle wipe: when you part with it"));
  return TRUE;
}

/* Leaves the device as it was; also after Ctrl-C, whose cancellable is used up. */
static void
close_candidate (Setup *setup)
{
  WattleCli calm = *setup->cli;
  g_autoptr (GCancellable) fresh = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  if (!setup->opened)
    return;
  calm.cancellable = fresh;
  wattle_bus_candidate_call_close (setup->candidate, fresh, wattle_loop_done, &result);
  wattle_loop_wait (&calm, &result);
  if (wattle_bus_candidate_call_close_finish (setup->candidate, result, NULL) && !setup->cli->json)
    wattle_print_error ("%s\n", _ ("The device is as it was before."));
}

static gboolean
run_steps (Setup *setup, GError **error)
{
  tell_problems (setup);
  if (!read_files (setup, error) || !wattle_candidates_start (setup->cli, error) || !find_candidate (setup, error)
      || !open_candidate (setup, error))
    return FALSE;
  /* A password from a file is judged before a long page hides the verdict. */
  if (password_file != NULL && !choose_password (setup, error))
    return FALSE;
  if (!setup->cli->json && !wattle_notice_print (setup->cli, setup->passport, NULL, setup->person, error))
    return FALSE;
  return (password_file != NULL || choose_password (setup, error)) && decide (setup, error)
         && choose_name (setup, error) && finish (setup, error) && print_outcome (setup, error);
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  Setup setup = { .cli = cli, .person = wattle_terminal_is_interactive (cli) };
  gboolean good;

  if (!wattle_command_check_arguments (arguments, 0, 1, error) || !check_options (cli, arguments[0], error)
      || !wattle_client_connect (cli, error))
    return FALSE;
  setup.wanted = arguments[0];
  setup.decisions = g_hash_table_new (g_str_hash, g_str_equal);

  good = run_steps (&setup, error);
  if (!good && setup.candidate != NULL)
    close_candidate (&setup);

  g_clear_object (&setup.object);
  g_clear_object (&setup.passport);
  g_hash_table_unref (setup.decisions);
  g_clear_pointer (&setup.purposes, g_ptr_array_unref);
  wattle_secret_free (setup.code);
  wattle_secret_free (setup.password);
  g_free (setup.name);
  g_free (setup.device);
  return good;
}

const WattleCommand wattle_command_setup = {
  .name = "setup",
  .arguments = N_ ("[CANDIDATE]"),
  .summary = N_ ("Set up a new device"),
  .explanation
  = N_ ("Finds the device and asks for the code on its label. Then it shows what happens to your data and how long the "
        "device is kept safe. You choose a password and decide about each use of your data. Nothing is kept anywhere "
        "before "
        "the last step: you can leave with Ctrl-C.\n\n"
        "CANDIDATE is an id or name that “wattle discover” shows. Where nobody is there to ask, all answers come "
        "from options. A purpose that is not named with --allow is refused. Codes and passwords are read from files or "
        "standard input, one a line, the code first."),
  .examples = N_ ("wattle setup  look for devices and be asked step by step\n"
                  "wattle setup --join  add a device that was set up on another computer of yours\n"
                  "wattle setup c1 --code-file code.txt --password-file - --allow cloud-history --name Kitchen --json  "
                  "for a script"),
  .options = options,
  .run = run,
};
