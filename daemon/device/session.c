/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One attempt at a time; whoever waits for a connection waits for that one.
 */
#include "daemon/device/session.h"

#include <glib/gi18n-lib.h>

#include "daemon/device/wire-error.h"

#define PAUSE_FIRST_MS 1000
#define PAUSE_LAST_MS (5 * 60 * 1000)
#define PAUSE_AFTER_LIES_MS (60 * 1000) /* at least, where the device does not behave */

struct _WattleSession {
  GObject parent_instance;

  WattleServices *services;
  char *device;
  guint owner_slot;

  WattlePeer *peer;
  WattleSessionState state;
  GError *problem;
  gboolean held; /* the person hung up */
  gboolean asleep;
  gboolean urgent;
  gboolean stopped;

  GCancellable *attempt; /* non-NULL while one is under way */
  gboolean attempt_interactive;
  GPtrArray *waiters; /* of GTask */
  guint failures;     /* in a row */
  guint retry_id;

  WattleConversation *conversation; /* being opened, or open */
  gulong closed_id;
};

G_DEFINE_FINAL_TYPE (WattleSession, wattle_session, G_TYPE_OBJECT)

enum { SIGNAL_CONNECTED, SIGNAL_DISCONNECTED, SIGNAL_STATE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Errors that a person can do something about; others are a device that is
 * just not there. */
static const WattleError problems[] = {
  WATTLE_ERROR_NOT_GENUINE,     WATTLE_ERROR_PROTOCOL,       WATTLE_ERROR_VERSION,   WATTLE_ERROR_DEVICE_STORAGE,
  WATTLE_ERROR_KEYRING_MISSING, WATTLE_ERROR_KEYRING_LOCKED, WATTLE_ERROR_PASSPORT,  WATTLE_ERROR_STORE,
  WATTLE_ERROR_STORE_CORRUPT,   WATTLE_ERROR_TAMPERED,       WATTLE_ERROR_NOT_FOUND,
};

static void begin_attempt (WattleSession *self, gboolean interactive);

static gboolean
is_problem (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++)
    if (g_error_matches (error, WATTLE_ERROR, problems[i]))
      return TRUE;
  return FALSE;
}

static void
set_state (WattleSession *self, WattleSessionState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, signals[SIGNAL_STATE], 0);
}

static void
set_problem (WattleSession *self, const GError *error)
{
  gboolean had = self->problem != NULL;

  g_clear_error (&self->problem);
  if (error != NULL && is_problem (error))
    self->problem = g_error_copy (error);
  if (had || self->problem != NULL)
    g_signal_emit (self, signals[SIGNAL_STATE], 0);
}

static void
answer_waiters (WattleSession *self, const GError *error)
{
  g_autoptr (GPtrArray) waiters = self->waiters;

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiters->len; i++) {
    GTask *task = g_ptr_array_index (waiters, i);

    if (error == NULL)
      g_task_return_boolean (task, TRUE);
    else
      g_task_return_error (task, g_error_copy (error));
  }
}

static gboolean
on_retry (gpointer user_data)
{
  WattleSession *self = user_data;

  self->retry_id = 0;
  begin_attempt (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* Between half and one and a half times the doubled pause, so that many
 * computers do not ask in step. */
static void
schedule_retry (WattleSession *self)
{
  guint64 pause = MIN ((guint64)PAUSE_FIRST_MS << MIN (self->failures, 16u), PAUSE_LAST_MS);

  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->stopped || self->asleep || self->held || self->peer == NULL || !wattle_peer_is_present (self->peer))
    return;
  /* A locked keyring says when it is open. */
  if (g_error_matches (self->problem, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED)
      || g_error_matches (self->problem, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING))
    return;
  if (self->problem != NULL)
    pause = MAX (pause, PAUSE_AFTER_LIES_MS);
  self->retry_id = g_timeout_add ((guint)(pause * g_random_double_range (0.5, 1.5)), on_retry, self);
}

static void
drop_conversation (WattleSession *self)
{
  g_autoptr (WattleConversation) conversation = g_steal_pointer (&self->conversation);

  if (conversation == NULL)
    return;
  g_clear_signal_handler (&self->closed_id, conversation);
  wattle_conversation_close (conversation);
}

/* An attempt failed or the conversation ended. */
static void
end_with (WattleSession *self, const GError *error)
{
  g_autoptr (WattleSession) ref = g_object_ref (self);
  g_autoptr (GError) reason = error == NULL ? wattle_error_cancelled () : g_error_copy (error);

  g_clear_object (&self->attempt);
  drop_conversation (self);
  self->failures++;
  if (!wattle_error_is_cancelled (reason))
    set_problem (self, reason);
  set_state (self, WATTLE_SESSION_AWAY);
  schedule_retry (self);
  answer_waiters (self, reason);
  g_signal_emit (self, signals[SIGNAL_DISCONNECTED], 0, error);
}

static void
on_closed (WattleConversation *conversation, const GError *error, gpointer user_data)
{
  WattleSession *self = user_data;

  if (conversation == self->conversation && self->state == WATTLE_SESSION_CONNECTED)
    end_with (self, error);
}

static void
watch_conversation (WattleSession *self, WattleConversation *conversation)
{
  self->conversation = g_object_ref (conversation);
  self->closed_id = g_signal_connect (conversation, "closed", G_CALLBACK (on_closed), self);
}

static void
become_connected (WattleSession *self)
{
  g_clear_object (&self->attempt);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->failures = 0;
  self->held = FALSE;
  set_problem (self, NULL);
  set_state (self, WATTLE_SESSION_CONNECTED);
  answer_waiters (self, NULL);
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
}

/* Whether what comes back belongs to the attempt that is under way now; if not,
 * somebody has ended it since. */
static gboolean
is_current (WattleSession *self, GCancellable *attempt)
{
  return !self->stopped && self->attempt == attempt && !g_cancellable_is_cancelled (attempt);
}

typedef struct {
  WattleSession *self;
  GCancellable *attempt;
  GBytes *key;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->self);
  g_object_unref (attempt->attempt);
  g_clear_pointer (&attempt->key, g_bytes_unref);
  g_free (attempt);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  gboolean opened = wattle_conversation_open_finish (WATTLE_CONVERSATION (source), result, &error);

  if (!is_current (attempt->self, attempt->attempt))
    wattle_conversation_close (WATTLE_CONVERSATION (source));
  else if (opened)
    become_connected (attempt->self);
  else
    end_with (attempt->self, error);
}

