/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One exchange with a manufacturer's cloud.
 *
 * The pin is the whole of the trust: the session has no certificate
 * authorities, so every certificate is put before accept-certificate.  What was
 * negotiated is looked at again before a byte of the request goes out, also on
 * a connection that is used again.
 */
#include "daemon/vendor/cloud-call.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "privacy/json.h"

#define IO_TIMEOUT 30       /* seconds without a byte */
#define DEADLINE 90         /* seconds for an exchange */
#define EXPORT_DEADLINE 900 /* seconds */
#define CHUNK (64 * 1024)

/* Why a call was broken off. */
typedef enum {
  STOP_NONE,
  STOP_CALLER,
  STOP_DEADLINE,
  STOP_PIN,
  STOP_TLS_VERSION,
} Stop;

typedef struct {
  SoupMessage *message;
  guint8 pin[WATTLE_CLOUD_PIN_SIZE];
  GOutputStream *destination; /* NULL = into body */
  GByteArray *body;
  gsize received;
  gsize limit;
  GInputStream *stream;

  GCancellable *own; /* stops the exchange, whoever wants that */
  Stop stop;
  GCancellable *caller;
  gulong caller_handler;
  guint deadline;
} Call;

/* What a problem's "code" means here.  Others are WATTLE_ERROR_CLOUD. */
static const struct {
  const char *problem;
  WattleError code;
  const char *sentence;
} problems[] = {
  { "no-consent", WATTLE_ERROR_NOT_ALLOWED, N_ ("The cloud has no yes from you for this use of your data.") },
  { "claimed", WATTLE_ERROR_ALREADY_OWNED,
    N_ ("The cloud still counts this device as somebody else's. The owner before you has to wipe it there.") },
  { "erased", WATTLE_ERROR_NOT_FOUND, N_ ("Your account in the cloud has been erased.") },
  { "not-found", WATTLE_ERROR_NOT_FOUND, N_ ("The cloud does not know this device of yours.") },
  { "unknown-unit", WATTLE_ERROR_NOT_FOUND,
    N_ ("The maker's cloud does not know this device. Ask the maker whether it is genuine.") },
  { "forged", WATTLE_ERROR_NOT_GENUINE,
    N_ ("The maker's cloud does not recognise this device's signature. Ask the maker whether it is genuine.") },
  { "stale-nonce", WATTLE_ERROR_TIMED_OUT, N_ ("The cloud waited too long for the device. Try again.") },
  { "unauthorized", WATTLE_ERROR_CLOUD, N_ ("The cloud does not accept the account that Wattle made there.") },
  { "too-many-requests", WATTLE_ERROR_CLOUD_UNREACHABLE, N_ ("The cloud is busy. Wattle will try again later.") },
  { "busy", WATTLE_ERROR_CLOUD_UNREACHABLE, N_ ("The cloud is busy. Wattle will try again later.") },
  { "storage-full", WATTLE_ERROR_CLOUD_UNREACHABLE, N_ ("The cloud is full. Wattle will try again later.") },
};

static void
call_free (Call *call)
{
  if (call->caller_handler)
    g_cancellable_disconnect (call->caller, call->caller_handler);
  g_clear_object (&call->caller);
  if (call->deadline)
    g_source_remove (call->deadline);
  g_signal_handlers_disconnect_by_data (call->message, call);
  g_object_unref (call->message);
  g_clear_object (&call->destination);
  g_clear_object (&call->stream);
  g_object_unref (call->own);
  g_byte_array_unref (call->body);
  g_free (call);
}

static void
stop (Call *call, Stop why)
{
  if (call->stop != STOP_NONE)
    return;
  call->stop = why;
  g_cancellable_cancel (call->own);
}

/* ------------------------------------------------------------------- trust */

