/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for one thing at a time. */
#include "cli/loop.h"

#include <glib-unix.h>
#include <unistd.h>

#include "cli/agent.h"
#include "cli/terminal.h"

static int last_signal;

typedef struct {
  WattleCli *cli;
  int signal;
} Catch;

static gboolean
on_signal (gpointer data)
{
  Catch *catch = data;

  if (last_signal != 0) {
    wattle_terminal_restore ();
    _exit (128 + catch->signal);
  }
  last_signal = catch->signal;
  g_cancellable_cancel (catch->cli->cancellable);
  return G_SOURCE_CONTINUE;
}

void
wattle_loop_catch_signals (WattleCli *cli)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++) {
    Catch *catch = g_new (Catch, 1);

    catch->cli = cli;
    catch->signal = signals[i];
    g_unix_signal_add_full (G_PRIORITY_HIGH, signals[i], on_signal, catch, g_free);
  }
}

int
wattle_loop_signal (void)
{
  return last_signal;
}

void
wattle_loop_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  GAsyncResult **slot = data;

  return *slot != NULL;
}

void
wattle_loop_wait (WattleCli *cli, GAsyncResult **result)
{
  while (!has_result (result)) {
    wattle_agent_answer (cli, has_result, result);
    if (!has_result (result))
      g_main_context_iteration (NULL, TRUE);
  }
}

static gboolean
on_timeout (gpointer data)
{
  gboolean *expired = data;

  *expired = TRUE;
  return G_SOURCE_CONTINUE; /* removed by who added it */
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  return G_SOURCE_REMOVE; /* it only has to wake the loop */
}

gboolean
wattle_loop_wait_until (WattleCli *cli, gboolean (*ready) (gpointer data), gpointer data, guint timeout, GError **error)
{
  g_autoptr (GSource) cancelled = g_cancellable_source_new (cli->cancellable);
  gboolean expired = FALSE;
  guint timer = timeout > 0 ? g_timeout_add (timeout, on_timeout, &expired) : 0;

  g_source_set_callback (cancelled, G_SOURCE_FUNC (on_cancelled), NULL, NULL);
  g_source_attach (cancelled, NULL);

  while (!ready (data) && !expired && !g_cancellable_is_cancelled (cli->cancellable)) {
    wattle_agent_answer (cli, ready, data);
    if (!ready (data) && !expired)
      g_main_context_iteration (NULL, TRUE);
  }

  g_source_destroy (cancelled);
  if (timer != 0)
    g_source_remove (timer);
  if (g_cancellable_set_error_if_cancelled (cli->cancellable, error))
    return FALSE;
  return ready (data);
}
