/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts wait in a list for each priority; the one under way can be cancelled
 * by its caller and is by the clock.
 */
#include "daemon/link/connect-queue.h"

#include <glib/gi18n-lib.h>

struct _WattleConnectQueue {
  gatomicrefcount refs;
  GQueue waiting[WATTLE_CONNECT_PRIORITIES]; /* of Attempt */
  gboolean busy;
};

typedef struct {
  WattleConnectQueue *queue;
  GTask *task;
  WattleConnectPriority priority;
  GCancellable *inner; /* what the attempt itself listens to */
  GSource *cancelled;  /* of the caller's cancellable; may be NULL */
  guint timeout;
  gboolean running;
  gboolean timed_out;
} Attempt;

static void run_next (WattleConnectQueue *self);

static void
attempt_free (Attempt *attempt)
{
  if (attempt->cancelled != NULL) {
    g_source_destroy (attempt->cancelled);
    g_source_unref (attempt->cancelled);
  }
  if (attempt->timeout != 0)
    g_source_remove (attempt->timeout);
  g_object_unref (attempt->inner);
  g_object_unref (attempt->task);
  wattle_connect_queue_unref (attempt->queue);
  g_free (attempt);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Attempt *attempt = user_data;

  if (attempt->running) {
    g_cancellable_cancel (attempt->inner);
    return G_SOURCE_REMOVE;
  }
  g_queue_remove (&attempt->queue->waiting[attempt->priority], attempt);
  g_task_return_new_error (attempt->task, WATTLE_ERROR, WATTLE_ERROR_CANCELLED, "%s", _ ("Stopped, as asked."));
  attempt_free (attempt);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->timeout = 0;
  attempt->timed_out = TRUE;
  g_cancellable_cancel (attempt->inner);
  return G_SOURCE_REMOVE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  g_autoptr (WattleConnectQueue) queue = wattle_connect_queue_ref (attempt->queue);
  GCancellable *cancellable = g_task_get_cancellable (attempt->task);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLink) link = WATTLE_PEER_GET_CLASS (source)->connect_finish (WATTLE_PEER (source), result, &error);
  gboolean cancelled = cancellable != NULL && g_cancellable_is_cancelled (cancellable);

  if (link != NULL && (attempt->timed_out || cancelled))
    wattle_link_close (link);
  if (cancelled)
    g_task_return_new_error (attempt->task, WATTLE_ERROR, WATTLE_ERROR_CANCELLED, "%s", _ ("Stopped, as asked."));
  else if (attempt->timed_out)
    g_task_return_new_error (attempt->task, WATTLE_ERROR, WATTLE_ERROR_TIMED_OUT, "%s",
                             _ ("The device did not answer in time. Bring it nearer and try again."));
  else if (link != NULL)
    g_task_return_pointer (attempt->task, g_steal_pointer (&link), g_object_unref);
  else
    g_task_return_error (attempt->task, g_steal_pointer (&error));
  attempt_free (attempt);
  queue->busy = FALSE;
  run_next (queue);
}

static void
run_next (WattleConnectQueue *self)
{
  Attempt *attempt = NULL;
  WattlePeer *peer;
  guint seconds;

  if (self->busy)
    return;
  for (int priority = WATTLE_CONNECT_PRIORITIES - 1; priority >= 0 && attempt == NULL; priority--)
    attempt = g_queue_pop_head (&self->waiting[priority]);
  if (attempt == NULL)
    return;
  self->busy = TRUE;
  attempt->running = TRUE;
  peer = g_task_get_source_object (attempt->task);
  seconds = WATTLE_PEER_GET_CLASS (peer)->connect_timeout;
  attempt->timeout = g_timeout_add_seconds (seconds == 0 ? WATTLE_PEER_CONNECT_TIMEOUT : seconds, on_timeout, attempt);
  WATTLE_PEER_GET_CLASS (peer)->connect_async (peer, self, attempt->inner, on_connected, attempt);
}

WattleConnectQueue *
wattle_connect_queue_new (void)
{
  WattleConnectQueue *self = g_new0 (WattleConnectQueue, 1);

  g_atomic_ref_count_init (&self->refs);
  return self;
}

WattleConnectQueue *
wattle_connect_queue_ref (WattleConnectQueue *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/* Waiting attempts hold a reference, so there is none left here. */
void
wattle_connect_queue_unref (WattleConnectQueue *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

void
wattle_connect_queue_push (WattleConnectQueue *self, GTask *task, WattleConnectPriority priority)
{
  Attempt *attempt = g_new0 (Attempt, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  attempt->queue = wattle_connect_queue_ref (self);
  attempt->task = task;
  attempt->priority = priority;
  attempt->inner = g_cancellable_new ();
  if (cancellable != NULL) {
    attempt->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (attempt->cancelled, G_SOURCE_FUNC (on_cancelled), attempt, NULL);
    g_source_attach (attempt->cancelled, g_main_context_get_thread_default ());
  }
  g_queue_push_tail (&self->waiting[priority], attempt);
  run_next (self);
}