static gboolean
hash_public_key (GTlsCertificate *certificate, guint8 hash[WATTLE_CLOUD_PIN_SIZE])
{
  g_autoptr (GByteArray) der = NULL;
  gnutls_x509_crt_t crt = NULL;
  gnutls_pubkey_t key = NULL;
  gnutls_datum_t encoded, spki = { NULL, 0 };
  gboolean done;

  g_object_get (certificate, "certificate", &der, NULL);
  if (!der)
    return FALSE;
  encoded = (gnutls_datum_t){ der->data, der->len };
  done = gnutls_x509_crt_init (&crt) == 0 && gnutls_x509_crt_import (crt, &encoded, GNUTLS_X509_FMT_DER) == 0
         && gnutls_pubkey_init (&key) == 0 && gnutls_pubkey_import_x509 (key, crt, 0) == 0
         && gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &spki) == 0
         && gnutls_hash_fast (GNUTLS_DIG_SHA256, spki.data, spki.size, hash) == 0;
  gnutls_free (spki.data);
  if (key)
    gnutls_pubkey_deinit (key);
  if (crt)
    gnutls_x509_crt_deinit (crt);
  return done;
}

static gboolean
is_pinned (Call *call, GTlsCertificate *certificate)
{
  guint8 hash[WATTLE_CLOUD_PIN_SIZE];

  return certificate && hash_public_key (certificate, hash) && memcmp (hash, call->pin, sizeof hash) == 0;
}

/* Names and dates of the certificate say nothing that the pin does not say
 * better. */
static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors, Call *call)
{
  if (is_pinned (call, certificate))
    return TRUE;
  stop (call, STOP_PIN);
  return FALSE;
}

/* The connection stands and nothing has been sent. */
static void
on_starting (SoupMessage *message, Call *call)
{
  if (!is_pinned (call, soup_message_get_tls_peer_certificate (message)))
    stop (call, STOP_PIN);
  else if (soup_message_get_tls_protocol_version (message) != G_TLS_PROTOCOL_VERSION_TLS_1_3)
    stop (call, STOP_TLS_VERSION);
}

/* ------------------------------------------------------------------ errors */

static GError *
unreachable (void)
{
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CLOUD_UNREACHABLE,
                              _ ("The maker's cloud cannot be reached. Check your network; Wattle will try again "
                                 "later."));
}

static void
return_error (GTask *task, const GError *error)
{
  Call *call = g_task_get_task_data (task);
  GError *ours = NULL;

  g_debug ("cloud: %s", error->message);
  switch (call->stop) {
    case STOP_CALLER:
      ours = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("This was cancelled."));
      break;
    case STOP_PIN:
      ours = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                                  _ ("What answers in place of the maker's cloud is not that cloud. Nothing was sent. "
                                     "Try another network."));
      break;
    case STOP_TLS_VERSION:
      ours = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CLOUD,
                                  _ ("The maker's cloud can only talk in an old way that is not safe. Nothing was "
                                     "sent. Tell the maker."));
      break;
    case STOP_NONE:
    case STOP_DEADLINE:
    default:
      ours = error->domain == WATTLE_ERROR ? g_error_copy (error) : unreachable ();
      break;
  }
  g_task_return_error (task, ours);
}

void
wattle_cloud_set_nonsense (GError **error)
{
  g_set_error_literal (
      error, WATTLE_ERROR, WATTLE_ERROR_CLOUD,
      _ ("The maker's cloud gave an answer that Wattle does not understand. Update Wattle, or tell the "
         "maker."));
}

static const char *
problem_code (JsonNode *node)
{
  JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *code = object ? json_object_get_member (object, "code") : NULL;
  const char *text = code && JSON_NODE_HOLDS_VALUE (code) ? json_node_get_string (code) : NULL;

  return text ? text : "";
}

static GError *
error_from_problem (guint status, JsonNode *node)
{
  const char *code = problem_code (node);

  g_debug ("cloud: status %u, %s", status, code);
  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++)
    if (g_str_equal (problems[i].problem, code))
      return g_error_new_literal (WATTLE_ERROR, (int)problems[i].code, _ (problems[i].sentence));
  if (status >= 500)
    return unreachable ();
  return g_error_new (WATTLE_ERROR, WATTLE_ERROR_CLOUD, _ ("The maker's cloud refused what Wattle asked (%u)."),
                      status);
}

/* -------------------------------------------------------------- the answer */

static void
finish_json (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);
  g_autoptr (JsonNode) node
      = wattle_json_parse ((const char *)call->body->data, call->body->len, WATTLE_CLOUD_ANSWER_MAX, NULL);
  GError *error = NULL;

  if (status < 200 || status > 299) {
    g_task_return_error (task, error_from_problem (status, node));
    return;
  }
  if (node && JSON_NODE_HOLDS_OBJECT (node)) {
    g_task_return_pointer (task, json_object_ref (json_node_get_object (node)), (GDestroyNotify)json_object_unref);
    return;
  }
  wattle_cloud_set_nonsense (&error);
  g_task_return_error (task, error);
}

