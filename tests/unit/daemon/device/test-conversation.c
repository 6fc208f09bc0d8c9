/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation with a device that keeps to the protocol, and with devices
 * that lie, fall silent, hang up or send rubbish.
 */
#include <string.h>

#include "daemon/device/conversation.h"
#include "tests/unit/daemon/device/far-end.h"

typedef struct {
  FarEnd *far;
  WattleConversation *conversation;
  guint closed;
  GError *why; /* of "closed" */
  guint readings;
  guint32 last_reading;
} Fixture;

static void
on_closed (WattleConversation *conversation, const GError *error, Fixture *f)
{
  f->closed++;
  f->why = error == NULL ? NULL : g_error_copy (error);
}

static void
on_reading (WattleConversation *conversation, const wtl_Reading *reading, Fixture *f)
{
  f->readings++;
  f->last_reading = reading->sequence;
}

static void
set_up_mtu (Fixture *f, gsize mtu)
{
  g_autoptr (WattleLink) link = NULL;

  f->far = far_end_new (mtu, &link);
  f->conversation = wattle_conversation_new (link);
  g_signal_connect (f->conversation, "closed", G_CALLBACK (on_closed), f);
  g_signal_connect (f->conversation, "reading", G_CALLBACK (on_reading), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_mtu (f, 512);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  WattleConversation *conversation = f->conversation;

  wattle_conversation_close (conversation);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* Nothing keeps it alive: no task, no source. */
  g_object_add_weak_pointer (G_OBJECT (conversation), (gpointer *)&conversation);
  g_object_unref (f->conversation);
  g_assert_null (conversation);
  far_end_free (f->far);
  g_clear_error (&f->why);
}

/* Opens with @secret; the error is the caller's. */
static GError *
open_with (Fixture *f, const char *secret, GCancellable *cancellable)
{
  g_autoptr (GBytes) bytes = g_bytes_new (secret, strlen (secret));
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  wattle_conversation_open_async (f->conversation, wtl_SECRET_KIND_OWNER_KEY, 0, bytes, cancellable, keep_result,
                                  &result);
  WAIT_UNTIL (result != NULL);
  g_assert_true (wattle_conversation_open_finish (f->conversation, result, &error) == (error == NULL));
  return error;
}

static void
open_well (Fixture *f)
{
  g_assert_no_error (open_with (f, FAR_END_KEY, NULL));
  g_assert_true (wattle_conversation_is_open (f->conversation));
  WAIT_UNTIL (f->far->open);
}

static GError *
ask (Fixture *f, pb_size_t which, wtl_Response *response)
{
  wtl_Request request = { .which_body = which };
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  wattle_conversation_request_async (f->conversation, &request, NULL, keep_result, &result);
  WAIT_UNTIL (result != NULL);
  wattle_conversation_request_finish (f->conversation, result, response, &error);
  return error;
}

static gboolean
answer_well (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->which_body = wtl_Response_done_tag;
  if (request->which_body == wtl_Request_get_info_tag) {
    response->which_body = wtl_Response_info_tag;
    g_strlcpy (response->body.info.unit_id, "GL-000042", sizeof response->body.info.unit_id);
  }
  return TRUE;
}

static void
assert_ended (Fixture *f, WattleError code)
{
  WAIT_UNTIL (f->closed > 0);
  g_assert_error (f->why, WATTLE_ERROR, (gint)code);
  g_assert_cmpuint (f->closed, ==, 1);
  g_assert_false (wattle_conversation_is_open (f->conversation));
}

/* --- a device that keeps to the protocol --- */

static void
test_well (Fixture *f, gconstpointer data)
{
  wtl_Response response = wtl_Response_init_zero;

  f->far->answer = answer_well;
  open_well (f);
  g_assert_no_error (ask (f, wtl_Request_get_info_tag, &response));
  g_assert_cmpstr (response.body.info.unit_id, ==, "GL-000042");
  for (int i = 0; i < 50; i++)
    g_assert_no_error (ask (f, wtl_Request_ping_tag, NULL));
  g_assert_cmpuint (f->far->requests, ==, 51);
  wattle_conversation_close (f->conversation);
  g_assert_cmpuint (f->closed, ==, 1);
  g_assert_null (f->why);
}

static void
test_small_packets (void)
{
  Fixture f = { 0 };
  wtl_Response response = wtl_Response_init_zero;

  set_up_mtu (&f, 20);
  f.far->answer = answer_well;
  open_well (&f);
  g_assert_no_error (ask (&f, wtl_Request_get_info_tag, &response));
  g_assert_cmpstr (response.body.info.unit_id, ==, "GL-000042");
  tear_down (&f, NULL);
}

static void
test_in_order (Fixture *f, gconstpointer data)
{
  GAsyncResult *results[WATTLE_REQUESTS_MAX + 1] = { NULL };
  wtl_Request request = { .which_body = wtl_Request_ping_tag };
  g_autoptr (GError) error = NULL;

  f->far->answer = answer_well;
  open_well (f);
  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    wattle_conversation_request_async (f->conversation, &request, NULL, keep_result, &results[i]);
  WAIT_UNTIL (results[WATTLE_REQUESTS_MAX] != NULL && results[WATTLE_REQUESTS_MAX - 1] != NULL);
  /* One more than may wait is refused at once, and hurts nobody. */
  g_assert_false (wattle_conversation_request_finish (f->conversation, results[WATTLE_REQUESTS_MAX], NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY);
  for (gsize i = 0; i < WATTLE_REQUESTS_MAX; i++)
    g_assert_true (wattle_conversation_request_finish (f->conversation, results[i], NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    g_object_unref (results[i]);
}

static void
test_readings_by_themselves (Fixture *f, gconstpointer data)
{
  wtl_Response event = { .which_body = wtl_Response_reading_event_tag };

  f->far->answer = answer_well;
  open_well (f);
  for (guint32 i = 1; i <= 3; i++) {
    event.body.reading_event.sequence = i;
    far_end_send (f->far, &event);
  }
  g_assert_no_error (ask (f, wtl_Request_ping_tag, NULL));
  g_assert_cmpuint (f->readings, ==, 3);
  g_assert_cmpuint (f->last_reading, ==, 3);
}

static gboolean
answer_no (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->which_body = wtl_Response_error_tag;
  response->body.error.code = wtl_ERROR_CODE_PASSWORD_SHORT;
  response->body.error.detail = 12;
  return TRUE;
}

static void
test_device_says_no (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->far->answer = answer_no;
  open_well (f);
  error = ask (f, wtl_Request_change_password_tag, NULL);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD);
  g_assert_nonnull (strstr (error->message, "12"));
  g_assert_true (wattle_conversation_is_open (f->conversation));
}

/* --- secrets --- */

static void
test_wrong_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = open_with (f, "b key of exactly thirty-two byte", NULL);

  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE);
  assert_ended (f, WATTLE_ERROR_NOT_GENUINE);
}

static void
test_opens_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->far->load = WTL_ERROR_NOT_NOW;
  error = open_with (f, FAR_END_KEY, NULL);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE);
}

