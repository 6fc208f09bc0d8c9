/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The glue between libmicrohttpd and wattle_cloud_serve().
 */
#include "cloud/server.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cloud/log.h"
#include "cloud/problem.h"
#include "cloud/watch.h"
#include "common/error.h"

/* TLS 1.3 alone (RFC 8446), without its 0-RTT, which could be replayed. */
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:%SERVER_PRECEDENCE"

#define CONNECTION_MEMORY (32 * 1024) /* a request's line and headers */
#define BACKLOG 128
#define STREAM_BLOCK (32 * 1024)

/* A body that is too long is read up to here, so that the client hears why it was
 * refused; then the connection is closed. */
#define DISCARD_MAX (1024 * 1024)

struct _WattleServer {
  WattleServerOptions options;
  WattleCloud *cloud;
  WattleWatch *watch;
  struct MHD_Daemon *daemon;
  int fd;
  gboolean started;
};

/* A request that is coming in. */
typedef struct {
  GByteArray *body;
  gsize received;
} Incoming;

/* A reply that is made while it is sent. */
typedef struct {
  WattleCloud *cloud;
  WattleReply reply;
  GString *piece;
  gsize sent; /* of the piece */
} Outgoing;

/* ---------------------------------------------------------------- deadlines */

static gint64
deadline_in (const WattleServer *server, guint timeouts)
{
  return g_get_monotonic_time () + (gint64)server->options.timeout * timeouts * G_USEC_PER_SEC;
}

static WattleWatched *
watched_of (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

  return info ? info->socket_context : NULL;
}

static void
set_deadline (WattleServer *server, struct MHD_Connection *connection, guint timeouts)
{
  WattleWatched *watched = watched_of (connection);

  if (watched)
    wattle_watch_set (server->watch, watched, deadline_in (server, timeouts));
}

static void
on_connection (void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
  WattleServer *server = data;

  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    *context = wattle_watch_add (server->watch, info->connect_fd, deadline_in (server, 2));
  } else if (*context) {
    wattle_watch_remove (server->watch, *context);
    *context = NULL;
  }
}

static void
on_completed (void *data, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
  Incoming *incoming = *context;

  if (incoming) {
    g_byte_array_unref (incoming->body);
    g_free (incoming);
    *context = NULL;
  }
  set_deadline (data, connection, 2);
}

/* ------------------------------------------------------------------ replies */

static ssize_t
outgoing_read (void *data, uint64_t position, char *buffer, size_t max)
{
  Outgoing *outgoing = data;
  gsize n;

  if (outgoing->sent == outgoing->piece->len) {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&outgoing->cloud->lock);

    g_string_truncate (outgoing->piece, 0);
    outgoing->sent = 0;
    if (!outgoing->reply.more (outgoing->reply.data, outgoing->piece)) {
      wattle_log (WATTLE_LOG_WARNING, "a long reply was broken off");
      return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (outgoing->piece->len == 0)
      return MHD_CONTENT_READER_END_OF_STREAM;
  }
  n = MIN (max, outgoing->piece->len - outgoing->sent);
  memcpy (buffer, outgoing->piece->str + outgoing->sent, n);
  outgoing->sent += n;
  return (ssize_t)n;
}

static void
outgoing_free (void *data)
{
  Outgoing *outgoing = data;

  wattle_reply_clear (&outgoing->reply);
  g_string_free (outgoing->piece, TRUE);
  g_free (outgoing);
}

static struct MHD_Response *
make_response (WattleServer *server, WattleReply *reply)
{
  Outgoing *outgoing;

  if (!reply->more)
    return MHD_create_response_from_buffer (g_bytes_get_size (reply->body),
                                            (void *)g_bytes_get_data (reply->body, NULL), MHD_RESPMEM_MUST_COPY);
  outgoing = g_new0 (Outgoing, 1);
  outgoing->cloud = server->cloud;
  outgoing->piece = g_string_new (NULL);
  outgoing->reply = *reply; /* takes it */
  reply->data = NULL;
  return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, STREAM_BLOCK, outgoing_read, outgoing, outgoing_free);
}

static void
add_headers (struct MHD_Response *response, const WattleReply *reply)
{
  char seconds[16];

  MHD_add_response_header (response, "Content-Type", reply->type ? reply->type : "application/json");
  MHD_add_response_header (response, "Cache-Control", "no-store");
  MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
  if (reply->status == MHD_HTTP_UNAUTHORIZED)
    MHD_add_response_header (response, "WWW-Authenticate", "Basic realm=\"wattle-cloud\", charset=\"UTF-8\"");
  if (reply->close)
    MHD_add_response_header (response, "Connection", "close");
  if (reply->allow)
    MHD_add_response_header (response, "Allow", reply->allow);
  if (reply->retry_after > 0) {
    g_snprintf (seconds, sizeof seconds, "%u", reply->retry_after);
    MHD_add_response_header (response, "Retry-After", seconds);
  }
}

