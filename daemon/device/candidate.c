/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is kept anywhere before the set-up job. */
#include <glib/gi18n-lib.h>

#include "daemon/device/candidate-internal.h"
#include "daemon/device/candidate-number.h"
#include "daemon/device/code-entry.h"
#include "daemon/device/promise.h"
#include "daemon/device/wire-error.h"

G_DEFINE_FINAL_TYPE (WattleCandidate, wattle_candidate, G_TYPE_OBJECT)

enum {
  PROP_NAME = 1,
  PROP_PRODUCT,
  PROP_SIGNAL_STRENGTH,
  PROP_STATE,
  PROP_ATTEMPTS_LEFT,
  PROP_LOCKED_UNTIL,
  PROP_PASSPORT,
  PROP_UNIT_ID,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum { SIGNAL_JOB_STARTED, SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const state_names[]
    = { "unowned", "owned", "wiping", "locked", "opening", "must-change-password", "finishing" };

static void
notify (WattleCandidate *self, guint id)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[id]);
}

/* --- tries --- */

static gboolean
on_unlock (gpointer user_data)
{
  WattleCandidate *self = user_data;

  self->unlock_id = 0;
  self->locked_until = 0;
  self->attempts_left = WATTLE_ATTEMPTS_UNKNOWN;
  notify (self, PROP_LOCKED_UNTIL);
  notify (self, PROP_ATTEMPTS_LEFT);
  notify (self, PROP_STATE);
  return G_SOURCE_REMOVE;
}

static void
set_attempts (WattleCandidate *self, const struct wtl_attempts *attempts)
{
  g_clear_handle_id (&self->unlock_id, g_source_remove);
  self->attempts_left = MIN (attempts->left, WATTLE_ATTEMPTS_UNKNOWN);
  self->locked_until = 0;
  if (attempts->locked_for > 0) {
    guint seconds = MIN (attempts->locked_for, 31u * 24 * 3600);

    self->attempts_left = 0;
    self->locked_until = wattle_services_now (self->services) + seconds;
    self->unlock_id = g_timeout_add_seconds (seconds, on_unlock, self);
  }
  notify (self, PROP_ATTEMPTS_LEFT);
  notify (self, PROP_LOCKED_UNTIL);
}

/* --- the opened session --- */

static void
clear_cancellable (WattleCandidate *self)
{
  if (self->caller_cancelled != NULL)
    g_source_destroy (self->caller_cancelled);
  g_clear_pointer (&self->caller_cancelled, g_source_unref);
  g_clear_object (&self->cancellable);
}

void
wattle_candidate_close_session (WattleCandidate *self)
{
  g_autoptr (GTask) opening = g_steal_pointer (&self->opening);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  clear_cancellable (self);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (self->opened != NULL && self->opened->conversation != NULL)
    wattle_conversation_close (self->opened->conversation);
  g_clear_pointer (&self->opened, wattle_opened_free);
  self->session = WATTLE_CANDIDATE_UNOWNED;
  self->preparing = FALSE;
  if (opening != NULL)
    g_task_return_error (opening, wattle_error_cancelled ());
  notify (self, PROP_STATE);
  notify (self, PROP_PASSPORT);
  notify (self, PROP_UNIT_ID);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static gboolean
on_idle (gpointer user_data)
{
  WattleCandidate *self = user_data;

  self->idle_id = 0;
  wattle_candidate_close_session (self);
  return G_SOURCE_REMOVE;
}

void
wattle_candidate_set_session (WattleCandidate *self, WattleCandidateState state)
{
  self->session = state;
  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (state == WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD)
    self->idle_id = g_timeout_add_seconds (WATTLE_CANDIDATE_IDLE_LIMIT, on_idle, self);
  notify (self, PROP_STATE);
}

/* --- opening --- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleCandidate *self = g_task_get_source_object (task);
  struct wtl_attempts attempts;
  GError *error = NULL;
  g_autoptr (WattleOpened) opened = wattle_opening_run_finish (WATTLE_PEER (source), result, &attempts, &error);

  if (opened != NULL || attempts.left != WATTLE_ATTEMPTS_UNKNOWN)
    set_attempts (self, &attempts);
  if (self->opening != task) { /* closed meanwhile, and answered */
    if (opened != NULL)
      wattle_conversation_close (opened->conversation);
    g_clear_error (&error);
    return;
  }
  g_clear_object (&self->opening);
  if (opened != NULL && !wattle_promise_check (self->services, opened->passport, &error)) {
    wattle_conversation_close (opened->conversation);
    g_clear_pointer (&opened, wattle_opened_free);
  }
  if (opened == NULL) {
    wattle_candidate_close_session (self);
    g_task_return_error (task, error);
    return;
  }
  clear_cancellable (self);
  self->opened = g_steal_pointer (&opened);
  notify (self, PROP_PASSPORT);
  notify (self, PROP_UNIT_ID);
  notify (self, PROP_PRODUCT);
  wattle_candidate_set_session (self, WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD);
  g_task_return_boolean (task, TRUE);
}