static void
test_locked (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->far->load = WTL_ERROR_LOCKED;
  f->far->attempts = (struct wtl_attempts){ 0, 61 };
  error = open_with (f, FAR_END_KEY, NULL);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED);
}

/* --- devices that do not --- */

static gboolean
answer_other_id (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->id = request->id + 7;
  response->which_body = wtl_Response_done_tag;
  return TRUE;
}

static gboolean
answer_other_kind (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->which_body = wtl_Response_readings_tag;
  return TRUE;
}

static gboolean
answer_twice (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->which_body = wtl_Response_done_tag;
  far_end_send (far, response);
  return TRUE;
}

static gboolean
answer_unasked_kind (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->id = 0;
  response->which_body = wtl_Response_info_tag;
  return TRUE;
}

static void
test_lies (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->far->answer = (FarEndAnswer)data;
  open_well (f);
  error = ask (f, wtl_Request_ping_tag, NULL);
  assert_ended (f, WATTLE_ERROR_PROTOCOL);
  if (data != answer_twice)
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL);
}

static gboolean
refuse_for_alert (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  response->which_body = wtl_Response_error_tag;
  response->body.error.code = wtl_ERROR_CODE_FORBIDDEN;
  response->body.error.detail = far->requests == 1 ? WTL_ALERT_MEMORY : 0;
  return TRUE;
}

static void
keep_bits (guint *kept, guint bits)
{
  *kept = bits;
}

/* A device that something is off with says so in a refusal, and stays connected. */
static void
test_alert (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) alert = NULL, other = NULL;
  guint bits = 0;

  f->far->port.capabilities = WTL_CAPABILITY_INTEGRITY;
  g_assert_cmphex (wattle_conversation_get_capabilities (f->conversation), ==, 0);
  f->far->answer = refuse_for_alert;
  g_signal_connect_swapped (f->conversation, "alert", G_CALLBACK (keep_bits), &bits);
  open_well (f);
  g_assert_cmphex (wattle_conversation_get_capabilities (f->conversation), ==, WTL_CAPABILITY_INTEGRITY);
  alert = ask (f, wtl_Request_readings_tag, NULL);
  g_assert_error (alert, WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT);
  g_assert_cmphex (bits, ==, WTL_ALERT_MEMORY);
  bits = 0;
  other = ask (f, wtl_Request_readings_tag, NULL);
  g_assert_error (other, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
  g_assert_cmphex (bits, ==, 0);
  g_assert_true (wattle_conversation_is_open (f->conversation));
}

static void
test_unasked_answer (Fixture *f, gconstpointer data)
{
  wtl_Response response = { .id = 1, .which_body = wtl_Response_done_tag };

  open_well (f);
  far_end_send (f->far, &response);
  assert_ended (f, WATTLE_ERROR_PROTOCOL);
}

static void
test_rubbish_before (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  far_end_send_raw (f->far, "\xdf\xff\xff rubbish", 11); /* no record: those are passed over */
  error = open_with (f, FAR_END_KEY, NULL);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL);
}