static enum MHD_Result
send_reply (WattleServer *server, struct MHD_Connection *connection, WattleReply *reply)
{
  struct MHD_Response *response = make_response (server, reply);
  enum MHD_Result result = MHD_NO;

  if (response) {
    add_headers (response, reply);
    set_deadline (server, connection, 10);
    result = MHD_queue_response (connection, reply->status, response);
    MHD_destroy_response (response);
  }
  wattle_reply_clear (reply);
  return result;
}

/* For what does not get as far as wattle_cloud_serve(); nothing more is read of
 * the connection. */
static enum MHD_Result
send_refusal (WattleServer *server, struct MHD_Connection *connection, WattleProblem problem)
{
  WattleReply reply = { .type = "application/problem+json", .close = TRUE };
  g_autoptr (GError) error = NULL;
  char *text;

  wattle_problem (&error, problem, NULL);
  text = wattle_problem_to_json (error);
  reply.status = wattle_problem_status (error);
  reply.body = g_bytes_new_take (text, strlen (text));
  return send_reply (server, connection, &reply);
}

/* ----------------------------------------------------------------- requests */

static enum MHD_Result
add_argument (void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  WattleRequest *request = data;

  if (request->n_arguments == WATTLE_ARGUMENTS_MAX || wattle_request_argument (request, name)) {
    request->bad_query = TRUE;
    return MHD_NO;
  }
  request->arguments[request->n_arguments++] = (WattleArgument){ name, value ? value : "" };
  return MHD_YES;
}

/* Headers that may be there once, and which of them say where a body ends. */
typedef struct {
  guint host, authorization, type, length, encoding;
} HeaderCount;

static enum MHD_Result
count_header (void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  HeaderCount *count = data;
  const struct {
    const char *name;
    guint *n;
  } headers[] = {
    { "Host", &count->host },
    { "Authorization", &count->authorization },
    { "Content-Type", &count->type },
    { "Content-Length", &count->length },
    { "Transfer-Encoding", &count->encoding },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    if (g_ascii_strcasecmp (name, headers[i].name) == 0)
      ++*headers[i].n;
  return MHD_YES;
}

/* What libmicrohttpd lets pass, strict or not, and what two readers could read
 * differently (RFC 9112 section 11.2, request smuggling). */
static gboolean
is_unambiguous (struct MHD_Connection *connection, const char *version)
{
  HeaderCount count = { 0 };

  MHD_get_connection_values (connection, MHD_HEADER_KIND, count_header, &count);
  return (strcmp (version, MHD_HTTP_VERSION_1_1) == 0 || strcmp (version, MHD_HTTP_VERSION_1_0) == 0) && count.host <= 1
         && count.authorization <= 1 && count.type <= 1 && count.length + count.encoding <= 1;
}

static void
copy_address (struct MHD_Connection *connection, guint8 out[16])
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *address = info ? info->client_addr : NULL;

  if (address && address->sa_family == AF_INET6) {
    memcpy (out, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
  } else if (address && address->sa_family == AF_INET) {
    memset (out, 0, 10);
    memset (out + 10, 0xff, 2);
    memcpy (out + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
  }
}

static enum MHD_Result
answer (WattleServer *server, struct MHD_Connection *connection, const char *path, const char *method,
        Incoming *incoming)
{
  WattleRequest request = { .method = method, .path = path };
  g_autoptr (GBytes) body = g_bytes_new_static (incoming->body->data, incoming->body->len);
  WattleReply reply = { 0 };

  MHD_get_connection_values (connection, MHD_GET_ARGUMENT_KIND, add_argument, &request);
  request.authorization = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Authorization");
  request.content_type = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Content-Type");
  request.body = body;
  copy_address (connection, request.address);
  wattle_cloud_serve (server->cloud, &request, &reply);
  return send_reply (server, connection, &reply);
}

/* Called at the end of the headers, for each piece of the body, and at the end. */
static enum MHD_Result
on_request (void *data, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
            const char *upload, size_t *upload_size, void **context)
{
  WattleServer *server = data;
  Incoming *incoming = *context;

  if (!incoming) {
    const char *length = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Content-Length");

    incoming = *context = g_new0 (Incoming, 1);
    incoming->body = g_byte_array_new ();
    if (!is_unambiguous (connection, version))
      return send_refusal (server, connection, WATTLE_PROBLEM_MALFORMED);
    if (length && g_ascii_strtoull (length, NULL, 10) > DISCARD_MAX)
      return send_refusal (server, connection, WATTLE_PROBLEM_TOO_LARGE);
    return MHD_YES;
  }
  if (*upload_size > 0) {
    incoming->received += *upload_size;
    if (incoming->received > DISCARD_MAX)
      return MHD_NO;
    if (incoming->received <= WATTLE_BODY_MAX)
      g_byte_array_append (incoming->body, (const guint8 *)upload, (guint)*upload_size);
    *upload_size = 0;
    return MHD_YES;
  }
  if (incoming->received > WATTLE_BODY_MAX)
    return send_refusal (server, connection, WATTLE_PROBLEM_TOO_LARGE);
  return answer (server, connection, path, method, incoming);
}

/* Nothing of our paths and queries needs percent escapes, so there is nothing to
 * decode and nothing to decode wrongly. */
static size_t
on_unescape (void *data, struct MHD_Connection *connection, char *text)
{
  return strlen (text);
}

/* Only what hinders the start: later it is clients' doings. */
static void G_GNUC_PRINTF (2, 0) on_log (void *data, const char *format, va_list arguments)
{
  WattleServer *server = data;
  g_autofree char *text = NULL;

  if (server->started)
    return;
  text = g_strdup_vprintf (format, arguments);
  wattle_log (WATTLE_LOG_ERROR, "%s", g_strchomp (text));
}

/* ------------------------------------------------------------------ address */

static struct addrinfo *
parse_listen (const char *listen_text, GError **error)
{
  const char *colon = strrchr (listen_text, ':');
  g_autofree char *host = colon ? g_strndup (listen_text, (gsize)(colon - listen_text)) : NULL;
  struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  gsize length = host ? strlen (host) : 0;
  guint64 port;

  if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
    host[length - 1] = '\0';
    memmove (host, host + 1, length - 1);
  }
  /* getaddrinfo() would wrap a port that is too large. */
  if (length == 0 || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL)
      || getaddrinfo (host, colon + 1, &hints, &found) != 0) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                 _ ("“%s” is not an address to listen on. Write one like 127.0.0.1:8443 or [::]:8443."), listen_text);
    return NULL;
  }
  return found;
}

