/* SPDX-License-Identifier: Apache-2.0 */
/* Follows a Job object. */
#include "cli/job.h"

#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "client/words.h"
#include "common/error.h"

typedef struct {
  WattleCli *cli;
  WattleBusJob *job;
  const WattleJobOptions *options;
  GHashTable *told; /* step id to the state last told, both char * */
  gboolean told_waiting;
  gint64 waiting_since; /* monotonic; 0 = does not wait */
} Follow;

static gboolean
is_state (Follow *follow, const char *state)
{
  return g_strcmp0 (wattle_bus_job_get_state (follow->job), state) == 0;
}

static gboolean
has_ended (Follow *follow)
{
  return is_state (follow, "done") || is_state (follow, "failed") || is_state (follow, "cancelled");
}

static gboolean
service_is_gone (Follow *follow)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (follow->job));

  return owner == NULL || g_dbus_connection_is_closed (g_dbus_proxy_get_connection (G_DBUS_PROXY (follow->job)));
}

static void
get_error (Follow *follow, const char **name, const char **sentence)
{
  GVariant *both = wattle_bus_job_get_error (follow->job);

  *name = *sentence = "";
  if (both != NULL)
    g_variant_get (both, "(&s&s)", name, sentence);
}

/* One line for each step when it ends, so that they stay on the screen. */
static void
tell_step (Follow *follow, const char *id, const char *sentence, const char *state)
{
  static const char *const worth[] = { "done", "skipped", "failed", "given-up", NULL };
  g_autofree char *line = NULL;

  if (g_strcmp0 (g_hash_table_lookup (follow->told, id), state) == 0)
    return;
  g_hash_table_insert (follow->told, g_strdup (id), g_strdup (state));
  if (!g_strv_contains (worth, state))
    return;
  wattle_terminal_clear_status ();
  line = g_strdup_printf ("%s: %s", wattle_words (WATTLE_WORDS_STEP, state), sentence);
  wattle_print_paragraph (2, line);
}

static void
tell_waiting (Follow *follow)
{
  const char *name, *sentence;

  get_error (follow, &name, &sentence);
  if (follow->told_waiting)
    return;
  follow->told_waiting = TRUE;
  wattle_terminal_clear_status ();
  wattle_print_paragraphf (2, "%s: %s", wattle_words (WATTLE_WORDS_STEP, "waiting"),
                           *sentence != '\0' ? sentence : _ ("something it needs is out of reach"));
  if (follow->options->leave_waiting)
    wattle_print_paragraph (2, _ ("It goes on by itself as soon as that is in reach. Press Ctrl-C to leave it going "
                                  "and use the terminal for something else."));
}

static void
tell (Follow *follow)
{
  GVariant *steps = wattle_bus_job_get_steps (follow->job);
  const char *id, *sentence, *state;
  const char *current = wattle_bus_job_get_title (follow->job);
  GVariantIter iter;

  if (follow->cli->json)
    return;
  if (steps != NULL) {
    g_variant_iter_init (&iter, steps);
    while (g_variant_iter_next (&iter, "(&s&s&s)", &id, &sentence, &state)) {
      tell_step (follow, id, sentence, state);
      if (g_str_equal (state, "running") || g_str_equal (state, "waiting"))
        current = sentence;
    }
  }
  if (is_state (follow, "waiting"))
    tell_waiting (follow);
  else
    follow->told_waiting = FALSE;

  wattle_output_flush (NULL); /* who reads a pipe wants to know now */
  if (has_ended (follow))
    wattle_terminal_clear_status ();
  else
    wattle_terminal_progress (follow->cli, wattle_bus_job_get_progress (follow->job), current);
}

static gboolean
out_of_patience (Follow *follow)
{
  if (!is_state (follow, "waiting"))
    follow->waiting_since = 0;
  else if (follow->waiting_since == 0)
    follow->waiting_since = g_get_monotonic_time ();
  return follow->options->patience > 0 && follow->waiting_since > 0
         && g_get_monotonic_time () - follow->waiting_since >= (gint64)follow->options->patience * G_USEC_PER_SEC;
}

