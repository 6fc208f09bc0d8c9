/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts a wtl_channel over a WattleLink, with a clock on everything the device
 * could leave unanswered.
 */
#include "daemon/device/conversation.h"

#include <glib/gi18n-lib.h>

#include "daemon/device/random.h"
#include "daemon/device/wire-error.h"
#include "pairing/secret.h"

struct _WattleConversation {
  GObject parent_instance;

  WattleLink *link;
  gulong packet_id;
  gulong closed_id;
  struct wtl_port port;
  struct wtl_channel channel;
  gboolean started; /* the channel is made */
  gboolean closed;
  gboolean told_attempts;
  GError *send_error; /* why the port's send failed last */

  GTask *opening; /* until the session is open */
  GSource *opening_cancelled;
  guint timeout; /* of the handshake, or of the request under way */

  GQueue pending; /* of Pending; the head has been sent */
  guint32 last_id;
};

/* One request.  Its task is gone once the caller has cancelled: the answer is
 * still to come, and is passed over. */
typedef struct {
  WattleConversation *self;
  GTask *task;
  GSource *cancelled;
  wtl_Request request;
  gboolean sent;
} Pending;

typedef struct {
  guint timeout;     /* seconds */
  pb_size_t expects; /* tag in Response */
} RequestRule;

#define BY_REQUEST(name) [wtl_Request_##name##_tag]

static const RequestRule rules[] = {
  BY_REQUEST (get_info) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_info_tag },
  BY_REQUEST (set_up) = { 30, wtl_Response_done_tag }, /* the device hardens the password */
  BY_REQUEST (enrol) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_enrol_tag },
  BY_REQUEST (change_password) = { 30, wtl_Response_done_tag },
  BY_REQUEST (set_time) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_done_tag },
  BY_REQUEST (consent) = { 30, wtl_Response_statement_tag }, /* it goes through its history */
  BY_REQUEST (readings) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_readings_tag },
  BY_REQUEST (claim) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_statement_tag },
  BY_REQUEST (wipe_prepare) = { 30, wtl_Response_wipe_prepare_tag },
  BY_REQUEST (wipe_commit) = { 60, wtl_Response_statement_tag }, /* it erases its memory */
  BY_REQUEST (wipe_receipt) = { 60, wtl_Response_statement_tag },
  BY_REQUEST (ping) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_done_tag },
  BY_REQUEST (smp) = { 30, wtl_Response_smp_tag }, /* it may erase pages for it */
  BY_REQUEST (get_integrity) = { WATTLE_REQUEST_TIMEOUT, wtl_Response_integrity_tag },
};

G_DEFINE_FINAL_TYPE (WattleConversation, wattle_conversation, G_TYPE_OBJECT)

enum { SIGNAL_READING, SIGNAL_ALERT, SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void close_with (WattleConversation *self, const GError *error);
static void send_next (WattleConversation *self);

static uint64_t
port_now_ms (void *ctx)
{
  return g_get_monotonic_time () / 1000;
}

static int
port_send (void *ctx, const uint8_t *packet, size_t len)
{
  WattleConversation *self = ctx;

  g_clear_error (&self->send_error);
  return wattle_link_send (self->link, packet, len, &self->send_error) ? 0 : -1;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
watch_cancellable (GCancellable *cancellable, GSourceFunc func, gpointer data)
{
  GSource *source;

  if (cancellable == NULL)
    return NULL;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
pending_free (Pending *pending)
{
  clear_source (&pending->cancelled);
  g_clear_object (&pending->task);
  wtl_wipe (&pending->request, sizeof pending->request);
  g_free (pending);
}

/* --- what ends it --- */

static void
fail_status (WattleConversation *self, enum wtl_status status)
{
  g_autoptr (GError) error = NULL;

  if (status == WTL_ERROR_SEND && self->send_error != NULL)
    error = g_error_copy (self->send_error);
  else
    error
        = wattle_error_from_status (status, self->channel.secret_kind, &self->channel.attempts, &self->channel.refusal);
  self->told_attempts |= status == WTL_ERROR_CONFIRM || status == WTL_ERROR_LOCKED || status == WTL_ERROR_REFUSED;
  close_with (self, error);
}

static gboolean
on_timeout (gpointer user_data)
{
  WattleConversation *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_TIMED_OUT,
                                                  _ ("The device stopped answering. Bring it nearer and try again."));

  self->timeout = 0;
  close_with (self, error);
  return G_SOURCE_REMOVE;
}

static void
set_timeout (WattleConversation *self, guint seconds)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (seconds > 0)
    self->timeout = g_timeout_add_seconds (seconds, on_timeout, self);
}

/* --- what comes --- */

static void
answer (WattleConversation *self, const wtl_Response *response)
{
  Pending *pending = g_queue_peek_head (&self->pending);
  g_autoptr (GTask) task = NULL;
  const RequestRule *rule;

  if (pending == NULL || !pending->sent || response->id != pending->request.id) {
    fail_status (self, WTL_ERROR_STATE);
    return;
  }
  rule = &rules[pending->request.which_body];
  if (response->which_body != wtl_Response_error_tag && response->which_body != rule->expects) {
    fail_status (self, WTL_ERROR_STATE);
    return;
  }
  set_timeout (self, 0);
  g_queue_pop_head (&self->pending);
  task = g_steal_pointer (&pending->task);
  pending_free (pending);
  send_next (self);
  if (wattle_error_is_alert (response))
    g_signal_emit (self, signals[SIGNAL_ALERT], 0, response->body.error.detail);
  if (task == NULL)
    return;
  if (response->which_body == wtl_Response_error_tag)
    g_task_return_error (task, wattle_error_from_response (&response->body.error));
  else
    g_task_return_pointer (task, g_memdup2 (response, sizeof *response), g_free);
}

static void
on_message (WattleConversation *self)
{
  wtl_Response response = wtl_Response_init_zero;
  enum wtl_status status = wtl_response_decode (self->channel.message, self->channel.message_len, &response);

  if (status != WTL_OK) {
    fail_status (self, status);
  } else if (response.id != 0) {
    answer (self, &response);
  } else if (response.which_body == wtl_Response_reading_event_tag) {
    g_signal_emit (self, signals[SIGNAL_READING], 0, &response.body.reading_event);
  } else if (response.which_body != 0) { /* 0: an event that a newer device knows */
    fail_status (self, WTL_ERROR_STATE);
  }
  wtl_wipe (&response, sizeof response); /* may hold the next owner's code */
}

static void
on_ready (WattleConversation *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opening);