static void
on_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  WattleSession *self = attempt->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, &error);
  g_autoptr (WattleConversation) conversation = NULL;
  GBytes *key = attempt->key;
  GCancellable *cancellable = attempt->attempt;

  if (!is_current (self, attempt->attempt)) {
    if (link != NULL)
      wattle_link_close (link);
    return;
  }
  if (link == NULL) {
    end_with (self, error);
    return;
  }
  conversation = wattle_conversation_new (link);
  watch_conversation (self, conversation);
  wattle_conversation_open_async (conversation, wtl_SECRET_KIND_OWNER_KEY, self->owner_slot, key, cancellable,
                                  on_opened, g_steal_pointer (&attempt));
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  WattleSession *self = attempt->self;
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = attempt->attempt;

  attempt->key = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);
  if (!is_current (self, attempt->attempt))
    return;
  if (attempt->key == NULL) {
    end_with (self, error);
    return;
  }
  if (self->peer == NULL) {
    g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                         _ ("The device is out of range or switched off."));
    end_with (self, error);
    return;
  }
  wattle_peer_connect_async (self->peer,
                             self->attempt_interactive ? WATTLE_CONNECT_INTERACTIVE
                             : self->urgent            ? WATTLE_CONNECT_URGENT
                                                       : WATTLE_CONNECT_BACKGROUND,
                             cancellable, on_linked, g_steal_pointer (&attempt));
}

static void
begin_attempt (WattleSession *self, gboolean interactive)
{
  Attempt *attempt;

  if (self->stopped || self->asleep || self->attempt != NULL || self->state == WATTLE_SESSION_CONNECTED)
    return;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->attempt = g_cancellable_new ();
  self->attempt_interactive = interactive;
  set_state (self, WATTLE_SESSION_CONNECTING);
  attempt = g_new0 (Attempt, 1);
  attempt->self = g_object_ref (self);
  attempt->attempt = g_object_ref (self->attempt);
  wattle_keyring_lookup_async (wattle_services_get_keyring (self->services), self->device, WATTLE_SECRET_OWNER_KEY,
                               interactive ? WATTLE_KEYRING_INTERACTIVE : WATTLE_KEYRING_QUIET, self->attempt, on_key,
                               attempt);
}

static void
on_keyring_state (WattleSession *self)
{
  if (wattle_keyring_get_state (wattle_services_get_keyring (self->services)) == WATTLE_KEYRING_AVAILABLE
      && self->problem != NULL && self->state == WATTLE_SESSION_AWAY && !self->held && self->peer != NULL)
    begin_attempt (self, FALSE);
}

static void
wattle_session_dispose (GObject *object)
{
  wattle_session_stop (WATTLE_SESSION (object));
  G_OBJECT_CLASS (wattle_session_parent_class)->dispose (object);
}

static void
wattle_session_finalize (GObject *object)
{
  WattleSession *self = WATTLE_SESSION (object);

  g_clear_object (&self->peer);
  g_clear_object (&self->services);
  g_clear_error (&self->problem);
  g_ptr_array_unref (self->waiters);
  g_free (self->device);
  G_OBJECT_CLASS (wattle_session_parent_class)->finalize (object);
}