static char *
url_of (int fd)
{
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  char host[64], port[16];
  gboolean v6;

  if (getsockname (fd, (struct sockaddr *)&address, &size) != 0
      || getnameinfo ((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV)
             != 0)
    return NULL;
  v6 = address.ss_family == AF_INET6;
  return g_strdup_printf ("https://%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

WattleServer *
wattle_server_new (const WattleServerOptions *options, char **url, GError **error)
{
  struct addrinfo *address = parse_listen (options->listen, error);
  g_autoptr (WattleServer) server = NULL;
  int yes = 1;

  if (!address)
    return NULL;
  server = g_new0 (WattleServer, 1);
  server->options = *options;
  server->watch = wattle_watch_new ();
  server->fd = socket (address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setsockopt (server->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (server->fd < 0 || bind (server->fd, address->ai_addr, address->ai_addrlen) != 0
      || listen (server->fd, BACKLOG) != 0 || !(*url = url_of (server->fd))) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("Listening on %s did not work: %s"), options->listen,
                 g_strerror (errno));
    freeaddrinfo (address);
    return NULL;
  }
  freeaddrinfo (address);
  return g_steal_pointer (&server);
}

gboolean
wattle_server_start (WattleServer *server, WattleCloud *cloud, GError **error)
{
  const WattleServerOptions *options = &server->options;

  server->cloud = cloud;
  server->daemon = MHD_start_daemon (
      MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, server,
      MHD_OPTION_EXTERNAL_LOGGER, on_log, server, MHD_OPTION_LISTEN_SOCKET, server->fd, MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES, MHD_OPTION_HTTPS_MEM_KEY, options->tls_key, MHD_OPTION_HTTPS_MEM_CERT,
      options->tls_cert, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
      options->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_per_address,
      MHD_OPTION_CONNECTION_TIMEOUT, options->timeout, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, NULL,
      MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
      MHD_OPTION_END);
  if (!server->daemon) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                         _ ("The HTTPS server did not start. The lines above say why."));
    return FALSE;
  }
  server->fd = -1; /* the daemon's */
  server->started = TRUE;
  return TRUE;
}

void
wattle_server_sweep (WattleServer *server)
{
  guint n = wattle_watch_sweep (server->watch, g_get_monotonic_time ());

  if (n > 0)
    wattle_log (WATTLE_LOG_INFO, "%u connections were too slow and were closed", n);
}

void
wattle_server_free (WattleServer *server)
{
  if (server->daemon)
    MHD_stop_daemon (server->daemon);
  if (server->fd >= 0)
    close (server->fd);
  wattle_watch_free (server->watch);
  g_free (server);
}