  set_timeout (self, 0);
  clear_source (&self->opening_cancelled);
  g_task_return_boolean (task, TRUE);
}

static void
on_packet (WattleLink *link, GBytes *packet, gpointer user_data)
{
  g_autoptr (WattleConversation) self = g_object_ref (user_data);
  enum wtl_event event = WTL_EVENT_NONE;
  enum wtl_status status;
  gsize len;
  const guint8 *data = g_bytes_get_data (packet, &len);

  if (self->closed || !self->started)
    return;
  status = wtl_channel_receive (&self->channel, data, len, &event);
  if (status != WTL_OK)
    fail_status (self, status);
  else if (event == WTL_EVENT_READY && self->opening != NULL)
    on_ready (self);
  else if (event == WTL_EVENT_MESSAGE && self->opening == NULL)
    on_message (self);
  else if (event != WTL_EVENT_NONE)
    fail_status (self, WTL_ERROR_STATE);
}

static void
on_link_closed (WattleLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (WattleConversation) self = g_object_ref (user_data);

  close_with (self, error);
}

static void
close_with (WattleConversation *self, const GError *error)
{
  g_autoptr (WattleConversation) ref = NULL;
  g_autoptr (GError) reason = error == NULL ? wattle_error_cancelled () : g_error_copy (error);
  g_autoptr (GTask) opening = NULL;
  GQueue pending;

  if (self->closed)
    return;
  ref = g_object_ref (self);
  self->closed = TRUE;
  set_timeout (self, 0);
  clear_source (&self->opening_cancelled);
  if (self->started)
    wtl_channel_close (&self->channel);
  g_clear_signal_handler (&self->packet_id, self->link);
  g_clear_signal_handler (&self->closed_id, self->link);
  wattle_link_close (self->link);

  opening = g_steal_pointer (&self->opening);
  pending = self->pending;
  g_queue_init (&self->pending);
  if (opening != NULL)
    g_task_return_error (opening, g_error_copy (reason));
  while (!g_queue_is_empty (&pending)) {
    Pending *one = g_queue_pop_head (&pending);

    if (one->task != NULL)
      g_task_return_error (one->task, g_error_copy (reason));
    pending_free (one);
  }
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}

static void
wattle_conversation_dispose (GObject *object)
{
  WattleConversation *self = WATTLE_CONVERSATION (object);

  if (self->link != NULL)
    close_with (self, NULL);
  G_OBJECT_CLASS (wattle_conversation_parent_class)->dispose (object);
}

static void
wattle_conversation_finalize (GObject *object)
{
  WattleConversation *self = WATTLE_CONVERSATION (object);

  g_clear_object (&self->link);
  g_clear_error (&self->send_error);
  wtl_wipe (&self->channel, sizeof self->channel);
  G_OBJECT_CLASS (wattle_conversation_parent_class)->finalize (object);
}