static gboolean
check_can_open (WattleCandidate *self, GError **error)
{
  if (wattle_candidate_is_busy (self)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("This device is being set up already."));
    return FALSE;
  }
  if (self->locked_until > wattle_services_now (self->services)) {
    g_autofree char *duration = wattle_duration_text (self->locked_until - wattle_services_now (self->services));

    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED,
                 _ ("The device is locked after too many wrong tries. Try again in %s."), duration);
    return FALSE;
  }
  return wattle_services_get_database (self->services, error) != NULL;
}

static gboolean
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  WattleCandidate *self = user_data;

  wattle_candidate_close_session (self);
  return G_SOURCE_REMOVE;
}

void
wattle_candidate_open_async (WattleCandidate *self, const char *secret, WattleOpenWith with, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, wattle_candidate_open_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!check_can_open (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  bytes = with == WATTLE_OPEN_CODE ? wattle_code_entry_parse (secret, wattle_candidate_get_product (self), &error)
                                   : wattle_password_entry_parse (secret, &error);
  if (bytes == NULL) {
    g_task_return_error (task, error);
    return;
  }
  self->opening = g_object_ref (task);
  self->cancellable = g_cancellable_new ();
  if (cancellable != NULL) {
    self->caller_cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (self->caller_cancelled, G_SOURCE_FUNC (on_caller_cancelled), self, NULL);
    g_source_attach (self->caller_cancelled, g_main_context_get_thread_default ());
  }
  wattle_candidate_set_session (self, WATTLE_CANDIDATE_OPENING);
  wattle_opening_run_async (self->peer, with, bytes, self->cancellable, on_opened, g_steal_pointer (&task));
}

gboolean
wattle_candidate_open_finish (WattleCandidate *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
wattle_candidate_close (WattleCandidate *self, GError **error)
{
  if (self->session == WATTLE_CANDIDATE_FINISHING) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                         _ ("The set-up is under way. Cancel the job instead."));
    return FALSE;
  }
  if (wattle_candidate_is_busy (self))
    wattle_candidate_close_session (self);
  return TRUE;
}

/* --- object --- */