static void
test_rubbish_after (Fixture *f, gconstpointer data)
{
  open_well (f);
  far_end_send_raw (f->far, "\x01\x02\x03\x04\x05\x06\x07\x08 rubbish in the middle of it", 35);
  assert_ended (f, WATTLE_ERROR_PROTOCOL);
}

/* Every packet that the device sends, corrupted in turn. */
static void
test_corrupt (void)
{
  int corrupted = 0;

  for (int victim = 0; victim < 4; victim++) {
    Fixture f = { 0 };
    g_autoptr (GError) error = NULL;

    set_up_mtu (&f, 512);
    f.far->answer = answer_well;
    f.far->corrupt = victim;
    error = open_with (&f, FAR_END_KEY, NULL);
    for (int i = 0; i < 3 && error == NULL; i++)
      error = ask (&f, wtl_Request_ping_tag, NULL);
    g_assert_nonnull (error);
    /* UNREACHABLE where it is the device that notices, and hangs up. */
    g_assert_true (error->code == WATTLE_ERROR_PROTOCOL || error->code == WATTLE_ERROR_NOT_GENUINE
                   || error->code == WATTLE_ERROR_UNREACHABLE);
    g_assert_cmpuint (f.closed, ==, 1);
    corrupted++;
    tear_down (&f, NULL);
  }
  g_test_message ("%d packets corrupted", corrupted);
}

/* The device is gone after each of its packets in turn. */
static void
test_hangs_up (void)
{
  for (int after = 0; after < 5; after++) {
    Fixture f = { 0 };
    g_autoptr (GError) error = NULL;

    set_up_mtu (&f, 512);
    f.far->answer = answer_well;
    f.far->hang_up_after = after;
    error = open_with (&f, FAR_END_KEY, NULL);
    for (int i = 0; i < 5 && error == NULL; i++)
      error = ask (&f, wtl_Request_ping_tag, NULL);
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
    g_assert_cmpuint (f.closed, ==, 1);
    tear_down (&f, NULL);
  }
}

/* --- the caller changes its mind --- */

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel_open (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  f->far->mute = TRUE;
  g_timeout_add (50, cancel, cancellable);
  error = open_with (f, FAR_END_KEY, cancellable);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  g_assert_cmpuint (f->closed, ==, 1);
}

static gboolean
answer_later (FarEnd *far, const wtl_Request *request, wtl_Response *response)
{
  return FALSE;
}

static void
test_cancel_request (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  wtl_Request request = { .which_body = wtl_Request_ping_tag };
  wtl_Response late = { .id = 1, .which_body = wtl_Response_done_tag };

  f->far->answer = answer_later;
  open_well (f);
  wattle_conversation_request_async (f->conversation, &request, cancellable, keep_result, &first);
  wattle_conversation_request_async (f->conversation, &request, NULL, keep_result, &second);
  WAIT_UNTIL (f->far->requests == 1);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (first != NULL);
  g_assert_false (wattle_conversation_request_finish (f->conversation, first, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  /* Its answer is still to come, and is passed over; then it is the next one's turn. */
  g_assert_null (second);
  f->far->answer = answer_well;
  far_end_send (f->far, &late);
  WAIT_UNTIL (second != NULL);
  g_assert_true (wattle_conversation_request_finish (f->conversation, second, NULL, NULL));
}

static void
test_close_fails_requests (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  wtl_Request request = { .which_body = wtl_Request_ping_tag };

  open_well (f);
  wattle_conversation_request_async (f->conversation, &request, NULL, keep_result, &result);
  wattle_conversation_close (f->conversation);
  WAIT_UNTIL (result != NULL);
  g_assert_false (wattle_conversation_request_finish (f->conversation, result, NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  g_clear_error (&error);
  error = ask (f, wtl_Request_ping_tag, NULL);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
}

#define ADD(name, func, data) g_test_add ("/conversation/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("well", test_well, NULL);
  g_test_add_func ("/conversation/small-packets", test_small_packets);
  ADD ("in-order", test_in_order, NULL);
  ADD ("readings-by-themselves", test_readings_by_themselves, NULL);
  ADD ("device-says-no", test_device_says_no, NULL);
  ADD ("wrong-key", test_wrong_key, NULL);
  ADD ("opens-nothing", test_opens_nothing, NULL);
  ADD ("locked", test_locked, NULL);
  ADD ("lies/other-id", test_lies, answer_other_id);
  ADD ("lies/other-kind", test_lies, answer_other_kind);
  ADD ("lies/twice", test_lies, answer_twice);
  ADD ("lies/unasked-kind", test_lies, answer_unasked_kind);
  ADD ("alert", test_alert, NULL);
  ADD ("lies/unasked-answer", test_unasked_answer, NULL);
  ADD ("rubbish/before", test_rubbish_before, NULL);
  ADD ("rubbish/after", test_rubbish_after, NULL);
  g_test_add_func ("/conversation/corrupt", test_corrupt);
  g_test_add_func ("/conversation/hangs-up", test_hangs_up);
  ADD ("cancel-open", test_cancel_open, NULL);
  ADD ("cancel-request", test_cancel_request, NULL);
  ADD ("close-fails-requests", test_close_fails_requests, NULL);
  return g_test_run ();
}