static gboolean
has_enough (Follow *follow)
{
  GVariant *result = wattle_bus_job_get_result (follow->job);

  return follow->options->enough != NULL && is_state (follow, "waiting") && result != NULL
         && g_variant_lookup (result, follow->options->enough, "s", NULL);
}

static gboolean
has_news (gpointer data)
{
  Follow *follow = data;

  tell (follow);
  return has_ended (follow) || service_is_gone (follow) || out_of_patience (follow) || has_enough (follow);
}

static gboolean
has_ended_anyhow (gpointer data)
{
  Follow *follow = data;

  return has_ended (follow) || service_is_gone (follow);
}

/* After Ctrl-C: stops the job if that still works, and tells what became of it. */
static void
stop (Follow *follow)
{
  WattleCli calm = *follow->cli; /* its cancellable has been used up */
  g_autoptr (GCancellable) fresh = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  gboolean leave = follow->options->leave_waiting && is_state (follow, "waiting");

  calm.cancellable = fresh;
  wattle_terminal_clear_status ();
  if (wattle_bus_job_get_cancellable (follow->job) && !leave) {
    wattle_print_error ("%s\n", _ ("Stopping…"));
    wattle_bus_job_call_cancel (follow->job, fresh, wattle_loop_done, &result);
    wattle_loop_wait (&calm, &result);
    if (wattle_bus_job_call_cancel_finish (follow->job, result, NULL)
        && wattle_loop_wait_until (&calm, has_ended_anyhow, follow, 0, NULL) && is_state (follow, "cancelled")) {
      wattle_print_error ("%s\n", _ ("Stopped. Everything is as it was before."));
      return;
    }
  }
  if (!has_ended (follow) && follow->options->goes_on != NULL)
    wattle_print_error ("%s\n", _ (follow->options->goes_on));
}

GError *
wattle_job_error (const char *name, const char *sentence)
{
  g_autofree char *clean = wattle_text_clean (sentence);

  for (WattleError code = 0; code <= WATTLE_ERROR_LAST; code++)
    if (g_strcmp0 (wattle_error_name (code), name) == 0)
      return g_error_new_literal (WATTLE_ERROR, code, clean);
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED, clean);
}

static GVariant *
conclude (Follow *follow, GError **error)
{
  const char *name, *sentence;

  get_error (follow, &name, &sentence);
  if ((is_state (follow, "done") || has_enough (follow)) && wattle_bus_job_get_result (follow->job) != NULL)
    return g_variant_ref (wattle_bus_job_get_result (follow->job));
  if (is_state (follow, "cancelled"))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the job was cancelled");
  else if (is_state (follow, "failed"))
    g_propagate_error (error, wattle_job_error (name, sentence));
  else if (service_is_gone (follow))
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NO_SERVICE,
                         _ ("Wattle's service stopped on the way. When it starts again it finishes what was begun; "
                            "“wattle list” shows how things are."));
  else {
    g_autoptr (GError) cause = wattle_job_error (name, sentence);

    g_set_error (error, WATTLE_EXIT_ERROR, wattle_exit_from_error (cause), "%s %s", cause->message,
                 follow->options->goes_on != NULL ? _ (follow->options->goes_on) : "");
  }
  return NULL;
}

GVariant *
wattle_job_follow (WattleCli *cli, const char *path, const WattleJobOptions *options, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WattleBusJob) job = NULL;
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GDBusProxy *manager = G_DBUS_PROXY (cli->manager);
  Follow follow = { .cli = cli, .options = options, .told = told };

  wattle_bus_job_proxy_new (g_dbus_proxy_get_connection (manager), G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                            g_dbus_proxy_get_name (manager), path, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  job = wattle_bus_job_proxy_new_finish (result, error);
  if (job == NULL)
    return NULL;
  follow.job = job;

  /* A timer is needed only to run out of patience: news wake the loop. */
  while (!has_news (&follow)) {
    if (!wattle_loop_wait_until (cli, has_news, &follow, options->patience > 0 ? 500 : 0, error)
        && g_cancellable_is_cancelled (cli->cancellable)) {
      stop (&follow);
      return NULL;
    }
  }
  wattle_terminal_clear_status ();
  return conclude (&follow, error);
}