static void
wattle_candidate_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleCandidate *self = WATTLE_CANDIDATE (object);

  switch (id) {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PRODUCT:
      g_value_set_uint (value, wattle_candidate_get_product (self));
      break;
    case PROP_SIGNAL_STRENGTH:
      g_value_set_int (value, wattle_candidate_get_signal_strength (self));
      break;
    case PROP_STATE:
      g_value_set_uint (value, wattle_candidate_get_state (self));
      break;
    case PROP_ATTEMPTS_LEFT:
      g_value_set_uint (value, self->attempts_left);
      break;
    case PROP_LOCKED_UNTIL:
      g_value_set_int64 (value, self->locked_until);
      break;
    case PROP_PASSPORT:
      g_value_set_object (value, wattle_candidate_get_passport (self));
      break;
    case PROP_UNIT_ID:
      g_value_set_string (value, wattle_candidate_get_unit_id (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
wattle_candidate_dispose (GObject *object)
{
  WattleCandidate *self = WATTLE_CANDIDATE (object);

  g_clear_handle_id (&self->unlock_id, g_source_remove);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  clear_cancellable (self);
  g_clear_object (&self->job);
  g_clear_pointer (&self->opened, wattle_opened_free);
  G_OBJECT_CLASS (wattle_candidate_parent_class)->dispose (object);
}

static void
wattle_candidate_finalize (GObject *object)
{
  WattleCandidate *self = WATTLE_CANDIDATE (object);

  g_clear_object (&self->services);
  g_clear_object (&self->peer);
  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (wattle_candidate_parent_class)->finalize (object);
}

static void
wattle_candidate_class_init (WattleCandidateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = wattle_candidate_get_property;
  object_class->dispose = wattle_candidate_dispose;
  object_class->finalize = wattle_candidate_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_PRODUCT] = g_param_spec_uint ("product", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SIGNAL_STRENGTH] = g_param_spec_int ("signal-strength", NULL, NULL, G_MININT16, G_MAXINT16, 0, flags);
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, WATTLE_CANDIDATE_FINISHING, 0, flags);
  props[PROP_ATTEMPTS_LEFT] = g_param_spec_uint ("attempts-left", NULL, NULL, 0, 255, 255, flags);
  props[PROP_LOCKED_UNTIL] = g_param_spec_int64 ("locked-until", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_PASSPORT] = g_param_spec_object ("passport", NULL, NULL, WATTLE_TYPE_PASSPORT, flags);
  props[PROP_UNIT_ID] = g_param_spec_string ("unit-id", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_JOB_STARTED]
      = g_signal_new ("job-started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, WATTLE_TYPE_JOB);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_candidate_init (WattleCandidate *self)
{
  self->attempts_left = WATTLE_ATTEMPTS_UNKNOWN;
}

WattleCandidate *
wattle_candidate_new (WattleServices *services, WattlePeer *peer, const char *name)
{
  WattleCandidate *self = g_object_new (WATTLE_TYPE_CANDIDATE, NULL);

  self->services = g_object_ref (services);
  self->peer = g_object_ref (peer);
  self->id = g_strdup_printf ("%u", wattle_candidate_number (peer));
  self->name = g_strdup (name);
  return self;
}

WattlePeer *
wattle_candidate_get_peer (WattleCandidate *self)
{
  return self->peer;
}

void
wattle_candidate_peer_changed (WattleCandidate *self, const char *name)
{
  gboolean says_locked = (wattle_peer_get_advert (self->peer)->flags & WTL_ADVERT_LOCKED) != 0;

  if (g_strcmp0 (self->name, name) != 0) {
    g_free (self->name);
    self->name = g_strdup (name);
    notify (self, PROP_NAME);
  }
  /* The device knows best how long it stays locked. */
  if (self->says_locked && !says_locked && self->unlock_id != 0) {
    g_source_remove (self->unlock_id);
    on_unlock (self);
  }
  self->says_locked = says_locked;
  notify (self, PROP_PRODUCT);
  notify (self, PROP_SIGNAL_STRENGTH);
  notify (self, PROP_STATE);
}

gboolean
wattle_candidate_is_busy (WattleCandidate *self)
{
  return self->session != WATTLE_CANDIDATE_UNOWNED;
}

void
wattle_candidate_stop (WattleCandidate *self)
{
  if (wattle_candidate_is_busy (self))
    wattle_candidate_close_session (self);
}

const char *
wattle_candidate_state_name (WattleCandidateState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);
  return state_names[state];
}

const char *
wattle_candidate_get_id (WattleCandidate *self)
{
  return self->id;
}

const char *
wattle_candidate_get_name (WattleCandidate *self)
{
  return self->name;
}

guint32
wattle_candidate_get_product (WattleCandidate *self)
{
  guint32 advertised = wattle_peer_get_advert (self->peer)->product;

  return advertised != 0 || self->opened == NULL ? advertised : self->opened->info.product;
}

const char *
wattle_candidate_get_link (WattleCandidate *self)
{
  return wattle_peer_get_link_name (self->peer);
}

int
wattle_candidate_get_signal_strength (WattleCandidate *self)
{
  return wattle_peer_get_rssi (self->peer);
}

WattleCandidateState
wattle_candidate_get_state (WattleCandidate *self)
{
  guint8 flags = wattle_peer_get_advert (self->peer)->flags;

  if (self->session != WATTLE_CANDIDATE_UNOWNED)
    return self->session;
  if (flags & WTL_ADVERT_WIPING)
    return WATTLE_CANDIDATE_WIPING;
  if ((flags & WTL_ADVERT_LOCKED) || self->locked_until != 0)
    return WATTLE_CANDIDATE_LOCKED;
  return flags & WTL_ADVERT_OWNED ? WATTLE_CANDIDATE_OWNED : WATTLE_CANDIDATE_UNOWNED;
}

guint
wattle_candidate_get_attempts_left (WattleCandidate *self)
{
  return self->attempts_left;
}

gint64
wattle_candidate_get_locked_until (WattleCandidate *self)
{
  return self->locked_until;
}

WattlePassport *
wattle_candidate_get_passport (WattleCandidate *self)
{
  return self->opened == NULL ? NULL : self->opened->passport;
}

const char *
wattle_candidate_get_unit_id (WattleCandidate *self)
{
  return self->opened == NULL ? "" : self->opened->info.unit_id;
}