static void
wattle_session_class_init (WattleSessionClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_session_finalize;
  signals[SIGNAL_CONNECTED] = g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DISCONNECTED]
      = g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_STATE] = g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_session_init (WattleSession *self)
{
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
}

WattleSession *
wattle_session_new (WattleServices *services, const char *device, guint owner_slot)
{
  WattleSession *self = g_object_new (WATTLE_TYPE_SESSION, NULL);

  self->services = g_object_ref (services);
  self->device = g_strdup (device);
  self->owner_slot = owner_slot;
  g_signal_connect_object (wattle_services_get_keyring (services), "notify::state", G_CALLBACK (on_keyring_state), self,
                           G_CONNECT_SWAPPED);
  return self;
}

WattleSessionState
wattle_session_get_state (WattleSession *self)
{
  return self->state;
}

const GError *
wattle_session_get_problem (WattleSession *self)
{
  return self->problem;
}

WattleConversation *
wattle_session_get_conversation (WattleSession *self)
{
  return self->state == WATTLE_SESSION_CONNECTED ? self->conversation : NULL;
}

WattlePeer *
wattle_session_get_peer (WattleSession *self)
{
  return self->peer;
}

/* Asks for a sign of life; the conversation's clock ends it where none comes. */
static void
ping (WattleSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  wtl_Request request = { .which_body = wtl_Request_ping_tag };

  wattle_conversation_request_async (self->conversation, &request, NULL, callback, user_data);
}

/* An attempt that still looks for the device where it was goes on where it is. */
static void
follow_peer (WattleSession *self)
{
  if (self->attempt == NULL || self->conversation != NULL)
    return;
  g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  begin_attempt (self, self->attempt_interactive);
}

void
wattle_session_set_peer (WattleSession *self, WattlePeer *peer)
{
  gboolean newly = peer != NULL && peer != self->peer;

  if (self->stopped)
    return;
  g_set_object (&self->peer, peer);
  if (self->state == WATTLE_SESSION_CONNECTED) {
    /* Out of sight may be out of reach, or just a device that has stopped
     * advertising because it is connected. */
    if (peer == NULL)
      ping (self, NULL, NULL);
    return;
  }
  if (peer == NULL) {
    g_clear_handle_id (&self->retry_id, g_source_remove);
    return;
  }
  if (newly) {
    self->held = FALSE;
    self->failures = 0;
    follow_peer (self);
  }
  if (!self->held && self->retry_id == 0)
    begin_attempt (self, FALSE);
}

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
wattle_session_connect_async (WattleSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_session_connect_async);
  if (self->state == WATTLE_SESSION_CONNECTED) {
    ping (self, on_pinged, g_steal_pointer (&task));
    return;
  }
  if (self->peer == NULL || !wattle_peer_is_present (self->peer)) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "%s",
                             _ ("The device is out of range or switched off."));
    return;
  }
  self->held = FALSE;
  g_ptr_array_add (self->waiters, g_steal_pointer (&task));
  begin_attempt (self, TRUE);
}

gboolean
wattle_session_connect_finish (WattleSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_session_hang_up (WattleSession *self)
{
  self->held = TRUE;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  if (self->state != WATTLE_SESSION_AWAY)
    end_with (self, NULL);
}

void
wattle_session_set_asleep (WattleSession *self, gboolean asleep)
{
  if (self->stopped || self->asleep == asleep)
    return;
  self->asleep = asleep;
  self->failures = 0;
  if (!asleep) {
    if (self->peer != NULL && !self->held)
      begin_attempt (self, FALSE);
    return;
  }
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  if (self->state != WATTLE_SESSION_AWAY)
    end_with (self, NULL);
  self->failures = 0;
}

void
wattle_session_set_urgent (WattleSession *self, gboolean urgent)
{
  self->urgent = urgent;
}

void
wattle_session_adopt (WattleSession *self, WattleConversation *conversation)
{
  if (self->stopped || self->state == WATTLE_SESSION_CONNECTED || !wattle_conversation_is_open (conversation)) {
    wattle_conversation_close (conversation);
    return;
  }
  /* The device was in sight, so an attempt may be under way already; the
   * conversation that is open is worth more. */
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  drop_conversation (self);
  watch_conversation (self, conversation);
  become_connected (self);
}

void
wattle_session_fail (WattleSession *self, const GError *error)
{
  if (self->state == WATTLE_SESSION_CONNECTED)
    end_with (self, error);
}

void
wattle_session_stop (WattleSession *self)
{
  g_autoptr (GError) cancelled = NULL;

  if (self->stopped)
    return;
  self->stopped = TRUE;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  drop_conversation (self);
  self->state = WATTLE_SESSION_AWAY;
  cancelled = wattle_error_cancelled ();
  answer_waiters (self, cancelled);
}