static void
wattle_conversation_class_init (WattleConversationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_conversation_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_conversation_finalize;
  signals[SIGNAL_READING] = g_signal_new ("reading", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_ALERT] = g_signal_new ("alert", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
wattle_conversation_init (WattleConversation *self)
{
  g_queue_init (&self->pending);
  self->port.ctx = self;
  self->port.random = wattle_random_port;
  self->port.now_ms = port_now_ms;
  self->port.send = port_send;
  self->port.capabilities = WTL_CAPABILITY_SMP | WTL_CAPABILITY_INTEGRITY;
}

WattleConversation *
wattle_conversation_new (WattleLink *link)
{
  WattleConversation *self = g_object_new (WATTLE_TYPE_CONVERSATION, NULL);

  self->link = g_object_ref (link);
  self->packet_id = g_signal_connect (link, "packet", G_CALLBACK (on_packet), self);
  self->closed_id = g_signal_connect (link, "closed", G_CALLBACK (on_link_closed), self);
  return self;
}

static gboolean
on_open_cancelled (GCancellable *cancellable, gpointer user_data)
{
  close_with (user_data, NULL);
  return G_SOURCE_REMOVE;
}

void
wattle_conversation_open_async (WattleConversation *self, wtl_SecretKind kind, guint slot, GBytes *secret,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (WattleConversation) ref = g_object_ref (self);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  enum wtl_status status;
  gsize len;
  const guint8 *data = g_bytes_get_data (secret, &len);

  g_task_set_source_tag (task, wattle_conversation_open_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->started || self->closed || wattle_link_is_closed (self->link)) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "%s",
                             _ ("The connection to the device has ended."));
    g_object_unref (task);
    return;
  }
  self->opening = task;
  self->opening_cancelled = watch_cancellable (cancellable, G_SOURCE_FUNC (on_open_cancelled), self);
  self->started = TRUE;
  set_timeout (self, WATTLE_HANDSHAKE_TIMEOUT);
  status
      = wtl_channel_init_prover (&self->channel, &self->port, wattle_link_get_mtu (self->link), kind, slot, data, len);
  if (status != WTL_OK)
    fail_status (self, status);
}

gboolean
wattle_conversation_open_finish (WattleConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
wattle_conversation_get_attempts (WattleConversation *self, struct wtl_attempts *attempts)
{
  *attempts = self->channel.attempts;
  return self->told_attempts;
}

/* --- requests --- */

static void
send_next (WattleConversation *self)
{
  Pending *pending = g_queue_peek_head (&self->pending);
  enum wtl_status status;

  if (self->closed || pending == NULL || pending->sent)
    return;
  pending->sent = TRUE;
  set_timeout (self, rules[pending->request.which_body].timeout);
  status = wtl_channel_send_request (&self->channel, &pending->request);
  if (status != WTL_OK)
    fail_status (self, status);
}

static gboolean
on_request_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr (WattleConversation) self = g_object_ref (pending->self);
  g_autoptr (GTask) task = g_steal_pointer (&pending->task);

  clear_source (&pending->cancelled);
  if (!pending->sent) {
    g_queue_remove (&self->pending, pending);
    pending_free (pending);
  }
  g_task_return_error (task, wattle_error_cancelled ());
  return G_SOURCE_REMOVE;
}

void
wattle_conversation_request_async (WattleConversation *self, const wtl_Request *request, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Pending *pending;

  g_task_set_source_tag (task, wattle_conversation_request_async);
  g_task_set_check_cancellable (task, FALSE);
  if (request->which_body >= G_N_ELEMENTS (rules) || rules[request->which_body].timeout == 0) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, "No such request");
    return;
  }
  if (!wattle_conversation_is_open (self)) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "%s",
                             _ ("The connection to the device has ended."));
    return;
  }
  if (g_cancellable_is_cancelled (cancellable)) {
    g_task_return_error (task, wattle_error_cancelled ());
    return;
  }
  if (g_queue_get_length (&self->pending) >= WATTLE_REQUESTS_MAX) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_BUSY, "%s",
                             _ ("The device is busy. Try again in a moment."));
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->self = self;
  pending->request = *request;
  pending->request.id = ++self->last_id == 0 ? ++self->last_id : self->last_id;
  pending->task = g_steal_pointer (&task);
  pending->cancelled = watch_cancellable (cancellable, G_SOURCE_FUNC (on_request_cancelled), pending);
  g_queue_push_tail (&self->pending, pending);
  send_next (self);
}

gboolean
wattle_conversation_request_finish (WattleConversation *self, GAsyncResult *result, wtl_Response *response,
                                    GError **error)
{
  wtl_Response *answered;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  answered = g_task_propagate_pointer (G_TASK (result), error);
  if (answered == NULL)
    return FALSE;
  if (response != NULL)
    *response = *answered;
  wtl_wipe (answered, sizeof *answered);
  g_free (answered);
  return TRUE;
}

gboolean
wattle_conversation_is_open (WattleConversation *self)
{
  return !self->closed && self->started && self->opening == NULL;
}

guint32
wattle_conversation_get_capabilities (WattleConversation *self)
{
  return wattle_conversation_is_open (self) ? self->channel.capabilities : 0;
}

void
wattle_conversation_close (WattleConversation *self)
{
  g_return_if_fail (WATTLE_IS_CONVERSATION (self));
  close_with (self, NULL);
}