static void
finish (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  JsonObject *object;

  if (!call->destination) {
    finish_json (task);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "written", (gint64)call->received);
  g_task_return_pointer (task, object, (GDestroyNotify)json_object_unref);
}

static void read_more (GTask *task);

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Call *call = g_task_get_task_data (task);

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error)) {
    read_more (task);
    return;
  }
  if (call->stop == STOP_NONE) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("The export could not be written: %s."),
                             error->message);
    return;
  }
  return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Call *call = g_task_get_task_data (task);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  guint kept = call->destination ? 0 : (guint)call->received;

  if (n <= 0) {
    g_byte_array_set_size (call->body, kept);
    if (n < 0)
      return_error (task, error);
    else
      finish (task);
    return;
  }
  call->received += (gsize)n;
  if (call->received > call->limit) {
    wattle_cloud_set_nonsense (&error);
    return_error (task, error);
    return;
  }
  if (call->destination)
    g_output_stream_write_all_async (call->destination, call->body->data, (gsize)n, G_PRIORITY_DEFAULT, call->own,
                                     on_written, g_object_ref (task));
  else
    read_more (task);
}

/* Reads the next chunk to the end of what is kept. */
static void
read_more (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  guint kept = call->destination ? 0 : (guint)call->received;

  g_byte_array_set_size (call->body, kept + CHUNK);
  g_input_stream_read_async (call->stream, call->body->data + kept, CHUNK, G_PRIORITY_DEFAULT, call->own, on_read,
                             g_object_ref (task));
}

static gboolean
is_json (SoupMessage *message)
{
  const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);

  return g_strcmp0 (type, "application/json") == 0 || g_strcmp0 (type, "application/problem+json") == 0;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Call *call = g_task_get_task_data (task);

  call->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (!call->stream) {
    return_error (task, error);
    return;
  }
  if (soup_message_get_status (call->message) != SOUP_STATUS_OK || !call->destination) {
    g_clear_object (&call->destination);
    call->limit = WATTLE_CLOUD_ANSWER_MAX;
  }
  if (SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (call->message)) && !is_json (call->message)) {
    wattle_cloud_set_nonsense (&error);
    return_error (task, error);
    return;
  }
  read_more (task);
}

/* --------------------------------------------------------------- the whole */

static void
on_caller_cancelled (GCancellable *cancellable, Call *call)
{
  stop (call, STOP_CALLER);
}

static gboolean
on_deadline (gpointer user_data)
{
  Call *call = user_data;

  call->deadline = 0;
  stop (call, STOP_DEADLINE);
  return G_SOURCE_REMOVE;
}

SoupSession *
wattle_cloud_session_new (void)
{
  SoupSession *session = soup_session_new_with_options ("timeout", IO_TIMEOUT, "idle-timeout", IO_TIMEOUT, "max-conns",
                                                        2, "user-agent", "wattle/" WATTLE_VERSION, NULL);

  /* A proxy of the desktop's, passwords asked for and unpacking of what was
   * compressed are nothing that is wanted here. */
  soup_session_set_proxy_resolver (session, NULL);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_set_tls_database (session, NULL);
  return session;
}

void
wattle_cloud_call_async (SoupSession *session, SoupMessage *message, const guint8 pin[WATTLE_CLOUD_PIN_SIZE],
                         GOutputStream *destination, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->message = g_object_ref (message);
  memcpy (call->pin, pin, sizeof call->pin);
  g_set_object (&call->destination, destination);
  call->limit = destination ? WATTLE_CLOUD_EXPORT_MAX : WATTLE_CLOUD_ANSWER_MAX;
  call->body = g_byte_array_new ();
  call->own = g_cancellable_new ();
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, wattle_cloud_call_async);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), call);
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), call);
  call->deadline = g_timeout_add_seconds (destination ? EXPORT_DEADLINE : DEADLINE, on_deadline, call);
  if (cancellable) {
    call->caller = g_object_ref (cancellable);
    call->caller_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), call, NULL);
  }
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, call->own, on_sent, task);
}

JsonObject *
wattle_cloud_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
